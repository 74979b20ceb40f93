from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests.common import USER_GROUPS, TelephonyCommon


class HistoryCommon(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "UTC"
        cls.now = fields.Datetime.now()
        cls.supervisor.tz = "UTC"

    def had(self, days_ago=0, ring=5, talk=60, to="1001", **values):
        """Return a call that ended some days ago, at noon."""
        self.count = getattr(self, "count", 0) + 1
        start = self.now.replace(hour=0, minute=self.count) - timedelta(days=days_ago)
        answered = values.get("outcome", "answered") == "answered"
        end = start + timedelta(seconds=ring + (talk if answered else 0))
        return self.apply(
            self.change(
                f"h{self.count}",
                1,
                **{
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": "answered",
                    "number": f"+336399800{self.count:02}",
                    "extension": to,
                    "start_date": start,
                    "answer_date": start + timedelta(seconds=ring)
                    if answered
                    else None,
                    "end_date": end,
                    **values,
                },
            )
        )


@tagged("post_install", "-at_install")
class TestCallReport(HistoryCommon):
    def measures(self, call):
        return self.env["telephony.call.report"].browse(call.id)

    def test_answered_in_time_and_late(self):
        self.env.company.telephony_service_seconds = 20
        soon, late = self.had(ring=20), self.had(ring=21)
        self.assertRecordValues(
            self.measures(soon) | self.measures(late),
            [
                {"answered": 1, "service_level": 100, "time_to_answer": 20},
                {"answered": 1, "service_level": 0, "time_to_answer": 21},
            ],
        )
        self.env.company.telephony_service_seconds = 30
        self.env.invalidate_all()
        self.assertEqual(self.measures(late).service_level, 100)

    def test_averages_leave_out_what_does_not_apply(self):
        self.had(ring=10)
        self.had(ring=50, outcome="missed", extension="")
        self.had(ring=30, direction="outbound")
        [(answer, service, missed)] = self.env["telephony.call.report"]._read_group(
            [("call_id.pbx_id", "=", self.pbx.id)],
            [],
            ["time_to_answer:avg", "service_level:avg", "missed:sum"],
        )
        self.assertEqual(answer, 20, "of the two that were answered")
        self.assertEqual(service, 50, "of the two that came in")
        self.assertEqual(missed, 1)

    def test_rates_leave_out_calls_of_which_nobody_told(self):
        self.had(ring=10)
        self.had(ring=10, outcome="missed", extension="")
        self.had(outcome="unknown", answer_date=False, end_date=False)
        [rates] = self.env["telephony.call.report"]._read_group(
            [("call_id.pbx_id", "=", self.pbx.id)],
            [],
            ["answer_rate:avg", "service_level:avg", "answered:sum", "missed:sum"],
        )
        self.assertEqual(rates, (50, 50, 1, 1))

    def test_called_back(self):
        missed = self.had(outcome="missed", number="+33639980077")
        self.assertEqual(self.measures(missed).called_back, 0)
        self.had(direction="outbound", number="+33639980077")
        self.env.invalidate_all()
        self.assertRecordValues(
            self.measures(missed), [{"called_back": 1, "called_back_rate": 100}]
        )

    def test_hour_is_the_company_s(self):
        self.env.company.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(self.measures(self.had()).hour, "09")

    def test_open_calls_do_not_count(self):
        self.assertFalse(self.measures(self.ring()).exists())


@tagged("post_install", "-at_install")
class TestDashboard(HistoryCommon):
    def figures(self, period="week", user=None):
        report = self.env["telephony.call.report"].with_user(user or self.supervisor)
        board = report.get_dashboard(period)
        return {figure["name"]: figure for figure in board["figures"]}, board

    def test_period_beside_the_one_before(self):
        for days in (0, 2, 6):
            self.had(days, ring=4)
        self.had(1, outcome="missed")
        for days in (7, 13):
            self.had(days, ring=8)
        self.had(14)
        figures, _board = self.figures()
        self.assertEqual(
            (figures["calls"]["value"], figures["calls"]["before"]), (4, "2")
        )
        self.assertEqual(figures["answer_rate"]["text"], "75 %")
        self.assertEqual(figures["answer_rate"]["before"], "100 %")
        self.assertEqual(figures["answer_rate"]["trend"], "worse")
        self.assertEqual(figures["time_to_answer"]["text"], "0:04")
        self.assertEqual(figures["time_to_answer"]["trend"], "better", "less is better")
        self.assertEqual(figures["missed"]["trend"], "worse")
        self.assertEqual(figures["talk_time"]["text"], "3:00")
        self.assertFalse(figures["calls"]["trend"])

    def test_today_begins_at_the_user_s_midnight(self):
        self.had(0)
        self.supervisor.tz = "Asia/Tokyo"
        figures, board = self.figures("day")
        self.assertEqual(board["start"][11:], "15:00:00")
        self.assertEqual(
            figures["calls"]["value"], int(fields.Datetime.now().hour < 15)
        )

    def test_no_trend_where_the_figures_read_the_same(self):
        for days, ring in ((0, 10), (0, 11), (8, 10)):
            self.had(days, ring=ring)
        figures, _board = self.figures()
        self.assertEqual(figures["time_to_answer"]["text"], "0:10")
        self.assertFalse(figures["time_to_answer"]["trend"])

    def test_nothing_to_compare(self):
        figures, board = self.figures()
        self.assertEqual(figures["answer_rate"]["text"], "–")
        self.assertFalse(figures["answer_rate"]["trend"])
        self.assertEqual(figures["calls"]["text"], "0")
        for figure in ("missed", "talk_time", "inbound"):
            for text in (figures[figure]["text"], figures[figure]["before"]):
                self.assertRegex(text, r"^0(:00)?$", figure)

    def test_breakdowns(self):
        self.had(0, to="1001")
        self.had(0, to="1002", queue="sales")
        self.had(1, to="1002", queue="sales", outcome="missed")
        _figures, board = self.figures()
        lines = {part["name"]: part["lines"] for part in board["breakdowns"]}
        self.assertEqual([line["calls"] for line in lines["day"]], [1, 2])
        self.assertEqual(
            [(line["label"], line["calls"]) for line in lines["user"]],
            [(self.bruno.name, 2), (self.alice.name, 1)],
        )
        self.assertEqual(
            lines["queue"],
            [
                {
                    "label": "sales",
                    "domain": [("direction", "=", "inbound"), ("queue", "=", "sales")],
                    "calls": 2,
                    "missed": 1,
                    "answer_rate": 50,
                    "talk_time": "1:00",
                }
            ],
        )

    def test_days_are_named_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.supervisor.lang = "fr_FR"
        for days in range(7):
            self.had(days)
        _figures, board = self.figures()
        lines = {part["name"]: part["lines"] for part in board["breakdowns"]}
        weekdays = {line["label"].split()[0].rstrip(".") for line in lines["day"]}
        self.assertEqual(weekdays, {*"lun mar mer jeu ven sam dim".split()})

    def test_the_calls_behind_a_line(self):
        self.supervisor.tz = "Asia/Tokyo"
        for days in range(3):
            self.had(days, to="1002", queue="sales")
        self.had(1, to="1001", queue="support", outcome="missed")
        _figures, board = self.figures()
        period = [
            ("start_date", ">=", board["start"]),
            ("start_date", "<", board["end"]),
        ]
        calls = self.env["telephony.call"].with_user(self.supervisor)
        for part in board["breakdowns"]:
            for line in part["lines"]:
                with self.subTest(part["name"], line=line["label"]):
                    if part["name"] == "hour":
                        self.assertFalse(line["domain"])
                        continue
                    found = calls.search_count(period + line["domain"])
                    self.assertEqual(found, line["calls"])

    def test_of_the_calls_that_the_user_may_see(self):
        self.had(to="1001")
        self.had(to="1002")
        figures, _board = self.figures(user=self.alice)
        self.assertEqual(figures["calls"]["value"], 1)
        with self.assertRaises(AccessError):
            self.figures(user=self.outsider)


@tagged("post_install", "-at_install")
class TestDigest(HistoryCommon):
    def value(self, kpi, user):
        digest = self.env["digest.digest"].create({"name": "D", kpi: True})
        return (
            digest.with_user(user)
            .sudo(False)
            .with_context(
                start_datetime=self.now - timedelta(days=1),
                end_datetime=self.now + timedelta(days=1),
            )[f"{kpi}_value"]
        )

    def test_calls_of_the_day(self):
        self.had(0)
        self.had(0, outcome="missed", number="+33639980066")
        self.had(0, outcome="missed", number="+33639980067")
        self.had(0, direction="outbound", number="+33639980067")
        self.had(9)
        reader = new_test_user(
            self.env,
            "digest_t",
            groups=USER_GROUPS
            + ",telephony_connector.group_telephony_supervisor,base.group_erp_manager",
        )
        self.assertEqual(self.value("kpi_telephony_calls", reader), 4)
        self.assertEqual(self.value("kpi_telephony_missed", reader), 1)

    def test_not_for_users_without_the_telephone(self):
        reader = new_test_user(
            self.env, "digest_t", groups="base.group_user,base.group_erp_manager"
        )
        with self.assertRaises(AccessError):
            self.value("kpi_telephony_calls", reader)

    def test_mail_with_the_figures(self):
        self.had(0)
        digest = self.env["digest.digest"].create(
            {
                "name": "Figures",
                "kpi_telephony_calls": True,
                "user_ids": self.supervisor.ids,
            }
        )
        digest._action_send_to_user(self.supervisor)
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("menu_id=", mail.body_html)
        self.assertIn("action_telephony_call", mail.body_html)


@tagged("post_install", "-at_install")
class TestWeeklyReport(HistoryCommon):
    def sent_to(self):
        """Run the scheduled action; return the mails by recipient."""
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self.env["res.users"]._cron_telephony_weekly_report()
        mails = self.env["mail.mail"].search([("id", ">", last)])
        return {mail.recipient_ids.user_ids: mail for mail in mails}

    def mail_of(self, user):
        return self.sent_to().get(user)

    def test_supervisors_get_their_figures(self):
        self.had(1)
        self.had(8)
        mails = self.sent_to()
        self.assertNotIn(self.alice, mails)
        body = mails[self.supervisor].body_html
        self.assertIn("Answer rate", body)
        self.assertIn("100 %", body)

    def test_the_week_is_over(self):
        """Seven whole days: on a Monday the last Monday is in it, and today is not."""
        for days in (0, 1, 7, 8):
            self.had(days)
        report = self.env["telephony.call.report"].with_user(self.supervisor)
        [calls] = [
            figure
            for figure in report.get_dashboard("last_week")["figures"]
            if figure["name"] == "calls"
        ]
        self.assertEqual((calls["value"], calls["before"]), (2, "1"))

    def test_declined(self):
        self.had(1)
        self.assertTrue(self.mail_of(self.supervisor))
        self.supervisor.with_user(self.supervisor).telephony_weekly_report = False
        self.assertFalse(self.mail_of(self.supervisor))

    def test_no_calls_no_mail(self):
        self.assertFalse(self.mail_of(self.supervisor))
