from collections import namedtuple

import phonenumbers

from odoo import api, models

Match = namedtuple("Match", "record exact reason field")
Hit = namedtuple("Hit", "model res_id exact")
Reading = namedtuple("Reading", "kind text e164")


class TelephonyNumber(models.AbstractModel):
    """Who has a number: through Odoo's own field, until the index stands."""

    _name = "telephony.number"
    _description = "Telephone Number"

    @api.model
    def _read(self, number, pbx):
        text = "".join(char for char in number or "" if char in "0123456789*#+")
        if not text:
            return Reading("withheld" if number else "empty", "", "")
        if len(text) <= 5:
            return Reading("internal", text, "")
        try:
            parsed = phonenumbers.parse(text, pbx.country_id.code)
        except phonenumbers.NumberParseException:
            return Reading("unreadable", text, "")
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return Reading("external", text, e164)

    @api.model
    def _is_complete(self):
        return True

    @api.model
    def _format(self, number, pbx=None):
        try:
            parsed = phonenumbers.parse(number)
        except phonenumbers.NumberParseException:
            return number
        return phonenumbers.format_number(
            parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )

    @api.model
    def match(self, number, pbx=None):
        reading = self._read(number, pbx)
        return [
            Match(record, True, "", "phone")
            for model in ("res.partner", "crm.lead")
            if reading.e164
            for record in self.env[model].search(
                [("phone_sanitized", "=", reading.e164)]
            )
        ]

    @api.model
    def _find(self, reading, pbx):
        return [
            Hit(match.record._name, match.record.id, match.exact)
            for match in self.sudo().match(reading.e164, pbx)
        ]
