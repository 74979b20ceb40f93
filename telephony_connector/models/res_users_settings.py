from odoo import fields, models


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    telephony_sound = fields.Boolean(
        string="Sound for Incoming Calls",
        help="The web client rings, beside the telephone.",
    )
