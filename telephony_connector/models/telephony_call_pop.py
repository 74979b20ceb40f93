"""Who is told what of a call: the bus, the card and the page that opens by itself."""

from odoo import api, fields, models

from ..tools.parameters import takes

# A later leader begins to count anew, and its word comes after the earlier one's: the
# client orders messages by one number. Integers of the database are below this.
REVISIONS = 2**31


class TelephonyCallPop(models.Model):
    """That a user's page of a call was opened, so that no second tab or browser does.

    One row a user and call: whoever inserts it first opens the page.
    """

    _name = "telephony.call.pop"
    _description = "Opened Page of a Call"
    _log_access = False

    call_id = fields.Many2one(
        "telephony.call", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade"
    )

    _call_user_uniq = models.Constraint(
        "UNIQUE(call_id, user_id)", "A call's page opens once for a user."
    )

    @api.model
    def _claim(self, call, user):
        """Take the right to open the call's page for the user, for good.

        :return: whether nobody had it before
        :rtype: bool
        """
        self.env.cr.execute(
            """
            INSERT INTO telephony_call_pop (call_id, user_id) VALUES (%s, %s)
            ON CONFLICT DO NOTHING RETURNING id
            """,
            [call.id, user.id],
        )
        return bool(self.env.cr.rowcount)


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    # === THE BUS === #

    def _tell_users(self):
        """Send every user who was rung or talks what became of the call.

        The message holds ids, numbers and states, no name: the client asks for those
        as its user, so that the access rules decide what each one sees.
        """
        for call in self:
            for user in call.user_ids:
                user._bus_send("telephony.call/changed", call._get_news(user))

    def _get_news(self, user):
        """Return what the bus tells one user of the call.

        :rtype: dict
        """
        self.ensure_one()
        mine = self._get_share(user)
        return {
            "id": self.id,
            "revision": self.source_term * REVISIONS + self.source_revision,
            "direction": self.direction,
            "comes_in": self._comes_in(user),
            "state": self.state,
            "outcome": self.outcome or False,
            "mine": mine,
            "progress": self._get_progress(),
            "on_hold": any(leg.on_hold for leg in self._get_legs(user)),
            "user_id": self.user_id.id,
            "show_card": self._has_card(user),
            "open_page": self._wants_page(user, mine),
            # sudo - telephony.call: whether somebody saved it, not what
            "registration_revision": self.sudo().registration_revision,
        }

    def _comes_in(self, user):
        """Say whether the call comes in for the user, who does not make it."""
        if self.direction == "internal":
            return not self._is_caller(user)
        return self.direction == "inbound"

    def _get_legs(self, user):
        return self.leg_ids.filtered(lambda leg: leg.user_id == user)

    def _get_share(self, user):
        """Return the state of the user's own part in the call.

        ``ringing``, ``ongoing`` or ``ended``; a user with several phones talks on one
        while the others are silent.
        """
        states = set(self._get_legs(user).mapped("state"))
        if not states:
            is_own = self.user_id == user or (
                not self.leg_ids and self._is_caller(user)
            )
            return self.state if is_own else "ended"
        return next(s for s in ("ongoing", "ringing", "ended") if s in states)

    def _get_progress(self):
        """Return how far the call has come, as its caller sees it.

        ``own_phone`` while the caller's own phone rings, ``calling`` while the other
        party's does, then ``ongoing`` and ``ended``.
        """
        if self.state != "ringing" or self.direction == "inbound":
            return self.state
        # Another party is called only after the own phone was picked up: by a click,
        # or to dial the number on it.
        caller = self._get_caller_extension()
        own = self.leg_ids.filtered(
            lambda leg: leg.extension_id and leg.extension_id == caller
        )
        is_calling = self.leg_ids - own or "ongoing" in own.mapped("state")
        return "calling" if is_calling else "own_phone"

    def _has_card(self, user):
        return (
            self.direction != "internal"
            or user._get_telephony_setting("internal_calls", self.pbx_id) != "nothing"
        )

    def _wants_page(self, user, mine):
        """Say whether the page opens by itself for a user whose share is ``mine``."""
        setting = user._get_telephony_setting
        if self.direction == "outbound":
            if not self.pbx_id._get_provider().opens_outgoing_page:
                return False
        elif not self._comes_in(user):
            return False
        if (
            self.direction == "internal"
            and setting("internal_calls", self.pbx_id) != "page"
        ):
            return False
        wanted = setting("open_page_on", self.pbx_id)
        if mine == "ringing":
            return wanted == "ringing"
        if mine != "ongoing" or wanted not in ("ringing", "answer"):
            return False
        return not self._is_under_way(user)

    def _is_under_way(self, user):
        """Say whether a user's talk began while nobody listened.

        Its page is offered by the card: they are in the middle of something. A page
        that opened before the listener was started anew stays the user's.
        """
        # sudo - telephony.call.leg, telephony.call.pop: of the user's own share, fields
        # and rows that users see nothing of
        legs_sudo = self.sudo()._get_legs(user)
        is_unseen = any(
            leg.answered_unseen for leg in legs_sudo if leg.state == "ongoing"
        )
        return is_unseen and not self.env["telephony.call.pop"].sudo().search_count(
            [("call_id", "=", self.id), ("user_id", "=", user.id)], limit=1
        )

    # === THE PAGE === #

    def claim_page(self):
        """Take the right to open this call's page, for the user's first tab that asks.

        :return: the action to run, ``False`` where another tab or browser has it
        """
        self.ensure_one()
        self.check_access("read")
        # sudo - telephony.call.pop: users see no rows, the claim is all there is to it
        if not self.env["telephony.call.pop"].sudo()._claim(self, self.env.user):
            return False
        return self.action_open_page()

    @takes(start=str)
    def action_open_page(self, start=False):
        """Open the call's registration page, or the list of the records to choose from.

        :param str start: what to begin with, see `telephony.registration`
        :return: an action
        """
        self.ensure_one()
        return self.env["telephony.registration"].open_for_call(self.id, start)
