"""What a user's telephones are doing, shown wherever Odoo shows the user."""

from odoo import api, fields, models

from .ir_http import GROUP

# Of several telephones the one that says most counts: the first of these.
PRESENCES = [
    ("in_use", "On the phone"),
    ("on_hold", "On hold"),
    ("ringing", "Ringing"),
    ("paused", "Has a break"),
    ("idle", "Free"),
    ("unavailable", "Not reachable"),
]
# Of a user's channel: what their telephones are doing.
SUBCHANNEL = "telephony_presence"


class ResUsers(models.Model):
    _inherit = "res.users"

    telephony_presence = fields.Selection(
        PRESENCES,
        string="Telephone",
        compute="_compute_telephony_presence",
        groups=GROUP,
    )

    # === COMPUTE METHODS === #

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
        """Return the channels on which the current user hears of presences."""
        if not self.env.user.has_group(GROUP):
            return []
        # sudo - res.users: where a user is sent what concerns them
        partners = self._get_telephony_colleagues().sudo().partner_id
        return [(partner, SUBCHANNEL) for partner in partners]

    def _get_telephony_presences(self):
        return [[user.id, user.telephony_presence] for user in self]

    def _get_telephony_talking(self):
        """Return users' states by their calls: not every system tells of its phones.

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

    def _tell_telephony_presence(self):
        """Tell those who may see these users what their telephones are doing now.

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


class TelephonyExtension(models.Model):
    _inherit = "telephony.extension"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        extensions = super().create(vals_list)
        self._tell_presence_channels()
        return extensions

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_id", "pbx_id", "active"}:
            self._tell_presence_channels()
        return result

    def unlink(self):
        self._tell_presence_channels()
        return super().unlink()

    @api.model
    def _tell_presence_channels(self):
        """Have web clients ask anew whose presence they may hear of."""
        self.env.ref(GROUP).sudo()._bus_send("telephony.presences/changed", {})

    # === BUSINESS METHODS === #

    def _get_presence(self):
        """Return what the extension's phones tell: of `PRESENCES`, none to two."""
        self.ensure_one()
        states = [self.availability] if self.availability else []
        if self.availability == "idle" and self.paused_queues:
            states.append("paused")
        return states
