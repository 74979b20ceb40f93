"""Calls of telephone systems that tell of them in parts: by webhook or by the API.

Their events come several at a time, twice and in any order. What a part says is merged
by the door; here a call is brought in line with itself after each part.
"""

from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from .telephony_call_door import differs

# How long after a click an outgoing call that the telephone system tells of may be the
# one that was clicked.
CLAIM_WITHIN = timedelta(minutes=2)
# By how much the telephone system's clock may be behind ours.
CLOCK_SKEW = timedelta(minutes=1)
# After this long without a word a call is over, whatever became of its last event.
LOST_RINGING = timedelta(minutes=15)
LOST_TALKING = timedelta(hours=12)


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _apply_parts(self, changes):
        """Pass partial changes of a request through the door.

        :param list changes: see ``_apply``
        :return: the calls that changed, as superuser
        :raise ConcurrencyError: another request created the same call at this moment;
            the request is tried again then
        """
        try:
            self._claim_dialled(changes)
            calls = self._apply(changes)
            calls.flush_recordset()
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("the call was created meanwhile") from error
        return calls

    @api.model
    def _claim_dialled(self, changes):
        """Give calls that were dialled by a click the id that their system knows.

        The row of a click-to-call exists before its telephone system has a name for it.
        The first event of the call finds the row: by the id that the system answered
        the click with, else by the extension and the number that was dialled.
        """
        # sudo - telephony.call: the log is written by the system for everyone
        calls_sudo = self.sudo()
        for change in changes:
            if change.get("direction") != "outbound":
                continue
            if calls_sudo._door_find([change]):
                continue
            dialled = calls_sudo._find_dialled(change)
            if dialled:
                dialled._door_lock()
                dialled.uniqueid = change["uniqueid"]

    @api.model
    def _find_dialled(self, change):
        """Return the click-to-call that an event is the first one of, if there is."""
        pbx = self.env["telephony.pbx"].browse(change["pbx_id"])
        open_calls = [("pbx_id", "=", pbx.id), ("uniqueid", "=like", "odoo-%")]
        answered = self.env["telephony.command"].search(
            [
                ("pbx_id", "=", pbx.id),
                ("action", "=", "dial"),
                ("answer", "=", change["uniqueid"]),
                ("call_id", "any", open_calls),
            ],
            limit=1,
        )
        if answered:
            return answered.call_id
        reading = self.env["telephony.number"]._read(change.get("number") or "", pbx)
        extensions = {leg["extension"] for leg in change.get("legs", ())}
        moment = (
            change.get("start_date")
            or change.get("answer_date")
            or fields.Datetime.now()
        )
        return self.search(
            [
                *open_calls,
                ("number", "=", reading.e164 or reading.text),
                "|",
                ("state", "!=", "ended"),
                ("incomplete", "=", True),
                ("start_date", ">=", moment - CLAIM_WITHIN),
                ("start_date", "<=", moment + CLOCK_SKEW),
                *([("extension_id.number", "in", extensions)] if extensions else []),
            ],
            order="id",
            limit=1,
        )

    def _door_settle(self):
        """Bring a call that is told in parts in line with itself.

        Who handled it: the extension that answered last, else the only one that rang.
        What became of it, where no part said so, and what a late part shows otherwise.
        """
        for call in self:
            values = call._settle_outcome()
            legs = call.leg_ids.filtered("extension_id")
            if legs:
                answered = legs.filtered("answer_date").sorted("answer_date")
                extensions = answered[-1:].extension_id or legs.extension_id
                handler = extensions if len(extensions) == 1 else extensions.browse()
                values |= {"extension_id": handler.id, "user_id": handler.user_id.id}
            if call.state == "ended":
                for leg in call.leg_ids.filtered(lambda leg: leg.state != "ended"):
                    outcome = "answered" if leg.answer_date else "cancelled"
                    leg.write(
                        {
                            "state": "ended",
                            "outcome": outcome,
                            "end_date": call.end_date,
                        }
                    )
            news = {
                key: value for key, value in values.items() if differs(call[key], value)
            }
            if news:
                call.write(news)

    def _settle_outcome(self):
        self.ensure_one()
        if self.state != "ended":
            return {}
        if self.answer_date and self.outcome in (False, "missed", "cancelled"):
            return {"outcome": "answered"}
        if not self.outcome and not self.incomplete:
            inbound = self.direction == "inbound"
            return {"outcome": "missed" if inbound else "cancelled"}
        return {}

    @api.model
    def _cron_end_lost(self):
        """End calls told in parts whose end nobody told: none rings for ever."""
        now = fields.Datetime.now()
        lost = self.search(
            [
                ("source_term", "=", 0),
                "|",
                "&",
                ("state", "=", "ringing"),
                ("start_date", "<", now - LOST_RINGING),
                "&",
                ("state", "=", "ongoing"),
                ("answer_date", "<", now - LOST_TALKING),
            ]
        )
        self._apply(
            [
                {
                    "pbx_id": call.pbx_id.id,
                    "uniqueid": call.uniqueid,
                    "state": "ended",
                    "incomplete": True,
                }
                for call in lost
                if not call.pbx_id._get_provider().has_listener
            ]
        )
