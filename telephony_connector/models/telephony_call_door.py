"""The door: every source of calls ends in ``telephony.call._apply``."""

from odoo import api, fields, models
from odoo.tools import SQL, clean_context

from ..engine import parts
from ..engine.call import State
from ..engine.pbx_text import plain_text

# Keys of a change that are stored under the same name, as they come.
PLAIN_KEYS = (
    "direction",
    "state",
    "outcome",
    "caller_name",
    "withheld",
    "dialed_number",
    "queue",
    "queue_date",
    "diverted_from",
    "voicemail",
    "incomplete",
    "start_date",
    "answer_date",
    "end_date",
    "hangup_cause",
)
# Texts by which the door finds what a change is about.
ID_KEYS = ("uniqueid", "number", "extension")
# What the other party is known by: it does not change in the course of a call.
IDENTITY_KEYS = (
    "direction",
    "caller_name",
    "withheld",
    "dialed_number",
    "queue",
    "diverted_from",
)
LEG_KEYS = (
    "channel",
    "number",
    "state",
    "outcome",
    "start_date",
    "answer_date",
    "end_date",
    "hangup_cause",
    "transferred_to",
    "on_hold",
    "answered_unseen",
)
# Texts that come from a telephone network are cut to what a person can read.
MAX_TEXT = 128


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _apply(self, changes):
        """Take what sources know of calls into the log, and tell whom it concerns.

        Applying the same change again, late or out of order does no harm: a source that
        sends whole calls numbers its changes (``term``, ``revision``), and an older one
        is skipped; a change without these is partial: an absent or empty key erases
        nothing, the state only moves forward, and in whatever order the parts of a call
        come, the log says the same in the end.

        Two writers of one row meet as a serialization failure or a unique violation,
        which the caller answers by trying the transaction again.

        :param list changes: dicts as of ``engine.call.Call.changes``, each with
            ``pbx_id`` (database id) and, for whole calls, ``term``; ``user_ids``
            where a source knows users of its own; ``is_listed`` for a partial change
            whose dates stand only where nobody told others
        :return: the calls that changed, as superuser
        :rtype: recordset of `telephony.call`
        """
        # sudo - telephony.call: the log is written by the system for everyone, so
        # defaults that a user's context sets must not reach it.
        calls = self.sudo().with_context(
            clean_context(self.env.context), tracking_disable=True
        )
        changes = [_plain(change) for change in changes]
        changed = calls.browse()
        known = calls._door_find(changes)
        extensions = calls._door_extensions(changes)
        for change in sorted(changes, key=lambda c: (c["pbx_id"], c["uniqueid"])):
            key = change["pbx_id"], change["uniqueid"]
            call = known.get(key, calls.browse())
            values = call._door_values(change, extensions)
            if values is None or (call and not values):
                continue
            if call:
                call.write(values)
            else:
                call = known[key] = calls.create({**values, "uniqueid": key[1]})
            if "term" not in change:
                call._door_settle()
            changed |= call
        changed._door_after()
        return changed

    def _door_find(self, changes):
        """Return the locked rows of the calls named: (PBX id, unique id) → call."""
        found = self.search(
            [
                ("pbx_id", "in", list({change["pbx_id"] for change in changes})),
                ("uniqueid", "in", list({change["uniqueid"] for change in changes})),
            ],
            order="id",
        )
        found._door_lock()
        return {(call.pbx_id.id, call.uniqueid): call for call in found}

    def _door_lock(self):
        """Lock rows against other writers, and wait for them.

        Not ``lock_for_update``: that refuses at once, even where another transaction
        merely opens the call's page, whose row refers to it.
        """
        if self:
            self.env.execute_query(
                SQL(
                    """SELECT id FROM telephony_call WHERE id IN %s
                        ORDER BY id FOR NO KEY UPDATE""",
                    tuple(self.ids),
                )
            )

    @api.model
    def _door_extensions(self, changes):
        """Return the extensions that the changes name: (PBX id, number) → extension."""
        numbers = {
            number
            for change in changes
            for number in (
                change.get("extension"),
                *(leg.get("extension") for leg in change.get("legs", ())),
            )
            if number
        }
        extensions = self.env["telephony.extension"].search(
            [
                ("pbx_id", "in", list({change["pbx_id"] for change in changes})),
                ("number", "in", list(numbers)),
            ]
        )
        return {(ext.pbx_id.id, ext.number): ext for ext in extensions}

    # === WHAT A CHANGE SAYS === #

    def _door_values(self, change, extensions):
        """Return the values to write for a change, ``None`` where it is old news.

        :param dict change: see ``_apply``
        :param dict extensions: see ``_door_extensions``
        """
        is_whole = "term" in change
        if is_whole:
            revision = change["term"], change["revision"]
            if self and revision <= (self.source_term, self.source_revision):
                return None
            values = {"source_term": revision[0], "source_revision": revision[1]}
            if self.told:
                values["told"] = False
        else:
            values = {}
        values |= {
            key: _cut(change[key])
            for key in PLAIN_KEYS
            if key in change and (is_whole or change[key] not in (None, "", False))
        }
        if not is_whole:
            values = self._door_merge(values, change)
        elif self and change.get("incomplete"):
            values = self._door_adopt(values)
        if change.get("voicemail_duration"):
            # A listener that begins anew does not know it.
            values["voicemail_duration"] = change["voicemail_duration"]
        if not self:
            values["pbx_id"] = change["pbx_id"]
        self._door_end(values)
        self._door_number(values, change)
        self._door_parties(values, change, extensions)
        if self and not is_whole:
            # What is known already is no news, and nobody is told of it.
            values = {
                key: value
                for key, value in values.items()
                if key in ("leg_ids", "user_ids") or differs(self[key], value)
            }
        return values

    def _door_merge(self, values, change):
        """Join what a partial change says with what is known of the call already."""
        state = values.get("state") or self.state or State.RINGING
        is_late = bool(self) and State(state).rank < State(self.state).rank
        merged = {
            key: value for key, value in values.items() if not is_late or not self[key]
        }
        merged.pop("outcome", None)
        if is_late:
            merged.pop("state", None)
        if not self.source_term and values.get("direction"):
            # Before it is told, a call comes in.
            merged["direction"] = values["direction"]
        if values.get("end_date") and not values.get("incomplete"):
            # The end that nobody had seen is told after all.
            merged["incomplete"] = self.source_term > 0 and self.incomplete
        is_listed = change.get("is_listed")
        facts = parts.read_call(change)
        if is_listed:
            facts = {key: facts[key] for key in facts.keys() & {"outcome"}}
        told = parts.join_call(self.told or self._door_facts(), facts)
        dates = {
            key: self[key] or values.get(key) for key in ("answer_date", "end_date")
        } | parts.derive_dates(told)
        if "start_date" not in dates:
            # Not told yet: at the latest when the first thing happened.
            legs = (change, *change.get("legs", ()))
            moments = [leg.get(key) for leg in legs for key in parts.CALL_FACTS]
            known = list(filter(None, [self.start_date, *moments]))
            dates["start_date"] = min(known, default=fields.Datetime.now())
        return {**merged, **dates, "told": told}

    def _door_facts(self):
        """Return what is known of a call that was not told in parts, as facts."""
        return parts.read_call(
            {key: self[key] for key in (*parts.CALL_FACTS, "outcome")}
        )

    def _door_end(self, values):
        """See to it that a call which is over has an outcome."""

        def now(key):
            return values[key] if key in values else self[key]

        if now("state") != State.ENDED:
            return
        is_whole = values.get("source_term")
        if is_whole and values.get("outcome"):
            return
        values["outcome"] = parts.derive_outcome(
            (values.get("told") or {}).get("outcome"),
            now("answer_date"),
            now("end_date"),
            now("direction"),
            now("incomplete"),
        )

    def _door_adopt(self, values):
        """Keep what the log knows of a call that a new leader found in progress."""
        kept = {
            key: self[key]
            for key in (*IDENTITY_KEYS, "answer_date")
            if key in values and self[key]
        }
        if self.start_date and values.get("start_date"):
            kept["start_date"] = min(self.start_date, values["start_date"])
        return values | kept

    def _door_number(self, values, change):
        """Store the other party's number in the one form that is searched for."""
        text = change.get("number")
        is_adopted = "term" in change and change.get("incomplete")
        if is_adopted and (self.number or self.withheld):
            return  # see _door_adopt
        if not text and ("term" not in change or is_adopted):
            return
        pbx = self.env["telephony.pbx"].browse(change["pbx_id"])
        reading = self.env["telephony.number"]._read(text or "", pbx)
        values["number"] = reading.e164 or _cut(reading.text)
        if reading.kind == "withheld":
            values |= {"number": False, "withheld": True}

    def _door_parties(self, values, change, extensions):
        """Store who of the company handled the call, and every party's leg."""
        pbx_id = change["pbx_id"]
        extension = extensions.get((pbx_id, change.get("extension")))
        if extension or ("term" in change and not change.get("incomplete")):
            values["extension_id"] = extension.id if extension else False
            values["user_id"] = extension.user_id.id if extension else False
        commands, users = [], self.env["res.users"].browse(change.get("user_ids", ()))
        if extension:
            users |= extension.user_id
        known = {leg.uniqueid: leg for leg in self.leg_ids}
        for leg in change.get("legs", ()):
            leg_extension = extensions.get((pbx_id, leg.get("extension")))
            leg_values = {key: _cut(leg[key]) for key in LEG_KEYS if key in leg}
            leg_values["number"] = leg.get("extension") or leg_values.get("number")
            if leg_extension:
                leg_values["extension_id"] = leg_extension.id
                leg_values["user_id"] = leg_extension.user_id.id
                users |= leg_extension.user_id
            command = self._door_leg(
                known.get(leg["uniqueid"]), leg, leg_values, "term" in change
            )
            if command:
                commands.append(command)
        if commands:
            values["leg_ids"] = commands
        new_users = users - self.user_ids
        if new_users:
            values["user_ids"] = [(4, user.id) for user in new_users]

    def _door_leg(self, known, leg, values, is_whole):
        """Return the command that brings one leg up to date, if it needs one."""
        if not is_whole:
            values = (known or self.leg_ids.browse())._join_part(values, leg)
        if not known:
            return (0, 0, {**values, "uniqueid": leg["uniqueid"]})
        state = State(values.get("state", known.state))
        if state.rank < State(known.state).rank:
            return None
        different = {
            key: value for key, value in values.items() if differs(known[key], value)
        }
        return (1, known.id, different) if different else None

    # === WHAT FOLLOWS === #

    def _door_after(self):
        """Everything that follows a change: whose call it is, and who is told."""
        self._link_object()
        self._update_messages()
        called_back = self._note_called_back()
        self._tell_owners()
        self._notify_watchers()
        (self | called_back)._tell_users()

    def _notify_watchers(self):
        """Tell who watches the telephone systems that these calls changed.

        The listener does so itself, for many calls at once.
        """
        if not self.env.context.get("telephony_notify_later"):
            for pbx, calls in self.grouped("pbx_id").items():
                pbx._notify_watchers(calls=calls.ids)

    def _note_called_back(self):
        """Tick off the missed calls whose caller was talked to meanwhile.

        :return: the calls that were ticked off
        """
        talked_to = self.filtered(
            lambda call: (
                call.answer_date and call.number and call.direction != "internal"
            )
        )
        if not talked_to:
            return self.browse()
        missed = self.search(
            [
                ("number", "in", talked_to.mapped("number")),
                ("is_missed", "=", True),
                ("is_called_back", "=", False),
                ("company_id", "in", talked_to.company_id.ids),
            ]
        )
        # A talk that is reported late was no answer to what came after it.
        missed = missed.filtered(
            lambda call: any(
                talk.number == call.number
                and talk.company_id == call.company_id
                and (not talk.end_date or talk.end_date >= call.start_date)
                for talk in talked_to
            )
        )
        missed.is_called_back = True
        return missed


def differs(stored, value):
    """Say whether ``value`` would change a field that holds ``stored``."""
    if isinstance(stored, models.BaseModel):
        stored = stored.id
    return (stored or False) != (value or False)


def _plain(change):
    """Return a change with the door's own texts as `plain_text` leaves them.

    The ids, too: what is searched for must be what was stored.
    """
    plain = {
        key: plain_text(change[key])
        for key in (*PLAIN_KEYS, *ID_KEYS)
        if isinstance(change.get(key), str)
    }
    if "legs" in change:
        plain["legs"] = [
            {
                key: plain_text(value) if isinstance(value, str) else value
                for key, value in leg.items()
            }
            for leg in change["legs"]
        ]
    return {**change, **plain}


def _cut(value):
    """Cut a text of the network; leave every other value alone."""
    if isinstance(value, str):
        return value[:MAX_TEXT].strip() or False
    return value
