"""What keeps a model's telephone numbers in the index."""

from odoo import api, models, tools

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .telephony_phone_source import PhoneSource


class TelephonyPhoneMixin(models.AbstractModel):
    """A model whose phone fields are indexed, so that its records are found by number.

    Every model on ``mail.thread.phone`` is one. Another joins by inheriting this, and
    names its fields with ``_phone_get_number_fields`` where they are not "phone" and
    "mobile".

    ``_create`` and ``_write_multi`` are where every value reaches the database, those
    that the ORM recomputes as well, which never pass through ``write``.
    """

    _name = "telephony.phone.mixin"
    _description = "Model with Indexed Phone Numbers"

    def init(self):
        result = super().init()
        if self._telephony_source():
            self.pool.post_init(
                self.env["telephony.number.source"]._register_model, self._name
            )
        return result

    # === WHAT A MODEL MAY OVERRIDE === #

    @api.model
    def _telephony_number_fields(self):
        """Return the names of the phone fields; only those stored as text count."""
        return self._phone_get_number_fields()

    @api.model
    def _telephony_partner_fields(self):
        """Return the names of the many2one fields whose partners' country is used
        where the record has none of its own.
        """
        return self._mail_get_partner_fields()

    @api.model
    def _telephony_match_fields(self):
        """Return the names of the stored fields that a match is ranked and named by.

        All that is read of the records found, so that it is read in one query.
        """
        return ["active"] if "active" in self._fields else []

    def _telephony_rank(self):
        """Return the place among records with the same number, the least comes first.

        :rtype: tuple[bool, int, int, bool, int]
        """
        self.ensure_one()
        return self._telephony_is_archived(), 2, 0, False, self.id

    def _telephony_is_archived(self):
        return "active" in self._fields and not self.active

    # === CRUD METHODS === #

    @api.model
    @tools.ormcache()
    def _telephony_source(self):
        """Return the model's :class:`PhoneSource`, or ``None``."""
        return PhoneSource.of(self)

    def _create(self, data_list):
        records = super()._create(data_list)
        source = self._telephony_source()
        if source and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            new = {
                record.id: True
                for record, data in zip(records, data_list, strict=True)
                if any(data["stored"].get(name) for name in source.phones)
            }
            if new:
                self.env["telephony.number"]._pending().records[self._name].update(new)
        return records

    def _write_multi(self, vals_list):
        result = super()._write_multi(vals_list)
        source = self._telephony_source()
        if source and not self.env.context.get(MODULE_UNINSTALL_FLAG):
            changed = {
                id_: vals
                for id_, vals in zip(self._ids, vals_list, strict=True)
                if not source.columns.isdisjoint(vals)
            }
            if changed:
                self._telephony_note_changed(changed)
        return result

    def _telephony_is_empty(self, vals):
        """Say whether the record is known to have, and to have had, no number.

        Asks the cache alone: whatever is not known there has to be looked up. A new
        record is known there as a whole.

        :param dict vals: what is written to it
        """
        names = [*self._telephony_source().phones]
        if "telephony_phone_ids" in self._fields:
            names.append("telephony_phone_ids")
        return all(
            name not in vals and not self._cache.get(name, True) for name in names
        )

    @api.model
    def _telephony_note_changed(self, changed):
        """Have the index follow the change of some records at the next flush.

        :param dict changed: id → the values written to it
        """
        records = self.env["telephony.number"]._pending().records[self._name]
        for id_, vals in changed.items():
            if not self.browse(id_)._telephony_is_empty(vals):
                records.setdefault(id_, False)

    def unlink(self):
        ids = []
        if self._telephony_source():
            ids = [record.id for record in self if not record._telephony_is_empty({})]
        result = super().unlink()
        if ids:
            self.env["telephony.number"]._note_removed(self._name, ids)
        return result
