"""Telephone numbers: how they are read, who has one, what a click on one dials.

Whoever calls is found by one read of an indexed key; the index's rows are made in
``telephony_number_index.py``.
"""

import re
from dataclasses import dataclass, replace

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import numbers
from ..engine.number_field import dialable_numbers

# Rows read of one key, exact ones first: a bound for numbers that are no numbers, as
# the same "12345678" typed into every contact.
MAX_ROWS = 1000
# More records that merely end alike tell nobody anything.
MAX_PROBABLE = 20
# Fields that a click may name, beside the other phone numbers of a record.
TEXT_TYPES = ("char", "text")
# What is dialed as it is, whichever country a record is in.
CODES = (numbers.Kind.INTERNAL, numbers.Kind.FEATURE)
# A star before a line of a list, and no code.
_BULLET = re.compile(r"[*#]\s")


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that has the number, whoever may read it.

    ``field`` is the name of the phone field and ``reason`` an
    :class:`~..engine.numbers.Reason`; a hit that is not ``exact`` is probable.
    """

    model: str
    res_id: int
    exact: bool
    reason: numbers.Reason
    field: str


@dataclass(frozen=True, slots=True)
class Match:
    """A record that has the number and that the user may read.

    ``reason`` is a text for people; a match that is not ``exact`` is probable, and
    never opens a record by itself.
    """

    record: models.BaseModel
    exact: bool
    reason: str
    field: str


class Matches(list):
    """A list of :class:`Match`; ``complete`` says whether all records were indexed."""

    complete = True

    @property
    def callers(self):
        """Who may be calling: of the exact matches one a person, best first.

        A contact stands for its own leads, and open records stand before archived ones
        and lost or won leads, which no caller is meant by unless there are no others.

        :rtype: list[Match]
        """
        exact = [match for match in self if match.exact]
        candidates = [
            match for match in exact if not match.record._telephony_is_closed()
        ]
        by_person = {}
        for match in candidates or exact:
            by_person.setdefault(match.record._telephony_person(), []).append(match)
        return [_get_best(person, matches) for person, matches in by_person.items()]

    @property
    def caller(self):
        """The record of whoever is calling, ``None`` where nobody or several are known.

        :rtype: odoo.models.BaseModel | None
        """
        callers = self.callers
        return callers[0].record if len(callers) == 1 else None


def _get_best(person, matches):
    """Return the match that a person's page opens with: the contact's, if any."""
    if isinstance(person, models.BaseModel):
        for match in matches:
            if match.record == person:
                return match
        if (
            len(matches) > 1
            and person.has_access("read")
            and not person._telephony_is_closed()
        ):
            return replace(matches[0], record=person)
    return matches[0]


class TelephonyNumber(models.Model):
    """One telephone number found in a phone field of a record.

    Rows are kept in step with the records by SQL (``telephony_number_index.py``), so
    there is nothing to create or write here. ``suffix`` is the one key of a lookup,
    exact and probable alike: four bytes, which every form of a number shares.
    """

    _name = "telephony.number"
    _description = "Indexed Phone Number"
    _log_access = False
    _rec_name = "number"

    suffix = fields.Integer(
        required=True, help="The last eight digits, as the index finds them."
    )
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True
    )
    certain = fields.Boolean(
        help="The number names its country, or the record does: no fallback was used."
    )
    number = fields.Char(
        required=True,
        help="In international form (E.164); bare digits where no country knows it.",
    )
    res_model = fields.Char(string="Model", required=True)
    field = fields.Char(required=True)

    _suffix_idx = models.Index("(suffix)")
    _record_idx = models.Index("(res_id)")

    # === CRUD METHODS === #

    @api.model
    def _search(self, domain, *args, **kwargs):
        self._process_pending()
        return super()._search(domain, *args, **kwargs)

    # === READING NUMBERS === #

    @api.model
    def _read(self, number, pbx=None, typed=False):
        """Understand a number as a telephone system presents it, or a person types it.

        :param str number: any form, see :func:`~..engine.numbers.read`
        :param pbx: the `telephony.pbx` it was presented on; without one the country and
            the extensions of the current company's telephone systems are used
        :param bool typed: a person wrote it, perhaps with a label or a remark
        :rtype: ~..engine.numbers.Reading
        """
        region, options = self._dial_plan(pbx.id if pbx else False, self.env.company.id)
        read = numbers.read_typed if typed else numbers.read
        reading = read(number or "", region, **options)
        return self._choose_existing(reading) if len(reading.keys) > 1 else reading

    @api.model
    def _choose_existing(self, reading):
        """Return an ambiguous reading as the likeliest number that some record has."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT number FROM telephony_number
                    WHERE suffix IN %s AND number = ANY(%s)""",
                tuple(reading.suffixes()),
                list(reading.keys),
            )
        )
        return reading.settled({number for (number,) in rows})

    @api.model
    def _format(self, number, pbx=None):
        """Return the number as people write it, international where it is one.

        :param str number: E.164, or as it was presented on the ``pbx``
        """
        region = self._dial_plan(pbx.id if pbx else False, self.env.company.id)[0]
        return numbers.format_number(number or "", region)

    @api.model
    @tools.ormcache("pbx_id", "company_id")
    def _dial_plan(self, pbx_id, company_id):
        """Return how numbers are read: (region, further options of `numbers.read`)."""
        # sudo - telephony.pbx: how numbers are read is the same for everyone
        pbx_model = self.env["telephony.pbx"].sudo()
        if pbx_id:
            pbxs = pbx_model.browse(pbx_id)
            company = pbxs.company_id
        else:
            pbxs = pbx_model.search([("company_id", "=", company_id)])
            company = self.env["res.company"].sudo().browse(company_id)
        country = pbxs.country_id[:1] or company.country_id
        return country.code or "", {
            "extensions": frozenset(pbxs.extension_ids.mapped("number")),
            "outside_prefix": pbxs[:1].outside_prefix or "",
            "area_code": pbxs[:1].area_code or "",
        }

    # === MATCHING === #

    @api.private
    @api.model
    def match(self, number, pbx=None):
        """Return the records that have a telephone number, best first.

        Exact matches come before probable ones (the same last digits); archived records
        and lost or won leads after the others (archived ones not at all, where the
        company wants it so), other companies' after one's own; a company comes before
        its people. Withheld, internal and short numbers match nothing.

        Not to be called by clients, who would learn whom a number belongs to without a
        call of theirs; addons decide what they show.

        :param str number: as a trunk presents it, or a person types it
        :param pbx: the `telephony.pbx` it was presented on: a national number is read
            with its country
        :return: only records that the current user may read, each once; while the
            index is being built the list's ``complete`` is false
        :rtype: Matches
        """
        # First, so that a country changed in this transaction counts for the reading.
        self._process_pending()
        hits = self._replace_unreadable(self._lookup(self._read(number, pbx)))
        by_model = {}
        for hit in hits:
            by_model.setdefault(hit.model, []).append(hit)
        if by_model and not self.env.su:
            # Odoo's rules ask for it, and would read all fields of the companies.
            self.env.companies.sudo().fetch(["parent_path"])
        ranked = []
        for model, model_hits in by_model.items():
            ranked += self._match_model(model, model_hits)
        ranked.sort(key=lambda pair: pair[0])
        matches = Matches(match for _rank, match in ranked)
        matches.complete = self._is_complete()
        return matches

    @api.model
    @tools.ormcache()
    def _is_complete(self):
        """Say whether all models' records are indexed, or some are still waiting."""
        # sudo - telephony.number.source: whether the index is built is no secret
        sources_sudo = self.env["telephony.number.source"].sudo()
        return not sources_sudo.search_count([("is_done", "=", False)], limit=1)

    @api.model
    def _find(self, reading, pbx=None):
        """Return all records that have a number, whoever may read them.

        :param reading: what :meth:`_read` returned
        :return: existing records, archived ones only where the company wants them
        :rtype: list[Hit]
        """
        self._process_pending()
        hits = self._lookup(reading)
        existing = set()
        for model in {hit.model for hit in hits}:
            # sudo - any model: the caller hides what the user may not read
            found = self._phone_model(model).sudo()
            ids = [hit.res_id for hit in hits if hit.model == model]
            existing |= {(model, id_) for id_ in found._search([("id", "in", ids)])}
        return [hit for hit in hits if (hit.model, hit.res_id) in existing]

    @api.model
    def _find_suffixes(self, suffixes):
        """Return those of the keys as of `Reading.suffixes` that the index has.

        :rtype: set[int]
        """
        self._process_pending()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT suffix FROM telephony_number WHERE suffix = ANY(%s)",
                list(suffixes),
            )
        )
        return {suffix for (suffix,) in rows}

    @api.model
    def _lookup(self, reading):
        """Return the index's rows for a number as one Hit a record, exact ones first.

        :rtype: list[Hit]
        """
        suffixes = reading.suffixes()
        if not suffixes:
            return []
        keys = list(reading.keys) or [reading.text]
        rows = self._read_rows(suffixes)
        if len(rows) > MAX_ROWS:
            rows = self._read_rows(
                suffixes, SQL("ORDER BY number = ANY(%s) DESC, id", keys)
            )[:MAX_ROWS]
        best = {}
        fields_of = self._phone_fields()
        for _id, model, res_id, field, number, certain in rows:
            if field not in fields_of.get(model, ()):
                continue
            reason = numbers.compare(number, certain, reading)
            known = best.get((model, res_id))
            if reason and not (known and known.exact):
                if not known or reason.exact:
                    best[model, res_id] = Hit(
                        model, res_id, reason.exact, reason, field
                    )
        hits = sorted(best.values(), key=lambda hit: not hit.exact)
        exact = sum(hit.exact for hit in hits)
        return hits[: exact + MAX_PROBABLE]

    @api.model
    def _read_rows(self, suffixes, order=None):
        """Return at most one row more than are looked at, sorted by id unless an order
        is given: to sort some rows here takes less than to have them sorted.

        :return: list of (id, model, id of the record, field, number, whether its
            country is certain)
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id, res_model, res_id, field, number, certain
                     FROM telephony_number WHERE suffix IN %s %s LIMIT %s""",
                tuple(suffixes),
                order or SQL(),
                MAX_ROWS + 1,
            )
        )
        return rows if order else sorted(rows)

    @api.model
    def _phone_model(self, name):
        """Return the model with its archived records or without, as is configured."""
        return self.env[name].with_context(
            active_test=not self._matches_archived(self.env.company.id)
        )

    @api.model
    @tools.ormcache("company_id")
    def _matches_archived(self, company_id):
        # sudo - res.company: a setting of the user's own company
        company_sudo = self.env["res.company"].sudo().browse(company_id)
        return company_sudo.telephony_match_archived

    @api.model
    def _replace_unreadable(self, hits):
        """Return the hits as the current user may be told of them.

        For an addon to name a record by another one that the user may read, override.

        :param list[Hit] hits: of all records, each once
        :return: likewise
        """
        return hits

    def _match_model(self, name, hits):
        """Return (rank, Match) of the hits of one model that the user may read."""
        model = self._phone_model(name)
        if not model.has_access("read"):
            return []
        visible = {
            hit.res_id: hit
            for hit in hits
            if model._has_field_access(model._fields[hit.field], "read")
        }
        wanted = ["display_name", *model._telephony_match_fields()]
        records = model.search_fetch([("id", "in", list(visible))], wanted, order="id")
        reasons = self._reason_texts()
        return [
            (
                (
                    not hit.exact,
                    record._telephony_is_closed(),
                    not record._telephony_is_own_company(),
                    *record._telephony_rank(),
                ),
                Match(
                    record,
                    hit.exact,
                    " · ".join(
                        filter(None, [reasons[hit.reason], record._telephony_status()])
                    ),
                    hit.field,
                ),
            )
            for record in records.with_env(self.env)
            for hit in [visible[record.id]]
        ]

    @api.model
    def _reason_texts(self):
        return {
            numbers.Reason.NUMBER: self.env._("Same number"),
            numbers.Reason.DIGITS: self.env._("Same digits"),
            numbers.Reason.LAST_DIGITS: self.env._("Same last digits"),
            numbers.Reason.COMPANY: self.env._("Company's number"),
        }

    # === SEARCHING === #

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
        if reading.kind is numbers.Kind.INTERNAL or reading.certain:
            return whole
        # A part of a number: stored ones have no trunk or international prefix.
        part = Domain(field, operator, reading.text.lstrip("0") or value)
        return whole | part if reading.kind is numbers.Kind.EXTERNAL else part

    # === WHAT A CLICK DIALS === #

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
        """Return what stands in a field: a text, or those of all other phone numbers.

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
        return list(dict.fromkeys(self._as_dialed(number, pbx) for number in found))

    def _as_dialed(self, number, pbx):
        """Return a number of the index as it is dialed on a telephone system."""
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
