"""What a user can do with a call while it lasts: hang up, transfer, park, pick up."""

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.parameters import takes
from .telephony_pbx_dialling import NUMBER_WAYS

# Controls by which a number is dialled.
NEED_NUMBER = ("transfer", "attended_transfer", "voicemail", "pickup")


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @takes(action=str, target=str, confirmed=bool)
    def control(self, action, target=False, confirmed=False):
        """Have the telephone system do something with the call, for the current user.

        :param str action: one of ``_get_controls``
        :param str target: the number to transfer to; the extension whose mailbox gets
            the call
        :param bool confirmed: the user was asked about the list of numbers not to call
        :return: what the client shows until the bus tells more. Where nothing was done,
            one key alone: ``choose`` or ``confirm``, as of ``dial``
        :rtype: dict
        :raise AccessError: the user has not the right to, or may not see the call
        :raise UserError: where it can't be done (any more), in the user's words
        """
        self.env["telephony.pbx"]._check_sender(action)
        self.ensure_one()
        self.check_access("read")
        if action not in self._get_controls():
            raise UserError(
                self.env._("That is not possible with this call at the moment.")
            )
        number = False
        if action == "pickup":
            target = self._get_ringing_extension().number
            if not target:
                raise UserError(self.env._("The call is no longer there."))
        if action in NUMBER_WAYS:
            found = self._read_click(target or "", None, False, self.pbx_id)
            if len(found) > 1:
                return {"choose": self._describe_choices(found, self.pbx_id)}
        if action in NEED_NUMBER:
            number = self.pbx_id._authorize(target, action)
            if number.question and not confirmed:
                return {"confirm": number.question}
        command = self.pbx_id._get_provider().control(self, action, number)
        return {
            "call_id": self.id,
            "command_id": command.id,
            "expires_in": command._get_seconds_left() if command else 0,
        }

    def _get_ringing_extension(self):
        """Return the extension at which the call rings, empty where it does at none."""
        legs = self.leg_ids.filtered(
            lambda leg: leg.state == "ringing" and leg.extension_id
        )
        return legs[:1].extension_id

    @api.model
    def _get_all_controls(self):
        """Return the names of all controls, in the order in which they are shown."""
        return (
            "pickup",
            "transfer",
            "attended_transfer",
            "voicemail",
            "park",
            "hangup",
        )

    def _get_controls(self):
        """Return what the current user can do with the call in its present state."""
        self.ensure_one()
        mine = self._get_share(self.env.user)
        can = set()
        if mine == "ongoing":
            can = {"transfer", "attended_transfer", "voicemail", "park", "hangup"}
        elif mine == "ringing" and self._comes_in(self.env.user):
            can = {"transfer", "voicemail", "hangup"}
        elif mine == "ringing" and self._get_own_channel():
            # Not before the telephone system has told by which channel it rings.
            can = {"hangup"}
        elif self.state == "ringing" and self.direction != "outbound":
            can = {"pickup"}
        can &= self.pbx_id._get_offered_controls()
        return [name for name in self._get_all_controls() if name in can]

    def _get_own_channel(self):
        """Return the channel of the current user's phone in the call."""
        legs = self._get_legs(self.env.user).filtered(lambda leg: leg.state != "ended")
        return legs.sorted(lambda leg: leg.state != "ongoing")[:1].channel

    def _get_other_channel(self):
        """Return the channel of the other party."""
        others = self.leg_ids.filtered(
            lambda leg: leg.state != "ended" and leg.user_id != self.env.user
        )
        return others.sorted(lambda leg: bool(leg.extension_id))[:1].channel
