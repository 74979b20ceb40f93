"""The index's rows: made from the records of the models with phone fields.

And late linking: an earlier call gets the contact or lead that was made afterwards.
"""

from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL, frozendict, split_every

from ..engine.number_field import field_numbers
from ..engine.numbers import SUFFIX_LENGTH, suffix

PENDING = "telephony.number"
BATCH_SIZE = 5000
LINK_CRON = "telephony_connector.ir_cron_telephony_number_link"
LINK_BATCH_SIZE = 200
# Calls that belong to nothing yet; the expression that their partial index holds.
_UNLINKED = SQL("res_id IS NULL AND number IS NOT NULL")
_LAST_DIGITS = SQL("right(number, %s)", SQL(str(SUFFIX_LENGTH)))


class _Pending:
    """What a transaction changed and the index has yet to follow.

    ``records``: model → {id: whether the record is new}; ``removed``: model → ids of
    records that are no more; ``relinked``: model → ids of records that got another
    contact; ``partners``: those whose country changed; ``companies``: those whose
    country did.
    """

    def __init__(self):
        self.records = defaultdict(dict)
        self.removed = defaultdict(set)
        self.relinked = defaultdict(set)
        self.partners = set()
        self.companies = set()


class TelephonyNumber(models.Model):
    _inherit = "telephony.number"

    # Records that a change elsewhere (a country) re-indexes at once; more are left to
    # the scheduled action.
    _max_inline = 1000

    # === WHAT CHANGED === #

    @api.model
    def _pending(self):
        """Return the transaction's list of changes, followed at its flush or commit."""
        precommit = self.env.cr.precommit
        if PENDING not in precommit.data:
            precommit.data[PENDING] = _Pending()
            # sudo - telephony.number: the index follows, whoever changed a record
            precommit.add(self.sudo()._follow)
        return precommit.data[PENDING]

    @api.model
    def _process_pending(self):
        """Bring the index in step with what this transaction changed so far."""
        self.env.flush_all()
        if PENDING in self.env.cr.precommit.data:
            self.sudo()._follow()

    @api.model
    def _follow(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if not pending:
            return
        if pending.partners:
            pending.companies.update(self._companies_of(pending.partners))
        if pending.partners or pending.companies:
            self._add_dependents(pending)
        if pending.companies:
            self.env.registry.clear_cache()
        for model, ids in pending.removed.items():
            self._remove(model, ids)
        for model, ids in pending.relinked.items():
            self.env["telephony.call"]._follow_partners(model, list(ids))
        added = []
        for model, records in pending.records.items():
            for is_new in (True, False):
                ids = [id_ for id_, new in records.items() if new is is_new]
                added += self._index_all(model, ids, is_new=is_new)[0]
        self._wake_linking(added)

    def _companies_of(self, partner_ids):
        """Return the ids of the companies whose own contact is among the partners."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_company WHERE partner_id = ANY(%s)",
                list(partner_ids),
            )
        )
        return [id_ for (id_,) in rows]

    def _add_dependents(self, pending):
        """Add the records that are read with a partner's or company's country."""
        for name in self._phone_models():
            source = self.env[name]._telephony_source()
            sql = source.dependents(
                pending.partners, pending.companies, self._max_inline + 1
            )
            if sql is None:
                continue
            ids = [id_ for (id_,) in self.env.execute_query(sql)]
            if len(ids) > self._max_inline:
                self.env["telephony.number.source"]._restart(name)
                continue
            for id_ in ids:
                pending.records[name].setdefault(id_, False)

    @api.model
    @tools.ormcache()
    def _phone_models(self):
        """Return the names of all models whose phone fields are indexed, contacts and
        leads first.
        """
        names = self.env.registry.descendants(["telephony.phone.mixin"], "_inherit")
        chosen = self.env["telephony.phone.field"]._get_names()
        found = [
            name
            for name in {*names, *chosen}
            if name in self.env and self.env[name]._telephony_source()
        ]
        first = ["res.partner", "crm.lead"]
        return sorted(
            found, key=lambda name: (name not in first, name != first[0], name)
        )

    @api.model
    @tools.ormcache()
    def _phone_fields(self):
        """Return the fields whose numbers are indexed.

        Rows of others are left of fields that are no more, for the scheduled action.

        :return: model → set of names
        """
        return frozendict(
            {
                name: self.env[name]._telephony_source().fields
                for name in self._phone_models()
            }
        )

    # === ROWS === #

    @api.model
    def _index_all(self, model, ids, **options):
        """Do what :meth:`_index` does for any number of records."""
        added, removed = [], []
        for batch in split_every(BATCH_SIZE, ids, list):
            more, less = self._index(model, batch, **options)
            added += more
            removed += less
        return added, removed

    @api.model
    def _index(self, model, ids, *, is_new=False, dry_run=False):
        """Make the index's rows for some records what they should be.

        Takes four statements at most, however many records there are.

        :param bool is_new: the records were never indexed
        :param bool dry_run: only find the differences
        :return: (rows added, rows removed), each row (id of the record, field, number,
            whether its country is certain)
        """
        wanted = self._wanted_rows(model, ids)
        stored = {} if is_new else self._stored_rows(model, ids)
        added = [row for row in wanted if row not in stored]
        removed = [row for row in stored if row not in wanted]
        if dry_run:
            return added, removed
        if removed:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM telephony_number WHERE id = ANY(%s)",
                    [id_ for row in removed for id_ in stored[row]],
                )
            )
        if added:
            self._insert_rows(model, added)
        return added, removed

    def _wanted_rows(self, model, ids):
        source = self.env[model]._telephony_source()
        if not source:
            return {}
        wanted = {}
        for id_, own, fallback, further, *texts in self.env.execute_query(
            source.select(ids)
        ):
            found_in = [*zip(source.phones, texts, strict=True)]
            found_in += [("telephony_phone_ids", text) for text in further]
            for field, text in found_in:
                if text:
                    for found in field_numbers(text, own or fallback or "", bool(own)):
                        wanted[id_, field, found.number, found.certain] = True
        return wanted

    def _stored_rows(self, model, ids):
        stored = defaultdict(list)
        for row_id, *row in self.env.execute_query(
            SQL(
                """SELECT id, res_id, field, number, certain FROM telephony_number
                    WHERE res_model = %s AND res_id = ANY(%s)""",
                model,
                list(ids),
            )
        ):
            stored[tuple(row)].append(row_id)
        return stored

    def _insert_rows(self, model, rows):
        ids, fields, numbers, certain = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """INSERT INTO telephony_number
                          (suffix, res_id, certain, number, res_model, field)
                   SELECT suffix, res_id, certain, number, %s, field
                     FROM unnest(%s::int[], %s::int[], %s::bool[], %s::text[],
                                 %s::text[])
                       AS row(suffix, res_id, certain, number, field)""",
                model,
                list(map(suffix, numbers)),
                list(ids),
                list(certain),
                list(numbers),
                list(fields),
            )
        )

    @api.model
    def _mark_removed(self, model, ids):
        """Have the rows of records that are no more removed at the next flush."""
        pending = self._pending()
        pending.removed[model].update(ids)
        for id_ in ids:
            pending.records[model].pop(id_, None)

    @api.model
    def _remove(self, model, ids):
        """Remove all rows of some records."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM telephony_number
                    WHERE res_model = %s AND res_id = ANY(%s)""",
                model,
                list(ids),
            )
        )

    @api.model
    def _orphans(self, model, first, last=None):
        """Return the rows of records that are no more.

        :param int first: least id of a record to look at
        :param int last: greatest, or ``None``
        :return: list of (id of the record, field, number, whether its country is
            certain)
        """
        return self.env.execute_query(
            SQL(
                "SELECT res_id, field, number, certain %s",
                self._orphans_from(model, first, last),
            )
        )

    @api.model
    def _drop_orphans(self, model, first, last=None):
        """Remove the rows of records that are no more, see :meth:`_orphans`."""
        self.env.cr.execute(SQL("DELETE %s", self._orphans_from(model, first, last)))

    def _orphans_from(self, model, first, last):
        return SQL(
            """FROM telephony_number indexed
                WHERE res_model = %s AND res_id BETWEEN %s AND %s
                  AND NOT EXISTS (SELECT FROM %s WHERE id = indexed.res_id)""",
            model,
            first,
            last or 2**31 - 1,
            SQL.identifier(self.env[model]._table),
        )

    # === LATE LINKING === #

    @api.model
    def _wake_linking(self, added=None):
        """Have calls linked after the commit, where new rows may be of any use to one.

        Only reads calls: nothing but the wake-up is written in the saver's transaction.

        :param added: rows as of :meth:`_index`; ``None`` for any
        """
        if added is not None:
            # As in the calls' numbers, where the last eight signs may hold the "+".
            ends = {number[-SUFFIX_LENGTH:] for _id, _field, number, _sure in added}
            if not ends or not self._has_unlinked_call(ends):
                return
        if cron := self.env.ref(LINK_CRON, raise_if_not_found=False):
            cron._trigger()

    def _has_unlinked_call(self, ends):
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT 1 FROM telephony_call WHERE %s AND %s = ANY(%s) LIMIT 1",
                    _UNLINKED,
                    _LAST_DIGITS,
                    list(ends),
                )
            )
        )

    @api.model
    def _cron_link_calls(self):
        """Link the calls that belong to nothing to the record that has their number.

        Called by the scheduled action, which indexing wakes up.
        """
        cron = self.env["ir.cron"]
        last_id = 0
        while ids := self._linkable_call_ids(last_id):
            last_id = ids[-1]
            self.env["telephony.call"].browse(ids)._link_calls()
            remaining = len(self._linkable_call_ids(last_id))
            if not cron._commit_progress(len(ids), remaining=remaining):
                return

    def _linkable_call_ids(self, after):
        """Return ids of calls without an object whose last digits are in the index."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM telephony_call
                    WHERE %s AND number ~ '^[+]?[0-9]+$' AND id > %s
                      AND EXISTS (
                          SELECT FROM telephony_number
                           WHERE suffix = ltrim(%s, '+')::int)
                    ORDER BY id LIMIT %s""",
                _UNLINKED,
                after,
                _LAST_DIGITS,
                LINK_BATCH_SIZE,
            )
        )
        return [id_ for (id_,) in rows]
