"""What supervisors see counts as missed what everybody else sees as missed."""

from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests import test_missed
from odoo.addons.telephony_connector.tests.common import USER_GROUPS


@tagged("post_install", "-at_install")
class TestMissedInFigures(test_missed.TestMissed):
    allow_inherited_tests_method = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "digest_t",
            groups=USER_GROUPS
            + ",telephony_connector.group_telephony_supervisor,base.group_erp_manager",
        )

    def counts(self):
        found = super().counts()
        report = self.env["telephony.call.report"].with_user(self.supervisor)
        today = [("pbx_id", "=", self.pbx.id)]
        [(missed,)] = report._read_group(today, [], ["missed:sum"])
        board = report.get_dashboard("day")
        figures = {figure["name"]: figure["value"] for figure in board["figures"]}
        lines = {part["name"]: part["lines"] for part in board["breakdowns"]}
        queues = self.env["telephony.board"].with_user(self.supervisor).get_state()
        digest = (
            self.env["digest.digest"]
            .with_user(self.reader)
            .create({"name": "Figures"})
            .with_context(
                start_datetime=fields.Datetime.now() - timedelta(days=1),
                end_datetime=fields.Datetime.now() + timedelta(days=1),
            )
        )
        found["missed"] |= {
            "report": missed or 0,
            "dashboard": figures["missed"],
            **{
                f"by {name}": sum(line["missed"] for line in lines[name])
                for name in ("hour", "user", "queue")
            },
            "board": sum(queue["missed"] for queue in queues["queues"]),
        }
        found["to call back"]["digest"] = digest.kpi_telephony_missed_value
        return found

    def test_called_back_rate(self):
        self.had("busy", number=self.ada.phone)
        self.had("answered", "outbound", number=self.ada.phone)
        report = self.env["telephony.call.report"].with_user(self.supervisor)
        figures = {f["name"]: f for f in report.get_dashboard("day")["figures"]}
        self.assertEqual(figures["called_back_rate"]["text"], "100 %")

    def test_who_was_only_rung_is_no_handler(self):
        call = self.had("declined", number=self.ada.phone)
        self.env.flush_all()
        self.assertRecordValues(
            self.env["telephony.call.report"].browse(call.id),
            [{"handled_by_id": False, "user_id": self.alice.id}],
        )
