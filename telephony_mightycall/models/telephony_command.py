from odoo import models


class TelephonyCommand(models.Model):
    _inherit = "telephony.command"

    def _get_failure_texts(self):
        return super()._get_failure_texts() | {
            "limit": self.env._(
                "The telephone system accepts no more requests from Odoo today."
            ),
        }
