"""What a click dials: the numbers of a field, read as the index reads them."""

import re

from odoo import api, models

from ..engine import numbers
from ..engine.number_field import dialable_numbers

# Fields that a click may name, beside the further numbers of a record.
TEXT_TYPES = ("char", "text")
# What is dialled as it is, whichever country a record is in.
CODES = (numbers.Kind.INTERNAL, numbers.Kind.FEATURE)
# A star before a line of a list, and no code.
_BULLET = re.compile(r"[*#]\s")


class TelephonyNumber(models.Model):
    _inherit = "telephony.number"

    @api.model
    def _is_clickable(self, record, field):
        """Say whether a field of a record may hold telephone numbers.

        :param str field: name of a field, or anything that a client sent
        """
        definition = record._fields.get(field)
        if not definition:
            return False
        return definition.type in TEXT_TYPES or _holds_further_numbers(definition)

    @api.model
    def _get_field_texts(self, record, field):
        """Return what stands in a field: a text, or those of all further numbers.

        :param record: one record that the current user may read
        :rtype: list[str]
        """
        if _holds_further_numbers(record._fields[field]):
            return [phone.number for phone in record[field]]
        return [record[field] or ""]

    @api.model
    def _get_field_numbers(self, record, field, pbx):
        """Return the numbers of a field that one can dial, in the order of the text.

        They are what the index has of the field; what no country knows is read with
        that of the telephone system.

        :param record: one record that the current user may read
        :param str field: name of one of its fields, see :meth:`_is_clickable`
        :param pbx: the `telephony.pbx` that would dial
        :return: E.164; extensions, codes and short numbers as they are
        :rtype: list[str]
        """
        countries = self._get_countries(record, field)
        found = [
            number
            for text in self._get_field_texts(record, field)
            for number in self._get_text_numbers(text, pbx, *countries)
        ]
        return list(dict.fromkeys(found))

    @api.model
    def _get_text_numbers(self, text, pbx, own="", fallback=""):
        """Return the numbers of a text that one can dial, see `_get_field_numbers`.

        :param pbx: the `telephony.pbx` that would dial
        :param str own: ISO code of the country of whoever has the numbers, or ""
        :param str fallback: of the country to try where that is not known, or ""
        """
        at_pbx = self._read(text or "", pbx)
        if at_pbx.kind in CODES and not _BULLET.match(at_pbx.text):
            return [at_pbx.text]
        found = dialable_numbers(text, own or fallback, certain=bool(own))
        if at_pbx.kind is numbers.Kind.SHORT:
            # Few digits may be a whole number of another country.
            is_abroad = (own or fallback) not in ("", at_pbx.region)
            if not (is_abroad and any(number[0] == "+" for number in found)):
                return [at_pbx.text]
        if found == [at_pbx.text.removeprefix("+")]:
            return [at_pbx.e164 or at_pbx.text]
        return list(dict.fromkeys(self._as_dialled(number, pbx) for number in found))

    def _as_dialled(self, number, pbx):
        """Return a number of the index as it is dialled on a telephone system."""
        if number.startswith("+"):
            return number
        reading = self._read(number, pbx)
        return reading.e164 or reading.text or number

    @api.model
    def _get_region(self, pbx):
        """Return the ISO code of a telephone system's country, or ""."""
        return self._dial_plan(pbx.id, self.env.company.id)[0]

    @api.model
    def _get_countries(self, record, field):
        """Return the countries that the numbers of a record's field are read with.

        :return: ISO codes of its own country and of the one to fall back on, "" where
            there is none
        :rtype: tuple[str, str]
        """
        # sudo - any model: how a number is read does not depend on who looks
        record, _field = self._get_holder(record.sudo(), field)
        if record._name in self._phone_models():
            self.env.flush_all()
            [(_id, own, fallback, *_texts)] = self.env.execute_query(
                record._telephony_source().select(record.ids)
            )
            return own or "", fallback or ""
        if "pbx_id" in record._fields and record.pbx_id._name == "telephony.pbx":
            return self._get_region(record.pbx_id), ""
        own = record._phone_get_country().get(record.id)
        company = record.company_id if "company_id" in record._fields else None
        if company is None or company._name != "res.company":
            company = self.env["res.company"]
        return own.code if own else "", company.country_id.code or ""

    @api.model
    def _get_holder(self, record, field):
        """Return the record and the name of the field that hold what a field shows.

        A related field shows another record's, and a further number is its owner's.

        :param record: one record, as superuser
        :rtype: tuple[recordset, str]
        """
        while related := record._fields[field].related:
            *path, name = related.split(".")
            holder = record
            for step in path:
                holder = holder[step][:1]
            if not holder:
                break
            record, field = holder, name
        if record._name == "telephony.phone":
            return record._get_owner(), "telephony_phone_ids"
        return record, field

    # === WHAT CAN BE CLICKED === #

    @api.model
    def _get_phone_fields(self, model):
        """Return the names of a model's text fields that hold telephone numbers.

        :param model: an empty recordset, of any model
        """
        if model._name in self._phone_models():
            names = model._telephony_number_fields()
        else:
            names = model._phone_get_number_fields()
        return [
            name
            for name in names
            if name in model._fields and model._fields[name].type == "char"
        ]

    @api.model
    def _get_shown_numbers(self, record):
        """Return a record's telephone numbers that the current user may see, as they
        stand there; without any, those of its contact.

        :param record: one record, of any model
        :return: list of dicts ``model``, ``res_id`` and ``field`` (as of
            ``telephony.client.dial``), ``number`` and ``label``, what it is for
        """
        if not record.exists() or not record.has_access("read"):
            return []
        shown = [
            _describe(record, name)
            for name in self._get_phone_fields(record.browse())
            if record._has_field_access(record._fields[name], "read") and record[name]
        ]
        if "telephony_phone_ids" in record._fields:
            phones = record.telephony_phone_ids
            labels = dict(phones._fields["label"]._description_selection(self.env))
            shown += [
                _describe(phone, "number", labels.get(phone.label, False))
                for phone in phones
            ]
        if shown or record._name == "res.partner":
            return shown
        partner = record._mail_get_partners()[record.id][:1]
        return self._get_shown_numbers(partner) if partner else []

    # === WHAT A RECORD HAS === #

    @api.model
    def _has_number(self, record, number, pbx):
        """Say whether a record has a number, in whatever form and field.

        Read from the record as the index does, which may know it only later, or not
        look at archived records.

        :param record: one record with phone fields
        :param str number: as it was presented on the `telephony.pbx`
        """
        # sudo - any model: whether it has the number, whoever may read its fields
        self.env.flush_all()
        rows = self.sudo()._wanted_rows(record._name, record.ids)
        reading = self._read(number, pbx)
        for _id, _field, stored, certain in rows:
            reason = numbers.compare(stored, certain, reading)
            if reason and reason.exact:
                return True
        return False


def _holds_further_numbers(definition):
    return (
        definition.type == "one2many" and definition.comodel_name == "telephony.phone"
    )


def _describe(record, field, label=False):
    return {
        "model": record._name,
        "res_id": record.id,
        "field": field,
        "number": record[field],
        "label": label,
    }
