from odoo import models


class TelephonyCommand(models.Model):
    _inherit = "telephony.command"

    def _get_failure_texts(self):
        return super()._get_failure_texts() | {
            "limit": self.env._(
                "The telephone system takes no more orders from Odoo today."
            ),
        }
