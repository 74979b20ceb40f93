"""The keys of desktop agents: programs that open a call's page on a user's computer."""

import hashlib
import logging
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tools import clean_context

from ..tools.groups import USER

# What tells such a token from anything else that a websocket may ask for.
PREFIX = "tca_"
TOKEN_BYTES = 32
# A longer word is none of ours and need not be hashed.
MAX_TOKEN = 128

_logger = logging.getLogger(__name__)


class TelephonyAgentToken(models.Model):
    """A user's permission for one desktop agent to learn of the user's calls.

    It is good for that alone: no route but the agent's takes it. The token is a random
    number of 256 bits, shown once and stored as its SHA-256, by which it is found; no
    slower hash is needed where there is nothing to guess.

    Each has a bus channel of its own. What is sent there reaches whoever subscribed
    with the token, and nothing is sent there any more once the row is gone.
    """

    _name = "telephony.agent.token"
    _inherit = ["bus.listener.mixin"]
    _description = "Desktop Agent"
    _order = "id desc"
    _allow_sudo_commands = False

    name = fields.Char(string="Computer", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    token_hash = fields.Char(required=True, groups=NO_ACCESS, copy=False)
    last_seen = fields.Datetime(
        readonly=True, help="When the agent connected for the last time."
    )

    _token_hash_uniq = models.UniqueIndex("(token_hash)")

    # === CRUD METHODS === #

    def unlink(self):
        for token in self:
            _logger.info("Desktop agent %s of user %s revoked", token.id, token.user_id)
            token._bus_send("telephony.agent/revoked", {})
        return super().unlink()

    # === ACTION METHODS === #

    def action_revoke(self):
        """Take the permission away; the agent is notified and stops.

        :return: an action
        """
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    @api.model
    def _generate(self, name):
        """Make a token for the current user.

        :param str name: of the computer, for the user to know it by
        :return: the token, which can't be had again
        :rtype: str
        :raise AccessError: where the user is none of the telephone's
        """
        if not self._is_allowed(self.env.user):
            raise AccessError(
                self.env._("Only telephony users can use desktop agents.")
            )
        token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        # sudo - telephony.agent.token: users make tokens through this method alone
        clean = self.with_context(clean_context(self.env.context))
        record_sudo = clean.sudo().create(
            {"name": name, "user_id": self.env.uid, "token_hash": _hash(token)}
        )
        _logger.info("Desktop agent %s made for user %s", record_sudo.id, self.env.uid)
        return token

    @api.model
    def _find(self, token):
        """Return the row of a token, as superuser; an empty one where it is not valid.

        :param str token: as an agent sent it
        """
        if not token.startswith(PREFIX) or len(token) > MAX_TOKEN:
            return self.sudo().browse()
        # sudo - telephony.agent.token: whoever has the token may use it
        found_sudo = self.sudo().search([("token_hash", "=", _hash(token))])
        return found_sudo.filtered(lambda row: self._is_allowed(row.user_id))

    @api.model
    def _is_allowed(self, user):
        return user.active and user.has_group(USER)

    # === WHAT AGENTS ARE TOLD === #

    @api.model
    def _notify_calls(self, calls):
        """Tell the desktop agents of those who are called.

        The message holds an id and states, no number and no name: the agent asks for
        what it shows, as its user.
        """
        # sudo - telephony.agent.token: the system tells every user's agents
        tokens_sudo = self.sudo().search([("user_id", "in", calls.user_ids.ids)])
        for call in calls:
            for token in tokens_sudo.filtered(
                lambda t, c=call: t.user_id in c.user_ids
            ):
                payload = self._prepare_payload(call, token.user_id)
                if payload:
                    token._bus_send("telephony.agent/call", payload)

    @api.model
    def _prepare_payload(self, call, user):
        """Return what the agents of a user are told of a call, ``None`` if nothing.

        :rtype: dict
        """
        payload = self.env["telephony.client"]._prepare_payload(call, user)
        rings = payload["direction"] == "inbound" and payload["leg_state"] == "ringing"
        if payload["state"] == "ended" or not (payload["open_page"] or rings):
            return None
        return {
            "call": payload["id"],
            "state": payload["leg_state"],
            "open_page": payload["open_page"],
        }

    @api.model
    def _get_calls(self):
        """Return what the current user's agent missed while it was not connected.

        :rtype: list[dict]
        """
        user = self.env.user
        calls = self.env["telephony.call"].search(
            [("state", "!=", "ended"), ("user_ids", "in", user.id)]
        )
        return [
            payload for call in calls if (payload := self._prepare_payload(call, user))
        ]

    @api.model
    def _answer(self, call, claim):
        """Return what the current user's agent shows of a call.

        :param bool claim: whether the agent is about to open the page
        :return: ``title``, ``path`` of the page, and whether to open it: never where
            another agent, tab or browser of the user's has the page already
        :rtype: dict
        :raise AccessError: where the user may not read the call
        """
        call.ensure_one()
        call.check_access("read")
        payload = self._prepare_payload(call, self.env.user)
        may_open = claim and payload and payload["open_page"]
        # sudo - telephony.call.pop: users see no rows, the claim is all there is to it
        pops_sudo = self.env["telephony.call.pop"].sudo()
        return {
            "title": call._get_title(),
            "path": f"/telephony/incoming?call={call.id}",
            "open": bool(may_open) and pops_sudo._claim(call, self.env.user),
        }


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()
