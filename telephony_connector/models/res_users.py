from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.groups import USER
from .telephony_pbx import INTERNAL_CALLS, NEW_KINDS, OPEN_PAGE_ON

PREFERENCES = (
    "telephony_open_page_on",
    "telephony_internal_calls",
    "telephony_unknown_caller",
)

# Of several telephones the one that says most counts: the first of these.
PRESENCES = [
    ("in_use", "On the phone"),
    ("on_hold", "On hold"),
    ("ringing", "Ringing"),
    ("paused", "On Break"),
    ("idle", "Free"),
    ("unavailable", "Not reachable"),
]
# Of a user's channel: what their telephones are doing.
SUBCHANNEL = "telephony_presence"


class ResUsers(models.Model):
    _inherit = "res.users"

    telephony_extension_ids = fields.One2many(
        "telephony.extension", "user_id", string="Extensions"
    )

    telephony_presence = fields.Selection(
        PRESENCES,
        string="Telephone",
        compute="_compute_telephony_presence",
        groups=USER,
    )

    # One's own way, where it is not the telephone system's
    telephony_open_page_on = fields.Selection(OPEN_PAGE_ON, string="Open a Call's Page")
    telephony_internal_calls = fields.Selection(
        INTERNAL_CALLS, string="Colleagues' Calls Show"
    )
    telephony_unknown_caller = fields.Selection(
        NEW_KINDS, string="Unknown Callers Create"
    )

    # For the preferences. Odoo makes that view for users of all groups, so it hides by
    # fields, and what it shows must do no harm to those who may not read it.
    telephony_is_user = fields.Boolean(compute="_compute_telephony_is_user")
    telephony_extension_numbers = fields.Char(
        string="Own Extensions", compute="_compute_telephony_extension_numbers"
    )
    telephony_agent_token_ids = fields.Many2many(
        "telephony.agent.token",
        string="Desktop Agents",
        compute="_compute_telephony_agent_token_ids",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [
            *super().SELF_READABLE_FIELDS,
            "telephony_is_user",
            "telephony_extension_numbers",
            "telephony_agent_token_ids",
            *PREFERENCES,
        ]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, *PREFERENCES]

    # === COMPUTE METHODS === #

    @api.depends("group_ids")
    def _compute_telephony_is_user(self):
        for user in self:
            user.telephony_is_user = user.has_group(USER)

    @api.depends("telephony_is_user", "telephony_extension_ids.number")
    def _compute_telephony_extension_numbers(self):
        for user in self.with_context(active_test=True):
            # sudo - telephony.extension: one's own, in whatever company it is
            extensions_sudo = user.sudo().telephony_extension_ids
            user.telephony_extension_numbers = user.telephony_is_user and ", ".join(
                extensions_sudo.mapped("number")
            )

    @api.depends("telephony_is_user")
    def _compute_telephony_agent_token_ids(self):
        # sudo - telephony.agent.token: each user's own
        tokens_sudo = (
            self.env["telephony.agent.token"]
            .sudo()
            .search([("user_id", "in", self.filtered("telephony_is_user").ids)])
        )
        for user in self:
            user.telephony_agent_token_ids = tokens_sudo.filtered(
                lambda token, user=user: token.user_id == user
            )

    @api.depends(
        "telephony_extension_ids.availability", "telephony_extension_ids.paused_queues"
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_telephony_presence(self):
        # As the reader: what the phones of other companies do is not theirs to know.
        extensions = self.env["telephony.extension"].search(
            [("user_id", "in", self.ids)]
        )
        by_user = extensions.grouped("user_id")
        talking = extensions.user_id._get_telephony_talking()
        for user in self:
            own = by_user.get(user._origin, ())
            states = {state for each in own for state in each._get_presence()}
            if not states and own:
                states = talking.get(user._origin, set())
            user.telephony_presence = next(
                (state for state, _name in PRESENCES if state in states), False
            )

    # === BUSINESS METHODS === #

    def _get_telephony_setting(self, name, pbx):
        """Return the user's own choice, else the telephone system's.

        :param str name: ``open_page_on``, ``internal_calls`` or ``unknown_caller``
        :param pbx: the `telephony.pbx` of the call
        """
        self.ensure_one()
        # sudo - res.users: a preference decides what its owner is shown
        return self.sudo()[f"telephony_{name}"] or pbx[name]

    def _get_telephony_extension(self):
        """Return the extension whose phone rings when the user clicks a number.

        :raise UserError: where there is none, telling where it is set
        """
        self.ensure_one()
        # sudo - telephony.extension: one's own, in whatever company it is
        extensions = self.sudo().telephony_extension_ids.filtered("pbx_id.active")
        extension = extensions.filtered("pbx_id.has_click_to_call")[:1]
        if not extension and extensions:
            raise UserError(
                self.env._(
                    "Odoo can't dial on “%(name)s”: telephone systems of this kind "
                    "only report their calls. Dial on the telephone itself.",
                    name=extensions[0].pbx_id.name,
                )
            )
        if not extension:
            raise UserError(
                self.env._(
                    "You have no extension yet. A telephony administrator sets it in "
                    "Telephony > Configuration > Extensions."
                )
            )
        return extension.sudo(False)

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

    # === PRESENCE === #

    @api.readonly
    @api.model
    def get_telephony_presences(self):
        """Return what the telephones of the users one may call are doing.

        :return: list of ``[user id, presence]``
        """
        return self._get_telephony_colleagues()._get_telephony_presences()

    @api.model
    def _get_telephony_colleagues(self):
        """Return the users with a telephone whom the current user may see."""
        extensions = self.env["telephony.extension"].search([("user_id", "!=", False)])
        return extensions.user_id._filtered_access("read")

    @api.model
    def _get_telephony_presence_channels(self):
        """Return the channels on which the current user learns of presences."""
        if not self.env.user.has_group(USER):
            return []
        # sudo - res.users: where a user is sent what concerns them
        partners = self._get_telephony_colleagues().sudo().partner_id
        return [(partner, SUBCHANNEL) for partner in partners]

    def _get_telephony_presences(self):
        return [[user.id, user.telephony_presence] for user in self]

    def _get_telephony_talking(self):
        """Return users' states by their calls: not every system reports its phones.

        :rtype: dict[res.users, set]
        """
        # sudo - telephony.call.leg: that somebody is on the phone, not with whom
        legs_sudo = (
            self.env["telephony.call.leg"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.ids),
                    ("state", "!=", "ended"),
                    ("call_id.state", "!=", "ended"),
                ]
            )
        )
        states = {"ringing": "ringing", "ongoing": "in_use"}
        return {
            user: {states[leg.state] for leg in legs}
            for user, legs in legs_sudo.grouped("user_id").items()
        }

    def _notify_telephony_presence(self):
        """Notify those who may see these users what their telephones are doing now.

        Each user has a channel of their own, to which the server subscribes those who
        may see them: see ``_get_telephony_presence_channels``.
        """
        # sudo - res.users: all of a user's telephones
        users_sudo = self.sudo()
        users_sudo.invalidate_recordset(["telephony_presence"])
        for user_sudo in users_sudo:
            user_sudo._bus_send(
                "res.users/telephony_presence",
                {"presences": user_sudo._get_telephony_presences()},
                subchannel=SUBCHANNEL,
            )
