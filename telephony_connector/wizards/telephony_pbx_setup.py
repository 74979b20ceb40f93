import ipaddress
import secrets
import socket
from dataclasses import dataclass
from itertools import count

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ami.tracker import EVENTS
from ..engine import dial_plan_lines
from ..engine.errors import TelephonyError
from ..listener.momentary import check_now, discover_now
from ..listener.settings import ACCOUNT_FIELDS, DIALPLAN_FIELDS, PbxSettings
from ..providers.softphone_presets import SOFTPHONES
from ..tools.groups import USER
from ..tools.stored import read_stored

STEPS = [
    ("kind", "Kind"),
    ("account", "Connection"),
    ("test", "Test"),
    ("extensions", "Extensions"),
    ("call", "Test Call"),
]
# Of a kind that Odoo logs in to, and of one that it only hears of or hands numbers to.
ALL_STEPS = tuple(step for step, _label in STEPS)
SHORT_STEPS = ("kind", "account", "call")


@dataclass(frozen=True)
class Kind:
    """What the guided form must know of a kind of telephone system.

    ``provider`` is the value of the field of ``telephony.pbx``. ``fields`` are those
    that the form and the telephone system both have, beside name, company and country.
    ``is_stored_first``: the test needs a telephone system that is there already.
    """

    provider: str
    steps: tuple = ALL_STEPS
    fields: tuple = ()
    dial_string: str | bool = False
    context: str | bool = False
    is_stored_first: bool = False


ASTERISK_FIELDS = (*ACCOUNT_FIELDS, *DIALPLAN_FIELDS)
LINK_FIELDS = ("dial_link", "softphone")
KINDS = {
    "asterisk": Kind(
        "asterisk", ALL_STEPS, ASTERISK_FIELDS, "PJSIP/{number}", "from-internal"
    ),
    "asterisk_sip": Kind(
        "asterisk", ALL_STEPS, ASTERISK_FIELDS, "SIP/{number}", "from-internal"
    ),
    "freepbx": Kind(
        "asterisk",
        ALL_STEPS,
        ASTERISK_FIELDS,
        "Local/{number}@from-internal",
        "from-internal",
    ),
    "3cx": Kind("softphone", SHORT_STEPS, LINK_FIELDS),
    "softphone": Kind("softphone", SHORT_STEPS, LINK_FIELDS),
    "api": Kind("api", SHORT_STEPS),
}
# What the guided form calls a system, by the technology of its dial string.
SYSTEM_OF = {"PJSIP": "asterisk", "SIP": "asterisk_sip"}
SHARED_FIELDS = ("name", "company_id", "country_id")
PORTS = {False: 5038, True: 5039}
MARKS = {True: "✓", False: "✗", None: "?"}


