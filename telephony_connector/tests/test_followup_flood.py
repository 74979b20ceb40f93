from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MailCase

from ..models import telephony_client, telephony_followup
from ..odoo_compat import Cursor
from .test_followup import CALLER, FollowupCommon


class FloodCommon(FollowupCommon):
    def flood(self, count, first=0, **values):
        """Let unknown callers call once; return their calls."""
        calls = self.env["telephony.call"]
        for index in range(first, first + count):
            calls |= self.call(f"f{index}", number=f"+331990{index:05}", **values)
        return calls

    def open_flood(self, count, **values):
        calls = self.flood(count, **values)
        self.followups._cron_follow_up()
        return calls.followup_id


@tagged("post_install", "-at_install")
class TestKinds(FloodCommon):
    def test_unknown_caller_who_called_once(self):
        self.call("m1", to="1002")
        followup = self.run_action()
        self.assertRecordValues(
            followup,
            [{"kind": "single", "user_id": self.bruno.id, "activity_id": False}],
        )
        self.assertFalse(
            self.env["mail.activity"].search([("user_id", "=", self.bruno.id)])
        )

    def test_unknown_caller_who_tried_again(self):
        self.call("m1", to="1002")
        followup = self.run_action()
        self.call("m2", to="1002")
        self.run_action()
        self.assertEqual(followup.kind, "repeated")
        self.assertEqual(followup.activity_id.user_id, self.bruno)

    def test_unknown_caller_who_left_a_message(self):
        self.call("m1", voicemail=True)
        followup = self.run_action()
        self.assertEqual(followup.kind, "repeated")
        self.assertTrue(followup.activity_id)

    def test_known_caller(self):
        self.partner()
        self.call("m1")
        followup = self.run_action()
        self.assertEqual(followup.kind, "known")
        self.assertTrue(followup.activity_id)

    def test_known_caller_is_named_to_who_may_read_them(self):
        partner = self.partner()
        self.call("m1")
        followup = self.run_action()
        self.assertEqual(followup.with_user(self.alice).caller_name, "Jeanne")
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": [("id", "!=", partner.id)],
            }
        )
        self.env.invalidate_all()
        self.assertFalse(followup.with_user(self.alice).caller_name)

    def test_call_that_was_answered_after_all(self):
        self.call("m1")
        followup = self.run_action()
        now = fields.Datetime.now()
        self.apply(
            self.change(
                "m1",
                2,
                direction="inbound",
                state="ended",
                outcome="answered",
                number=CALLER,
                start_date=now,
                answer_date=now,
                end_date=now,
            )
        )
        self.run_action()
        self.assertEqual(followup.state, "done")

    def test_activity_shows_no_follow_up(self):
        self.call("m1", to="1002")
        followup = self.run_action()
        own = self.alice.partner_id.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.alice.id
        ).with_user(self.alice)
        with self.assertRaises(AccessError):
            own.telephony_followup_id = followup
        with self.assertRaises(AccessError):
            own.read(["telephony_followup_id"])
        own.sudo().telephony_followup_id = followup
        own.action_feedback(feedback="Done")
        self.assertEqual(followup.state, "open", "it is not its activity")

    def test_caller_whom_several_have_is_known(self):
        self.partner()
        self.partner(name="Jean")
        self.call("m1")
        self.assertEqual(self.run_action().kind, "known")

    def test_caller_becomes_known(self):
        self.call("m1")
        followup = self.run_action()
        self.assertEqual(followup.kind, "single")
        partner = self.partner()
        self.env["telephony.number"]._process_pending()
        self.env["telephony.number"]._cron_link_calls()
        self.run_action()
        self.assertEqual(followup.kind, "known")
        self.assertEqual(followup.activity_id.res_model, "res.partner")
        self.assertEqual(followup.activity_id.res_id, partner.id)

    def test_known_callers_come_first(self):
        self.flood(3)
        self.call("m1", number="+33639980101")
        self.call("m2", number="+33639980101")
        self.partner()
        now = fields.Datetime.now() - timedelta(hours=1)
        self.call("m3", start_date=now, end_date=now)
        self.followups._cron_follow_up()
        found = self.followups.search([("company_id", "=", self.company.id)])
        self.assertEqual(
            found.mapped("kind"), ["known", "repeated", "single", "single", "single"]
        )

    def test_list_opens_all_but_the_gathered(self):
        self.flood(2)
        self.partner()
        self.call("m1")
        self.followups._cron_follow_up()
        groups = self.followups.web_read_group(
            [("company_id", "=", self.company.id)],
            ["kind"],
            unfold_read_specification={"number": {}},
        )["groups"]
        self.assertEqual(
            [(g["kind"], g["__count"], "__records" in g) for g in groups],
            [("known", 1, True), ("single", 2, False)],
        )

    def test_members_of_a_queue_answer_for_its_callers(self):
        self.ext_bruno.queues = "sales, support"
        self.call("m1", to="", queue="support")
        self.assertEqual(self.run_action().user_id, self.bruno)

    def test_callers_of_an_empty_queue_are_not_nobody_s(self):
        self.call("m1", to="", queue="support")
        supervisors = self.env.ref("telephony_connector.group_telephony_supervisor")
        self.assertIn(self.run_action().user_id, supervisors.all_user_ids)


