"""MightyCall: its settings, and the sparing look at its list of calls."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from ..engine.errors import LoginRefused, TelephonyError

_logger = logging.getLogger(__name__)

BASE_URL = "https://api.mightycall.com/v4"
# A call that is over may show in the server's list a little later.
OVERLAP = timedelta(minutes=10)
FIRST_LOOK = timedelta(days=1)
# What changes when another account or server is meant: its tokens are no longer ours.
LOGIN_FIELDS = frozenset(
    ("base_url", "resource_prefix", "api_key", "stored_api_key", "secret")
)
SECRETS = ("secret", "api_key")


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    base_url = fields.Char(
        string="Server Address",
        default=BASE_URL,
        help="https://api.mightycall.com/v4, or https://ccapi.mightycall.com/v4 for "
        "contact centers.",
    )
    resource_prefix = fields.Char(
        default="api",
        help="What stands between the server's address and the name of a resource. "
        "Where the server knows nothing there, the other way is tried by itself.",
    )
    api_key = fields.Char(
        string="API Key",
        compute="_compute_api_key",
        inverse="_inverse_api_key",
        groups="telephony_connector.group_telephony_administrator",
        copy=False,
        help="Write-only: a new value replaces the stored one, which is never shown.",
    )
    stored_api_key = fields.Char(groups=NO_ACCESS, copy=False)
    has_api_key = fields.Boolean(
        string="API Key Set",
        compute="_compute_has_api_key",
        groups="telephony_connector.group_telephony_administrator",
    )
    business_number = fields.Char(
        help="The company's own number that outgoing calls are made from."
    )
    reconcile_date = fields.Datetime(
        string="Calls Compared Until", readonly=True, copy=False
    )
    request_count = fields.Integer(
        string="API Calls in 24 Hours",
        compute="_compute_request_count",
        groups="telephony_connector.group_telephony_administrator",
        help="The server answers 2,500 a day for each API key.",
    )

    # === COMPUTE METHODS === #

    def _compute_api_key(self):
        self.api_key = False

    def _inverse_api_key(self):
        # sudo - telephony.pbx: the stored key is out of every user's reach
        for pbx_sudo in self.sudo():
            pbx_sudo.stored_api_key = pbx_sudo.api_key

    @api.depends("stored_api_key")
    def _compute_has_api_key(self):
        for pbx, pbx_sudo in zip(self, self.sudo(), strict=True):
            pbx.has_api_key = bool(pbx_sudo.stored_api_key)

    def _compute_request_count(self):
        # sudo - telephony.provider.request: how many there are is no secret
        requests_sudo = self.env["telephony.provider.request"].sudo()
        for pbx in self:
            pbx.request_count = requests_sudo._count(pbx)

    # === CONSTRAINT METHODS === #

    @api.constrains("provider", "base_url", "resource_prefix", "business_number")
    def _check_mightycall(self):
        for pbx in self.filtered(lambda pbx: pbx.provider == "mightycall"):
            pbx._get_provider().check_settings()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        pbxs = super().create(vals_list)
        # What was written is not read back, not even in the same request.
        pbxs.invalidate_recordset(SECRETS)
        return pbxs

    def write(self, vals):
        result = super().write(vals)
        self.invalidate_recordset(SECRETS)
        if LOGIN_FIELDS & vals.keys():
            # sudo - telephony.provider.session: nobody else may touch them
            self.env["telephony.provider.session"].sudo().search(
                [("pbx_id", "in", self.ids)]
            ).unlink()
        return result

    # === ACTION METHODS === #

    def action_test_connection(self):
        """Log in at the telephone system's server, and say what came of it."""
        self.ensure_one()
        self.check_access("write")
        try:
            numbers = self._get_provider().test()
        except TelephonyError as error:
            self._note_answer(error)
            return _notify("danger", str(error))
        self._note_answer()
        known = self.business_number in numbers if numbers else True
        if not known:
            message = self.env._(
                "Connected, but the business number is none of the account's: "
                "%(numbers)s.",
                numbers=", ".join(numbers),
            )
            return _notify("warning", message)
        return _notify("success", self.env._("Connected."))

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_reconcile(self):
        """Compare the log with the servers' own lists, for events that never came."""
        pbxs = self.search([("provider", "=", "mightycall")])
        done = 0
        for pbx in pbxs:
            # sudo - telephony.pbx: the scheduled action is the system's
            if not pbx.sudo().stored_api_key:
                continue
            try:
                pbx._reconcile()
            except TelephonyError as error:
                _logger.warning("%s: calls not compared: %s", pbx.name, error)
                pbx._note_answer(error)
            done += 1
            self.env["ir.cron"]._commit_progress(1, remaining=len(pbxs) - done)

    def _reconcile(self):
        """Take what the server's list of calls says beyond the webhook into the log."""
        self.ensure_one()
        now = fields.Datetime.now()
        provider = self._get_provider()
        changes = provider.read_calls(self.reconcile_date or now - FIRST_LOOK, now)
        self.env["telephony.call"]._apply_listed(self, changes)
        self.reconcile_date = now - OVERLAP
        self._note_answer()

    def _note_answer(self, error=None):
        """Show on the form how the last request to the server went.

        :param error: a `TelephonyError`, or ``None`` where it went well
        """
        self.ensure_one()
        if not error:
            self._set_connection("connected")
        elif isinstance(error, LoginRefused):
            self._set_connection("login_refused", str(error))
        else:
            self._set_connection("unreachable", str(error))


def _notify(kind, message):
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
