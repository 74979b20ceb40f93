"""Searching by number, in any form that a number is written in."""

from odoo import api, models
from odoo.fields import Domain

from ..engine.numbers import Kind


class TelephonyNumber(models.Model):
    _inherit = "telephony.number"

    @api.model
    def _search_ids(self, model, text):
        """Return the ids of a model's records that have a number somebody typed.

        :param str text: any form; "%" at its ends is ignored
        :return: nothing where the text is no whole number; of an incomplete index, what
            it knows already
        :rtype: list[int]
        """
        reading = self._read(text.strip("% "))
        if not reading.matchable:
            return []
        self._process_pending()
        return [
            hit.res_id
            for hit in self._lookup(reading)
            if hit.exact and hit.model == model
        ]

    @api.model
    def _get_domain(self, field, operator, value):
        """Return the domain of records with a number that somebody searches for.

        :param str field: where their numbers stand, as the door stores them
        :param str operator: ``in``, ``=``, ``like`` or ``ilike``
        :param value: what was typed, in any form, or a list of these
        :return: `NotImplemented` for other operators
        :rtype: Domain
        """
        if operator == "in":
            return Domain.OR(
                self._get_domain(field, "=", item) for item in value if item
            )
        if operator not in ("=", "like", "ilike") or not isinstance(value, str):
            return NotImplemented
        reading = self._read(value)
        whole = Domain(field, "in", [*reading.keys, reading.text])
        if reading.kind is Kind.INTERNAL or reading.certain:
            return whole
        # A part of a number: stored ones have no trunk or international prefix.
        part = Domain(field, operator, reading.text.lstrip("0") or value)
        return whole | part if reading.kind is Kind.EXTERNAL else part
