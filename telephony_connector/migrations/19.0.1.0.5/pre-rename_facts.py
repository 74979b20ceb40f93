from odoo.tools.sql import column_exists


def migrate(cr, version):
    """Keep what sources reported of calls and legs under the field's new name."""
    for table in ("telephony_call", "telephony_call_leg"):
        if column_exists(cr, table, "told"):
            cr.execute(f"ALTER TABLE {table} RENAME told TO facts")
