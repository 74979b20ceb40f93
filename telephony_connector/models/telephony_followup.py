"""Missed callers to call back: one follow-up a caller, however often they tried."""

from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .res_users import SUPERVISOR

CRON = "telephony_connector.ir_cron_telephony_followup"
ACTIVITY_TYPE = "mail.mail_activity_data_call"
# Older missed calls are history: who turns follow-ups on is not flooded with them.
MISSED_SINCE = timedelta(days=2)
BATCH_SIZE = 100


class TelephonyFollowup(models.Model):
    """A caller who was missed, until somebody has talked to them.

    The work itself is an activity of the responsible user: on the caller's record where
    they may read it, else here. The door only wakes the scheduled action that opens,
    closes and escalates.
    """

    _name = "telephony.followup"
    _description = "Missed Caller"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "last_date desc, id desc"
    _rec_name = "number_display"
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    pbx_id = fields.Many2one("telephony.pbx", readonly=True, ondelete="cascade")
    number = fields.Char(required=True, readonly=True, index=True)
    number_display = fields.Char(
        string="Number as Written", compute="_compute_number_display"
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", readonly=True, index="btree_not_null"
    )
    call_ids = fields.One2many("telephony.call", "followup_id", readonly=True)
    call_count = fields.Integer(string="Attempts", readonly=True)
    first_date = fields.Datetime(string="First Call", readonly=True)
    last_date = fields.Datetime(string="Last Call", readonly=True)
    state = fields.Selection(
        [("open", "To Call Back"), ("done", "Done")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="base.group_no_one",
    )
    escalation_date = fields.Datetime(readonly=True)
    is_escalated = fields.Boolean(string="Escalated", readonly=True)

    _open_number_uniq = models.UniqueIndex(
        "(company_id, number) WHERE state = 'open'",
        "A missed caller has one follow-up at a time.",
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "pbx_id")
    def _compute_number_display(self):
        numbers = self.env["telephony.number"]
        for followup in self:
            followup.number_display = numbers._format(followup.number, followup.pbx_id)

    @api.depends("number_display")
    def _compute_display_name(self):
        for followup in self:
            followup.display_name = followup.number_display

    # === THE SCHEDULED ACTION === #

    @api.model
    def _wake(self):
        """Have the scheduled action look at the calls after the commit."""
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron._trigger()

    @api.model
    def _cron_follow_up(self):
        """Open, close and escalate what is due; woken by the door."""
        cron = self.env["ir.cron"]
        self._close_settled()
        last_id = 0
        while calls := self._get_missed_calls(last_id):
            last_id = calls[-1].id
            self._open(calls)
            remaining = len(self._get_missed_calls(last_id))
            if not cron._commit_progress(len(calls), remaining=remaining):
                return
        self._escalate_due()

    @api.model
    def _get_missed_calls(self, after_id):
        """Return the next missed calls that nobody follows up yet, the oldest first."""
        since = fields.Datetime.now() - MISSED_SINCE
        return self.env["telephony.call"].search(
            [
                ("id", ">", after_id),
                ("to_call_back", "=", True),
                ("number", "!=", False),
                ("start_date", ">=", since),
                ("followup_id", "=", False),
                ("company_id.telephony_followup", "=", True),
            ],
            order="id",
            limit=BATCH_SIZE,
        )

    # === OPENING === #

    @api.model
    def _open(self, calls):
        """Follow missed calls up: a caller's next attempt joins the first one."""
        for (company, number), attempts in calls.grouped(
            lambda call: (call.company_id, call.number)
        ).items():
            followup = self.search(
                [
                    ("company_id", "=", company.id),
                    ("number", "=", number),
                    ("state", "=", "open"),
                ]
            )
            if not followup:
                followup = self._create_for(attempts)
            attempts.followup_id = followup
            followup._count_calls()
            if not followup.activity_id:
                followup._plan()

    @api.model
    def _create_for(self, calls):
        """Create the follow-up of a caller's first attempt."""
        call = calls[0]
        company = call.company_id
        due = self._get_escalation_date(company, call.end_date or call.start_date)
        if due:
            self.env.ref(CRON)._trigger(at=due)
        return self.create(
            {
                "company_id": company.id,
                "pbx_id": call.pbx_id.id,
                "number": call.number,
                "escalation_date": due,
            }
        )

    @api.model
    def _get_escalation_date(self, company, since):
        """Return when the company's working hours are over, ``False`` for never."""
        hours = company.telephony_escalation_hours
        if not hours or not company.telephony_escalation_user_id:
            return False
        start = since.replace(tzinfo=UTC)
        calendar = company.resource_calendar_id
        due = calendar.plan_hours(hours, start, compute_leaves=True)
        due = due or start + timedelta(hours=hours)
        return due.astimezone(UTC).replace(tzinfo=None)

    def _count_calls(self):
        """Bring the number of attempts up to date, also where the user reads it."""
        for followup in self:
            dates = followup.call_ids.mapped("start_date")
            followup.write(
                {
                    "call_count": len(dates),
                    "first_date": min(dates),
                    "last_date": max(dates),
                }
            )
            if followup.activity_id:
                followup.activity_id.summary = followup._get_summary()

    def _get_last_call(self):
        return self.call_ids.sorted(lambda call: (call.start_date, call.id))[-1:]

    def _get_summary(self):
        """Return what the activity says, in its user's language."""
        self.ensure_one()
        followup = self.with_context(lang=self.user_id.lang)
        values = {"number": followup.number_display, "count": followup.call_count}
        if followup.is_escalated:
            return followup.env._(
                "Still not called back: %(number)s (missed %(count)s times)", **values
            )
        if followup.call_count == 1:
            return followup.env._("Call back %(number)s", **values)
        return followup.env._("Call back %(number)s (missed %(count)s times)", **values)

    def _plan(self):
        """Give the work to the responsible user, if there is one."""
        self.ensure_one()
        user, record = self._get_responsible()
        if user:
            self._plan_for(user, record)

    def _plan_for(self, user, record):
        """Plan the call for the user, on the caller's record where they may read it."""
        self.user_id = user
        target = self if record is None else record
        # Whoever was rung knows of the call: the activity is reminder enough.
        was_rung = user in self.call_ids.user_ids
        self.activity_id = target.with_context(
            mail_activity_quick_update=was_rung
        ).activity_schedule(ACTIVITY_TYPE, summary=self._get_summary(), user_id=user.id)

    def _get_responsible(self):
        """Return who is to call back, and the record to plan it on.

        The salesperson of the caller's record, else the queue's responsible, else whose
        extension was called, else the company's choice.

        :return: `res.users` (empty for nobody) and a record, or ``None`` for this one
        :rtype: tuple
        """
        self.ensure_one()
        call = self._get_last_call()
        records = call._get_caller_records()
        for user in self._get_candidates(call, records):
            if not user.active or user.share:
                continue
            readable = [
                record
                for record in records
                if record.with_user(user).has_access("read")
            ]
            if len(readable) == 1:
                return user, readable[0]
            if user.has_group("telephony_connector.group_telephony_user"):
                return user, None
        return self.env["res.users"], None

    @api.model
    def _get_candidates(self, call, records):
        salespeople = {record._telephony_user() for record in records}
        salespeople.discard(self.env["res.users"])
        if len(salespeople) == 1:
            yield salespeople.pop()
        yield from (
            self.env["telephony.queue"]
            .search([("pbx_id", "=", call.pbx_id.id), ("name", "=", call.queue or "")])
            .user_id
        )
        yield from call.user_id | call.extension_id.user_id | call.leg_ids.user_id[:1]
        yield from call.company_id.telephony_followup_user_id

    # === CLOSING === #

    @api.model
    def _close_settled(self):
        """Close what was settled: the caller was talked to, or somebody took care."""
        for followup in self.search([("state", "=", "open")]):
            last = followup._get_last_call()
            if last.is_called_back:
                followup._close(self.env._("Somebody talked to the caller."))
            elif last.is_handled or last.is_registered:
                followup._close(self.env._("Somebody took care of the missed call."))

    def _close(self, feedback=False):
        """End the follow-up, its activity, and the calls' place among the missed.

        :param str feedback: why, where the activity is not done yet
        """
        self.state = "done"
        open_activities = self.activity_id.filtered("active")
        if open_activities and feedback:
            open_activities.action_feedback(feedback=feedback)
        calls = self.call_ids.filtered(lambda call: not call.is_called_back)
        calls.is_handled = True
        calls._tell_users()

    def action_done(self):
        """Close the follow-up without a call.

        :raise UserError: where it is closed already
        """
        self.check_access("read")
        if any(followup.state == "done" for followup in self):
            raise UserError(self.env._("Somebody closed this follow-up meanwhile."))
        # sudo - telephony.followup: whoever sees it may say that it is done
        for followup_sudo in self.sudo():
            followup_sudo._close(
                self.env._("Closed by %(name)s.", name=self.env.user.name)
            )

    # === MAIL === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Refuse to make a missed caller of a mail.

        Odoo's mail gateway writes by superuser, and every employee may feed it.

        :raise AccessError: always
        """
        raise AccessError(self.env._("No mail makes or changes a missed caller."))

    def message_update(self, msg_dict, update_vals=None):
        """Take in the answer to a notification, which changes nothing but the chatter.

        :raise AccessError: where values are to be written
        """
        if update_vals:
            raise AccessError(self.env._("No mail makes or changes a missed caller."))
        return True

    # === ESCALATION === #

    @api.model
    def _escalate_due(self):
        """Hand what nobody did in time to the company's choice."""
        due = self.search(
            [
                ("state", "=", "open"),
                ("is_escalated", "=", False),
                ("escalation_date", "<=", fields.Datetime.now()),
                ("company_id.telephony_escalation_user_id", "!=", False),
            ]
        )
        for followup in due:
            user = followup.company_id.telephony_escalation_user_id
            records = followup._get_last_call()._get_caller_records()
            readable = [r for r in records if r.with_user(user).has_access("read")]
            followup.is_escalated = True
            old = followup.activity_id
            followup.activity_id = False
            followup._plan_for(user, readable[0] if len(readable) == 1 else None)
            old.unlink()


class TelephonyCall(models.Model):
    _inherit = "telephony.call"

    followup_id = fields.Many2one(
        "telephony.followup",
        string="Follow-up",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _door_after(self):
        result = super()._door_after()
        if self.filtered(lambda call: call._needs_followup()):
            self.env["telephony.followup"]._wake()
        return result

    def _needs_followup(self):
        self.ensure_one()
        return self.to_call_back and not self.followup_id

    def _note_called_back(self):
        called_back = super()._note_called_back()
        if called_back.followup_id:
            self.env["telephony.followup"]._wake()
        return called_back

    def action_set_handled(self):
        result = super().action_set_handled()
        self._wake_followup()
        return result

    def register(self, *args, **kwargs):
        result = super().register(*args, **kwargs)
        self._wake_followup()
        return result

    def _wake_followup(self):
        # sudo - telephony.call: who follows a call up is no matter of who settles it
        if self.sudo().followup_id:
            self.env["telephony.followup"]._wake()

    def _get_caller_records(self):
        """Return the caller's records, unfiltered: the linked one, else all with the
        number."""
        self.ensure_one()
        record = self._get_object()
        if record is not None:
            return [record]
        return [self.env[model].browse(res_id) for model, res_id in self._find_exact()]


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            self._get_reassigned_followups().user_id = vals["user_id"]
        return result

    def _get_reassigned_followups(self):
        """Return the follow-ups whose responsible user changes with the activity's.

        The responsible user sees the caller's calls. Whoever may write an activity
        could make anybody, also themselves, its user: the calls are shown to another
        one only by who decides on them, a supervisor who sees them.
        """
        followups_sudo = self._get_telephony_followups()
        if self.env.su:
            return followups_sudo
        if not self.env.user.has_group(SUPERVISOR):
            return followups_sudo.browse()
        return followups_sudo.with_env(self.env)._filtered_access("read").sudo()

    def unlink(self):
        followups = self._get_telephony_followups()
        result = super().unlink()
        # Whoever cancels the activity wants no more of it.
        followups._close()
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        followups = self._get_telephony_followups()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        followups._close()
        return result

    def _get_telephony_followups(self):
        """Return the open follow-ups whose work these activities are."""
        # sudo - telephony.followup: they go along with what happens to their activity
        return (
            self.env["telephony.followup"]
            .sudo()
            .search([("activity_id", "in", self.ids), ("state", "=", "open")])
        )
