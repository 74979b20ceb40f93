from odoo import fields, models
from odoo.exceptions import AccessError

from odoo.addons.telephony_connector.tools.groups import USER


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_telephony_calls = fields.Boolean("Calls")
    kpi_telephony_calls_value = fields.Integer(
        compute="_compute_kpi_telephony_calls_value"
    )
    kpi_telephony_missed = fields.Boolean("Missed Calls, Not Called Back")
    kpi_telephony_missed_value = fields.Integer(
        compute="_compute_kpi_telephony_missed_value"
    )

    def _compute_kpi_telephony_calls_value(self):
        self._check_telephony_access()
        self._calculate_company_based_kpi(
            "telephony.call", "kpi_telephony_calls_value", date_field="start_date"
        )

    def _compute_kpi_telephony_missed_value(self):
        self._check_telephony_access()
        self._calculate_company_based_kpi(
            "telephony.call",
            "kpi_telephony_missed_value",
            date_field="start_date",
            additional_domain=[("to_call_back", "=", True)],
        )

    def _check_telephony_access(self):
        """Leave the calls out of a digest for users without the telephone."""
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._("Do not have access, skip this data for user's digest email")
            )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu_id = self.env.ref("telephony_connector.menu_telephony_root").id
        for kpi in ("kpi_telephony_calls", "kpi_telephony_missed"):
            actions[kpi] = (
                f"telephony_connector.action_telephony_call?menu_id={menu_id}"
            )
        return actions
