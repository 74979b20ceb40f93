from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..engine import pbx_text
from ..listener.election import is_led
from ..listener.settings import ACCOUNT_FIELDS, DIALPLAN_FIELDS
from ..listener.thread import ensure_running
from ..providers.api import ApiProvider
from ..providers.asterisk import AsteriskProvider
from ..providers.base import Provider
from ..providers.softphone import SoftphoneProvider

# The kinds that need no other addon.
PROVIDERS = {
    "asterisk": AsteriskProvider,
    "softphone": SoftphoneProvider,
    "api": ApiProvider,
}

# Between two logins that are asked for by hand.
TRY_EVERY = timedelta(seconds=5)
ADMINISTRATOR = "telephony_connector.group_telephony_administrator"

# What the listener must hear of at once when it changes.
CONNECTION_FIELDS = frozenset(
    ("active", "provider", "stored_secret", *ACCOUNT_FIELDS, *DIALPLAN_FIELDS)
)

# What numbers are read with, which is cached.
READ_WITH = frozenset(
    (
        "active",
        "area_code",
        "company_id",
        "country_id",
        "outside_prefix",
        "sequence",
    )
)

# What says where the passwords are sent.
PLACE_FIELDS = (
    "provider",
    "host",
    "port",
    "use_tls",
    "tls_verify",
    "tls_ca",
)

