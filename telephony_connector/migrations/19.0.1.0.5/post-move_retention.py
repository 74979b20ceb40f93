from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Have the scheduled action ask the model that anonymizes calls now."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    name = "telephony_connector.ir_cron_telephony_anonymize"
    if cron := env.ref(name, raise_if_not_found=False):
        cron.model_id = env["ir.model"]._get_id("telephony.retention")
