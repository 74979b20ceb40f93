"""What an installation leaves in the database."""

from tools.stack.paths import ADDONS


def columns(postgres, database):
    """
    :return: the columns of all tables, as (table, column, type, nullable) in a set.
    """
    return set(
        postgres.query(
            "SELECT table_name, column_name, data_type, is_nullable"
            "  FROM information_schema.columns WHERE table_schema = 'public'",
            database=database,
        )
    )


def relations(postgres, database):
    """
    :return: the names of all tables, views, sequences and indexes, in a set.
    """
    rows = postgres.query(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'public'",
        database=database,
    )
    return {name for (name,) in rows}


def constraints(postgres, database):
    """
    :return: the constraints and indexes of all tables, by their definition, in a set.
    """
    rows = postgres.query(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid)"
        "  FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " UNION ALL SELECT tablename, indexdef"
        "  FROM pg_indexes WHERE schemaname = 'public'",
        database=database,
    )
    return set(rows)


def traces(postgres, database):
    """
    :return: what speaks of the addons in Odoo's own tables, as readable lines in a set,
        but for the rows of the modules themselves, which stay.
    """
    queries = {
        "external id": "SELECT module || '.' || name FROM ir_model_data"
        " WHERE module = ANY(%(addons)s) OR name LIKE 'model_telephony%%'",
        "model": "SELECT model FROM ir_model WHERE model LIKE 'telephony.%%'",
        "field": "SELECT model || '.' || name FROM ir_model_fields"
        " WHERE relation LIKE 'telephony.%%' OR name LIKE 'telephony%%'"
        " OR model LIKE 'telephony.%%'",
        "view": "SELECT name FROM ir_ui_view"
        " WHERE split_part(arch_fs, '/', 1) = ANY(%(addons)s)",
        "scheduled action": "SELECT cron_name FROM ir_cron"
        " WHERE cron_name ILIKE '%%telephony%%'",
        "parameter": "SELECT key FROM ir_config_parameter WHERE key LIKE 'telephony%%'",
        "attachment": "SELECT res_model || ' ' || name FROM ir_attachment"
        " WHERE res_model LIKE 'telephony.%%'",
        "message": "SELECT model || ' ' || id FROM mail_message"
        " WHERE model LIKE 'telephony.%%'",
        "follower": "SELECT res_model || ' ' || id FROM mail_followers"
        " WHERE res_model LIKE 'telephony.%%'",
        "function": "SELECT proname FROM pg_proc WHERE proname LIKE 'telephony%%'",
        "trigger": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'telephony%%'",
    }
    return {
        f"{what}: {name}"
        for what, sql in queries.items()
        for (name,) in postgres.query(sql, {"addons": list(ADDONS)}, database=database)
    }
