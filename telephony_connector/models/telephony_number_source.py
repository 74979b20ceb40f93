"""Building the index of what is there already, and mending it."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.number_field import VERSION
from .telephony_number_index import BATCH_SIZE

_logger = logging.getLogger(__name__)

CRON = "telephony_connector.ir_cron_telephony_number_index"
# Records written while the index was built are looked at again, from this long before
# it began: a transaction may have been open since then.
FINISH_MINUTES = 60
# What the nightly check looks at: records written since the night before last.
RECENT_HOURS = 48


class TelephonyNumberSource(models.Model):
    """How far the index of one model is built.

    ``last_id`` is the last record that was indexed. ``phones`` names the fields that
    were, and ``version`` the rules that they were read by: where a module adds a field,
    or an upgrade brings other rules, the model is indexed anew.
    """

    _name = "telephony.number.source"
    _description = "Indexed Model"
    _log_access = False
    _rec_name = "res_model"
    _order = "id"

    res_model = fields.Char(string="Model", required=True)
    phones = fields.Char()
    version = fields.Integer()
    last_id = fields.Integer(default=0, required=True)
    start_date = fields.Datetime(help="When building began.")
    is_done = fields.Boolean()

    _res_model_uniq = models.UniqueIndex("(res_model)")

    # === STATE === #

    @api.model
    def _register_model(self, name):
        """Schedule the building of a model's index, if that was not done already."""
        source = self.env[name]._telephony_source()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO telephony_number_source AS known
                          (res_model, phones, version, last_id, is_done)
                   VALUES (%s, %s, %s, 0, FALSE)
                       ON CONFLICT (res_model) DO UPDATE
                      SET phones = EXCLUDED.phones, version = EXCLUDED.version,
                          last_id = 0, is_done = FALSE
                    WHERE (known.phones, known.version)
                          IS DISTINCT FROM (EXCLUDED.phones, EXCLUDED.version)
                RETURNING id""",
                name,
                source.phones_text,
                VERSION,
            )
        )
        if rows:
            self.invalidate_model()
            self._wake_building()

    @api.model
    def _sync(self):
        """Have the index follow which models and fields there are now.

        What is no more is found no longer at once; its rows go with the next run of the
        scheduled action.
        """
        known = {
            name: (phones, version, is_done)
            for name, phones, version, is_done in self.env.execute_query(
                SQL(
                    "SELECT res_model, phones, version, is_done"
                    " FROM telephony_number_source"
                )
            )
        }
        names = self.env["telephony.number"]._phone_models()
        for name in names:
            phones = self.env[name]._telephony_source().phones_text
            if known.get(name, ())[:2] != (phones, VERSION):
                self._register_model(name)
        gone = [name for name in known.keys() - set(names) if known[name][2]]
        for name in gone:
            self._restart(name)

    @api.model
    def _restart(self, name=None):
        """Have the scheduled action index a model, or all, once more from the start.

        What is indexed stays usable meanwhile.
        """
        sources = self.search([("res_model", "=", name)] if name else [])
        sources.write({"last_id": 0, "is_done": False, "start_date": False})
        self._wake_building()

    @api.model
    def _wake_building(self):
        # Whether the index is complete is cached.
        self.env.registry.clear_cache()
        # The action itself is loaded after the tables when the module is installed,
        # and is due at once then.
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron._trigger()

    @api.model
    def _count_records(self):
        """Return (records indexed, records in all), of the models under way.

        Counted by ids, as a progress bar needs them; without reading the tables.
        """
        done = total = 0
        for source in self._living():
            last = source._last_record_id()
            total += last
            done += last if source.is_done else min(source.last_id, last)
        return done, total

    @api.model
    def _living(self):
        """Return the sources of the models that there are."""
        names = self.env["telephony.number"]._phone_models()
        return self.search([("res_model", "in", names)])

    def _last_record_id(self):
        table = SQL.identifier(self.env[self.res_model]._table)
        return self.env.execute_query(SQL("SELECT max(id) FROM %s", table))[0][0] or 0

    # === BUILDING === #

    @api.model
    def _cron_build(self):
        """Index what is due in batches that commit; nothing due: check what is recent.

        Called by the scheduled action, which is run again at once where time runs out.
        """
        # A module with such a field may have been removed.
        self._sync()
        cron = self.env["ir.cron"]
        while source := self.search([("is_done", "=", False)], limit=1):
            count = source._build_batch()
            done, total = self._count_records()
            waiting = self.search_count([("is_done", "=", False)])
            if not cron._commit_progress(count, remaining=total - done + waiting):
                return
        self._check_recent(RECENT_HOURS * 60)

    def _build_batch(self):
        """Index the next records of the model.

        :return: how many were read
        """
        self.ensure_one()
        if self.res_model not in self.env["telephony.number"]._phone_models():
            self._remove()
            return 0
        if not self.last_id:
            self.start_date = fields.Datetime.now()
        ids = self._next_ids(self.last_id)
        numbers = self.env["telephony.number"]
        if ids:
            numbers._index(self.res_model, ids)
            numbers._drop_orphans(self.res_model, self.last_id + 1, ids[-1])
            self.last_id = ids[-1]
        else:
            numbers._drop_orphans(self.res_model, self.last_id + 1)
            self._finish()
        return len(ids)

    def _next_ids(self, after):
        table = SQL.identifier(self.env[self.res_model]._table)
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id > %s ORDER BY id LIMIT %s",
                table,
                after,
                BATCH_SIZE,
            )
        )
        return [id_ for (id_,) in rows]

    def _finish(self):
        """End the building: follow what was written while it ran."""
        self.is_done = True
        self.env.registry.clear_cache()
        minutes = (fields.Datetime.now() - self.start_date).total_seconds() / 60
        added, removed = self._check_recent(minutes + FINISH_MINUTES)
        _logger.info(
            "Phone numbers of %s indexed (%s rows added and %s removed at the end)",
            self.res_model,
            added,
            removed,
        )
        self.env["telephony.number"]._wake_linking()

    def _remove(self):
        """Drop what is left of a model that is no more, or has no phone field now."""
        self.env.cr.execute(
            SQL("DELETE FROM telephony_number WHERE res_model = %s", self.res_model)
        )
        self.unlink()
        self.env.registry.clear_cache()

    # === CHECKING === #

    @api.model
    def _check_recent(self, minutes):
        """Mend the rows of records written within so many minutes.

        :return: numbers of rows added and removed
        """
        added = removed = 0
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=minutes)
        for source in self._living().filtered("is_done"):
            model = self.env[source.res_model]
            if not model._log_access:
                continue
            ids = self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE write_date >= %s",
                    SQL.identifier(model._table),
                    since,
                )
            )
            found = self.env["telephony.number"]._index_all(
                source.res_model, [id_ for (id_,) in ids]
            )
            added += len(found[0])
            removed += len(found[1])
        return added, removed

    @api.model
    def _check_all(self, mend=False):
        """Compare the index with all records, batch by batch.

        :param bool mend: also make the index right
        :return: yields (model, records looked at, rows missing, rows too many), each
            row (id of the record, field, number, whether its country is certain)
        """
        numbers = self.env["telephony.number"]
        for source in self._living():
            last_id = 0
            while ids := source._next_ids(last_id):
                missing, extra = numbers._index(source.res_model, ids, dry_run=not mend)
                extra += numbers._orphans(source.res_model, last_id + 1, ids[-1])
                if mend:
                    numbers._drop_orphans(source.res_model, last_id + 1, ids[-1])
                    # Batch by batch, so that nobody waits for the whole.
                    self.env["ir.cron"]._commit_progress()
                last_id = ids[-1]
                yield source.res_model, len(ids), missing, extra
            extra = numbers._orphans(source.res_model, last_id + 1)
            if mend:
                numbers._drop_orphans(source.res_model, last_id + 1)
            yield source.res_model, 0, [], extra
