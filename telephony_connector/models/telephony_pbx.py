"""Telephone systems: their kinds, how they are reached, and whether they are."""

import logging
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import NO_ACCESS

from ..engine import call_address, pbx_text
from ..engine.texts import text
from ..listener.election import is_led
from ..listener.settings import ACCOUNT_FIELDS, DIALPLAN_FIELDS
from ..listener.thread import ensure_running
from ..providers import PROVIDERS
from ..providers.base import Provider
from ..providers.softphone_presets import SOFTPHONES
from ..tools.actions import notify
from ..tools.database import describe_difference, read_identity
from ..tools.groups import ADMINISTRATOR
from ..tools.parameters import read_id
from ..tools.stored import strip_texts

_logger = logging.getLogger(__name__)

# Between two logins that are asked for by hand.
TRY_EVERY = timedelta(seconds=5)
# A server that was woken listens within seconds, one that starts within the minute.
PATIENCE = timedelta(minutes=2)
# What tells a browser that shows the guided form to look again.
SETUP_CHANGED = "telephony.pbx.setup/changed"
# How long the old address or token works on after it was changed, so that nothing is
# lost until the telephone system has the new one.
GRACE = timedelta(days=7)
WEBHOOK_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)
# The fields by which a telephone system renames the parameters of a call's address.
URL_KEYS = {name: f"url_{name}_key" for name in call_address.PARAMETERS}

# What numbers are read with, which is cached.
READ_WITH = frozenset(
    ("active", "area_code", "company_id", "country_id", "outside_prefix", "sequence")
)
# What says where the passwords are sent.
PLACE_FIELDS = ("provider", "host", "port", "use_tls", "tls_verify", "tls_ca")

# What an unknown caller becomes.
NEW_KINDS = [
    ("lead", "Lead"),
    ("person", "Person"),
    ("contact", "Contact of a company"),
    ("company", "Company"),
]
OPEN_PAGE_ON = [
    ("automatic", "Automatically"),
    ("ringing", "While the phone rings"),
    ("answer", "Once answered"),
    ("never", "Never"),
]
INTERNAL_CALLS = [
    ("page", "Page, as for other calls"),
    ("card", "Card only"),
    ("nothing", "Nothing"),
]

CONNECTION_STATES = [
    ("stopped", "Listener not running"),
    ("connecting", "Connecting…"),
    ("connected", "Connected"),
    ("unreachable", "Not reachable"),
    ("not_responding", "Not responding"),
    ("certificate", "Certificate refused"),
    ("login_refused", "Login refused"),
    ("permission", "Permission missing"),
    ("refused", "Request refused"),
    ("timeout", "Request not answered"),
    ("invalid", "Settings unusable"),
    ("error", "Error"),
    ("off", "Off in this copy"),
]
# What a provider's own errors, which are not known here, are shown as.
OTHER_STATE = "error"