@tagged("post_install", "-at_install")
class TestFlood(FloodCommon, MailCase):
    def count_statements(self, uniqueid):
        """Return how many statements the wake-up after one more missed call takes."""
        self.call(uniqueid, number=f"+3363998{uniqueid[1:]:0>4}")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.followups._cron_follow_up()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_wake_up_takes_the_same_whatever_is_open(self):
        self.open_flood(5)
        self.count_statements("m0")  # what is cached is read here
        few = self.count_statements("m1")
        self.open_flood(60, first=5)
        self.assertEqual(self.count_statements("m2"), few)

    def test_attempts_take_the_same_however_often_one_called(self):
        self.partner()
        rows = []
        execute = Cursor.execute

        def count_rows(cursor, *args, **kwargs):
            result = execute(cursor, *args, **kwargs)
            rows.append(cursor.rowcount)
            return result

        def attempt(index):
            self.call(f"m{index}")
            self.env.flush_all()
            self.env.invalidate_all()
            rows.clear()
            with patch.object(Cursor, "execute", count_rows):
                self.followups._cron_follow_up()
                self.env.flush_all()
            return len(rows), sum(rows)

        for index in range(3):
            attempt(index)
        few = attempt(3)
        for index in range(4, 30):
            self.call(f"m{index}")
        self.followups._cron_follow_up()
        self.assertEqual(attempt(31), few)
        self.assertEqual(self.run_action().call_count, 31)

    def test_what_is_due_is_found_by_an_index(self):
        self.open_flood(3)
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")
        for model, work, index in (
            ("telephony.call", "_review_calls", "telephony_call_followup_due_idx"),
            ("telephony.call", "_open_missed", "telephony_call_to_follow_up_idx"),
            ("telephony.followup", "_escalate_due", "telephony_followup_due_idx"),
        ):
            with self.subTest(work=work):
                plans = self.explain(model, getattr(self.followups, work))
                self.assertIn(index, plans[0])

    def explain(self, model, work):
        """Return how PostgreSQL finds what a function searches of a model."""
        plans = []
        search = self.registry[model]._search

        def explain(records, *args, **kwargs):
            query = search(records, *args, **kwargs)
            if not query.is_empty():
                rows = records.env.execute_query(SQL("EXPLAIN %s", query.select()))
                plans.append("\n".join(row for (row,) in rows))
            return query

        with patch.object(self.registry[model], "_search", explain):
            work()
        return plans

    def test_unknown_callers_who_repeat_fill_no_user_s_activities(self):
        self.patch(telephony_followup, "MAX_UNKNOWN_ACTIVITIES", 2)
        for index in range(5):
            self.call(f"a{index}", number=f"+336399801{index:02}")
            self.call(f"b{index}", number=f"+336399801{index:02}")
        self.followups._cron_follow_up()
        found = self.followups.search([("company_id", "=", self.company.id)])
        self.assertEqual(set(found.mapped("kind")), {"repeated"})
        self.assertEqual(len(found.activity_id), 2)
        self.partner()
        self.call("m1")
        self.assertTrue(self.run_action().activity_id, "known callers are no flood")

    def test_escalation_of_unknown_callers(self):
        self.company.resource_calendar_id.tz = "UTC"
        self.company.telephony_escalation_hours = 4
        self.company.telephony_escalation_user_id = self.chief
        self.patch(telephony_followup, "BATCH_SIZE", 2)
        cron = self.env.ref("telephony_connector.ir_cron_telephony_followup")
        with freeze_time(datetime(2026, 3, 2, 9, 0, 20)):
            followups = self.open_flood(5)
        due = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", cron.id), ("call_at", ">", datetime(2026, 3, 2, 9, 5))]
        )
        self.assertEqual(len(due), 1, "one wake-up for all of a minute")
        with freeze_time(datetime(2026, 3, 2, 15, 0)):
            self.followups._cron_follow_up()
        self.assertEqual(followups.user_id, self.chief)
        self.assertTrue(all(followups.mapped("is_escalated")))
        self.assertFalse(followups.activity_id)

    def test_dismissed_together(self):
        self.flood(4)
        self.call("m1", number="+33639980101")
        self.call("m2", number="+33639980101")
        self.followups._cron_follow_up()
        dismissals = self.env["telephony.followup.dismissal"].with_user(self.alice)
        action = self.followups.with_user(self.alice).action_dismiss_unknown()
        self.assertEqual(action["res_model"], dismissals._name)
        question = dismissals.create({})
        self.assertEqual(question.count, 4)
        meanwhile = self.open_flood(1, first=4)
        with self.assertBus(
            [(self.cr.dbname, "res.partner", self.alice.partner_id.id)]
        ):
            question.action_dismiss()
        found = self.followups.search(
            [("company_id", "=", self.company.id), ("state", "=", "open")]
        )
        self.assertEqual(found.filtered(lambda each: each.kind == "single"), meanwhile)
        self.assertEqual(found.mapped("kind"), ["repeated", "single"])
        client = self.env["telephony.client"].with_user(self.alice)
        missed = self.env["telephony.call"].search(client._get_missed_domain())
        self.assertEqual({*missed.followup_id}, {*found})

    def test_who_called_again_is_not_dismissed(self):
        followups = self.open_flood(2)
        question = self.env["telephony.followup.dismissal"].with_user(self.alice)
        question = question.create({})
        self.call("m1", number=followups[0].number)
        self.followups._cron_follow_up()
        question.action_dismiss()
        self.assertEqual(followups.mapped("state"), ["open", "done"])

    def test_nobody_dismisses_what_they_do_not_see(self):
        self.open_flood(3)
        question = self.env["telephony.followup.dismissal"].with_user(self.bruno)
        question = question.create({"last_id": 2**31 - 1})
        self.assertEqual(question.count, 0)
        question.action_dismiss()
        self.assertEqual(
            self.followups.search_count(
                [("company_id", "=", self.company.id), ("state", "=", "open")]
            ),
            3,
        )


