"""What users of a telephone system may dial, and how it is dialled."""

import re

import phonenumbers

from odoo import api, models
from odoo.exceptions import UserError

from ..engine import pbx_text

OVERRIDE_GROUP = "telephony_connector.group_telephony_do_not_call"


class TelephonyPbx(models.Model):
    _inherit = "telephony.pbx"

    # === COMPUTE METHODS === #

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
            pbx.try_result = pbx._describe_dialling(pbx.try_number)

    def _describe_dialling(self, number):
        """Return in words how a number would be dialled."""
        self.ensure_one()
        if not number:
            return False
        try:
            reading = self.env["telephony.number"]._read(number, self)
            self._check_dialable(reading)
        except UserError as error:
            return str(error)
        return self.env._("is dialled as %(text)s", text=self._get_dial_text(reading))

    # === BUSINESS METHODS === #

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
            # A plus is dialled first or not at all.
            number = f"{self.international_prefix or ''}{number[1:]}"
        return f"{self.outside_prefix or ''}{number}"

    def _get_emergency_numbers(self):
        """Return the numbers that are dialled as they are and can't be blocked."""
        self.ensure_one()
        return frozenset(re.findall(r"[0-9]+", self.emergency_numbers or ""))

    def _check_dialable(self, reading):
        """Make sure that users may call a number.

        :param reading: of ``telephony.number._read``
        :raise UserError: where it is none, or blocked
        """
        self.ensure_one()
        text = self._get_dial_text(reading)
        if not pbx_text.NUMBER.fullmatch(text):
            raise UserError(
                self.env._("“%(number)s” is no telephone number.", number=reading.text)
            )
        if text in self._get_emergency_numbers():
            return
        if any(code and text.startswith(code) for code in self._get_spy_codes()):
            raise UserError(
                self.env._("Calls are listened to from the live board alone.")
            )
        for pattern in re.split(r"[\s,;]+", self.blocked_numbers or ""):
            prefix = re.sub(r"[^0-9+]", "", pattern)
            wanted = (reading.e164, reading.text, text)
            if prefix and any(
                number.startswith(prefix) if pattern.endswith("*") else number == prefix
                for number in wanted
                if number
            ):
                raise UserError(
                    self.env._(
                        "Numbers like %(pattern)s are blocked on “%(name)s”.",
                        pattern=pattern,
                        name=self.name,
                    )
                )


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _ask_do_not_call(self, reading, pbx):
        """Say what a user is asked before a number of the blacklist is dialled.

        :param reading: of ``telephony.number._read``
        :param pbx: the `telephony.pbx` that would dial
        :return: the question; ``False`` where the number may be dialled as it is
        :raise UserError: where the user has no right to call such numbers
        """
        # Emergency numbers have no E.164 form: they are in no blacklist.
        if not reading.e164 or not self._is_do_not_call(reading.e164):
            return False
        number = self.env["telephony.number"]._format(reading.e164, pbx)
        if not self.env.user.has_group(OVERRIDE_GROUP):
            raise UserError(
                self.env._(
                    "%(number)s is on the list of numbers not to call.", number=number
                )
            )
        return self.env._(
            "%(number)s is on the list of numbers not to call. Call it anyway?",
            number=number,
        )

    @api.model
    def _is_do_not_call(self, e164):
        # sudo - phone.blacklist: whether one number is on the list
        return bool(
            self.env["phone.blacklist"].sudo().search_count([("number", "=", e164)])
        )
