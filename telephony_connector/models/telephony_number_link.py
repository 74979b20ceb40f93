"""Late linking: an earlier call gets the contact or lead that was made afterwards."""

from odoo import api, models
from odoo.tools import SQL

from ..engine.numbers import SUFFIX_LENGTH

CRON = "telephony_connector.ir_cron_telephony_number_link"
BATCH_SIZE = 200

# Calls that belong to nothing yet; the expression that their partial index holds.
_UNLINKED = SQL("res_id IS NULL AND number IS NOT NULL")
_LAST_DIGITS = SQL("right(number, %s)", SQL(str(SUFFIX_LENGTH)))


class TelephonyNumber(models.Model):
    _inherit = "telephony.number"

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
        if cron := self.env.ref(CRON, raise_if_not_found=False):
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
                BATCH_SIZE,
            )
        )
        return [id_ for (id_,) in rows]
