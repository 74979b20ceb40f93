"""Searching by number, in any form that a number is written in."""

from odoo import api, fields, models
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


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    number_search = fields.Char(
        string="Other Party's Number",
        store=False,
        search="_search_number_search",
        help="Finds calls by the other party's number, in whatever form it is typed.",
    )

    @api.model
    def _search_number_search(self, operator, value):
        if operator == "in":
            return Domain.OR(
                self._search_number_search("=", item) for item in value if item
            )
        if operator not in ("=", "like", "ilike") or not isinstance(value, str):
            return NotImplemented
        reading = self.env["telephony.number"]._read(value)
        whole = Domain("number", "in", [*reading.keys, reading.text])
        if reading.kind is Kind.INTERNAL or reading.certain:
            return whole
        # A part of a number: stored ones have no trunk or international prefix.
        part = Domain("number", operator, reading.text.lstrip("0") or value)
        return whole | part if reading.kind is Kind.EXTERNAL else part
