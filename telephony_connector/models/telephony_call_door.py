"""The door: every source of calls ends in ``telephony.call._apply``.

First its steps, then what a call belongs to, the sources that report calls in parts,
and who is notified. What a change makes of a call by itself is in
``engine/merging.py``.
"""

from datetime import timedelta

import psycopg2

from odoo import Command, api, fields, models, tools
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, clean_context

from ..engine import merging, parts
from ..engine.call import State
from ..tools.groups import USER
from ..tools.stored import read_stored
from .telephony_number import Matches

# How long after a click an outgoing call that the telephone system reports may be the
# one that was clicked.
CLAIM_WITHIN = timedelta(minutes=2)
# By how much the telephone system's clock may be behind ours.
CLOCK_SKEW = timedelta(minutes=1)
# After this long without a word a call is over, whatever became of its last event.
LOST_RINGING = timedelta(minutes=15)
LOST_TALKING = timedelta(hours=12)
# What a list may add to a call that events reported to the end.
LISTED_LATER = frozenset(
    ("pbx_id", "uniqueid", "voicemail", "voicemail_duration", "recording_url")
)
# Commands, which say by themselves what is new in them.
LINKS = ("leg_ids", "user_ids")


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    @api.model
    def _apply(self, changes):
        """Take what sources know of calls into the log, and notify whom it concerns.

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
            whose dates stand only where nobody reported others
        :return: the calls that changed, as superuser
        :rtype: recordset of `telephony.call`
        """
        # sudo - telephony.call: the log is written by the system for everyone, so
        # defaults that a user's context sets must not reach it.
        calls = self.sudo().with_context(
            clean_context(self.env.context), tracking_disable=True
        )
        changes = [merging.clean_change(change) for change in changes]
        changes = calls._add_extensions(changes)
        known = calls._find_calls(changes)
        changed, parked = calls.browse(), calls.browse()
        for change in sorted(changes, key=lambda c: (c["pbx_id"], c["uniqueid"])):
            key = change["pbx_id"], change["uniqueid"]
            call = known.get(key, calls.browse())
            values = call._prepare_call_values(change)
            if values is None or (call and not values):
                continue
            before = call.parking_space
            if call:
                call.write(values)
            else:
                call = known[key] = calls.create({**values, "uniqueid": key[1]})
            if not merging.is_whole(change):
                call._align_parts()
            changed |= call
            if call.parking_space != before:
                parked |= call
        changed._link_calls()
        changed._process_changes()
        changed._notify_changes()
        if parked:
            self._notify_parking()
        return changed

    # === THE STEPS === #

    @api.model
    def _add_extensions(self, changes):
        """Return the changes with the extensions that they name.

        :return: each change with ``extensions``: number → `telephony.extension`
        :rtype: list[dict]
        """
        numbers = set().union(*map(merging.get_extensions, changes))
        extensions = self.env["telephony.extension"].search(
            [
                ("pbx_id", "in", list({change["pbx_id"] for change in changes})),
                ("number", "in", list(numbers)),
            ]
        )
        found = {}
        for extension in extensions:
            found.setdefault(extension.pbx_id.id, {})[extension.number] = extension
        return [
            {**change, "extensions": found.get(change["pbx_id"], {})}
            for change in changes
        ]

    def _find_calls(self, changes):
        """Return the calls that changes name, locked: (PBX id, unique id) → call."""
        found = self.search(
            [
                ("pbx_id", "in", list({change["pbx_id"] for change in changes})),
                ("uniqueid", "in", list({change["uniqueid"] for change in changes})),
            ],
            order="id",
        )
        found._lock()
        return {(call.pbx_id.id, call.uniqueid): call for call in found}

    def _lock(self):
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

    def _prepare_call_values(self, change):
        """Return the values to write for a change of one call, ``None`` to skip it.

        ``self`` is the locked call as superuser, empty where it is new. For an addon to
        store what a source says under its own keys, override; pass ``None`` on.

        :param dict change: see ``_apply`` and ``_add_extensions``
        :rtype: dict | None
        """
        if self.is_anonymized:
            # An old change must not bring back what was taken out.
            return None
        known = read_stored(self, merging.KNOWN_KEYS) if self else {}
        if merging.is_outdated(known, change):
            return None
        values = merging.read_values(change)
        if merging.is_whole(change):
            values = merging.replace_call(known, values, change)
        else:
            now = fields.Datetime.now()
            values = merging.merge_call(known, values, change, now)
        if change.get("voicemail_duration"):
            # A listener that begins anew does not know it.
            values["voicemail_duration"] = change["voicemail_duration"]
        if not self:
            values["pbx_id"] = change["pbx_id"]
        values = merging.fill_outcome(known, values)
        if values.get("state") == "ended":
            values["is_timeline_due"] = True
        values |= self._prepare_number(change) | self._prepare_parties(change)
        if self and not merging.is_whole(change):
            # What is known already is no change, and nobody is notified.
            links = {key: values.pop(key) for key in LINKS if key in values}
            values = merging.pick_new(read_stored(self, values), values) | links
        return values

    def _prepare_number(self, change):
        """Return the other party's number in the one form that is searched for."""
        text = change.get("number")
        is_whole = merging.is_whole(change)
        is_adopted = is_whole and change.get("incomplete")
        if is_adopted and (self.number or self.withheld):
            return {}  # see `merging.adopt_call`
        if not text and (not is_whole or is_adopted):
            return {}
        pbx = self.env["telephony.pbx"].browse(change["pbx_id"])
        reading = self.env["telephony.number"]._read(text or "", pbx)
        if reading.kind == "withheld":
            return {"number": False, "withheld": True}
        return {"number": reading.e164 or merging.cut_text(reading.text)}

    def _prepare_parties(self, change):
        """Return who of the company handled the call, and every party's leg."""
        values, extensions = {}, change["extensions"]
        is_whole = merging.is_whole(change)
        extension = extensions.get(change.get("extension"))
        users = self.env["res.users"].browse(change.get("user_ids", ()))
        if extension or (is_whole and not change.get("incomplete")):
            values["extension_id"] = extension.id if extension else False
            values["user_id"] = extension.user_id.id if extension else False
        if extension:
            users |= extension.user_id
        known = {leg.uniqueid: leg for leg in self.leg_ids}
        commands = []
        for leg in change.get("legs", ()):
            if leg_extension := extensions.get(leg.get("extension")):
                users |= leg_extension.user_id
            own = known.get(leg["uniqueid"], self.leg_ids.browse())
            leg_values = own._prepare_values(leg, leg_extension, is_whole)
            if not own:
                leg_values["uniqueid"] = leg["uniqueid"]
                commands.append(Command.create(leg_values))
            elif leg_values:
                commands.append(Command.update(own.id, leg_values))
        if commands:
            values["leg_ids"] = commands
        if new_users := users - self.user_ids:
            values["user_ids"] = [Command.link(user.id) for user in new_users]
        return values

    def _align_parts(self):
        """Bring a call that is reported in parts in line with itself.

        Who handled it: the extension that answered last, else the only one that rang.
        """
        for call in self:
            call.leg_ids._align_parts(call)
            values = {}
            legs = call.leg_ids.filtered("extension_id")
            if legs:
                answered = legs.filtered("answer_date").sorted(
                    lambda leg: (leg._get_last_answer(), leg.uniqueid)
                )
                extensions = answered[-1:].extension_id or legs.extension_id
                handler = extensions if len(extensions) == 1 else extensions.browse()
                values = {"extension_id": handler.id, "user_id": handler.user_id.id}
            if new_values := merging.pick_new(read_stored(call, values), values):
                call.write(new_values)

    def _link_calls(self):
        """Tie calls that belong to nothing yet to the one record with their number."""
        for call in self:
            if call.res_id or call.is_registered:
                continue
            hits = call._find_exact()
            if len(hits) == 1:
                record = self.env[hits[0][0]].browse(hits[0][1])
            else:
                # sudo - telephony.number: who it is does not depend on who looks
                record = call.sudo()._get_matches().caller if hits else None
            if record is not None:
                call._set_object(record.with_env(self.env))

    def _process_changes(self):
        """React to stored changes of calls: in the database alone, over no network, and
        cheaply for a hundred calls.

        ``self`` are the calls as superuser. For an addon to react, override and call
        super.
        """
        self.env["telephony.timeline"]._update(self)
        self._mark_called_back()
        missed = self.filtered("to_call_back")
        missed.filtered(lambda call: call._get_block()).is_handled = True
        if self.filtered(lambda call: call.to_call_back and not call.followup_id):
            self.env["telephony.followup"]._wake()
        # A source may learn afterwards that the call was no missed one.
        self.filtered(lambda call: not call.to_call_back)._review_followup()

    def _mark_called_back(self):
        """Tick off the missed calls whose caller was talked to meanwhile."""
        talked_to = self.filtered(
            lambda call: (
                call.answer_date and call.number and call.direction != "internal"
            )
        )
        if not talked_to:
            return
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
        missed._review_followup()
        (missed - self)._notify_users()

    def _notify_changes(self):
        """Tell whom these calls concern that they changed.

        ``self`` are the calls as superuser. For an addon to notify others, override and
        call super.
        """
        self._notify_owners()
        self._notify_watchers()
        self._notify_users()
        # A listener learns of the phones themselves.
        silent = self.filtered(lambda call: not call.pbx_id.has_listener)
        silent.leg_ids.extension_id.user_id._notify_telephony_presence()

    # === WHAT A CALL BELONGS TO === #

    @api.model
    def _get_object_models(self):
        """Return the names of the models that a call can be registered on."""
        return self.env["telephony.number"]._phone_models()

    def _get_object(self):
        """Return the record that the call belongs to, as the environment's user."""
        self.ensure_one()
        # sudo - telephony.call: the raw link; what it leads to is checked by callers
        call_sudo = self.sudo()
        if call_sudo.res_model not in self.env or not call_sudo.res_id:
            return None
        record = self.env[call_sudo.res_model].browse(call_sudo.res_id)
        return record.exists() or None

    def _get_visible_object(self):
        """Return the record that the call belongs to where the user may read it."""
        record = self._get_object()
        return record if record is not None and record.has_access("read") else None

    def _get_matches(self):
        """Return the records with the other party's number that the user may read.

        :return: `telephony.number`'s Matches, best first
        """
        self.ensure_one()
        if self.withheld or not self.number or self.direction == "internal":
            return Matches()
        return self.env["telephony.number"].match(self.number, self.pbx_id)

    def _find_exact(self):
        """Return every record with exactly the other party's number, unfiltered.

        :return: list of (model, id)
        """
        if self.withheld or not self.number or self.direction == "internal":
            return []
        numbers = self.env["telephony.number"]
        reading = numbers._read(self.number, self.pbx_id)
        return [
            (hit.model, hit.res_id)
            for hit in numbers._find(reading, self.pbx_id)
            if hit.exact
        ]

    def _is_known_elsewhere(self):
        """Say whether some record has the number, the user's to read or not."""
        self.ensure_one()
        return bool(self._find_exact())

    def _set_object(self, record):
        """Store the record that the call belongs to, and the contact behind it."""
        if not self._has_objects():
            # At once for this transaction, and when the others can see it.
            self.env.registry.clear_cache()
            self.env.cr.postcommit.add(self.env.registry.clear_cache)
        partner = record._telephony_partner()
        # sudo - telephony.call: the log is written by the system for everyone
        self.sudo().write(
            {"res_model": record._name, "res_id": record.id, "partner_id": partner.id}
        )
        self._review_followup()

    @api.model
    @tools.ormcache()
    def _has_objects(self):
        """Say whether any call belongs to a record.

        Cached, so that contacts and leads cost nothing more where there are no calls.
        """
        found = SQL(
            "SELECT 1 FROM telephony_call WHERE res_id IS NOT NULL LIMIT 1",
            to_flush=self._fields["res_id"],
        )
        return bool(self.env.execute_query(found))

    @api.model
    def _follow_partners(self, model, ids):
        """Have calls on records follow where those records got another contact.

        :param str model: of the records
        :param ids: list of the records' ids
        """
        if not self._has_objects():
            return
        source = self.env[model]._telephony_source()
        self.env.cr.execute(
            SQL(
                """UPDATE telephony_call AS call SET partner_id = %(partner)s
                     FROM %(table)s AS record
                    WHERE call.res_model = %(model)s AND call.res_id = ANY(%(ids)s)
                      AND record.id = call.res_id
                      AND call.partner_id IS DISTINCT FROM %(partner)s""",
                partner=SQL(
                    "COALESCE(%s)",
                    SQL(", ").join(
                        SQL.identifier("record", name) for name in source.partners
                    ),
                ),
                table=SQL.identifier(source.table),
                model=model,
                ids=ids,
            )
        )
        self.invalidate_model(["partner_id"])

    def _move_object(self, sources, target):
        """Have the calls of records that are merged follow to the one that is kept."""
        if not self._has_objects():
            return
        # sudo - telephony.call: whoever may merge the records may take the calls along
        calls_sudo = self.sudo().search(
            [("res_model", "=", target._name), ("res_id", "in", sources.ids)]
        )
        for call_sudo in calls_sudo:
            call_sudo._set_object(target)

    # === SOURCES THAT TELL OF CALLS IN PARTS === #

    @api.model
    def _apply_parts(self, changes):
        """Pass partial changes of a request through the door.

        :param list changes: see ``_apply``
        :return: the calls that changed, as superuser
        :raise ConcurrencyError: another request created the same call at this moment;
            the request is tried again then
        """
        try:
            self._claim_dialed(changes)
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
        known = self.sudo()._find_calls(changes)
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
    def _claim_dialed(self, changes):
        """Give calls that were dialed by a click the id that their system knows.

        The row of a click-to-call exists before its telephone system has a name for it.
        The first event of the call finds the row: by the id that the system answered
        the click with, else by the extension and the number that was dialed. Where an
        event that tells less came first, the call has two rows, which become one.
        """
        # sudo - telephony.call: the log is written by the system for everyone
        calls_sudo = self.sudo()
        for change in changes:
            key = change["pbx_id"], change["uniqueid"]
            known = calls_sudo._find_calls([change]).get(key, calls_sudo.browse())
            if known._is_dialed():
                continue
            dialed = calls_sudo._find_dialed(change, known)
            # The click came before anything that the telephone system reported of it.
            if not dialed or (known and known.id < dialed.id):
                continue
            dialed._lock()
            if known:
                dialed._absorb(known)
            dialed.uniqueid = change["uniqueid"]

    def _is_dialed(self):
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
            and name not in ("uniqueid", "state", "outcome", "facts")
            and other[name]
            and not self[name]
        }
        known, told = (read_stored(call, merging.KNOWN_KEYS) for call in (self, other))
        taken["facts"] = parts.join_call(
            *(call["facts"] or parts.read_call(call) for call in (known, told))
        )
        taken["state"] = max((self, other), key=lambda call: State(call.state).rank)[
            "state"
        ]
        taken["user_ids"] = [Command.link(user.id) for user in other.user_ids]
        taken = merging.fill_outcome(known, taken)
        other.leg_ids.call_id = self
        other.unlink()
        self.write(taken)

    @api.model
    def _find_dialed(self, change, known):
        """Return the click-to-call that an event reports, if there is.

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

    def _filtered_listened(self):
        """Return the calls that a listener knows of, which reports their end.

        Those that the API reported are none, whatever their telephone system is; nor
        are those of a telephone system that nobody listens to any more.
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
        """End calls whose end nobody will report: none rings for ever."""
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

    # === WHO IS TOLD === #

    def _notify_owners(self):
        """Tell the persons in charge of calls from their records that went to others.

        Where nobody who was rung may read the caller's record, nobody but the person
        in charge of it can know who called.
        """
        for call in self:
            if (
                call.is_owner_told
                or call.state != "ended"
                or call.direction != "inbound"
            ):
                continue
            call.is_owner_told = True
            records = [
                self.env[model].browse(res_id) for model, res_id in call._find_exact()
            ]
            if any(
                record.with_user(user).has_access("read")
                for record in records
                for user in call.user_ids
            ):
                continue
            for record in records:
                owner = record._telephony_user() - call.user_ids
                if owner:
                    call._notify_owner(record, owner)

    def _notify_owner(self, record, owner):
        call = self.with_context(lang=owner.lang)
        self.env["mail.thread"].message_notify(
            model=record._name,
            res_id=record.id,
            partner_ids=owner.partner_id.ids,
            subject=call._get_title(),
            body=call.env._(
                "%(name)s called, and nobody who was rung may see this record.",
                name=record.display_name,
            ),
        )

    def _notify_watchers(self):
        """Tell who watches the telephone systems that these calls changed.

        The listener does so itself, for many calls at once.
        """
        if not self.env.context.get("telephony_notify_later"):
            for pbx, calls in self.grouped("pbx_id").items():
                pbx._notify_watchers(calls=calls.ids)

    @api.model
    def _notify_parking(self):
        """Have web clients ask anew for the parked calls that their user may see."""
        # sudo - res.groups: the channel that all users of the telephone listen to
        group_sudo = self.env.ref(USER).sudo()
        group_sudo._bus_send("telephony.parking/changed", {})

    def _notify_users(self):
        """Send every user who was rung or talks what became of the call, and their
        desktop agents.

        The message holds ids, numbers and states, no name: the client asks for those
        as its user, so that the access rules decide what each one sees.
        """
        client = self.env["telephony.client"]
        for call in self:
            for user in call.user_ids:
                user._bus_send(
                    "telephony.call/changed", client._prepare_payload(call, user)
                )
        self.env["telephony.agent.token"]._notify_calls(self)