# What an unknown caller becomes.
NEW_KINDS = [
    ("lead", "Lead"),
    ("person", "Person"),
    ("contact", "Contact of a company"),
    ("company", "Company"),
]
OPEN_PAGE_ON = [
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

    The technical state (``connection_state`` and its companions) is written by the
    listener alone, through ``_set_connection``.
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
        help="How Odoo and the telephone system talk to each other. Any system can "
        "tell of its calls and look callers up by the API: choose Other for one whose "
        "kind is not listed.",
    )
    # What the kind can do: views decide by it, never by the name of the kind.
    has_listener = fields.Boolean(
        compute="_compute_capabilities", search="_search_has_listener"
    )
    has_webhook = fields.Boolean(compute="_compute_capabilities")
    has_click_to_call = fields.Boolean(compute="_compute_capabilities")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    country_id = fields.Many2one(
        "res.country",
        compute="_compute_country_id",
        store=True,
        readonly=False,
        help="The country whose rules the numbers of this telephone system follow: "
        "a caller id without a country code is read as a number of this country.",
    )
    extension_ids = fields.One2many("telephony.extension", "pbx_id")

    # Connection
    host = fields.Char(
        help="Name or address of the telephone system.",
        groups=ADMINISTRATOR,
    )
    port = fields.Integer(
        default=5038,
        groups=ADMINISTRATOR,
    )
    username = fields.Char(groups=ADMINISTRATOR)
    secret = fields.Char(
        string="Password",
        compute="_compute_secret",
        inverse="_inverse_secret",
        groups=ADMINISTRATOR,
        copy=False,
        help="Write-only: a new value replaces the stored one, which is never shown. "
        "It is for the present address: another address needs it typed anew.",
    )
    stored_secret = fields.Char(groups=NO_ACCESS, copy=False)
    secret_places = fields.Char(groups=NO_ACCESS, copy=False)
    has_secret = fields.Boolean(
        string="Password Set",
        compute="_compute_has_secret",
        groups=ADMINISTRATOR,
    )
    use_tls = fields.Boolean(
        string="Encrypted (TLS)",
        groups=ADMINISTRATOR,
    )
    tls_verify = fields.Boolean(
        string="Verify the Certificate",
        default=True,
        groups=ADMINISTRATOR,
    )
    tls_ca = fields.Text(
        string="Own Certificate Authority",
        help="PEM text of the authority that signed the telephone system's "
        "certificate, where it is not a public one.",
        groups=ADMINISTRATOR,
    )
    allow_unencrypted = fields.Boolean(
        string="Allow Unencrypted Passwords",
        groups="telephony_connector.group_telephony_administrator",
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
        default="ringing",
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
    version = fields.Char(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )
    allowed_actions = fields.Char(
        readonly=True,
        copy=False,
        help="What Odoo's account may do on the telephone system, as it says itself.",
        groups=ADMINISTRATOR,
    )
    last_event_date = fields.Datetime(
        string="Last Event",
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )
    events_per_minute = fields.Integer(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )
    delay = fields.Integer(
        string="Delay (ms)",
        readonly=True,
        copy=False,
        help="Average time from the arrival of an event until it is stored in the "
        "database.",
        groups=ADMINISTRATOR,
    )
    reconnect_count = fields.Integer(
        string="Reconnects",
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
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
    last_error_date = fields.Datetime(
        readonly=True,
        copy=False,
        groups=ADMINISTRATOR,
    )
    problem_ids = fields.One2many(
        "telephony.pbx.problem",
        "pbx_id",
        string="Problems",
        groups=ADMINISTRATOR,
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

    @api.depends("company_id")
    def _compute_country_id(self):
        for pbx in self:
            pbx.country_id = pbx.country_id or pbx.company_id.country_id

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

    def _compute_secret(self):
        self.secret = False

    def _inverse_secret(self):
        self._store_secret("secret")

    @api.depends("stored_secret", *PLACE_FIELDS)
    def _compute_has_secret(self):
        for pbx in self:
            pbx.has_secret = bool(pbx._get_secret("secret"))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        pbxs = super().create([strip_texts(self, vals) for vals in vals_list])
        self.env.registry.clear_cache()  # numbers are read with it
        self.env["telephony.listener"]._notify_settings()
        return pbxs

    def write(self, vals):
        result = super().write(strip_texts(self, vals))
        if not READ_WITH.isdisjoint(vals):
            self.env.registry.clear_cache()
        if CONNECTION_FIELDS & vals.keys():
            self.env["telephony.listener"]._notify_settings()
            self._await_connection()
        return result

    def unlink(self):
        self.env["telephony.listener"]._notify_settings()
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === SECRETS === #

    @api.model
    def _get_secret_fields(self):
        return super()._get_secret_fields() | {"secret": "stored_secret"}

    @api.model
    def _get_place_fields(self):
        return super()._get_place_fields() | frozenset(PLACE_FIELDS)

    @api.model
    def _get_kind_fields(self):
        return super()._get_kind_fields() | {"provider"}

    def _get_secret_places(self, name):
        if name != "secret":
            return super()._get_secret_places(name)
        return self._get_login_places()

    def _get_login_places(self):
        """Return where the login of this kind of telephone system is sent.

        :rtype: frozenset[str]
        """
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
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

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

    # === BUSINESS METHODS === #

    def _check_reachable(self, dials):
        """Make sure that somebody can carry out a command now.

        :param bool dials: whether it dials: then the user is told that nothing was
        :raise UserError: telling the user what is wrong
        """
        self.ensure_one()
        self._check_at_home()
        if not self._has_leader():
            raise UserError(
                self.env._(
                    "Nothing was dialed: Odoo's telephony listener is not running. "
                    "Please tell your administrator."
                )
                if dials
                else self.env._(
                    "Nothing was done: Odoo's telephony listener is not running. "
                    "Please tell your administrator."
                )
            )
        if self.connection_state != "connected":
            state = self._get_connection_text()
            raise UserError(
                self.env._(
                    "Nothing was dialed: the telephone system “%(name)s” is not "
                    "connected (%(state)s).",
                    name=self.name,
                    state=state,
                )
                if dials
                else self.env._(
                    "Nothing was done: the telephone system “%(name)s” is not "
                    "connected (%(state)s).",
                    name=self.name,
                    state=state,
                )
            )

    def _notify_watchers(self, calls=(), extensions=()):
        """React to changes of these telephone systems; here nobody watches them.

        For an addon that shows all calls and phones, override and call super.

        :param calls: ids of calls that changed
        :param extensions: ids of extensions whose phones changed; neither given: all
            may have changed
        """

    def _get_offered_controls(self):
        """Return what users can do with a call on this telephone system."""
        self.ensure_one()
        return self._get_provider().get_controls()

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

    def _describe_health(self):
        """Return what is wrong with the connection that the listener keeps.

        :return: texts for an administrator
        :rtype: list[str]
        """
        self.ensure_one()
        if not self._has_leader():
            return [self.env._("No listener is running: no call is logged.")]
        texts = []
        if self.connection_state != "connected":
            state = self._get_connection_text()
            text = self.env._("The listener: %(state)s", state=state)
            texts.append(f"{text}. {self.connection_message or ''}".strip())
        return texts + [problem._describe() for problem in self.problem_ids]

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


def strip_texts(model, vals):
    """Return values of settings without the blanks and line breaks around texts.

    They come from pasting, and are in the way only when the setting is used.
    """
    return {
        name: value.strip()
        if isinstance(value, str) and model._fields[name].type == "char"
        else value
        for name, value in vals.items()
    }
