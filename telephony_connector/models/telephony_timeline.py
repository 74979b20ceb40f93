"""Calls in the chatters of the records that they belong to."""

import pytz
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import clean_context
from odoo.tools.misc import format_time

from ..engine.durations import format_seconds

BATCH_SIZE = 200


class TelephonyTimeline(models.AbstractModel):
    """What chatters say of calls: a line for each call that has ended, and in its place
    what a user saved of it.

    A line holds no number, no note and no recording: whoever may read the record reads
    it. Who follows its link needs access to the call.
    """

    _name = "telephony.timeline"
    _description = "Calls in Chatters"

    # === LINES OF CALLS THAT HAVE ENDED === #

    @api.model
    def _cron_log(self):
        """Add the calls that have ended to the chatters of their records."""
        cron = self.env["ir.cron"]
        while calls := self._get_due(BATCH_SIZE):
            self._log(calls)
            remaining = len(self._get_due(BATCH_SIZE))
            if not cron._commit_progress(len(calls), remaining=remaining):
                return

    @api.model
    def _get_due(self, limit):
        """Return ended calls that were not looked at yet, the oldest first."""
        # sudo - telephony.call: chatters are written by the system for everyone
        calls_sudo = self.env["telephony.call"].sudo()
        due = [("is_timeline_due", "=", True)]
        return calls_sudo.search(due, order="end_date, id", limit=limit)

    @api.model
    def _log(self, calls):
        """Add a line for each of the calls, where it belongs into a chatter.

        Odoo logs one message a record at a time: calls of one record take turns.
        """
        waiting = calls.filtered(self._is_logged)
        while waiting:
            turn = waiting.browse()
            by_record = waiting.grouped(lambda call: (call.res_model, call.res_id))
            for those in by_record.values():
                turn |= those[:1]
            for model, those in turn.grouped("res_model").items():
                self._log_of_model(model, those)
            waiting -= turn
        calls.is_timeline_due = False

    def _is_logged(self, call):
        """Return whether a call that has ended gets a line."""
        record = call._get_object()
        return (
            record is not None
            and "message_ids" in record._fields
            and call.company_id.telephony_log_calls
            and call.direction != "internal"
            and not call.message_id
            and not call.is_anonymized
            and not call.is_blocked
        )

    def _log_of_model(self, model, calls):
        """Add lines to the chatters of different records of one model."""
        alone = calls.browse()
        for call in calls:
            if previous := self._get_previous(call):
                call.message_id = previous.message_id
                self._update_line(call.message_id)
            else:
                alone |= call
        if not alone:
            return
        by_record = {call.res_id: call for call in alone}
        # By the system: whoever creates a message may read it ever after.
        records = self.env[model].with_user(SUPERUSER_ID).browse(by_record)
        messages = records.with_context(
            clean_context(self.env.context)
        )._message_log_batch(
            {id_: self._get_line(call) for id_, call in by_record.items()}
        )
        for message in messages:
            by_record[message.res_id].message_id = message

    def _get_previous(self, call):
        """Return the call before, if nobody answered it, nor this one, on the same day,
        and it has a line: they share it. Else an empty recordset."""
        previous = call.browse()
        if self._is_unanswered(call):
            previous = call.search(
                [
                    ("res_model", "=", call.res_model),
                    ("res_id", "=", call.res_id),
                    ("id", "!=", call.id),
                    ("state", "=", "ended"),
                    ("direction", "!=", "internal"),
                    ("start_date", "<=", call.start_date),
                ],
                order="start_date desc, id desc",
                limit=1,
            )
        is_alike = (
            previous.message_id
            and not previous.is_registered
            and previous.direction == call.direction
            and self._is_unanswered(previous)
            and self._get_local_date(previous).date()
            == self._get_local_date(call).date()
        )
        return previous if is_alike else previous.browse()

    def _is_unanswered(self, call):
        return call.outcome not in ("answered", "unknown")

    def _get_timezone(self, call):
        """Return the name of the time zone that a line of the call is written in."""
        record = call._get_object()
        user = record._telephony_user() if record is not None else None
        return (user and user.tz) or call.company_id.partner_id.tz or "UTC"

    def _get_local_date(self, call):
        zone = pytz.timezone(self._get_timezone(call))
        return pytz.utc.localize(call.start_date).astimezone(zone)

    def _get_line(self, calls):
        """Return the line of one call, or of several that nobody answered.

        In the language of the user who is responsible for the record, else of the
        company.

        :param calls: of one record, with one direction
        :rtype: markupsafe.Markup
        """
        last = calls.sorted("start_date")[-1:]
        owner = last._get_object()._telephony_user()
        lang = owner.lang or last.company_id.partner_id.lang or self.env.lang
        last = last.with_context(lang=lang)
        if len(calls) > 1:
            title, facts = self._describe_several(last, len(calls))
        else:
            title, facts = self._describe(last)
        text = " · ".join(filter(None, facts))
        return Markup("<p>☎ %s%s</p>") % (
            last._get_html_link(title),
            f" · {text}" if text else "",
        )

    def _describe(self, call):
        """Return a call's title and its facts, without the other party's number."""
        if call.is_missed:
            title, outcome = call.env._("Missed call"), ""
        elif call.direction == "outbound":
            title, outcome = call.env._("Outgoing call"), call._get_outcome_text()
        else:
            title, outcome = call.env._("Incoming call"), call._get_outcome_text()
        return title, [
            outcome,
            call.duration and format_seconds(call.duration),
            call.voicemail and call._get_voicemail_text(),
            call.handled_by_id.name,
        ]

    def _describe_several(self, last, count):
        """Return the title of calls that nobody answered, and when the last one was."""
        if last.direction == "outbound":
            title = last.env._("%(count)s outgoing calls, not answered", count=count)
        else:
            title = last.env._("%(count)s missed calls", count=count)
        time = format_time(
            last.env,
            fields.Datetime.to_datetime(last.start_date),
            tz=self._get_timezone(last),
            time_format="short",
            lang_code=last.env.lang,
        )
        return title, [last.env._("last at %(time)s", time=time)]

    # === MESSAGES THAT CALLS HAVE === #

    @api.model
    def _update(self, calls, post=False):
        """Bring the messages of calls up to date.

        What a user saved stands where its call is registered: it moves along, nothing
        of it is deleted, and whoever else may write messages can't keep it elsewhere.

        :param bool post: the calls are being saved: post a message where one has none
            of its own
        """
        for call_sudo in calls.sudo():
            record_sudo = call_sudo._get_object()
            if record_sudo is None:
                continue
            if not call_sudo.is_registered:
                self._update_line(call_sudo.message_id)
                continue
            self._leave_line(call_sudo)
            body = self._get_saved(call_sudo)
            if message_sudo := call_sudo.message_id:
                self._write(
                    message_sudo,
                    body=body,
                    model=record_sudo._name,
                    res_id=record_sudo.id,
                    message_type="comment",
                )
            elif post and "message_ids" in record_sudo._fields:
                # Whoever creates a message may read it ever after, whatever becomes of
                # its text: the system creates it, the author is who wrote the note.
                thread = record_sudo.with_user(SUPERUSER_ID).with_context(
                    clean_context(self.env.context)
                )
                call_sudo.message_id = thread.message_post(
                    body=body,
                    author_id=self.env.user.partner_id.id,
                    message_type="comment",
                    subtype_xmlid="mail.mt_note",
                )

    def _get_saved(self, call):
        """Return what a user saved of a call: heading, duration, note."""
        facts = [
            call._get_outcome_text(),
            call.duration and format_seconds(call.duration),
            call.voicemail and call._get_voicemail_text(),
            call.disposition_id.name,
            call.handled_by_id.name,
        ]
        return Markup("<p>☎ <b>%s</b><br/>%s</p>%s") % (
            call._get_title(),
            " · ".join(filter(None, facts)),
            call.note or "",
        )

    @api.model
    def _remove(self, calls):
        """Remove what chatters say of calls, as superuser."""
        messages = calls.message_id
        calls.message_id = False
        others = self._get_calls(messages)
        (messages - others.message_id).unlink()
        for message in others.message_id:
            self._update_line(message)

    def _get_calls(self, messages):
        """Return the calls that messages are about, as superuser."""
        calls_sudo = self.env["telephony.call"].sudo()
        return calls_sudo.search([("message_id", "in", messages.ids)])

    def _leave_line(self, call):
        """Give a call that is registered a message of its own."""
        others = self._get_calls(call.message_id) - call
        if others:
            call.message_id = False
            self._update_line(others.message_id)

    def _update_line(self, message):
        """Write a line anew, if there is one."""
        if message:
            self._write(message, body=self._get_line(self._get_calls(message)))

    def _write(self, message, **values):
        changed = {key: value for key, value in values.items() if message[key] != value}
        if changed:
            message.write(changed)
