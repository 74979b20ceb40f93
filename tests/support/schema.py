"""What an installation leaves in the database."""

from tools.stack.paths import ADDON


def columns(postgres, database, *tables):
    """
    :return: the columns of tables, as (table, column, type, nullable) in a set.
    """
    return set(
        postgres.query(
            "SELECT table_name, column_name, data_type, is_nullable"
            "  FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = ANY(%s)",
            [list(tables)],
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


def constraints(postgres, database, *tables):
    """
    :return: the constraints and indexes of tables, by their definition, in a set.
    """
    rows = postgres.query(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid)"
        "  FROM pg_constraint WHERE conrelid::regclass::text = ANY(%(tables)s)"
        " UNION ALL SELECT tablename, indexdef"
        "  FROM pg_indexes WHERE tablename = ANY(%(tables)s)",
        {"tables": list(tables)},
        database=database,
    )
    return set(rows)


def remnants(postgres, database):
    """
    :return: what speaks of the addon in Odoo's own tables, as readable lines, but for
        the row of the module itself, which stays.
    """
    queries = {
        "external id": "SELECT module || '.' || name FROM ir_model_data"
        " WHERE module = %(addon)s OR name LIKE 'model_telephony%%'",
        "model": "SELECT model FROM ir_model WHERE model LIKE 'telephony.%%'",
        "field": "SELECT model || '.' || name FROM ir_model_fields"
        " WHERE relation LIKE 'telephony.%%' OR name LIKE 'telephony%%'",
        "view": "SELECT name FROM ir_ui_view WHERE arch_fs LIKE %(addon)s || '/%%'",
        "scheduled action": "SELECT cron_name FROM ir_cron"
        " WHERE cron_name ILIKE '%%telephony%%'",
        "parameter": "SELECT key FROM ir_config_parameter WHERE key LIKE 'telephony%%'",
        "attachment": "SELECT name FROM ir_attachment"
        " WHERE res_model LIKE 'telephony.%%'",
        "message": "SELECT model || ' ' || id FROM mail_message"
        " WHERE model LIKE 'telephony.%%'",
        "function": "SELECT proname FROM pg_proc WHERE proname LIKE 'telephony%%'",
        "trigger": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'telephony%%'",
    }
    return [
        f"{what}: {name}"
        for what, sql in queries.items()
        for (name,) in postgres.query(sql, {"addon": ADDON}, database=database)
    ]
