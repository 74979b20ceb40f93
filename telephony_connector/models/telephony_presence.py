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


class ResUsers(models.Model):
    _inherit = "res.users"

    telephony_presence = fields.Selection(
        PRESENCES,
        string="Telephone",
        compute="_compute_telephony_presence",
        compute_sudo=True,
        groups=GROUP,
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "telephony_extension_ids.availability", "telephony_extension_ids.paused_queues"
    )
    def _compute_telephony_presence(self):
        talking = self._get_telephony_talking()
        for user in self:
            states = {
                state
                for extension in user.telephony_extension_ids
                for state in extension._get_presence()
            }
            if not states and user.telephony_extension_ids:
                states = talking.get(user, set())
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
        extensions = self.env["telephony.extension"].search([("user_id", "!=", False)])
        return extensions.user_id._get_telephony_presences()

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
        """Tell everybody with a telephone what these users' ones are doing now."""
        if self:
            # sudo - res.users: a presence is no secret among those with a telephone
            users_sudo = self.sudo()
            users_sudo.invalidate_recordset(["telephony_presence"])
            self.env.ref(GROUP)._bus_send(
                "res.users/telephony_presence",
                {"presences": users_sudo._get_telephony_presences()},
            )


class TelephonyExtension(models.Model):
    _inherit = "telephony.extension"

    def _get_presence(self):
        """Return what the extension's phones tell: of `PRESENCES`, none to two."""
        self.ensure_one()
        states = [self.availability] if self.availability else []
        if self.availability == "idle" and self.paused_queues:
            states.append("paused")
        return states


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    def _door_after(self):
        result = super()._door_after()
        # A listener hears of the phones themselves.
        silent = self.filtered(
            lambda call: not call.pbx_id._get_provider().has_listener
        )
        silent.leg_ids.extension_id.user_id._tell_telephony_presence()
        return result