class TelephonyPbx(models.Model):
    """A telephone system and how it is reached.

    The technical state (``connection_state`` and its companions) is written through
    ``_set_connection``, by the listener or by a provider that was answered.
    """

    _name = "telephony.pbx"
    _inherit = ["telephony.checked.mixin", "telephony.secret.mixin"]
    _description = "Telephone System"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    provider = fields.Selection(
        [
            ("asterisk", "Asterisk (AMI)"),
            ("softphone", "Softphone (by URL)"),
            ("api", "Other (by API)"),
        ],
        string="Kind",
        required=True,
        default="asterisk",
        help="How Odoo and the telephone system communicate. Any system can report its "
        "calls and look callers up by the API: choose Other for one whose kind is not "
        "listed.",
    )
    # What the kind can do: views decide by it, never by the name of the kind.
    has_listener = fields.Boolean(
        compute="_compute_capabilities", search="_search_has_listener"
    )
    has_webhook = fields.Boolean(compute="_compute_capabilities")
    has_click_to_call = fields.Boolean(compute="_compute_capabilities")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    extension_ids = fields.One2many("telephony.extension", "pbx_id")

    # Connection
    host = fields.Char(
        help="Name or address of the telephone system.",
        groups=ADMINISTRATOR,
    )
    port = fields.Integer(default=5038, groups=ADMINISTRATOR)
    username = fields.Char(groups=ADMINISTRATOR)
    secret = fields.Char(
        string="Password",
        compute="_compute_secrets",
        inverse="_inverse_secret",
        groups=ADMINISTRATOR,
        copy=False,
        help="Write-only: a new value replaces the stored one, which is never shown. "
        "It is for the present address: another address needs it typed anew.",
    )
    stored_secret = fields.Char(groups=NO_ACCESS, copy=False)
    secret_places = fields.Char(groups=NO_ACCESS, copy=False)
    has_secret = fields.Boolean(
        string="Password Set", compute="_compute_has_secret", groups=ADMINISTRATOR
    )
    use_tls = fields.Boolean(string="Encrypted (TLS)", groups=ADMINISTRATOR)
    tls_verify = fields.Boolean(
        string="Verify the Certificate", default=True, groups=ADMINISTRATOR
    )
    tls_ca = fields.Text(
        string="Own Certificate Authority",
        help="PEM text of the authority that signed the telephone system's "
        "certificate, where it is not a public one.",
        groups=ADMINISTRATOR,
    )
    allow_unencrypted = fields.Boolean(
        string="Allow Unencrypted Passwords",
        groups=ADMINISTRATOR,
        help="Odoo proves to an Asterisk that it knows the password without sending "
        "it, and sends passwords only where nobody on the way can read them. Tick this "
        "if your telephone system can't do that: if it offers no MD5 login and no TLS "
        "with a verified certificate, or shows recordings by http. Whoever listens on "
        "the network between can then read the passwords.",
    )

    # Pages
    open_page_on = fields.Selection(
        OPEN_PAGE_ON,
        string="Open the Call's Page",
        required=True,
        default="automatic",
        help="Automatically: while the phone rings where one user is rung, once "
        "answered where several are, as of a group or a queue.",
    )
    unknown_caller = fields.Selection(
        NEW_KINDS,
        string="Unknown Callers Create",
        required=True,
        default="lead",
        help="What the page of a caller whom nobody knows prepares.",
    )
    internal_calls = fields.Selection(
        INTERNAL_CALLS,
        required=True,
        default="card",
        help="What colleagues' calls show to the called user.",
    )

    # State of the connection, written by the listener
    connection_state = fields.Selection(
        CONNECTION_STATES, readonly=True, copy=False, default="stopped"
    )
    connection_reason = fields.Json(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
        help="What is wrong with the connection: see engine.texts.",
    )
    connection_message = fields.Char(
        compute="_compute_connection_message", groups=ADMINISTRATOR
    )
    connection_date = fields.Datetime(string="Since", readonly=True, copy=False)
    version = fields.Char(readonly=True, copy=False, groups=ADMINISTRATOR)
    allowed_actions = fields.Char(
        readonly=True,
        copy=False,
        help="What Odoo's account may do on the telephone system, as it says itself.",
        groups=ADMINISTRATOR,
    )
    last_event_date = fields.Datetime(
        string="Last Event", readonly=True, copy=False, groups=ADMINISTRATOR
    )
    events_per_minute = fields.Integer(readonly=True, copy=False, groups=ADMINISTRATOR)
    delay = fields.Integer(
        string="Delay (ms)",
        readonly=True,
        copy=False,
        help="Average time from the arrival of an event until it is stored in the "
        "database.",
        groups=ADMINISTRATOR,
    )
    reconnect_count = fields.Integer(
        string="Reconnects", readonly=True, copy=False, groups=ADMINISTRATOR
    )
    dropped_count = fields.Integer(
        string="Calls Lost",
        readonly=True,
        copy=False,
        help="Calls that were lost while the database could not be reached.",
        groups=ADMINISTRATOR,
    )
    last_error_reason = fields.Json(readonly=True, copy=False, groups=ADMINISTRATOR)
    last_error = fields.Char(compute="_compute_last_error", groups=ADMINISTRATOR)
    try_date = fields.Datetime(
        string="Last Manual Attempt", readonly=True, copy=False, groups=ADMINISTRATOR
    )
    last_error_date = fields.Datetime(readonly=True, copy=False, groups=ADMINISTRATOR)
    problem_ids = fields.One2many(
        "telephony.pbx.problem", "pbx_id", string="Problems", groups=ADMINISTRATOR
    )

    home = fields.Json(
        groups=NO_ACCESS,
        copy=False,
        help="What tells the database that it was set up in, or taken over by, from "
        "its copies: see tools/database.py.",
    )
    off_reason = fields.Text(
        string="Switched Off",
        compute="_compute_off_reason",
        groups=ADMINISTRATOR,
        help="Why Odoo leaves the telephone system alone in this database.",
    )

    shown_state = fields.Selection(
        CONNECTION_STATES,
        string="Connection",
        compute="_compute_shown_state",
        help="The connection's state, and that there is none in a copy of a database.",
    )

    # The webhook. The token in its address only finds the telephone system: addresses
    # stand in access logs. Whether an event is genuine its secret says.
    webhook_token = fields.Char(
        copy=False, default=lambda self: secrets.token_urlsafe(24), groups=ADMINISTRATOR
    )
    old_webhook_token = fields.Char(copy=False, groups=ADMINISTRATOR)
    old_webhook_until = fields.Datetime(
        string="Old Address Works Until",
        copy=False,
        readonly=True,
        groups=ADMINISTRATOR,
    )
    webhook_url = fields.Char(
        string="Webhook Address",
        compute="_compute_webhook_url",
        groups=ADMINISTRATOR,
        help="Where the telephone system is to send its events.",
    )
    webhook_date = fields.Datetime(
        string="Last Webhook", readonly=True, copy=False, groups=ADMINISTRATOR
    )

    # The API and the lookup
    token_ids = fields.One2many(
        "telephony.token", "pbx_id", string="API Tokens", groups=ADMINISTRATOR
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
        help="Whose names the lookup gives to the telephone system, which shows them "
        "on every telephone that rings, whoever sits there.",
        groups=ADMINISTRATOR,
    )
    vip_tag_ids = fields.Many2many(
        "res.partner.category",
        "telephony_pbx_vip_tag_rel",
        string="VIP Tags",
        help="The lookup reports callers with one of these contact tags as VIP.",
        groups=ADMINISTRATOR,
    )
    blocked_tag_ids = fields.Many2many(
        "res.partner.category",
        "telephony_pbx_blocked_tag_rel",
        string="Blocked Tags",
        help="The lookup reports callers with one of these contact tags as blocked; "
        "what becomes of their calls is up to the telephone system.",
        groups=ADMINISTRATOR,
    )

    # Softphones
    url_number_key = fields.Char(
        string="Caller's Number In",
        required=True,
        default="number",
        help="Name of the parameter in the address that a softphone opens on a call.",
        groups=ADMINISTRATOR,
    )
    url_dialed_key = fields.Char(
        string="Number Called In", required=True, default="dialed", groups=ADMINISTRATOR
    )
    url_uniqueid_key = fields.Char(
        string="Call's ID In",
        required=True,
        default="uniqueid",
        help="Where the softphone sends one, the call's page is the same however often "
        "it is opened. Without one, only a reload leads to the same page again.",
        groups=ADMINISTRATOR,
    )
    url_name_key = fields.Char(
        string="Caller's Name In", required=True, default="name", groups=ADMINISTRATOR
    )
    softphone = fields.Selection(
        [(code, phone.label) for code, phone in SOFTPHONES.items()],
        default="other",
        required=True,
        groups=ADMINISTRATOR,
    )
    softphone_where = fields.Char(
        compute="_compute_softphone_line", groups=ADMINISTRATOR
    )
    softphone_line = fields.Text(
        string="Line to Paste", compute="_compute_softphone_line", groups=ADMINISTRATOR
    )

    _webhook_token_idx = models.UniqueIndex(
        "(webhook_token) WHERE webhook_token IS NOT NULL"
    )
    _name_company_uniq = models.Constraint(
        "UNIQUE(name, company_id)",
        "A telephone system with this name already exists in the company.",
    )

    def init(self):
        result = super().init()
        # Numbers the leaders' terms: a later leader's word outranks an earlier one's.
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS telephony_term_seq")
        return result

    # === COMPUTE METHODS === #

    @api.depends("provider")
    def _compute_capabilities(self):
        for pbx in self:
            kind = pbx._get_provider_class()
            pbx.has_listener = kind.has_listener
            pbx.has_webhook = kind.has_webhook
            pbx.has_click_to_call = kind.has_click_to_call

    def _search_has_listener(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = [
            code
            for code in self._fields["provider"].get_values(self.env)
            if self.new({"provider": code})._get_provider_class().has_listener in value
        ]
        return [("provider", "in", codes)]

    @api.depends("connection_reason")
    @api.depends_context("lang")
    def _compute_connection_message(self):
        for pbx in self:
            text = self.env["telephony.text"]._render(pbx.connection_reason)
            pbx.connection_message = text

    @api.depends("last_error_reason")
    @api.depends_context("lang")
    def _compute_last_error(self):
        for pbx in self:
            pbx.last_error = self.env["telephony.text"]._render(pbx.last_error_reason)

    def _inverse_secret(self):
        self._store_secret("secret")

    @api.depends(lambda self: ("stored_secret", *self._get_place_fields()))
    def _compute_has_secret(self):
        for pbx in self:
            pbx.has_secret = bool(pbx._get_secret("secret"))

    @api.depends("connection_state", "connection_date", "home")
    def _compute_shown_state(self):
        for pbx in self:
            state = pbx.connection_state
            if pbx._is_off():
                state = "off"
            elif state == "connecting" and pbx._waits_in_vain():
                state = "stopped"
            pbx.shown_state = state

    def _waits_in_vain(self):
        """Say whether no listener came to connect, though one was woken."""
        self.ensure_one()
        patience = fields.Datetime.now() - PATIENCE
        since = self.connection_date
        return not since or (since < patience and not self._has_leader())

    @api.depends("home")
    @api.depends_context("lang")
    def _compute_off_reason(self):
        here = read_identity(self.env)
        for pbx in self:
            # sudo - telephony.pbx: no user reads what a database is known by
            home = pbx._origin.sudo().home
            differences = pbx._origin and describe_difference(self.env, home, here)
            pbx.off_reason = differences and self.env._(
                "“%(name)s” was set up in another database, and a copy must not ring "
                "real telephones: Odoo neither connects nor dials here. What differs: "
                "%(differences)s.",
                name=pbx._origin.name,
                differences=differences,
            )

    @api.depends("webhook_token")
    def _compute_webhook_url(self):
        base = self.env["telephony.pbx"].get_base_url()
        for pbx in self:
            pbx.webhook_url = pbx.webhook_token and (
                f"{base}/telephony/webhook/{pbx.webhook_token}"
            )

    @api.depends("softphone", *URL_KEYS.values())
    @api.depends_context("lang")
    def _compute_softphone_line(self):
        url = f"{self.env['telephony.pbx'].get_base_url()}/telephony/incoming"
        for pbx in self:
            phone = SOFTPHONES[pbx.softphone or "other"]
            pbx.softphone_where = self.env._(phone.where)
            pbx.softphone_line = pbx._origin.id and phone.get_line(
                url, pbx._get_url_keys(), pbx._origin.id
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("port")
    def _check_port(self):
        if any(not 1 <= pbx.port <= 65535 for pbx in self):
            raise ValidationError(
                self.env._("The port is a number between 1 and 65535.")
            )

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
            if token and not WEBHOOK_TOKEN.fullmatch(token):
                raise ValidationError(
                    self.env._(
                        "A webhook token consists of 16 to 64 letters, digits, - and _."
                    )
                )

    @api.constrains(*URL_KEYS.values())
    def _check_url_keys(self):
        for pbx in self:
            keys = list(pbx._get_url_keys().values())
            if not all(map(call_address.is_parameter_name, keys)):
                raise ValidationError(
                    pbx.env._(
                        "A parameter name starts with a letter and contains only "
                        "letters, digits, _, . and -. These names are reserved: "
                        "%(names)s.",
                        names=", ".join(sorted(call_address.RESERVED)),
                    )
                )
            if len(set(keys)) < len(keys):
                raise ValidationError(pbx.env._("Each parameter needs a unique name."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        pbxs = super().create([strip_texts(self, vals) for vals in vals_list])
        # sudo - telephony.pbx: no user writes what a database is known by
        pbxs.sudo().home = read_identity(self.env)
        self.env.registry.clear_cache()  # numbers are read with it
        pbxs._process_connection_change()
        begin = "telephony_connector.telephony_begin_todo"
        if todo := self.env.ref(begin, raise_if_not_found=False):
            # sudo - ir.actions.todo: the app is set up, whoever did
            todo.sudo().state = "done"
        return pbxs

    def write(self, vals):
        result = super().write(strip_texts(self, vals))
        if not READ_WITH.isdisjoint(vals):
            self.env.registry.clear_cache()
        if not self._get_connection_fields().isdisjoint(vals):
            self._process_connection_change()
        return result

    def unlink(self):
        self.env["telephony.listener"]._notify_settings()
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === CONNECTION === #

    @api.model
    def _get_connection_fields(self):
        """Return the fields by which a telephone system is reached.

        ``_process_connection_change`` is called where one of them changes. For a kind
        with fields of its own, extend both; of a secret name the field that stores it.

        :rtype: frozenset[str]
        """
        return frozenset(
            ("active", "provider", "stored_secret", *ACCOUNT_FIELDS, *DIALPLAN_FIELDS)
        )

    def _process_connection_change(self):
        """React to telephone systems that are new or are reached in another way.

        For a kind that keeps what its server gave, extend to drop it. No network: the
        transaction may yet be rolled back.
        """
        self.env["telephony.listener"]._notify_settings()
        self._await_connection()

    # === SECRETS === #

    @api.model
    def _get_secret_fields(self):
        return super()._get_secret_fields() | {"secret"}

    @api.model
    def _get_place_fields(self):
        return super()._get_place_fields() | frozenset(PLACE_FIELDS)

    @api.model
    def _get_kind_fields(self):
        return super()._get_kind_fields() | {"provider"}

    def _get_secret_places(self, name):
        if name != "secret":
            return super()._get_secret_places(name)
        # sudo - telephony.pbx: users do not see all of the address
        pbx_sudo = self.sudo()
        place = pbx_sudo.provider and pbx_sudo._get_provider().get_login_place()
        return frozenset([place] if place else ())

    # === FOR THE LISTENER === #

    @api.model
    def _cron_listen(self):
        """Make sure that this server listens; a listener elsewhere leads on meanwhile.

        Returns at once: the listener is a thread of its own.
        """
        if self.search_count([("has_listener", "=", True)], limit=1):
            ensure_running(self.env.cr.dbname)

    def _await_connection(self):
        """Have a server listen now where nobody leads these telephone systems yet, and
        show meanwhile that it is about to connect."""
        waiting = self.filtered(
            lambda pbx: pbx._is_listened() and not pbx._has_leader()
        )
        if waiting:
            waiting.filtered(
                lambda pbx: pbx.connection_state != "connected"
            )._set_connection("connecting")
            self.env["telephony.listener"]._wake()

    def _set_connection(self, state, message=None, version=False, actions=None):
        """Write the state of the connection, as the listener found it.

        :param str state: one of ``CONNECTION_STATES``, or the ``code`` of an error
        :param dict message: the text of an error, as of ``engine.texts.text``
        :param str version: what the telephone system says it is
        :param actions: names of the AMI actions that the account may use
        """
        now = fields.Datetime.now()
        if state not in dict(CONNECTION_STATES):
            state = OTHER_STATE
        for pbx in self:
            values = {"connection_reason": message or False}
            if version:
                values["version"] = pbx_text.plain_text(version)
            if actions is not None:
                values["allowed_actions"] = " ".join(sorted(actions))
            if message:
                values |= {"last_error_reason": message, "last_error_date": now}
            if pbx.connection_state != state:
                values |= {"connection_state": state, "connection_date": now}
                if state == "connected" and pbx.version:
                    values["reconnect_count"] = pbx.reconnect_count + 1
            pbx.write(values)
            pbx._notify_watchers()
            for user in pbx.extension_ids.user_id:
                user._bus_send("telephony.pbx/changed", {"id": pbx.id})
        # sudo - telephony.pbx.setup: whoever has one open, whoever writes the state
        setups_sudo = self.env["telephony.pbx.setup"].sudo()
        for setup_sudo in setups_sudo.search([("pbx_id", "in", self.ids)]):
            setup_sudo.create_uid._bus_send(SETUP_CHANGED, {"id": setup_sudo.pbx_id.id})

    def _set_statistics(self, statistics):
        """Write how the connection does.

        :param dict statistics: ``last_event_date``, ``events_per_minute``, ``delay``
            (ms) and ``dropped`` (calls lost since the last time)
        """
        shown = {key: value for key, value in statistics.items() if key != "dropped"}
        for pbx in self:
            dropped = pbx.dropped_count + statistics["dropped"]
            pbx.write({**shown, "dropped_count": dropped})

    # === ACTION METHODS === #

    def action_reconnect(self):
        """Have the listener try again now, instead of when its pause is over.

        :raise AccessError: for who does not administer these telephone systems
        """
        tried = self._claim_try()
        message = self.env._(
            "A connection was attempted a moment ago. The result will be shown here."
        )
        if tried:
            self.env["telephony.listener"]._notify({"reconnect": tried.ids})
            message = self.env._(
                "The listener tries again now. What comes of it shows here."
            )
        return notify("info", message)

    def _claim_try(self):
        """Take the right to log in out of turn, for those that nobody had it for.

        Telephone systems lock out who logs in too often, and the pauses between tries
        are there for that. Two requests at once write the same row: one of them is
        tried again, and finds the other's try.

        :return: those of the telephone systems that may be tried now
        :raise AccessError: for who does not administer these telephone systems
        """
        self.check_access("write")
        now = fields.Datetime.now()
        free = self.filtered(
            lambda pbx: not pbx.try_date or now - pbx.try_date >= TRY_EVERY
        )
        free.try_date = now
        return free

    def action_find_extensions(self):
        """Look for extensions on the telephone system that Odoo does not know yet.

        :return: the action of the wizard that proposes them
        :raise AccessError: for who does not administer the telephone system
        """
        self.ensure_one()
        self.check_access("write")
        self._check_at_home()
        return self.env["telephony.pbx.setup"]._open_for(self)

    def action_take_over(self):
        """Have Odoo use the telephone systems from this database on.

        :raise AccessError: the user may not administer them
        """
        self.check_access("write")
        # sudo - telephony.pbx: no user writes what a database is known by
        self.sudo().home = read_identity(self.env)
        self.filtered(lambda pbx: pbx.connection_state == "off")._set_connection(
            "stopped"
        )
        self._process_connection_change()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

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

    def _notify_watchers(self, calls=(), extensions=()):
        """React to changes of these telephone systems; here nobody watches them.

        For an addon that shows all calls and phones, override and call super.

        :param calls: ids of calls that changed
        :param extensions: ids of extensions whose phones changed; neither given: all
            may have changed
        """

    def _get_connection_text(self):
        """Return the state of the connection in words."""
        self.ensure_one()
        states = dict(self._fields["connection_state"]._description_selection(self.env))
        state = self.connection_state or "stopped"
        if self._is_off():
            state = "off"
        elif self.has_listener and not self._has_leader():
            state = "stopped"
        return states[state]

    def _has_leader(self):
        """Say whether a listener leads this telephone system right now."""
        self.ensure_one()
        return is_led(self.env.cr, self.id)

    def _get_provider(self):
        """Return the strategy object of this telephone system's kind."""
        self.ensure_one()
        return self._get_provider_class()(self)

    def _get_provider_class(self):
        """Return the strategy class of this telephone system's kind.

        For a kind of telephone system to work, override: return its class where
        ``provider`` is its code, else what super returns.

        :return: a subclass of ``providers.base.Provider``; that itself, which can do
            nothing, where no kind is chosen yet
        """
        self.ensure_one()
        return PROVIDERS.get(self.provider, Provider)

    # === COPIES === #

    def _filtered_at_home(self):
        """Return the telephone systems that Odoo uses here; show that others are off.

        For the listener.
        """
        off = self.filtered(lambda pbx: pbx._is_off())
        for pbx in off:
            if pbx.connection_state != "off":
                _logger.warning("%s: switched off: this is a copy", pbx.name)
                pbx._set_connection("off", text("off", name=pbx.name))
        return self - off

    def _is_off(self):
        """Say whether this database is a copy that leaves the telephone system alone.

        :rtype: bool
        """
        self.ensure_one()
        # sudo - telephony.pbx: whether, not why
        return bool(self.sudo().off_reason)

    def _is_listened(self):
        """Say whether a listener of this database keeps a connection with it.

        :rtype: bool
        """
        self.ensure_one()
        return self.active and self.has_listener and not self._is_off()

    def _check_at_home(self):
        """Make sure that this database is not a copy that is to leave these alone.

        :raise UserError: it is
        """
        for pbx in self:
            if pbx._is_off():
                raise UserError(pbx._get_off_text())

    def _get_off_text(self):
        """Return in words for every user that the telephone system is off."""
        self.ensure_one()
        return self.env["telephony.text"]._render(text("off", name=self.name))

    # === THE WEBHOOK === #

    @api.model
    def _find_by_webhook_token(self, token):
        """Return the active telephone system that a webhook's address belongs to.

        :param str token: as it stands in the address
        :return: one `telephony.pbx` or none, as superuser
        """
        if not WEBHOOK_TOKEN.fullmatch(token):
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

    # === SOFTPHONES === #

    def _get_url_keys(self):
        """Return the names of the parameters of a call's address, by our own names.

        Those of no telephone system are our own.

        :rtype: dict
        """
        return {ours: self[field] or ours for ours, field in URL_KEYS.items()}

    @api.model
    def _read_url(self, parameters):
        """Translate what a softphone put into a call's address into our own words.

        :param dict parameters: names and values as they came
        :return: those that mean something, by our own names
        :rtype: dict
        """
        # sudo - telephony.pbx: what parameters are called is no secret, and the page
        # itself checks whether the user may know the telephone system
        pbx_sudo = self.sudo().browse()
        if pbx_id := read_id(parameters.get("pbx")):
            pbx_sudo = self.sudo().browse(pbx_id).exists()
        # sudo - telephony.extension: one's own, in whatever company it is
        pbx_sudo = pbx_sudo or self.env.user.sudo().telephony_extension_ids[:1].pbx_id
        return call_address.read_parameters(parameters, pbx_sudo._get_url_keys())
