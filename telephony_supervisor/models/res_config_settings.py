from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    telephony_service_seconds = fields.Integer(
        related="company_id.telephony_service_seconds", readonly=False
    )
