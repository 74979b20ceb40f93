from odoo import api, fields, models


class TelephonyRegistration(models.TransientModel):
    _inherit = "telephony.registration"

    recording_note = fields.Text(compute="_compute_recording_note")

    @api.depends("call_id.recording_note")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_recording_note(self):
        for page in self:
            page.recording_note = page._get_readable_call().recording_note
