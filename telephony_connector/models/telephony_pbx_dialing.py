"""What users of a telephone system may dial, and how it is dialed: the door out."""

import re

import phonenumbers

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine import dial_rules, pbx_text
from ..engine.dial_link import PLACE
from ..tools.groups import ADMINISTRATOR, DO_NOT_CALL, USER

# Ways to a number that may be anybody's; all others lead to an extension.
NUMBER_WAYS = frozenset(("dial", "transfer", "attended_transfer"))
INTERNAL = frozenset(("internal",))
# What a way leads to within the telephone system, where that is not an extension alone:
# a parking space is none.
WITHIN = {"retrieve": frozenset(("internal", "short"))}


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    country_id = fields.Many2one(
        "res.country",
        compute="_compute_country_id",
        store=True,
        readonly=False,
        help="The country whose rules the numbers of this telephone system follow: "
        "a caller id without a country code is read as a number of this country.",
    )
    outside_prefix = fields.Char(
        string="Outside Line Prefix",
        help="What phones dial before an outside number, as 0 or 9. It is put before "
        "the numbers that are dialed and removed from those that are presented.",
        groups=ADMINISTRATOR,
    )
    area_code = fields.Char(
        help="The area that callers are in who are presented without an area code, "
        "without the leading 0 or 1: 30 for Berlin, 202 for Washington.",
        groups=ADMINISTRATOR,
    )
    dial_format = fields.Selection(
        [
            ("e164", "+33612345678"),
            ("international", "0033612345678"),
            ("national", "0612345678 in the own country, else 0033612345678"),
        ],
        string="External Numbers Are Dialed As",
        required=True,
        default="e164",
        groups=ADMINISTRATOR,
    )
    international_prefix = fields.Char(
        default="00",
        help="What is dialed before a country code, as 00 or 011.",
        groups=ADMINISTRATOR,
    )
    dial_string = fields.Char(
        default="PJSIP/{number}",
        help="How a phone is rung: PJSIP/{number} or SIP/{number}; "
        "Local/{number}@from-internal for FreePBX.",
        groups=ADMINISTRATOR,
    )
    context = fields.Char(
        string="Dial Plan Context",
        default="from-internal",
        help="Where in the dial plan the numbers that users call are looked up.",
        groups=ADMINISTRATOR,
    )
    dial_link = fields.Char(
        string="Link to Dial",
        default="tel:{number}",
        help="What the browser opens when a user clicks a number: tel:{number}, "
        "sip:{number}@example.com, callto:{number}, zoiper:{number} or the scheme that "
        "the softphone registers.",
        groups=ADMINISTRATOR,
    )
    ring_timeout = fields.Integer(
        string="Ring Own Phone For (s)",
        default=30,
        help="How long a user's own phone rings after a click, in seconds.",
        groups=ADMINISTRATOR,
    )

    emergency_numbers = fields.Char(
        default="112",
        help="Dialed unchanged, without a prefix, and never blocked: 112, 911, 15.",
        groups=ADMINISTRATOR,
    )
    blocked_numbers = fields.Text(
        help="Numbers that cannot be called from Odoo, in international format, "
        "separated by spaces. A final star stands for all numbers with that "
        "prefix: +3389* +882*.",
        groups=ADMINISTRATOR,
    )
    caller_id = fields.Char(
        string="Caller ID Shown",
        help="The number that outside parties see of calls from Odoo, where the "
        "extension has none of its own; empty: the phone's own. With the dial string "
        "Local/… the dial plan must use it. Emergency calls don't bear it.",
        groups=ADMINISTRATOR,
    )
    try_number = fields.Char(
        string="How Would This Be Dialed?",
        store=False,
        groups=ADMINISTRATOR,
    )
    try_result = fields.Char(
        compute="_compute_try_result",
        groups=ADMINISTRATOR,
    )
    voicemail_code = fields.Char(
        help="What is dialed to leave a message in the mailbox of an extension, where "
        "the dial plan has such a number, as *{number}. Empty: not offered.",
        groups=ADMINISTRATOR,
    )
    pickup_code = fields.Char(
        string="Pick-up Code",
        help="What is dialed before an extension's number to take a call that rings "
        "there, where the dial plan has such a code, as ** or *8. Empty: not offered.",
        groups=ADMINISTRATOR,
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_country_id(self):
        for pbx in self:
            pbx.country_id = pbx.country_id or pbx.company_id.country_id

    @api.depends_context("uid")
    @api.depends(
        "try_number",
        "dial_format",
        "outside_prefix",
        "international_prefix",
        "country_id",
        "blocked_numbers",
        "emergency_numbers",
    )
    def _compute_try_result(self):
        for pbx in self:
            pbx.try_result = pbx._describe_dialing(pbx.try_number)

    def _describe_dialing(self, number):
        """Return in words how a number would be dialed."""
        self.ensure_one()
        if not number:
            return False
        try:
            reading = self.env["telephony.number"]._read(number, self, typed=True)
            text = self._write_number(reading, "dial")
            self._check_number(reading, text, "dial")
        except UserError as error:
            return str(error)
        return self.env._("is dialed as %(text)s", text=text)

    # === CONSTRAINT METHODS === #

    @api.constrains("provider", "dial_link")
    def _check_settings(self):
        """Check what is set, as each kind of telephone system wants it.

        For a kind with fields of its own, call it from a constraint on them.
        """
        for pbx in self:
            pbx._get_provider().check_settings()

    @api.constrains(
        "dial_string",
        "context",
        "ring_timeout",
        "outside_prefix",
        "area_code",
        "international_prefix",
        "pickup_code",
        "voicemail_code",
        "caller_id",
    )
    def _check_dialing(self):
        for pbx in self:
            for prefix in (pbx.outside_prefix, pbx.international_prefix):
                if prefix and not pbx_text.CODE.fullmatch(prefix):
                    raise ValidationError(
                        pbx.env._("Prefixes are made of digits, * and # only.")
                    )
            if pbx.area_code and not re.fullmatch(r"[0-9]{1,6}", pbx.area_code):
                raise ValidationError(
                    pbx.env._("An area code consists of digits only.")
                )
            if pbx.dial_string and not _is_dial_string(pbx.dial_string):
                raise ValidationError(
                    pbx.env._(
                        "The dial string must name a technology and the place of the "
                        "number, as in PJSIP/{number}."
                    )
                )
            if pbx.caller_id and not pbx_text.CALLER_ID.fullmatch(pbx.caller_id):
                raise ValidationError(
                    pbx.env._(
                        "A caller ID consists of digits and an optional leading +."
                    )
                )
            if pbx.pickup_code and not pbx_text.CODE.fullmatch(pbx.pickup_code):
                raise ValidationError(
                    pbx.env._("Codes are made of digits, * and # only.")
                )
            mailbox = pbx.voicemail_code
            if mailbox and not (
                mailbox.count(PLACE) == 1
                and pbx_text.EXTENSION.fullmatch(mailbox.replace(PLACE, "0"))
            ):
                raise ValidationError(
                    pbx.env._(
                        "The voicemail code is made of digits, * and #, and names the "
                        "place of the extension's number, as in *{number}."
                    )
                )
            if pbx.context and not pbx_text.CONTEXT.fullmatch(pbx.context):
                raise ValidationError(
                    pbx.env._("The dial plan context may hold no blanks or signs.")
                )
            if not 1 <= pbx.ring_timeout <= 300:
                raise ValidationError(
                    pbx.env._("A phone can ring between 1 and 300 seconds.")
                )

    # === THE DOOR OUT === #

    def _authorize(self, target, way="dial"):
        """Decide whether the current user may send a number to the telephone system.

        The one door out: whatever asks (a click, a transfer, a mailbox, a pick-up, the
        live board, a server action, an automation, a browser's telephone), its number
        passes here, and what is returned is what is sent, to the last digit. Commands
        and providers take no other text (``dial_rules.require_authorized``).

        For an addon to have a way of its own, override ``_get_code``, and
        ``_get_way_group`` where it needs more than the right to call. To refuse more,
        override ``_check_number``; to keep codes of the telephone system's own from
        being dialed by hand, ``_get_reserved_codes``.

        :param str target: a number as it was typed or stored; for ways other than
            ``NUMBER_WAYS`` an extension's
        :param str way: ``dial``, ``transfer``, ``attended_transfer``, ``voicemail``,
            ``pickup``, ``retrieve`` (a parked call) or one of an addon's
        :return: the text to send, with how it was read and what the user is to be asked
        :rtype: ~..engine.dial_rules.AuthorizedNumber
        :raise AccessError: the user has not the right to
        :raise UserError: the number may not be dialed, in the user's words
        """
        self.ensure_one()
        self._check_sender(way)
        # sudo - telephony.pbx: its rules hold for users who can't read them
        pbx_sudo = self.sudo()
        reading = self.env["telephony.number"]._read(target or "", self, typed=True)
        if way not in NUMBER_WAYS and reading.kind not in WITHIN.get(way, INTERNAL):
            raise UserError(
                self.env._(
                    "“%(number)s” is not an extension of this telephone system.",
                    number=target or "",
                )
            )
        text = pbx_sudo._write_number(reading, way)
        question = pbx_sudo._check_number(reading, text, way)
        return dial_rules.AuthorizedNumber(text, reading, question)

    @api.model
    def _check_sender(self, way="dial"):
        """Make sure that the current user may use a telephone system, right now.

        Asked in each request, of the user who acts, also where the system's code runs
        on the user's behalf: having an extension is no right.

        :raise AccessError: the user may not
        """
        if not self.env.user.has_group(self._get_way_group(way)):
            raise AccessError(
                self.env._(
                    "To call from Odoo, you need an access right of Telephony that "
                    "you do not have."
                )
            )

    @api.model
    def _get_way_group(self, way):
        """Return the external id of the group that may go a way."""
        return USER

    def _write_number(self, reading, way):
        """Return what the telephone system is sent to reach a number by a way.

        :param reading: of ``telephony.number._read``
        :return: what AMI may be given, empty where there is nothing to dial
        """
        self.ensure_one()
        if way in NUMBER_WAYS:
            return self._get_dial_text(reading)
        return self._get_code(way).replace(PLACE, reading.text)

    def _get_code(self, way):
        """Return what is dialed to reach an extension by a way of its own.

        :return: with ``{number}`` in the extension's place; empty: not offered
        """
        self.ensure_one()
        if way == "voicemail":
            return self.voicemail_code or ""
        if way == "retrieve":
            return PLACE
        if way == "pickup" and self.pickup_code:
            return f"{self.pickup_code}{PLACE}"
        return ""

    def _get_dial_text(self, reading):
        """Return what a phone of this system dials to reach a number.

        :param reading: of ``telephony.number._read``
        :return: what AMI may be given, empty where there is nothing to dial
        """
        self.ensure_one()
        if reading.text in self._get_emergency_numbers():
            return reading.text
        if reading.kind != "external" or not reading.e164:
            return reading.text
        number = reading.e164
        parsed = phonenumbers.parse(number)
        is_own_country = parsed.country_code == self.country_id.phone_code
        if self.dial_format == "national" and is_own_country:
            number = phonenumbers.format_number(
                parsed, phonenumbers.PhoneNumberFormat.NATIONAL
            )
            number = re.sub(r"\D", "", number)
        elif self.dial_format != "e164" or self.outside_prefix:
            # A plus is dialed first or not at all.
            number = f"{self.international_prefix or ''}{number[1:]}"
        return f"{self.outside_prefix or ''}{number}"

    def _get_emergency_numbers(self):
        """Return the numbers that are dialed as they are and can't be blocked."""
        self.ensure_one()
        return frozenset(re.findall(r"[0-9]+", self.emergency_numbers or ""))

    def _check_number(self, reading, text, way):
        """Make sure that a number may be dialed.

        :param reading: of ``telephony.number._read``
        :param str text: what would be sent
        :param str way: as of ``_authorize``
        :return: what the user is to be asked first, or ``False``
        :raise UserError: where it may not be dialed
        """
        self.ensure_one()
        if not pbx_text.NUMBER.fullmatch(text):
            raise UserError(
                self.env._(
                    "“%(number)s” is not a valid phone number.", number=reading.text
                )
            )
        if text in self._get_emergency_numbers():
            return False
        self._check_codes(text, way)
        numbers = self._get_meanings(reading, text)
        pattern = dial_rules.find_pattern(
            self.blocked_numbers or "",
            {reading.text, reading.e164, text} - {""},
            numbers,
            reading.region or self.country_id.code or "",
        )
        if pattern:
            raise UserError(
                self.env._(
                    "Numbers like %(pattern)s are blocked on “%(name)s”.",
                    pattern=pattern,
                    name=self.name,
                )
            )
        return self._get_do_not_call_question(numbers)

    def _get_meanings(self, reading, text):
        """Return every outside number that would be reached by what is sent.

        :return: digits that begin with a country code, see `dial_rules.get_meanings`
        :rtype: set
        """
        self.ensure_one()
        if reading.kind == "internal":
            return set()
        if reading.e164:
            return {reading.e164[1:]}
        if text[:1] not in ("*", "#"):
            return self._get_digits_meanings(text)
        found = set()
        for number in dial_rules.get_numbers_behind_codes(text):
            behind = self.env["telephony.number"]._read(number, self)
            if behind.kind == "external":
                found.add(behind.e164[1:])
            elif behind.kind != "internal":
                found |= self._get_digits_meanings(number)
        return found

    def _get_digits_meanings(self, digits):
        return dial_rules.get_meanings(
            digits,
            self.country_id.code or "",
            outside_prefix=self.outside_prefix or "",
            international_prefix=self.international_prefix or "",
        )

    # === CODES OF THE TELEPHONE SYSTEM === #

    def _get_reserved_codes(self, way):
        """Return the prefixes that nobody dials by a way, whatever comes after them.

        For an addon that dials a code of the telephone system's own, add it here for
        all other ways.

        :rtype: set
        """
        self.ensure_one()
        return set()

    def _check_codes(self, text, way):
        """Make sure that nobody dials by hand what only a button of Odoo's may.

        :raise UserError: the text is such a code
        """
        is_reserved = any(map(text.startswith, self._get_reserved_codes(way)))
        if is_reserved or any(
            self._is_code(text, other)
            for other in ("pickup", "voicemail")
            if way != other
        ):
            raise UserError(
                self.env._(
                    "“%(number)s” is a code of the telephone system: use the button "
                    "that Odoo has for it.",
                    number=text,
                )
            )

    def _is_code(self, text, way):
        """Say whether a text is a way's code for an extension of this system."""
        before, _place, after = self._get_code(way).partition(PLACE)
        if not (before or after) or not text.startswith(before):
            return False
        number = text.removeprefix(before)
        if not number.endswith(after):
            return False
        number = number.removesuffix(after)
        return number in self.extension_ids.mapped("number")

    # === NUMBERS NOT TO CALL === #

    def _get_do_not_call_question(self, numbers):
        """Say what a user is asked before a number of the blacklist is dialed.

        :param set numbers: as of ``_get_meanings``
        :return: the question; ``False`` where the number may be dialed as it is
        :raise UserError: where the user has no right to call such numbers
        """
        # sudo - phone.blacklist: whether one number is on the list
        listed_sudo = (
            self.env["phone.blacklist"]
            .sudo()
            .search([("number", "in", dial_rules.get_beginnings(numbers))], limit=1)
        )
        if not listed_sudo:
            return False
        number = self.env["telephony.number"]._format(listed_sudo.number, self)
        if not self.env.user.has_group(DO_NOT_CALL):
            raise UserError(
                self.env._(
                    "%(number)s is on the list of numbers not to call.", number=number
                )
            )
        return self.env._(
            "%(number)s is on the list of numbers not to call. Call it anyway?",
            number=number,
        )


def _is_dial_string(text):
    return text.count(PLACE) == 1 and bool(
        pbx_text.DEVICE.fullmatch(text.replace(PLACE, "0"))
    )
