"""The keys of desktop agents: programs that open a call's page on a user's computer."""

import hashlib
import logging
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tools import clean_context

# What tells such a token from anything else that a websocket may ask for.
PREFIX = "tca_"
TOKEN_BYTES = 32
# A longer word is none of ours and need not be hashed.
MAX_TOKEN = 128

_logger = logging.getLogger(__name__)


class TelephonyAgentToken(models.Model):
    """A user's permission for one desktop agent to hear of the user's calls.

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
        """Take the permission away; the agent is told and stops.

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
            raise AccessError(self.env._("Desktop agents are for telephony users."))
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
        group = "telephony_connector.group_telephony_user"
        return user.active and user.has_group(group)


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()
