from odoo import fields, models


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    telephony_sound = fields.Boolean(
        string="Sound for Incoming Calls",
        help="The web client also rings.",
    )
    telephony_other_softphone = fields.Boolean(
        string="Call by the Other Softphone",
        help="Where another softphone is installed: it calls the numbers that are "
        "clicked, and the telephone connector steps aside.",
    )
