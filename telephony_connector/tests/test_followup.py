from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..models import telephony_followup
from .common import USER_GROUPS, TelephonyCommon

CALLER = "+33639980001"


class FollowupCommon(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(cls.env, "chief_t", groups=USER_GROUPS)
        cls.clerk = new_test_user(cls.env, "clerk_t", groups=USER_GROUPS)
        cls.followups = cls.env["telephony.followup"]
        cls.company = cls.env.company
        cls.company.telephony_escalation_hours = 0

    def setUp(self):
        super().setUp()
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)

    def call(self, uniqueid, outcome="missed", to="1001", number=CALLER, **values):
        """Pass an ended call through the door; return it."""
        now = fields.Datetime.now()
        answered = outcome == "answered"
        return self.apply(
            self.change(
                uniqueid,
                1,
                **{
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": outcome,
                    "number": number,
                    "extension": to,
                    "start_date": now - timedelta(seconds=30),
                    "answer_date": now - timedelta(seconds=20) if answered else None,
                    "end_date": now,
                    **values,
                },
            )
        )

    def run_action(self):
        """Run the scheduled action; return the follow-ups of the caller."""
        self.followups._cron_follow_up()
        return self.followups.search([("number", "=", CALLER)])

    def partner(self, **values):
        return self.env["res.partner"].create(
            {"name": "Jeanne", "phone": CALLER, **values}
        )


@tagged("post_install", "-at_install")
class TestFollowup(FollowupCommon):
    def test_the_door_only_wakes_the_action(self):
        trigger = self.env["ir.cron.trigger"]
        cron = self.env.ref("telephony_connector.ir_cron_telephony_followup")
        before = trigger.search_count([("cron_id", "=", cron.id)])
        self.call("m1")
        self.assertEqual(trigger.search_count([("cron_id", "=", cron.id)]), before + 1)
        self.assertFalse(self.followups.search([("number", "=", CALLER)]))
        self.call("a1", outcome="answered", number="+33639980002")
        self.assertEqual(trigger.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_whose_extension_was_called(self):
        self.call("m1", to="1002")
        self.call("m2", to="1002")
        followup = self.run_action()
        self.assertRecordValues(
            followup, [{"user_id": self.bruno.id, "call_count": 2, "state": "open"}]
        )
        activity = followup.activity_id
        self.assertEqual(activity.user_id, self.bruno)
        self.assertEqual(activity.res_model, "telephony.followup", "nobody knows them")
        self.assertIn("+33 6 39 98 00 01", activity.summary)
        activity.with_user(self.bruno).check_access("read")

    def test_salesperson_of_the_record_comes_first(self):
        partner = self.partner(user_id=self.clerk.id)
        self.call("m1", to="1002")
        activity = self.run_action().activity_id
        self.assertEqual(activity.user_id, self.clerk)
        self.assertEqual(
            (activity.res_model, activity.res_id), ("res.partner", partner.id)
        )

    def test_record_out_of_the_user_s_reach_is_not_named(self):
        partner = self.partner()
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", partner.id)],
            }
        )
        self.call("m1", to="1002")
        activity = self.run_action().activity_id
        self.assertEqual(activity.user_id, self.bruno)
        self.assertEqual(activity.res_model, "telephony.followup")
        self.assertNotIn("Jeanne", f"{activity.summary} {activity.note}")

    def test_queue_s_responsible_before_the_extension_s(self):
        self.env["telephony.queue"].create(
            {"name": "sales", "pbx_id": self.pbx.id, "user_id": self.clerk.id}
        )
        self.call("m1", queue="sales")
        self.assertEqual(self.run_action().user_id, self.clerk)

    def test_company_s_choice_for_what_is_nobody_s(self):
        self.call("m1", to="")
        supervisors = self.env.ref("telephony_connector.group_telephony_supervisor")
        self.assertIn(
            self.run_action().user_id, supervisors.all_user_ids, "where it made none"
        )
        self.company.telephony_followup_user_id = self.clerk
        self.call("m2", to="", number="+33639980009")
        self.run_action()
        other = self.followups.search([("number", "=", "+33639980009")])
        self.assertEqual(other.user_id, self.clerk)

    def test_nobody_s_is_given_away_with_the_next_attempt(self):
        self.call("m1", to="")
        self.assertFalse(self.run_action().activity_id)
        self.call("m2", to="1002")
        followup = self.run_action()
        self.assertEqual(followup.activity_id.user_id, self.bruno)

    def test_archived_user_is_passed_over(self):
        self.partner(user_id=self.clerk.id)
        self.clerk.active = False
        self.call("m1", to="1002")
        self.assertEqual(self.run_action().user_id, self.bruno)

    def test_one_follow_up_for_five_attempts(self):
        for index in range(5):
            self.call(f"m{index}")
            self.run_action()
        followup = self.run_action()
        self.assertRecordValues(followup, [{"call_count": 5}])
        activities = self.env["mail.activity"].search([("user_id", "=", self.alice.id)])
        self.assertEqual(activities, followup.activity_id)
        self.assertIn("5", activities.summary)

    def test_five_attempts_before_the_action_ran(self):
        for index in range(5):
            self.call(f"m{index}")
        self.assertEqual(self.run_action().call_count, 5)

    def test_what_is_not_followed_up(self):
        self.call("m1", number="anonymous")
        self.call("m2", direction="internal", number="1002")
        self.call("m3", direction="outbound", outcome="cancelled")
        old = fields.Datetime.now() - timedelta(days=3)
        self.call("m4", number="+33639980005", start_date=old, end_date=old)
        self.followups._cron_follow_up()
        self.assertFalse(self.followups.search([("company_id", "=", self.company.id)]))

    def test_setting(self):
        self.company.telephony_followup = False
        self.call("m1")
        self.assertFalse(self.run_action())
        self.company.telephony_followup = True
        self.assertTrue(self.run_action())

    def test_many_calls_in_batches(self):
        self.patch(telephony_followup, "BATCH_SIZE", 2)
        for index in range(5):
            self.call(f"m{index}", number=f"+3363998010{index}")
        self.followups._cron_follow_up()
        self.assertEqual(
            self.followups.search_count([("number", "=like", "+336399801%")]), 5
        )


