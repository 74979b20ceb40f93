"""MightyCall: its settings, and the sparing look at its list of calls."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS

from odoo.addons.telephony_connector.engine.errors import TelephonyError
from odoo.addons.telephony_connector.engine.texts import text
from odoo.addons.telephony_connector.listener.check import Finding
from odoo.addons.telephony_connector.tools.actions import notify
from odoo.addons.telephony_connector.tools.groups import ADMINISTRATOR

from ..providers.mightycall import MightyCallProvider

_logger = logging.getLogger(__name__)


BASE_URL = "https://api.mightycall.com/v4"
# A call that is over may show in the server's list a little later.
OVERLAP = timedelta(minutes=10)
FIRST_LOOK = timedelta(days=1)


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    provider = fields.Selection(
        selection_add=[("mightycall", "MightyCall"), ("api",)],
        ondelete={"mightycall": "set api"},
    )
    mightycall_base_url = fields.Char(
        string="Server Address",
        default=BASE_URL,
        help="https://api.mightycall.com/v4, or https://ccapi.mightycall.com/v4 for "
        "contact centers.",
        groups=ADMINISTRATOR,
    )
    mightycall_resource_prefix = fields.Char(
        string="Resource Prefix",
        default="api",
        help="What stands between the server's address and the name of a resource. "
        "Where the server knows nothing there, the other way is tried by itself.",
        groups=ADMINISTRATOR,
    )
    mightycall_api_key = fields.Char(
        string="API Key",
        compute="_compute_secrets",
        inverse="_inverse_mightycall_api_key",
        groups=ADMINISTRATOR,
        copy=False,
        help="Write-only: a new value replaces the stored one, which is never shown. "
        "It is for the present server: another one needs it typed anew.",
    )
    stored_mightycall_api_key = fields.Char(groups=NO_ACCESS, copy=False)
    mightycall_api_key_places = fields.Char(groups=NO_ACCESS, copy=False)
    mightycall_has_api_key = fields.Boolean(
        string="API Key Set",
        compute="_compute_mightycall_has_api_key",
        groups=ADMINISTRATOR,
    )
    mightycall_business_number = fields.Char(
        string="Business Number",
        help="The company's own number that outgoing calls are made from.",
        groups=ADMINISTRATOR,
    )
    mightycall_reconcile_date = fields.Datetime(
        string="Calls Compared Until",
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )
    mightycall_request_count = fields.Integer(
        string="API Calls in 24 Hours",
        compute="_compute_mightycall_request_count",
        groups=ADMINISTRATOR,
        help="The server answers 2,500 a day for each API key.",
    )

    # === COMPUTE METHODS === #

    def _inverse_mightycall_api_key(self):
        self._store_secret("mightycall_api_key")

    @api.depends(lambda self: ("stored_mightycall_api_key", *self._get_place_fields()))
    def _compute_mightycall_has_api_key(self):
        for pbx in self:
            pbx.mightycall_has_api_key = bool(pbx._get_secret("mightycall_api_key"))

    def _compute_mightycall_request_count(self):
        # sudo - telephony.mightycall.request: how many there are is no secret
        requests_sudo = self.env["telephony.mightycall.request"].sudo()
        for pbx in self:
            pbx.mightycall_request_count = requests_sudo._count(pbx)

    # === CONSTRAINT METHODS === #

    @api.onchange("mightycall_base_url")
    def _onchange_mightycall_base_url(self):
        """Say that the keys of users stay behind where the server is another one."""
        keyed = self._origin.extension_ids.filtered("mightycall_has_user_key")
        place = self._get_secret_places("secret")
        if not keyed or place == self._origin._get_secret_places("secret"):
            return None
        return {
            "warning": {
                "title": self.env._("Another server"),
                "message": self.env._(
                    "The user keys of these extensions are for the present server and "
                    "are removed: %(numbers)s.",
                    numbers=", ".join(keyed.mapped("number")),
                ),
            }
        }

    @api.constrains(
        "mightycall_base_url",
        "mightycall_resource_prefix",
        "mightycall_business_number",
        "allow_unencrypted",
    )
    def _check_mightycall(self):
        self._check_settings()

    # === THE KIND === #

    def _get_provider_class(self):
        if self.provider == "mightycall":
            return MightyCallProvider
        return super()._get_provider_class()

    # === CONNECTION === #

    @api.model
    def _get_connection_fields(self):
        return super()._get_connection_fields() | {
            "mightycall_base_url",
            "mightycall_resource_prefix",
            "stored_mightycall_api_key",
        }

    def _process_connection_change(self):
        # sudo - telephony.mightycall.session: nobody else may touch them; another
        # account or server is meant, whose tokens these are not
        self.env["telephony.mightycall.session"].sudo().search(
            [("pbx_id", "in", self.ids)]
        ).unlink()
        # The keys of users are many: they are not asked for, they stay behind.
        every = self.with_context(active_test=False).extension_ids
        every._check_secret_places(asks=False)
        return super()._process_connection_change()

    # === SECRETS === #

    @api.model
    def _get_secret_fields(self):
        return super()._get_secret_fields() | {"mightycall_api_key"}

    @api.model
    def _get_place_fields(self):
        return super()._get_place_fields() | {"mightycall_base_url"}

    def _get_secret_places(self, name):
        if name != "mightycall_api_key":
            return super()._get_secret_places(name)
        if self.provider != "mightycall":
            return frozenset()
        return self._get_secret_places("secret")

    # === ACTION METHODS === #

    def action_mightycall_test(self):
        """Log in at MightyCall's server, and say what came of it.

        :return: a notification
        :raise AccessError: the user may not set up this telephone system
        """
        self.ensure_one()
        if not self._claim_try():
            return notify(
                "warning", self.env._("A connection was attempted a moment ago.")
            )
        first, *others = self._look_at_mightycall()
        texts = self.env["telephony.text"]
        if not first.ok:
            return notify("danger", texts._render(first.text))
        for finding in others:
            if not finding.ok:
                return notify("warning", texts._render(finding.text))
        return notify("success", texts._render(first.text))

    def _look_at_mightycall(self):
        """Log in at MightyCall's server, and compare the business number.

        :return: list of ``listener.check.Finding``, the login's first
        """
        self.ensure_one()
        provider = self._get_provider()
        try:
            numbers = provider.test()
        except TelephonyError as error:
            self._show_mightycall_answer(error)
            return [Finding(False, error.text)]
        self._show_mightycall_answer()
        login = Finding(True, text("mightycall_connected"))
        if not numbers:
            return [login]
        own = provider.write_number(self.mightycall_business_number)
        if own in map(provider.write_number, numbers):
            return [login, Finding(True, text("mightycall_number"))]
        names = ", ".join(numbers)
        return [
            login,
            Finding(False, text("mightycall_number_foreign", numbers=names)),
        ]

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_mightycall_reconcile(self):
        """Compare the log with the servers' own lists, for events that never came."""
        pbxs = self.search([("provider", "=", "mightycall")]).filtered(
            lambda pbx: not pbx._is_off() and pbx._get_secret("mightycall_api_key")
        )
        for done, pbx in enumerate(pbxs, 1):
            try:
                pbx._mightycall_reconcile()
            except TelephonyError as error:
                reason = self.env["telephony.text"]._render(error.text)
                _logger.warning("%s: calls not compared: %s", pbx.name, reason)
                pbx._show_mightycall_answer(error)
            # Were any left over, all would be asked again at once.
            self.env["ir.cron"]._commit_progress(1, remaining=len(pbxs) - done)

    def _mightycall_reconcile(self):
        """Take what the server's list of calls says beyond the webhook into the log."""
        self.ensure_one()
        now = fields.Datetime.now()
        provider = self._get_provider()
        start = self.mightycall_reconcile_date or now - FIRST_LOOK
        changes = provider.read_calls(start, now)
        self.env["telephony.call"]._apply_listed(self, changes)
        self.mightycall_reconcile_date = now - OVERLAP
        self._show_mightycall_answer()

    def _show_mightycall_answer(self, error=None):
        """Show on the form how the last request to the server went.

        :param error: a `TelephonyError`, or ``None`` where it went well
        """
        self.ensure_one()
        if error:
            self._set_connection(error.code, error.text)
        else:
            self._set_connection("connected")
