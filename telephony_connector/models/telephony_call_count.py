"""The button “Calls” on contacts and leads."""

from odoo import api, fields, models
from odoo.fields import Domain


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _get_calls_of(self, domain):
        """Return the calls of records that the current user may see.

        :param Domain domain: on the raw links, which users may not search themselves
        """
        visible = Domain("id", "in", self._search([]))
        # sudo - telephony.call: the raw links; what the user may see is asked for above
        return self.sudo().search(visible & Domain(domain)).sudo(False)

    def _get_list_action(self, title):
        """Return the action that lists these calls."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "telephony_connector.action_telephony_call"
        )
        return {
            **action,
            "display_name": title,
            "domain": [("id", "in", self.ids)],
            "context": {},
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    telephony_call_count = fields.Integer(
        string="Calls",
        compute="_compute_telephony_call_count",
        groups="telephony_connector.group_telephony_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_telephony_call_count(self):
        calls = self.env["telephony.call"]
        for partner in self:
            partner.telephony_call_count = len(
                calls._get_calls_of(partner._get_telephony_call_domain())
            )

    def action_view_telephony_calls(self):
        """List the calls with the contact, and with its company and colleagues."""
        self.ensure_one()
        self.check_access("read")
        calls = self.env["telephony.call"]
        return calls._get_calls_of(self._get_telephony_call_domain())._get_list_action(
            self.env._("Calls with %(name)s", name=self.display_name)
        )

    def _get_telephony_call_domain(self):
        family = self.commercial_partner_id.ids or self.ids
        return [("partner_id", "child_of", family)]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    telephony_call_count = fields.Integer(
        string="Calls",
        compute="_compute_telephony_call_count",
        groups="telephony_connector.group_telephony_user",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_telephony_call_count(self):
        calls = self.env["telephony.call"]
        for lead in self:
            lead.telephony_call_count = len(
                calls._get_calls_of(lead._get_telephony_call_domain())
            )

    def action_view_telephony_calls(self):
        """List the calls that are registered on the lead."""
        self.ensure_one()
        self.check_access("read")
        calls = self.env["telephony.call"]
        return calls._get_calls_of(self._get_telephony_call_domain())._get_list_action(
            self.env._("Calls about %(name)s", name=self.display_name)
        )

    def _get_telephony_call_domain(self):
        return [("res_model", "=", self._name), ("res_id", "in", self.ids)]
