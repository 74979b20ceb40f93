import ipaddress
import secrets
import socket

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ami.tracker import EVENTS
from ..engine import dial_plan_lines
from ..engine.errors import TelephonyError
from ..listener.momentary import check_now, discover_now
from ..listener.settings import ACCOUNT_FIELDS, DIALPLAN_FIELDS, PbxSettings
from ..tools.groups import USER
from ..tools.stored import read_stored

# How phones are dialed on the systems that most people have.
SYSTEMS = {
    "asterisk": ("PJSIP/{number}", "from-internal"),
    "asterisk_sip": ("SIP/{number}", "from-internal"),
    "freepbx": ("Local/{number}@from-internal", "from-internal"),
}
# What the guided form calls a system, by the technology of its dial string.
SYSTEM_OF = {"PJSIP": "asterisk", "SIP": "asterisk_sip"}
# What the guided form and the telephone system both have.
SHARED_FIELDS = ("name", "company_id", "country_id", *ACCOUNT_FIELDS, *DIALPLAN_FIELDS)
PORTS = {False: 5038, True: 5039}
MARKS = {True: "✓", False: "✗", None: "?"}


class TelephonyPbxSetup(models.TransientModel):
    """Connecting an Asterisk, step by step: account, test, extensions.

    The test logs in for a moment from the web worker, as an administrator asks for it;
    the connection that lasts is the listener's.
    """

    _name = "telephony.pbx.setup"
    _inherit = ["telephony.checked.mixin"]
    _description = "Connect a Telephone System"
    _rec_name = "name"

    step = fields.Selection(
        [("account", "Account"), ("test", "Test"), ("extensions", "Extensions")],
        default="account",
        required=True,
    )
    pbx_id = fields.Many2one("telephony.pbx", ondelete="cascade")
    name = fields.Char(
        required=True, default=lambda self: self.env._("Our telephone system")
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    country_id = fields.Many2one(
        "res.country",
        required=True,
        default=lambda self: self.env.company.country_id,
    )
    system = fields.Selection(
        [
            ("asterisk", "Asterisk, phones on PJSIP"),
            ("asterisk_sip", "Asterisk 16 to 20, phones on the old SIP channel"),
            ("freepbx", "FreePBX, Issabel, VitalPBX and the like"),
        ],
        required=True,
        default="freepbx",
    )
    host = fields.Char(string="Address of the Telephone System")
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
    dial_string = fields.Char(compute="_compute_dialing", store=True, readonly=False)
    context = fields.Char(compute="_compute_dialing", store=True, readonly=False)
    manager_conf = fields.Text(compute="_compute_manager_conf")
    findings = fields.Text(readonly=True)
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

    @api.depends("system", "uses_lines")
    def _compute_dialing(self):
        for setup in self:
            setup.dial_string, setup.context = SYSTEMS[setup.system]
            if setup.uses_lines:
                setup.dial_string = dial_plan_lines.DIAL_STRING

    @api.depends("system")
    def _compute_dial_plan(self):
        for setup in self:
            setup.dial_plan = dial_plan_lines.LINES[setup.system]

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

    @api.depends("username", "secret", "host")
    def _compute_manager_conf(self):
        for setup in self:
            setup.manager_conf = "\n".join(
                (
                    f"[{setup.username}]",
                    f"secret = {setup.secret or ''}",
                    "deny = 0.0.0.0/0.0.0.0",
                    f"permit = {setup._get_own_address()}/255.255.255.255",
                    "read = call,agent",
                    "write = originate,call,agent,reporting",
                    "writetimeout = 1000",
                    # Half of all events is not read; Asterisk before 18.26, 20.11 and
                    # 22.1 passes these lines over, and sends all.
                    *(f"eventfilter(name({event})) =" for event in EVENTS),
                )
            )

    def _get_own_address(self):
        """Return the address from which this server reaches the telephone system."""
        try:
            address = ipaddress.ip_address(self.host or "")
        except ValueError:
            return "192.0.2.20"
        if address.version != 4:
            return "192.0.2.20"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                # Chooses the way there; nothing is sent.
                probe.connect((str(address), self.port or 5038))
            except OSError:
                return "192.0.2.20"
            return probe.getsockname()[0]

    # === ACTIONS === #

    def action_test(self):
        """Log in for a moment and tell what is right and what is wrong.

        :return: the action that shows the wizard again
        """
        self._check_pbx()
        if not self.host:
            raise UserError(
                self.env._("Where is the telephone system? Its address is missing.")
            )
        findings = check_now(self._get_settings())
        texts = self.env["telephony.text"]
        self.write(
            {
                "step": "test",
                "findings": "\n".join(
                    f"{MARKS[f.ok]} {texts._render(f.text)}" for f in findings
                ),
                "is_reached": bool(findings and findings[0].ok),
            }
        )
        return self._show()

    def action_back(self):
        """Go back one step."""
        self._check_pbx()
        self.step = "test" if self.step == "extensions" else "account"
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
        """Create the telephone system, unless it is there already, with the chosen
        extensions and the queues, and open it.

        :return: an action
        """
        self._check_pbx()
        if not self.pbx_id:
            self.pbx_id = self.env["telephony.pbx"].create(self._prepare_pbx())
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
                **read_stored(pbx, SHARED_FIELDS),
                "pbx_id": pbx.id,
                "system": SYSTEM_OF.get(technology, "freepbx"),
            }
        )
        return setup.action_connect()

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
        return {**read_stored(self, SHARED_FIELDS), "provider": "asterisk"}

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect a Telephone System"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


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