@tagged("post_install", "-at_install")
class TestFollowupEnd(FollowupCommon):
    def opened(self):
        self.call("m1")
        self.call("m2")
        followup = self.run_action()
        return followup, followup.activity_id

    def assertClosed(self, followup, activity):
        self.assertEqual(followup.state, "done")
        self.assertFalse(activity.active)
        client = self.env["telephony.client"].with_user(self.alice)
        missed = self.env["telephony.call"].search(client._get_missed_domain())
        self.assertFalse(missed)

    def test_anyone_calls_back(self):
        followup, activity = self.opened()
        self.call("o1", outcome="answered", direction="outbound", to="1002")
        self.run_action()
        self.assertClosed(followup, activity)
        self.assertIn("was reached", activity.feedback)

    def test_the_caller_gets_through(self):
        followup, activity = self.opened()
        self.call("i1", outcome="answered", to="1002")
        self.run_action()
        self.assertClosed(followup, activity)

    def test_nobody_picks_up_the_call_back(self):
        followup, activity = self.opened()
        self.call("o1", outcome="cancelled", direction="outbound")
        self.run_action()
        self.assertEqual(followup.state, "open")
        self.assertTrue(activity.active)

    def test_a_talk_reported_late_is_no_call_back(self):
        followup, activity = self.opened()
        past = fields.Datetime.now() - timedelta(hours=5)
        self.call(
            "o1",
            outcome="answered",
            direction="outbound",
            start_date=past,
            answer_date=past,
            end_date=past,
        )
        self.run_action()
        self.assertEqual(followup.state, "open")

    def test_activity_done_by_hand(self):
        followup, activity = self.opened()
        activity.with_user(self.alice).action_feedback("wrote a letter")
        self.assertClosed(followup, activity)
        self.assertTrue(all(followup.call_ids.mapped("is_handled")))

    def test_activity_cancelled(self):
        followup, activity = self.opened()
        activity.with_user(self.alice).unlink()
        self.assertEqual(followup.state, "done")
        self.assertFalse(self.run_action() - followup)

    def test_ticked_off_in_the_panel(self):
        followup, activity = self.opened()
        followup.call_ids.sorted("id")[-1].with_user(self.alice).action_set_handled()
        self.run_action()
        self.assertClosed(followup, activity)

    def test_registered(self):
        followup, activity = self.opened()
        partner = self.partner()
        followup.call_ids.sorted("id")[-1].with_user(self.alice).register(
            "res.partner", partner.id
        )
        self.run_action()
        self.assertClosed(followup, activity)

    def test_closed_on_its_form(self):
        followup, activity = self.opened()
        with self.assertRaises(AccessError):
            followup.with_user(self.bruno).action_done()
        followup.with_user(self.alice).action_done()
        self.assertClosed(followup, activity)
        with self.assertRaises(UserError):
            followup.with_user(self.alice).action_done()

    def test_next_call_after_the_end_opens_anew(self):
        followup, _activity = self.opened()
        followup.with_user(self.alice).action_done()
        self.call("m3")
        both = self.run_action()
        self.assertEqual(len(both), 2)
        self.assertEqual((both - followup).call_count, 1)

    def test_reassigned_activity_takes_the_follow_up_along(self):
        self.partner(user_id=self.alice.id)
        followup, activity = self.opened()
        writers = {self.supervisor: self.bruno, self.env.user: self.chief}
        for writer, user in writers.items():
            self.env.invalidate_all()
            activity.with_user(writer).user_id = user
            self.assertEqual(followup.user_id, user)
            followup.with_user(user).check_access("read")

    def test_who_writes_an_activity_shows_no_calls_to_others(self):
        """The caller's calls are for whom the company chose, whoever takes the work."""
        partner = self.partner(user_id=self.alice.id)
        followup, activity = self.opened()
        self.assertEqual(
            (activity.res_model, activity.res_id), ("res.partner", partner.id)
        )
        for writer in (self.bruno, self.alice):
            with self.subTest(writer=writer.login):
                activity.with_user(writer).user_id = self.bruno
                self.env.invalidate_all()
                self.assertEqual(activity.user_id, self.bruno, "the work is theirs")
                self.assertEqual(followup.user_id, self.alice)
                for record in (followup, *followup.call_ids):
                    self.assertFalse(record.with_user(self.bruno).has_access("read"))
                activity.user_id = self.alice

    def test_a_supervisor_reassigns_what_they_see(self):
        partner = self.partner(user_id=self.alice.id)
        followup, activity = self.opened()
        self.assertEqual(activity.res_id, partner.id)
        self.company.telephony_supervisor_scope = "team"
        self.assertFalse(followup.with_user(self.supervisor).has_access("read"))
        activity.with_user(self.supervisor).user_id = self.supervisor
        self.assertEqual(followup.user_id, self.alice)


