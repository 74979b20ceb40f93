import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS
from odoo.tools import clean_context, consteq

from .telephony_pbx import GRACE, SETUP_CHANGED

# Seldom enough that noting it costs nothing.
UPDATE_EVERY = timedelta(hours=1)
PREFIX = "tpc_"
SHOWN = len(PREFIX) + 4


class TelephonyToken(models.Model):
    """A telephone system's key to ``/telephony/api`` and ``/telephony/lookup``.

    The token is shown once, when it is made; what is stored is its hash. It opens
    nothing else, and several may be valid at once, so that one can replace another.
    """

    _name = "telephony.token"
    _inherit = ["telephony.checked.mixin"]
    _description = "API Token of a Telephone System"
    _order = "id desc"

    name = fields.Char(required=True, default=lambda self: self.env._("API token"))
    pbx_id = fields.Many2one(
        "telephony.pbx",
        string="Telephone System",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(related="pbx_id.company_id", store=True, index=True)
    hint = fields.Char(
        string="Begins With", readonly=True, help="The first signs, to tell it by."
    )
    digest = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    expire_date = fields.Datetime(string="Valid Until", readonly=True)
    use_date = fields.Datetime(string="Last Used", readonly=True)

    _digest_uniq = models.UniqueIndex("(digest)")

    # === ACTION METHODS === #

    def action_rotate(self):
        """Replace the token by a new one and show it; the old one works on a while."""
        self.ensure_one()
        self.check_access("write")
        self.expire_date = fields.Datetime.now() + GRACE
        return self._issue(self.pbx_id, self.name)

    def action_revoke(self):
        """Make the tokens good for nothing, at once."""
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === BUSINESS METHODS === #

    @api.model
    def _issue(self, pbx, name=None):
        """Make a token for a telephone system.

        :return: the action that shows it; it is stored nowhere in clear
        :raise AccessError: the user may not set up this telephone system
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("API Token"),
            "res_model": "telephony.token.show",
            "view_mode": "form",
            "target": "new",
            "context": {"default_token": self._make(pbx, name)},
        }

    @api.model
    def _make(self, pbx, name=None):
        """Make a token for a telephone system.

        :return: the token itself, to be shown this once
        :rtype: str
        :raise AccessError: the user may not set up this telephone system
        """
        self.check_access("create")
        pbx.check_access("write")
        secret = PREFIX + secrets.token_urlsafe(32)
        values = {"pbx_id": pbx.id, "hint": secret[:SHOWN]}
        if name:
            values["name"] = name
        # sudo - telephony.token: the digest is out of every user's reach
        clean = self.with_context(clean_context(self.env.context))
        clean.sudo().create({**values, "digest": _digest(secret)})
        return secret

    @api.model
    def _authenticate(self, secret):
        """Return the valid token of an active telephone system, if this is one.

        :param str secret: as it was sent
        :return: one `telephony.token` or none, as superuser
        """
        # sudo - telephony.token: who asks is a telephone system, known by its token
        tokens_sudo = self.sudo()
        none = tokens_sudo.browse()
        if not secret.startswith(PREFIX) or len(secret) > 128:
            return none
        digest = _digest(secret)
        token_sudo = tokens_sudo.search([("digest", "=", digest)], limit=1)
        if not token_sudo or not consteq(token_sudo.digest, digest):
            return none
        now = fields.Datetime.now()
        is_over = token_sudo.expire_date and token_sudo.expire_date <= now
        if is_over or not token_sudo.pbx_id.active:
            return none
        token_sudo._update_use_date(now)
        return token_sudo

    def _update_use_date(self, now):
        self.ensure_one()
        used = self.use_date
        if self.env.cr.readonly or (used and used > now - UPDATE_EVERY):
            return
        if self.try_lock_for_update():
            self.use_date = now
            if not used:
                # Whoever made it may wait for the first request: the guided form does.
                self.create_uid._bus_send(SETUP_CHANGED, {"id": self.pbx_id.id})


class TelephonyTokenShow(models.AbstractModel):
    """The form that shows a new token. It has no table: nothing of it is stored."""

    _name = "telephony.token.show"
    _description = "New API Token"

    # A field of an abstract model needs an id to be shown in a form.
    id = fields.Id()
    token = fields.Char(readonly=True)


def _digest(secret):
    """Return what is stored of a token: it is random enough to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
