from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    telephony_pbx_count = fields.Integer(compute="_compute_telephony")
    telephony_connected_count = fields.Integer(compute="_compute_telephony")
    telephony_extension_count = fields.Integer(compute="_compute_telephony")

    module_telephony_supervisor = fields.Boolean("Supervising")
    module_telephony_mightycall = fields.Boolean("MightyCall")
    module_telephony_recording = fields.Boolean("Recordings")

    telephony_match_archived = fields.Boolean(
        related="company_id.telephony_match_archived", readonly=False
    )
    telephony_wrap_up = fields.Integer(
        related="company_id.telephony_wrap_up", readonly=False
    )
    telephony_log_calls = fields.Boolean(
        related="company_id.telephony_log_calls", readonly=False
    )
    telephony_followup = fields.Boolean(
        related="company_id.telephony_followup", readonly=False
    )
    telephony_followup_user_id = fields.Many2one(
        related="company_id.telephony_followup_user_id", readonly=False
    )
    telephony_escalation_hours = fields.Float(
        related="company_id.telephony_escalation_hours", readonly=False
    )
    telephony_escalation_user_id = fields.Many2one(
        related="company_id.telephony_escalation_user_id", readonly=False
    )
    telephony_retention_months = fields.Integer(
        related="company_id.telephony_retention_months", readonly=False
    )
    telephony_own_calls_only = fields.Boolean(
        related="company_id.telephony_own_calls_only", readonly=False
    )
    telephony_supervisor_scope = fields.Selection(
        related="company_id.telephony_supervisor_scope", required=True, readonly=False
    )

    def _compute_telephony(self):
        pbxs = self.env["telephony.pbx"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        connected = [
            pbx
            for pbx in pbxs
            if pbx.connection_state == "connected" and pbx._has_leader()
        ]
        self.telephony_pbx_count = len(pbxs)
        self.telephony_connected_count = len(connected)
        self.telephony_extension_count = self.env["telephony.extension"].search_count(
            []
        )
