"""Missed callers to call back: one follow-up a caller, however often they tried."""

from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.groups import SUPERVISOR, USER

CRON = "telephony_connector.ir_cron_telephony_followup"
ACTIVITY_TYPE = "mail.mail_activity_data_call"
# Older missed calls are history: who turns follow-ups on is not flooded with them.
MISSED_SINCE = timedelta(days=2)
BATCH_SIZE = 100
# Of unknown callers who tried again, for one user: whoever calls from invented numbers
# can call twice from each.
MAX_UNKNOWN_ACTIVITIES = 20


class TelephonyFollowup(models.Model):
    """A caller who was missed, until somebody has talked to them.

    Unknown callers who called once are gathered: anybody can make any number of them
    up. The work itself for all others is an activity of the responsible user: on the
    caller's record where they may read it, else here. The door only wakes the scheduled
    action that opens, closes and escalates.
    """

    _name = "telephony.followup"
    _description = "Missed Caller"
    _inherit = ["telephony.home.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "kind, last_date desc, id desc"
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
    # Their alphabetical order is that of the list.
    kind = fields.Selection(
        [
            ("known", "Known"),
            ("repeated", "Unknown, Tried Again or Left a Message"),
            ("single", "Unknown, Called Once"),
        ],
        string="Caller",
        required=True,
        readonly=True,
        default="single",
    )
    caller_name = fields.Char(string="Name", compute="_compute_caller_name")
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
        "A missed caller can only have one open follow-up.",
    )
    _open_kind_idx = models.Index(
        "(kind, last_date DESC, id DESC) WHERE state = 'open'"
    )
    _due_idx = models.Index(
        "(escalation_date) WHERE state = 'open' AND is_escalated IS NOT TRUE"
    )
    _planned_idx = models.Index(
        "(user_id) WHERE state = 'open' AND activity_id IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "pbx_id")
    def _compute_number_display(self):
        numbers = self.env["telephony.number"]
        for followup in self:
            followup.number_display = numbers._format(followup.number, followup.pbx_id)

    @api.depends("kind", "call_count")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_caller_name(self):
        """Name the record that the calls belong to, where the user may read it."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (followup_id) followup_id, id FROM telephony_call
                    WHERE followup_id = ANY(%s) AND res_id IS NOT NULL
                    ORDER BY followup_id, start_date DESC, id DESC""",
                self.filtered(lambda each: each.kind == "known").ids,
            )
        )
        calls = dict(rows)
        self.env["telephony.call"].browse(calls.values()).mapped("object_ref")
        for followup in self:
            call = self.env["telephony.call"].browse(calls.get(followup.id))
            record = call.object_ref
            followup.caller_name = record.display_name if record else False

    @api.depends("number_display")
    def _compute_display_name(self):
        for followup in self:
            followup.display_name = followup.number_display

    @api.model
    def _phone_get_number_fields(self):
        # What its activity lets one click.
        return ["number_display"]

    # === CRUD METHODS === #

    def unlink(self):
        # The activity's text has the number, and is kept when it is done.
        activities = self.with_context(active_test=False).activity_id
        self.state = "done"
        activities.unlink()
        return super().unlink()

    # === THE SCHEDULED ACTION === #

    @api.model
    def _wake(self):
        """Have the scheduled action look at the calls after the commit."""
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron._trigger()

    @api.model
    def _cron_follow_up(self):
        """Close, open and escalate what is due; woken by the door.

        Works in batches that commit. Each finds what is due by an index: what a
        wake-up takes does not grow with the follow-ups that are open.
        """
        cron = self.env["ir.cron"]
        for work in (self._review_calls, self._open_missed, self._escalate_due):
            while count := work():
                # Where time runs out here, the rest is done in another run.
                if not cron._commit_progress(count, remaining=1):
                    return
        cron._commit_progress(remaining=0)

    @api.model
    def _open_missed(self):
        """Follow up the next missed calls that nobody follows up yet, oldest first.

        :return: how many calls there were
        """
        since = fields.Datetime.now() - MISSED_SINCE
        calls = self.env["telephony.call"].search(
            [
                ("to_call_back", "=", True),
                ("number", "!=", False),
                ("start_date", ">=", since),
                ("followup_id", "=", False),
                ("company_id.telephony_followup", "=", True),
            ],
            order="start_date, id",
            limit=BATCH_SIZE,
        )
        self._open(calls)
        return len(calls)

    # === OPENING === #

    @api.model
    def _open(self, calls):
        """Follow missed calls up: a caller's next attempt joins the first one."""
        attempts = calls.grouped(lambda call: (call.company_id, call.number))
        followups = {
            (followup.company_id, followup.number): followup
            for followup in self.search(
                [
                    ("state", "=", "open"),
                    ("company_id", "in", calls.company_id.ids),
                    ("number", "in", calls.mapped("number")),
                ]
            )
        }
        new = [caller for caller in attempts if caller not in followups]
        # Nobody follows the making of a follow-up.
        created = self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        )
        followups |= zip(
            new,
            created.create([self._prepare(attempts[caller]) for caller in new]),
            strict=True,
        )
        known = self._filter_known(calls)
        for caller, calls_of_one in attempts.items():
            followup = followups[caller]
            calls_of_one.followup_id = followup
            followup._count_calls(calls_of_one)
            followup._classify(calls_of_one, bool(calls_of_one & known))
            followup._plan()

    @api.model
    def _prepare(self, calls):
        """Return the values of the follow-up for a caller's first attempts."""
        call = calls[0]
        company = call.company_id
        due = self._get_escalation_date(company, call.end_date or call.start_date)
        if due:
            self._wake_at(due)
        return {
            "company_id": company.id,
            "pbx_id": call.pbx_id.id,
            "number": call.number,
            "escalation_date": due,
        }

    @api.model
    def _wake_at(self, due):
        """Have the scheduled action run when something is due, at the full minute.

        Once for all that is due by then: any number of callers causes no more.
        """
        due += timedelta(seconds=59, microseconds=999999)
        due = due.replace(second=0, microsecond=0)
        cron = self.env.ref(CRON)
        triggers = self.env["ir.cron.trigger"]
        known = [("cron_id", "=", cron.id), ("call_at", "=", due)]
        if not triggers.search_count(known, limit=1):
            cron._trigger(at=due)

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

    def _count_calls(self, calls):
        """Add attempts of the caller; those counted before are not read again."""
        self.ensure_one()
        dates = calls.mapped("start_date")
        self.write(
            {
                "call_count": self.call_count + len(calls),
                "first_date": min([*dates, self.first_date or dates[0]]),
                "last_date": max([*dates, self.last_date or dates[0]]),
            }
        )

    def _classify(self, calls, is_known):
        """Say what kind of caller it is, after further attempts; it only goes up.

        :param bool is_known: some record has the number
        """
        self.ensure_one()
        if is_known:
            self.kind = "known"
        elif self.kind == "single" and (
            self.call_count > 1 or any(calls.mapped("voicemail"))
        ):
            self.kind = "repeated"

    def _get_last_call(self):
        self.ensure_one()
        return self.env["telephony.call"].search(
            [("followup_id", "=", self.id)], order="start_date DESC, id DESC", limit=1
        )

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
        if self.activity_id:
            self.activity_id.summary = self._get_summary()
            return
        user, record = self._get_responsible()
        if user:
            self._plan_for(user, record)

    def _plan_for(self, user, record):
        """Plan the call for the user, on the caller's record where they may read it.

        An unknown caller who called once is the user's without an activity, and so are
        other unknown ones beyond `MAX_UNKNOWN_ACTIVITIES`: whoever invents numbers must
        not bury the user's own activities. They stand in the list of missed callers.
        """
        self.user_id = user
        if not self._has_room():
            return
        target = self if record is None else record
        # Whoever was rung knows of the call: the activity is reminder enough.
        was_rung = user in self._get_last_call().user_ids
        self.activity_id = target.with_context(
            mail_activity_quick_update=was_rung
        ).activity_schedule(
            ACTIVITY_TYPE,
            summary=self._get_summary(),
            user_id=user.id,
            telephony_followup_id=self.id,
        )

    def _has_room(self):
        """Say whether the responsible user gets an activity for the caller."""
        self.ensure_one()
        if self.kind != "repeated":
            return self.kind == "known"
        planned = self.search_count(
            [
                ("state", "=", "open"),
                ("user_id", "=", self.user_id.id),
                ("kind", "=", "repeated"),
                ("activity_id", "!=", False),
            ],
            limit=MAX_UNKNOWN_ACTIVITIES,
        )
        return planned < MAX_UNKNOWN_ACTIVITIES

    def _get_responsible(self):
        """Return who is to call back, and the record to plan it on.

        The salesperson of the caller's record, else the queue's responsible, else whose
        extension was called, else a member of the queue, else the company's choice, and
        where it made none, its first supervisor: no caller is nobody's.

        :return: `res.users` (empty for nobody) and a record, or ``None`` for this one
        :rtype: tuple
        """
        self.ensure_one()
        call = self._get_last_call()
        records = self._get_caller_records(call)
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
            if user.has_group(USER):
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
        if call.queue:
            yield from self._get_queue_members(call)
        yield from call.company_id.telephony_followup_user_id
        supervisors = self.env.ref(SUPERVISOR).all_user_ids
        yield from supervisors.filtered(
            lambda user: call.company_id in user.company_ids
        ).sorted("id")

    # === CLOSING === #

    @api.model
    def _review_calls(self):
        """See to the follow-ups of the next calls that something happened to.

        :return: how many calls there were
        """
        calls = self.env["telephony.call"].search(
            [("is_followup_due", "=", True)], order="id", limit=BATCH_SIZE
        )
        calls.is_followup_due = False
        for followup in calls.followup_id.filtered(lambda each: each.state == "open"):
            followup._review()
        return len(calls)

    def _review(self):
        """Close what was settled: the caller was talked to, or somebody took care.

        Who is known by now, is planned as a known caller.
        """
        last = self._get_last_call()
        if last.is_called_back:
            self._close(self.env._("The caller was reached."))
        elif not last.to_call_back:
            self._close(self.env._("The missed call was handled."))
        elif self.kind != "known" and self._filter_known(last):
            self.kind = "known"
            self._plan()

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
        calls._notify_users()

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

    # === UNKNOWN CALLERS WHO CALLED ONCE === #

    def action_dismiss_unknown(self):
        """Ask whether all unknown callers who called once are to be dismissed.

        A button above the list, whatever is selected there.

        :return: an action
        :raise AccessError: where the user sees no missed callers
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss Unknown Callers"),
            "res_model": "telephony.followup.dismissal",
            "views": [(False, "form")],
            "target": "new",
        }

    def _dismiss(self):
        """Close follow-ups without an activity together, and tell who was rung."""
        calls = self.env["telephony.call"].search([("followup_id", "in", self.ids)])
        self.state = "done"
        calls.is_handled = True
        for user in calls.user_ids:
            user._bus_send("telephony.call/dismissed", {})

    @api.model
    def formatted_read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        """Return groups as Odoo does; of kinds of callers, all but the gathered ones
        are open in the list."""
        groups = super().formatted_read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )
        if [*groupby] == ["kind"]:
            for group in groups:
                group["__fold"] = group["kind"] == "single"
        return groups

    # === MAIL === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Refuse to make a missed caller of a mail.

        Odoo's mail gateway writes by superuser, and every employee may feed it.

        :raise AccessError: always
        """
        raise AccessError(
            self.env._("Missed callers cannot be created or changed by email.")
        )

    def message_update(self, msg_dict, update_vals=None):
        """Take in the answer to a notification, which changes nothing but the chatter.

        :raise AccessError: where values are to be written
        """
        if update_vals:
            raise AccessError(
                self.env._("Missed callers cannot be created or changed by email.")
            )
        return True

    # === ESCALATION === #

    @api.model
    def _escalate_due(self):
        """Hand the next callers whom nobody called in time to the company's choice.

        :return: how many there were
        """
        due = self.search(
            [
                ("state", "=", "open"),
                ("is_escalated", "=", False),
                ("escalation_date", "<=", fields.Datetime.now()),
                ("company_id.telephony_escalation_user_id", "!=", False),
            ],
            order="escalation_date, id",
            limit=BATCH_SIZE,
        )
        for followup in due:
            user = followup.company_id.telephony_escalation_user_id
            records = self._get_caller_records(followup._get_last_call())
            readable = [r for r in records if r.with_user(user).has_access("read")]
            followup.is_escalated = True
            old = followup.activity_id
            followup.activity_id = False
            followup._plan_for(user, readable[0] if len(readable) == 1 else None)
            old.unlink()
        return len(due)

    # === WHO CALLS === #

    @api.model
    def _filter_known(self, calls):
        """Return the calls of those whom some record has the number of.

        One look at the index tells most numbers that nobody has.
        """
        numbers = self.env["telephony.number"]
        suffixes = {
            call: numbers._read(call.number, call.pbx_id).suffixes()
            for call in calls
            if not call.res_id
        }
        found = numbers._find_suffixes(
            {suffix for each in suffixes.values() for suffix in each}
        )
        return calls.filtered(
            lambda call: (
                call.res_id
                or (not found.isdisjoint(suffixes[call]) and call._find_exact())
            )
        )

    @api.model
    def _get_queue_members(self, call):
        """Return the users of the extensions in the call's queue, the first first."""
        extensions = self.env["telephony.extension"].search(
            [("pbx_id", "=", call.pbx_id.id), ("user_id", "!=", False)]
        )
        return extensions.filtered(
            lambda extension: call.queue in (extension.queues or "").split(", ")
        ).user_id

    @api.model
    def _get_caller_records(self, call):
        """Return the caller's records, unfiltered: the linked one, else all with the
        number."""
        record = call._get_object()
        if record is not None:
            return [record]
        return [self.env[model].browse(res_id) for model, res_id in call._find_exact()]