class TelephonyPbxSetup(models.TransientModel):
    """Connecting a telephone system of any kind, step by step, to the first ring.

    The test logs in for a moment from the web worker, as an administrator asks for it;
    the connection that lasts is the listener's. For an addon with a kind of its own:
    add it to ``system`` and ``_get_kinds``, and override ``_look``.
    """

    _name = "telephony.pbx.setup"
    _inherit = ["telephony.checked.mixin"]
    _description = "Connect a Telephone System"
    _rec_name = "name"

    step = fields.Selection(STEPS, default="kind", required=True)
    pbx_id = fields.Many2one("telephony.pbx", ondelete="cascade")
    is_new = fields.Boolean(
        default=True,
        readonly=True,
        help="Whether the telephone system is set up here, not only looked at.",
    )
    name = fields.Char(required=True, default=lambda self: self._get_free_name())
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    country_id = fields.Many2one(
        "res.country",
        default=lambda self: self._guess_country(),
    )
    system = fields.Selection(
        [
            ("asterisk", "Asterisk, phones on PJSIP"),
            ("asterisk_sip", "Asterisk 16 to 20, phones on the old SIP channel"),
            ("freepbx", "FreePBX, Issabel, VitalPBX and the like"),
            ("3cx", "3CX, by its app's links"),
            ("softphone", "Another softphone, by links"),
            ("api", "Another telephone system, by the API"),
        ],
        string="Kind",
    )
    provider = fields.Char(compute="_compute_kind")
    has_listener = fields.Boolean(compute="_compute_kind")
    has_click_to_call = fields.Boolean(compute="_compute_kind")
    has_link = fields.Boolean(compute="_compute_kind")
    has_test = fields.Boolean(compute="_compute_kind")
    is_stored_first = fields.Boolean(compute="_compute_kind")
    host = fields.Char(help="Name or address of the telephone system.")
    port = fields.Integer(default=5038)
    username = fields.Char(default="odoo", required=True)
    secret = fields.Char(
        default=lambda self: secrets.token_urlsafe(18), string="Password"
    )
    use_tls = fields.Boolean(string="Encrypted (TLS)")
    tls_verify = fields.Boolean(string="Verify the Certificate", default=True)
    tls_ca = fields.Text(string="Own Certificate Authority")
    allow_unencrypted = fields.Boolean(
        string="Allow Unencrypted Passwords",
        help="Odoo proves to the telephone system that it knows the password without "
        "sending it. Tick this if yours can't do that and has no TLS with a verified "
        "certificate: whoever listens on the network between can then read it.",
    )
    uses_lines = fields.Boolean(
        string="With Lines in the Dial Plan",
        help="With these lines in the dial plan, a click rings every phone of an "
        "extension but not its voicemail, phones can answer automatically, and "
        "the caller ID that is set in Odoo is used.",
    )
    dial_plan = fields.Text(compute="_compute_dial_plan")
    dial_string = fields.Char(
        compute="_compute_dialing",
        store=True,
        readonly=False,
        help="How a phone is rung: PJSIP/{number} or SIP/{number}; "
        "Local/{number}@from-internal for FreePBX.",
    )
    context = fields.Char(
        string="Dial Plan Context",
        compute="_compute_dialing",
        store=True,
        readonly=False,
        help="Where in the dial plan the numbers that users call are looked up.",
    )
    contexts = fields.Char(
        string="Contexts There",
        readonly=True,
        help="The contexts of the dial plan that the telephone system has.",
    )
    dial_link = fields.Char(
        string="Link to Dial",
        default="tel:{number}",
        help="What the browser opens when a user clicks a number: tel:{number}, "
        "sip:{number}@example.com, callto:{number}, zoiper:{number} or the scheme that "
        "the softphone registers.",
    )
    softphone = fields.Selection(
        [(code, phone.label) for code, phone in SOFTPHONES.items()],
        compute="_compute_softphone",
        store=True,
        readonly=False,
    )
    manager_conf = fields.Text(compute="_compute_manager_conf")
    findings = fields.Text(readonly=True)
    faults = fields.Text(compute="_compute_faults")
    doubts = fields.Text(compute="_compute_faults")
    passes = fields.Text(compute="_compute_faults")
    is_reached = fields.Boolean(readonly=True)
    queues = fields.Char(readonly=True)
    line_ids = fields.One2many("telephony.pbx.setup.extension", "setup_id")
    grants_right = fields.Boolean(
        string="Grant the Right to Call",
        default=True,
        help="Those who have not the right Telephony: User yet are given it. Without "
        "it, an extension is of no use in Odoo.",
    )
    lacks_right = fields.Boolean(compute="_compute_lacks_right")
    several_phones = fields.Char(
        compute="_compute_several_phones",
        help="The extensions of which a click rings one phone of several.",
    )

    # === COMPUTE METHODS === #

    @api.onchange("use_tls")
    def _onchange_use_tls(self):
        # Asterisk's usual ports; any other was chosen on purpose.
        if self.port in PORTS.values():
            self.port = PORTS[self.use_tls]

    @api.depends("system")
    def _compute_kind(self):
        kinds = self._get_kinds()
        for setup in self:
            kind = kinds.get(setup.system)
            setup.provider = kind and kind.provider
            pbx = self.env["telephony.pbx"].new({"provider": setup.provider})
            setup.has_listener = bool(kind and pbx.has_listener)
            setup.has_click_to_call = bool(kind and pbx.has_click_to_call)
            setup.has_link = bool(kind and "dial_link" in kind.fields)
            setup.has_test = bool(kind and "test" in kind.steps)
            setup.is_stored_first = bool(kind and kind.is_stored_first)

    @api.depends("system", "uses_lines")
    def _compute_dialing(self):
        kinds = self._get_kinds()
        for setup in self:
            kind = kinds.get(setup.system)
            setup.dial_string = kind and kind.dial_string
            setup.context = kind and kind.context
            if setup.dial_string and setup.uses_lines:
                setup.dial_string = dial_plan_lines.DIAL_STRING

    @api.depends("system")
    def _compute_softphone(self):
        for setup in self:
            setup.softphone = "3cx" if setup.system == "3cx" else "other"

    @api.depends("system")
    def _compute_dial_plan(self):
        for setup in self:
            setup.dial_plan = dial_plan_lines.LINES.get(setup.system)

    @api.depends("findings")
    def _compute_faults(self):
        for setup in self:
            lines = (setup.findings or "").splitlines()
            for name, mark in (("faults", False), ("doubts", None), ("passes", True)):
                begin = f"{MARKS[mark]} "
                found = [line for line in lines if line.startswith(begin)]
                setup[name] = "\n".join(line.removeprefix(begin) for line in found)

    @api.depends("line_ids.is_chosen", "line_ids.user_id.all_group_ids")
    def _compute_lacks_right(self):
        for setup in self:
            # sudo - res.users: others' groups; only whether one is among them
            users_sudo = setup.line_ids.filtered("is_chosen").user_id.sudo()
            setup.lacks_right = any(
                not user_sudo.has_group(USER) for user_sudo in users_sudo
            )

    @api.depends("line_ids.phones", "dial_string")
    def _compute_several_phones(self):
        for setup in self:
            several = setup.line_ids.filtered(lambda line: line.phones > 1)
            is_local = (setup.dial_string or "").startswith("Local/")
            numbers = [] if is_local else several.mapped("number")
            setup.several_phones = ", ".join(numbers)

    @api.depends("username", "secret", "host", "port")
    def _compute_manager_conf(self):
        for setup in self:
            setup.manager_conf = "\n".join(
                (
                    f"[{setup.username}]",
                    f"secret = {setup.secret or setup.env._('<the one that is set>')}",
                    *setup._get_permits(),
                    "read = call,agent",
                    "write = originate,call,agent,reporting",
                    "writetimeout = 1000",
                    # Half of all events is not read; Asterisk before 18.26, 20.11 and
                    # 22.1 passes these lines over, and sends all.
                    *(f"eventfilter(name({event})) =" for event in EVENTS),
                )
            )

    def _get_permits(self):
        """Return the lines that let this server in, and nobody else."""
        lines = ["deny = 0.0.0.0/0.0.0.0"]
        addresses = [ipaddress.ip_address(each) for each in self._get_own_addresses()]
        if any(address.version == 6 for address in addresses):
            lines.append("deny = ::/0")
        for address in addresses:
            mask = "255.255.255.255" if address.version == 4 else "128"
            lines.append(f"permit = {address}/{mask}")
        if not addresses:
            unknown = self.env._("<address of your Odoo server>")
            lines.append(f"permit = {unknown}/255.255.255.255")
        return lines

    def _get_own_addresses(self):
        """Return the addresses from which this server reaches the telephone system: of
        each address that its name has; empty where that is not known."""
        if not self.host:
            return []
        try:
            found = socket.getaddrinfo(
                self.host, self.port or PORTS[False], type=socket.SOCK_DGRAM
            )
        except (OSError, UnicodeError):
            return []
        own = []
        for family, kind, _protocol, _name, address in found:
            with socket.socket(family, kind) as probe:
                try:
                    # Chooses the way there; nothing is sent.
                    probe.connect(address)
                except OSError:
                    continue
                own.append(probe.getsockname()[0].partition("%")[0])
        return list(dict.fromkeys(own))

    # === ACTIONS === #

    def action_next(self):
        """Go on to the connection's settings, once the kind is chosen.

        :return: the action that shows the wizard again
        """
        self._check_pbx()
        self._get_kind()
        self._prepare_account()
        self.step = "account"
        return self._show()

    def action_store(self):
        """Store the telephone system, to be tested then.

        :return: the action that shows the wizard again
        """
        self._check_pbx()
        self._check_name()
        self._store_pbx()
        self.write({"step": "test", "findings": False, "is_reached": False})
        return self._show()

    def action_test(self):
        """Try the connection and tell what is right and what is wrong.

        :return: the action that shows the wizard again
        """
        self._check_pbx()
        self._get_kind()
        self._check_name()
        findings = self._look()
        texts = self.env["telephony.text"]
        offers = [name for finding in findings for name in finding.offers]
        self.write(
            {
                "step": "test",
                "findings": "\n".join(
                    f"{MARKS[f.ok]} {texts._render(f.text)}" for f in findings
                ),
                "contexts": ", ".join(offers),
                "is_reached": bool(findings and findings[0].ok),
            }
        )
        return self._show()

    def action_back(self):
        """Go back one step."""
        self._check_pbx()
        steps = self._get_kind().steps
        place = steps.index(self.step) if self.step in steps else 0
        self.step = steps[max(0, place - 1)]
        if self.step == "extensions":
            # What was taken over is no longer proposed.
            self._find_extensions()
        return self._show()

    def action_connect(self):
        """Look for the extensions of the telephone system; nothing is created yet."""
        self._check_pbx()
        self._find_extensions()
        self.step = "extensions"
        return self._show()

    def action_use_lines(self):
        """Have clicks ring all phones, by the lines that are shown for the dial plan.

        :return: the action that shows the wizard again
        """
        self._check_pbx()
        self.uses_lines = True
        if self.pbx_id:
            self.pbx_id.dial_string = self.dial_string
        return self._show()

    def action_finish(self):
        """Create the telephone system, or change the one that is there, with the chosen
        extensions and the queues.

        :return: the action of the next step, or that opens the telephone system where
            there is none
        """
        self._check_pbx()
        self._check_name()
        self._store_pbx()
        # It is stored where nobody reads it; the draft needs it no more.
        self.secret = False
        extensions = self.env["telephony.extension"].create(
            [
                {
                    "number": line.number,
                    "pbx_id": self.pbx_id.id,
                    "user_id": line.user_id.id,
                    "devices": line.devices,
                }
                for line in self.line_ids
                if line.is_chosen
            ]
        )
        if self.grants_right:
            extensions.action_grant_right()
        known = self.env["telephony.queue"].search([("pbx_id", "=", self.pbx_id.id)])
        self.env["telephony.queue"].create(
            [
                {"name": name, "pbx_id": self.pbx_id.id}
                for name in (self.queues or "").split(", ")
                if name and name not in known.mapped("name")
            ]
        )
        # What was found is there now: going back proposes nothing twice.
        self.line_ids.unlink()
        if not self.is_new:
            return self.action_open_pbx()
        self.step = "call"
        return self._show()

    def action_open_pbx(self):
        """Open the telephone system that was set up.

        :return: an action
        """
        self._check_pbx()
        return {
            "type": "ir.actions.act_window",
            "res_model": "telephony.pbx",
            "res_id": self.pbx_id.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _open_for(self, pbx):
        """Look for extensions on a telephone system that Odoo does not know yet.

        :param pbx: a `telephony.pbx` that the user may administer
        :return: the action of the wizard that proposes them
        """
        technology = (pbx.dial_string or "").partition("/")[0]
        setup = self.create(
            {
                **read_stored(pbx, (*SHARED_FIELDS, *ASTERISK_FIELDS)),
                "pbx_id": pbx.id,
                "is_new": False,
                "system": SYSTEM_OF.get(technology, "freepbx"),
            }
        )
        return setup.action_connect()

    @api.model
    def _get_kinds(self):
        """Return the kinds of telephone systems by the value of ``system``.

        :rtype: dict[str, Kind]
        """
        return KINDS

    def _get_kind(self):
        """Return what is known of the kind that is set up.

        :rtype: Kind
        :raise UserError: none is chosen
        """
        self.ensure_one()
        kind = self._get_kinds().get(self.system)
        if not kind:
            raise UserError(
                self.env._("Which kind of telephone system is it? Please choose one.")
            )
        return kind

    @api.model
    def _get_free_name(self):
        """Return a name that no telephone system of the company has yet."""
        pbxs = self.env["telephony.pbx"].with_context(active_test=False)
        taken = pbxs.search([("company_id", "=", self.env.company.id)]).mapped("name")
        name = self.env._("Our telephone system")
        names = (name if n == 1 else f"{name} {n}" for n in count(1))
        return next(each for each in names if each not in taken)

    @api.model
    def _guess_country(self):
        """Return the country of the company, else of who sets up: as stored, else by
        the time zone."""
        country = self.env.company.country_id or self.env.user.country_id
        if country:
            return country
        codes = [
            code
            for code, zones in pytz.country_timezones.items()
            if self.env.user.tz in zones
        ]
        return self.env["res.country"].search([("code", "in", codes)], limit=1)

    def _check_name(self):
        """Make sure that the telephone system can be called so.

        :raise UserError: another one of the company is
        """
        # sudo - telephony.pbx: the name must be free among all, archived ones, too
        pbxs_sudo = self.env["telephony.pbx"].sudo().with_context(active_test=False)
        domain = [
            ("name", "=", (self.name or "").strip()),
            ("company_id", "=", self.company_id.id),
            ("id", "!=", self.pbx_id.id),
        ]
        if pbxs_sudo.search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "There is a telephone system called “%(name)s” already. Please "
                    "choose another name.",
                    name=self.name,
                )
            )

    def _look(self):
        """Look at the telephone system and return what is right and what is wrong.

        The first finding says whether it was reached. Here it is an Asterisk.

        :return: list of ``listener.check.Finding``
        :raise UserError: something is missing to do so
        """
        if not self.host:
            raise UserError(
                self.env._("Where is the telephone system? Its address is missing.")
            )
        return check_now(self._get_settings())

    def _prepare_account(self):
        """Fill in what the connection's settings begin with; here all have defaults."""

    def _store_pbx(self):
        """Create the telephone system as it was described, or bring it up to date."""
        values = self._prepare_pbx()
        if not self.pbx_id:
            self.pbx_id = self.env["telephony.pbx"].create(values)
            return
        for name in self.pbx_id._get_secret_fields():
            if not values.get(name):
                # It is stored already.
                values.pop(name, None)
        stored = read_stored(self.pbx_id, values)
        changed = {
            name: value for name, value in values.items() if stored[name] != value
        }
        if changed:
            self.pbx_id.write(changed)

    def _check_pbx(self):
        """Make sure that the user may administer the telephone system, if there is one.

        :raise AccessError: they may not
        :raise UserError: it is off in this copy of a database
        """
        self.ensure_one()
        self.pbx_id.check_access("write")
        self.pbx_id._check_at_home()

    def _get_secret(self):
        """Return what to log in with: what was typed, else the stored secret.

        :raise UserError: the stored one is for another address
        """
        if self.secret or not self.pbx_id:
            return self.secret or ""
        self._check_pbx()
        values = self._prepare_pbx()
        del values["secret"]
        secret = self.pbx_id.new(values, origin=self.pbx_id)._get_secret("secret")
        if not secret:
            raise UserError(
                self.env._(
                    "Please type the password: none is stored for this address of "
                    "“%(name)s”.",
                    name=self.pbx_id.name,
                )
            )
        return secret

    def _get_settings(self):
        """Return what the listener would connect with."""
        return PbxSettings.from_record(self, id=0, secret=self._get_secret())

    def _find_extensions(self):
        """Propose the extensions that the telephone system has and Odoo has not."""
        try:
            found = discover_now(self._get_settings())
        except TelephonyError as error:
            raise UserError(self.env["telephony.text"]._render(error.text)) from error
        known = set(self.pbx_id.extension_ids.mapped("number"))
        self.line_ids.unlink()
        self.queues = ", ".join(found.queues)
        self.line_ids = [
            fields.Command.create(self._prepare_line(extension))
            for number, extension in sorted(found.extensions.items())
            if number not in known
        ]

    def _prepare_line(self, extension):
        usual = self.dial_string.replace("{number}", extension.number)
        if usual.startswith("Local/"):
            # The dial plan rings them; which they are says who calls by hand.
            named = {name.partition("/")[2] for name in extension.devices}
            is_usual = named <= {extension.number}
        else:
            is_usual = usual in extension.devices
        return {
            "is_chosen": extension.is_reachable,
            "is_reachable": extension.is_reachable,
            "number": extension.number,
            "name": extension.name,
            "phones": extension.phones or 0,
            "devices": False if is_usual else ", ".join(extension.devices),
            "user_id": self._propose_user(extension).id,
        }

    @api.model
    def _propose_user(self, extension):
        """Return the user whom the telephone system seems to mean, by mail or name."""
        users = self.env["res.users"]
        for field, value in (("login", extension.email), ("email", extension.email)):
            if value and len(user := users.search([(field, "=ilike", value)])) == 1:
                return user
        if extension.name:
            named = users.search(
                [("name", "=ilike", extension.name), ("share", "=", False)]
            )
            if len(named) == 1:
                return named
        return users

    def _prepare_pbx(self):
        kind = self._get_kind()
        return {
            **read_stored(self, (*SHARED_FIELDS, *kind.fields)),
            "provider": kind.provider,
        }

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a Telephone System"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": self._get_show_context(),
        }

    def _get_show_context(self):
        """Return the context that the wizard's next step is shown with."""
        return {}


class TelephonyPbxSetupExtension(models.TransientModel):
    """An extension that the telephone system has, to be taken over."""

    _name = "telephony.pbx.setup.extension"
    _inherit = ["telephony.checked.mixin"]
    _description = "Extension Found on a Telephone System"
    _order = "number"

    setup_id = fields.Many2one(
        "telephony.pbx.setup", required=True, ondelete="cascade", index=True
    )
    is_chosen = fields.Boolean(string="Take Over", default=True)
    is_reachable = fields.Boolean(
        string="Reachable",
        readonly=True,
        help="Whether a phone of it is there now.",
    )
    number = fields.Char(readonly=True)
    name = fields.Char(string="Name There", readonly=True)
    devices = fields.Char(readonly=True)
    phones = fields.Integer(
        readonly=True,
        help="How many phones are registered, if the telephone system tells.",
    )
    user_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
