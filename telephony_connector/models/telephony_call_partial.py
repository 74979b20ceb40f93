"""Calls of telephone systems that tell of them in parts: by webhook or by the API.

Their events come several at a time, twice and in any order. What a part says is merged
by the door; here a call is brought in line with itself after each part.
"""

from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from ..engine import parts
from ..engine.call import State
from .telephony_call_door import differs

# How long after a click an outgoing call that the telephone system tells of may be the
# one that was clicked.
CLAIM_WITHIN = timedelta(minutes=2)
# By how much the telephone system's clock may be behind ours.
CLOCK_SKEW = timedelta(minutes=1)
# After this long without a word a call is over, whatever became of its last event.
LOST_RINGING = timedelta(minutes=15)
LOST_TALKING = timedelta(hours=12)

# What a list may add to a call that events told of to the end.
LISTED_LATER = frozenset(
    ("pbx_id", "uniqueid", "voicemail", "voicemail_duration", "recording_url")
)


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
    def _apply_listed(self, pbx, changes):
        """Take a telephone system's own list of ended calls into the log.

        Events tell more than the list does, and keep the last word on times.

        :param pbx: the `telephony.pbx` whose list it is
        :param list changes: partial changes without ``pbx_id``, with ``recording_url``
            where there is one
        """
        changes = [{**change, "pbx_id": pbx.id} for change in changes]
        known = self.sudo()._door_find(changes)
        for change in changes:
            call = known.get((pbx.id, change["uniqueid"]))
            if call and call.state == "ended" and not call.incomplete:
                if call.voicemail:
                    change |= {"voicemail": None, "voicemail_duration": None}
                for name in change.keys() - LISTED_LATER:
                    del change[name]
            else:
                change["is_listed"] = True
        self._apply_parts(changes)

    @api.model
    def _claim_dialled(self, changes):
        """Give calls that were dialled by a click the id that their system knows.

        The row of a click-to-call exists before its telephone system has a name for it.
        The first event of the call finds the row: by the id that the system answered
        the click with, else by the extension and the number that was dialled. Where an
        event that tells less came first, the call has two rows, which become one.
        """
        # sudo - telephony.call: the log is written by the system for everyone
        calls_sudo = self.sudo()
        for change in changes:
            key = change["pbx_id"], change["uniqueid"]
            known = calls_sudo._door_find([change]).get(key, calls_sudo.browse())
            if known._is_dialled():
                continue
            dialled = calls_sudo._find_dialled(change, known)
            # The click came before anything that the telephone system told of it.
            if not dialled or (known and known.id < dialled.id):
                continue
            dialled._door_lock()
            if known:
                dialled._absorb(known)
            dialled.uniqueid = change["uniqueid"]

    def _is_dialled(self):
        """Say whether a click began the call, or the listener knows it."""
        # sudo - telephony.command: whether there is one
        commands_sudo = self.env["telephony.command"].sudo()
        return bool(self) and bool(
            self.source_term
            or commands_sudo.search_count([("call_id", "in", self.ids)], limit=1)
        )

    def _absorb(self, other):
        """Take what another row of the same call knows, and delete that.

        :param other: the `telephony.call` that the telephone system's events made
        """
        taken = {
            name: other[name]
            for name, field in self._fields.items()
            if field.store
            and not (field.compute or field.related or field.type.endswith("2many"))
            and name not in models.MAGIC_COLUMNS
            and name not in ("uniqueid", "state", "outcome", "told")
            and other[name]
            and not self[name]
        }
        known, told = (call.told or call._door_facts() for call in (self, other))
        taken["told"] = parts.join_call(known, told)
        taken["state"] = max((self, other), key=lambda call: State(call.state).rank)[
            "state"
        ]
        taken["user_ids"] = [(4, user.id) for user in other.user_ids]
        self._door_end(taken)
        other.leg_ids.call_id = self
        other.unlink()
        self.write(taken)

    @api.model
    def _find_dialled(self, change, known):
        """Return the click-to-call that an event tells of, if there is.

        :param known: the row that earlier events made, if they did
        """
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
        if change.get("direction") != "outbound":
            return self.browse()
        reading = self.env["telephony.number"]._read(change.get("number") or "", pbx)
        extensions = {leg["extension"] for leg in change.get("legs", ())}
        extensions |= set(known.leg_ids.extension_id.mapped("number"))
        moment = (
            change.get("start_date")
            or known.start_date
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
        """
        for call in self:
            call.leg_ids._settle(call)
            values = {}
            legs = call.leg_ids.filtered("extension_id")
            if legs:
                answered = legs.filtered("answer_date").sorted(
                    lambda leg: (leg._get_last_answer(), leg.uniqueid)
                )
                extensions = answered[-1:].extension_id or legs.extension_id
                handler = extensions if len(extensions) == 1 else extensions.browse()
                values = {"extension_id": handler.id, "user_id": handler.user_id.id}
            news = {
                key: value for key, value in values.items() if differs(call[key], value)
            }
            if news:
                call.write(news)

    def _filtered_listened(self):
        """Return the calls that a listener knows of, which tells of their end.

        Those that the API told of are none, whatever their telephone system is; nor are
        those of a telephone system that nobody listens to any more.
        """
        commands = self.env["telephony.command"].search([("call_id", "in", self.ids)])
        listened = self.pbx_id.filtered(lambda pbx: pbx._is_listened())
        return self.filtered(
            lambda call: (
                call.pbx_id in listened
                and (call.source_term or call in commands.call_id)
            )
        )

    @api.model
    def _cron_end_lost(self):
        """End calls whose end nobody will tell: none rings for ever."""
        now = fields.Datetime.now()
        lost = self.search(
            [
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
                for call in lost - lost._filtered_listened()
            ]
        )
