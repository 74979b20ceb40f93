"""Telephone systems that speak to Odoo by HTTP: the webhook, the API's rules."""

import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .telephony_pbx import ADMINISTRATOR

# How long the old address or token works on after it was changed, so that nothing is
# lost until the telephone system has the new one.
GRACE = timedelta(days=7)
TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    # The webhook. The token in its address only finds the telephone system: addresses
    # stand in access logs. Whether an event is genuine its secret says.
    webhook_token = fields.Char(
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups="telephony_connector.group_telephony_administrator",
    )
    old_webhook_token = fields.Char(
        copy=False, groups="telephony_connector.group_telephony_administrator"
    )
    old_webhook_until = fields.Datetime(
        string="Old Address Works Until",
        copy=False,
        readonly=True,
        groups=ADMINISTRATOR,
    )
    webhook_url = fields.Char(
        string="Webhook Address",
        compute="_compute_webhook_url",
        groups="telephony_connector.group_telephony_administrator",
        help="Where the telephone system is to send its events.",
    )
    webhook_date = fields.Datetime(
        string="Last Webhook",
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )

    # The API and the lookup
    token_ids = fields.One2many(
        "telephony.token",
        "pbx_id",
        string="API Tokens",
        groups="telephony_connector.group_telephony_administrator",
    )
    api_rate = fields.Integer(
        string="Requests a Minute",
        required=True,
        default=600,
        help="How many requests one API token, or the webhook, may make.",
        groups=ADMINISTRATOR,
    )
    lookup_names = fields.Selection(
        [
            ("responsible", "Callers somebody is responsible for"),
            ("all", "All known callers"),
        ],
        string="Named In",
        required=True,
        default="responsible",
        help="Whose names the lookup tells to the telephone system, which shows them "
        "every telephone that rings, whoever sits there.",
        groups=ADMINISTRATOR,
    )
    vip_tag_ids = fields.Many2many(
        "res.partner.category",
        "telephony_pbx_vip_tag_rel",
        string="VIP Tags",
        help="Callers with one of these contact tags are told to be VIP.",
        groups=ADMINISTRATOR,
    )
    blocked_tag_ids = fields.Many2many(
        "res.partner.category",
        "telephony_pbx_blocked_tag_rel",
        string="Blocked Tags",
        help="Callers with one of these contact tags are told to be blocked; what "
        "becomes of their calls is up to the telephone system.",
        groups=ADMINISTRATOR,
    )

    _webhook_token_idx = models.UniqueIndex(
        "(webhook_token) WHERE webhook_token IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        base = self.env["telephony.pbx"].get_base_url()
        for pbx in self:
            pbx.webhook_url = pbx.webhook_token and (
                f"{base}/telephony/webhook/{pbx.webhook_token}"
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("api_rate")
    def _check_api_rate(self):
        if any(not 1 <= pbx.api_rate <= 60_000 for pbx in self):
            raise ValidationError(
                self.env._("Between 1 and 60,000 requests a minute can be allowed.")
            )

    @api.constrains("webhook_token")
    def _check_webhook_token(self):
        # sudo - telephony.pbx: a token that is set is checked for whoever sets it
        for pbx_sudo in self.sudo():
            token = pbx_sudo.webhook_token
            if token and not TOKEN.fullmatch(token):
                raise ValidationError(
                    self.env._(
                        "A webhook token consists of 16 to 64 letters, digits, - and _."
                    )
                )

    # === ACTION METHODS === #

    def action_renew_webhook(self):
        """Give the webhook a new address; the old one works on for a while."""
        self.ensure_one()
        self.check_access("write")
        self.write(
            {
                "old_webhook_token": self.webhook_token,
                "old_webhook_until": fields.Datetime.now() + GRACE,
                "webhook_token": secrets.token_urlsafe(24),
            }
        )

    def action_new_token(self):
        """Make an API token, and show it: this once.

        :raise AccessError: the user may not set up this telephone system
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["telephony.token"]._issue(self)

    def action_download_3cx(self):
        """Download the template by which 3CX looks callers up here.

        :raise AccessError: the user may not set up this telephone system
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_url",
            "url": f"/telephony/pbx/{self.id}/3cx.xml",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _find_by_webhook_token(self, token):
        """Return the active telephone system that a webhook's address belongs to.

        :param str token: as it stands in the address
        :return: one `telephony.pbx` or none, as superuser
        """
        if not TOKEN.fullmatch(token):
            return self.sudo().browse()
        # sudo - telephony.pbx: who asks is a telephone system, known by its token
        pbx_sudo = self.sudo().search(
            ["|", ("webhook_token", "=", token), ("old_webhook_token", "=", token)],
            limit=1,
        )
        if pbx_sudo.webhook_token == token:
            return pbx_sudo
        until = pbx_sudo.old_webhook_until
        return pbx_sudo if until and until > fields.Datetime.now() else pbx_sudo[:0]

    def _note_webhook(self):
        """Note that the telephone system was heard of, at most once a minute."""
        self.ensure_one()
        now = fields.Datetime.now()
        if self.webhook_date and self.webhook_date > now - timedelta(minutes=1):
            return
        if self.try_lock_for_update():
            self.webhook_date = now
