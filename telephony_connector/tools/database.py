"""Which database this is, and what tells it from its copies."""

from odoo.tools import SQL


def read_identity(env):
    """Return what tells this database from all others, its copies included.

    ``createdb -T`` and ``pg_dump`` keep the uuid, a rename keeps the oid, and a dump
    that is restored under the same name differs by the oid or the server. A replica
    that was promoted has them all.

    :return: ``uuid``, ``name``, ``oid`` and ``system``, the identifier of the
        PostgreSQL server; that is missing where Odoo's role may not read it
    :rtype: dict
    """
    [[name, oid, is_readable]] = env.execute_query(
        SQL(
            """
            SELECT datname, oid::bigint,
                   has_function_privilege('pg_control_system()', 'execute')
              FROM pg_database
             WHERE datname = current_database()
            """
        )
    )
    # sudo - ir.config_parameter: compared, never shown
    parameters_sudo = env["ir.config_parameter"].sudo()
    here = {
        "uuid": parameters_sudo.get_param("database.uuid"),
        "name": name,
        "oid": oid,
    }
    if is_readable:
        [[here["system"]]] = env.execute_query(
            SQL("SELECT system_identifier::text FROM pg_control_system()")
        )
    return here


def describe_difference(env, home, here):
    """Return in words how a database differs from another.

    :param dict home: the other, as of ``read_identity``; empty where it is not known
    :param dict here: as of ``read_identity``
    :return: "" where they are the same, as far as both are known
    :rtype: str
    """
    if not home:
        return env._("it is not known")
    texts = {
        "uuid": env._("the database has another identifier"),
        "name": env._(
            "the database is called “%(here)s”, that one “%(there)s”",
            here=here["name"],
            there=home.get("name", ""),
        ),
        "oid": env._("the database was copied or restored"),
        "system": env._("the database is on another PostgreSQL server"),
    }
    return "; ".join(
        difference
        for key, difference in texts.items()
        if key in here and key in home and here[key] != home[key]
    )
