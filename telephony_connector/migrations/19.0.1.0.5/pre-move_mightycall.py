"""MightyCall's servers are an addon's now: its rows, under their names there."""

from odoo.tools.sql import column_exists, table_exists

ADDON = "telephony_mightycall"
# What administrators may have changed keeps its name, in the addon.
NAMES = ("ir_cron_reconcile", "ir_cron_reconcile_ir_actions_server")
MODELS = {
    "telephony.provider.session": "telephony.mightycall.session",
    "telephony.provider.request": "telephony.mightycall.request",
    "telephony.user.status": "telephony.mightycall.status",
}
COLUMNS = {
    "telephony_pbx": {
        "base_url": "mightycall_base_url",
        "resource_prefix": "mightycall_resource_prefix",
        "stored_api_key": "stored_mightycall_api_key",
        "api_key_places": "mightycall_api_key_places",
        "business_number": "mightycall_business_number",
        "reconcile_date": "mightycall_reconcile_date",
    },
    "telephony_extension": {
        "stored_secret": "stored_mightycall_user_key",
        "secret_places": "mightycall_user_key_places",
    },
}
CODE = "model._cron_reconcile()", "model._cron_mightycall_reconcile()"


def migrate(cr, version):
    """Have the addon installed where a telephone system needs it, with what it keeps.

    Elsewhere what it would keep is deleted.
    """
    cr.execute("SELECT 1 FROM telephony_pbx WHERE provider = 'mightycall' LIMIT 1")
    if cr.rowcount:
        move(cr)
        cr.execute(
            """
            UPDATE ir_module_module SET state = 'to install'
             WHERE name = %s AND state = 'uninstalled'
            """,
            [ADDON],
        )
    else:
        delete(cr)


def move(cr):
    for table, columns in COLUMNS.items():
        for old, new in columns.items():
            if column_exists(cr, table, old):  # some came with a later version
                cr.execute(f"ALTER TABLE {table} RENAME {old} TO {new}")
    for old, new in MODELS.items():
        if table_exists(cr, old.replace(".", "_")):
            rename_model(cr, old, new)
    cr.execute(
        "UPDATE ir_model_data SET module = %s"
        " WHERE module = 'telephony_connector' AND name = ANY(%s)",
        [ADDON, list(NAMES)],
    )
    cr.execute("UPDATE ir_act_server SET code = %s WHERE code = %s", CODE[::-1])


def rename_model(cr, old, new):
    """Rename a model, its table with all that hangs on it, and its external ids."""
    old_table, new_table = old.replace(".", "_"), new.replace(".", "_")
    cr.execute("UPDATE ir_model SET model = %s WHERE model = %s", [new, old])
    cr.execute("UPDATE ir_model_fields SET model = %s WHERE model = %s", [new, old])
    cr.execute(
        "UPDATE ir_model_fields SET relation = %s WHERE relation = %s", [new, old]
    )
    cr.execute(
        """
        UPDATE ir_model_data SET module = %s, name = replace(name, %s, %s)
         WHERE module = 'telephony_connector' AND name LIKE %s
        """,
        [ADDON, old_table, new_table, f"%{old_table}%"],
    )
    cr.execute(
        """
        UPDATE ir_model_constraint
           SET name = replace(name, %s, %s),
               module = (SELECT id FROM ir_module_module WHERE name = %s)
         WHERE name LIKE %s
        """,
        [old_table, new_table, ADDON, f"{old_table}%"],
    )
    cr.execute(f"ALTER TABLE {old_table} RENAME TO {new_table}")
    for kind, catalog in (("SEQUENCE", "S"), ("INDEX", "i")):
        cr.execute(
            "SELECT relname FROM pg_class WHERE relkind = %s AND relname LIKE %s",
            [catalog, f"{old_table}%"],
        )
        for (name,) in cr.fetchall():
            renamed = name.replace(old_table, new_table)
            cr.execute(f'ALTER {kind} "{name}" RENAME TO "{renamed}"')
    cr.execute(
        "SELECT conname FROM pg_constraint WHERE conname LIKE %s", [f"{old_table}%"]
    )
    for (name,) in cr.fetchall():
        renamed = name.replace(old_table, new_table)
        cr.execute(f'ALTER TABLE {new_table} RENAME CONSTRAINT "{name}" TO "{renamed}"')


def delete(cr):
    """Have Odoo delete at the end of the upgrade what it keeps from upgrades, too.

    It leaves the tables of models that are gone.
    """
    cr.execute(
        """
        UPDATE ir_model_data SET noupdate = FALSE
         WHERE module = 'telephony_connector' AND name LIKE ANY(%s)
        """,
        [[*NAMES, *(f"%{model.replace('.', '_')}%" for model in MODELS)]],
    )
    for model in MODELS:
        cr.execute(f"DROP TABLE IF EXISTS {model.replace('.', '_')} CASCADE")