@tagged("post_install", "-at_install")
class TestPanelInAFlood(FloodCommon):
    def panel(self):
        client = self.env["telephony.client"].with_user(self.alice)
        return client.get_panel(), client.get_phone_state()["missed_count"]

    def test_known_callers_come_first(self):
        self.partner(user_id=self.alice.id)
        self.call("m1")
        self.call("r1", number="+33639980101")
        self.call("r2", number="+33639980101")
        self.flood(2)
        self.followups._cron_follow_up()
        panel, count = self.panel()
        self.assertEqual(
            [entry["number"] for entry in panel["missed"]],
            [CALLER, *["+33639980101"] * 2, "+33199000001", "+33199000000"],
        )
        self.assertEqual((panel["gathered"], count), (0, 5))

    def test_more_than_the_panel_holds_are_gathered(self):
        self.patch(telephony_client, "MISSED_CALLS", 3)
        self.partner(user_id=self.alice.id)
        self.call("m1")
        self.flood(4)
        for is_followed in (False, True):
            with self.subTest(is_followed=is_followed):
                panel, count = self.panel()
                self.assertEqual([e["number"] for e in panel["missed"]], [CALLER])
                self.assertEqual((panel["gathered"], count), (4, 2))
                self.followups._cron_follow_up()

    def test_others_calls_are_not_counted(self):
        self.flood(2, to="1002")
        self.followups._cron_follow_up()
        panel, count = self.panel()
        self.assertEqual((panel["missed"], panel["gathered"], count), ([], 0, 0))
