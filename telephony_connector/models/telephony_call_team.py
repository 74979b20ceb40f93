"""Whose calls a user sees beside their own: those of their sales teams."""

from odoo import api, fields, models
from odoo.fields import Domain


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    is_team_call = fields.Boolean(
        string="My Team's Call",
        compute="_compute_is_team_call",
        search="_search_is_team_call",
        help="A member of one of your sales teams was rung or talked.",
    )

    @api.depends("user_ids")
    @api.depends_context("uid")
    def _compute_is_team_call(self):
        colleagues = self.env.user._get_telephony_team()
        # sudo - telephony.call: the record rules themselves ask for this
        for call, call_sudo in zip(self, self.sudo(), strict=True):
            call.is_team_call = bool(call_sudo.user_ids & colleagues)

    def _search_is_team_call(self, operator, value):
        # Rules hold this field, not the colleagues: a rule's domain is cached, and
        # whoever changes teams would be seen by the old ones until a restart.
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return Domain("user_ids", "in", self.env.user._get_telephony_team().ids)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_telephony_team(self):
        """Return the active members of the sales teams that the user is in or leads.

        :rtype: recordset of `res.users`, with the user where in a team
        """
        self.ensure_one()
        # sudo - crm.team.member: who belongs to a team, for users without the CRM
        members_sudo = self.env["crm.team.member"].sudo().with_context(active_test=True)
        teams = members_sudo.search([("user_id", "=", self.id)]).crm_team_id
        teams |= teams.search([("user_id", "=", self.id)])
        members = members_sudo.search([("crm_team_id", "in", teams.ids)])
        return members.user_id.sudo(False)
