from odoo import models

from odoo.addons.telephony_connector.engine.texts import text


class TelephonyCommand(models.Model):
    _inherit = "telephony.command"

    def _get_failure_texts(self):
        return super()._get_failure_texts() | {
            "limit": self.env["telephony.text"]._render(text("limit")),
        }