@tagged("post_install", "-at_install")
class TestEscalation(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.company.telephony_escalation_hours = 4
        cls.company.telephony_escalation_user_id = cls.chief

    def test_working_hours(self):
        # A Friday, one working hour before the end of the day (8-12, 13-17).
        with freeze_time(datetime(2026, 3, 6, 16, 0)):
            self.call("m1")
            self.call("m2")
            followup = self.run_action()
        self.assertEqual(followup.escalation_date, datetime(2026, 3, 9, 11, 0))
        with freeze_time(datetime(2026, 3, 9, 10, 59)):
            self.run_action()
        self.assertFalse(followup.is_escalated)
        with freeze_time(datetime(2026, 3, 9, 11, 1)):
            self.run_action()
        self.assertTrue(followup.is_escalated)
        self.assertEqual(followup.user_id, self.chief)
        self.assertEqual(followup.activity_id.user_id, self.chief)
        self.assertIn("Still", followup.activity_id.summary)
        self.assertEqual(followup.state, "open")
        mine = self.env["mail.activity"].search([("user_id", "=", self.alice.id)])
        self.assertFalse(mine, "it is the chief's now")

    def test_action_is_woken_when_it_is_due(self):
        with freeze_time(datetime(2026, 3, 6, 16, 0)):
            self.call("m1")
            self.run_action()
        cron = self.env.ref("telephony_connector.ir_cron_telephony_followup")
        self.assertTrue(
            self.env["ir.cron.trigger"].search(
                [
                    ("cron_id", "=", cron.id),
                    ("call_at", "=", datetime(2026, 3, 9, 11, 0)),
                ]
            )
        )

    def test_escalates_once(self):
        with freeze_time(datetime(2026, 3, 2, 9, 0)):
            self.call("m1")
            followup = self.run_action()
        with freeze_time(datetime(2026, 3, 3, 9, 0)):
            self.run_action()
            activity = followup.activity_id
            self.run_action()
        self.assertEqual(followup.activity_id, activity)

    def test_settled_in_time(self):
        with freeze_time(datetime(2026, 3, 2, 9, 0)):
            self.call("m1")
            followup = self.run_action()
            self.call("o1", outcome="answered", direction="outbound")
        with freeze_time(datetime(2026, 3, 3, 9, 0)):
            self.run_action()
        self.assertFalse(followup.is_escalated)
        self.assertEqual(followup.state, "done")

    def test_never(self):
        self.company.telephony_escalation_hours = 0
        self.call("m1")
        self.assertFalse(self.run_action().escalation_date)
