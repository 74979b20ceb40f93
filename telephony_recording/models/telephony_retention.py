from odoo import api, models
from odoo.fields import Domain


class TelephonyRetention(models.AbstractModel):
    _inherit = "telephony.retention"

    @api.model
    def _get_anonymize_domain(self, company):
        domain = super()._get_anonymize_domain(company)
        return domain & Domain("legal_hold", "=", False)

    @api.model
    def _prepare_anonymized_values(self):
        paths = {"recording_path": False, "voicemail_path": False}
        return super()._prepare_anonymized_values() | paths

    @api.model
    def _anonymize(self, calls):
        # sudo - telephony.call: the log is written by the system for everyone
        calls_sudo = calls.sudo()
        calls_sudo.message_ids.unlink()
        calls_sudo.filtered("recording_state")._clear_recording()
        return super()._anonymize(calls)
