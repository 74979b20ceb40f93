"""What a telephone system's form, and ``odoo telephony check``, show of its health."""

import io
from unittest.mock import patch

from odoo.tests import tagged

from ..commands import connections
from ..engine import errors
from ..engine.texts import text
from ..listener.check import Finding
from .common import TelephonyCommon, at

LOGIN = text("check_login", user="odoo")


@tagged("post_install", "-at_install")
class TestHealth(TelephonyCommon):
    def problem(self, name="Newchannel", count=1, kind="fault"):
        return {
            "kind": kind,
            "name": name,
            "reason": text("fault", error="ZeroDivisionError: division by zero"),
            "count": count,
            "start_date": at(0),
            "last_date": at(60),
        }

    def replace(self, *problems):
        self.env["telephony.pbx.problem"]._replace(self.pbx, list(problems))
        return [(each.kind, each.name, each.count) for each in self.pbx.problem_ids]

    def test_every_error_is_a_state_of_the_connection(self):
        codes = {cls.code for cls in vars(errors).values() if isinstance(cls, type)}
        self.assertLessEqual({"error", "refused", "timeout", "invalid"}, codes)
        for code in codes:
            with self.subTest(code=code):
                self.pbx._set_connection(code, text("cut", reason="x"))
                self.assertEqual(self.pbx.connection_state, code)
                self.assertTrue(self.pbx._get_connection_text())
        self.pbx._set_connection("of-another-addon", text("hung_up"))
        self.assertEqual(self.pbx.connection_state, "error")

    def test_problems_come_are_met_again_and_go(self):
        self.assertEqual(
            self.replace(self.problem(), self.problem("Hangup")),
            [("fault", "Newchannel", 1), ("fault", "Hangup", 1)],
        )
        [first, _second] = self.pbx.problem_ids
        self.assertEqual(
            self.replace(self.problem(count=3)), [("fault", "Newchannel", 3)]
        )
        self.assertEqual(self.pbx.problem_ids, first)
        self.assertEqual(self.replace(), [])

    def test_the_form_shows_problems_to_administrators_alone(self):
        view = self.env["telephony.pbx"].with_user(self.alice).get_view(False, "form")
        self.assertNotIn("problem_ids", view["arch"])
        view = self.env["telephony.pbx"].get_view(False, "form")
        self.assertIn("problem_ids", view["arch"])

    def check(self, *findings, leads=True):
        """Return what ``odoo telephony check`` says, and whether all is well."""
        pbx = self.pbx
        describe = self.env["telephony.listener"]._describe_health

        class Bridge:
            def __init__(self, dbname):
                self.find_off = lambda: []
                self.load_settings = lambda: [pbx]
                self.load_health = lambda pbx_id: describe(pbx)

        class Check:
            def __init__(self, settings):
                pass

            async def run(self):
                for finding in findings:
                    yield finding

        out = io.StringIO()
        with (
            patch.object(connections, "Bridge", Bridge),
            patch.object(connections, "Check", Check),
            patch.object(type(pbx), "_has_leader", lambda pbx: leads),
        ):
            is_well = connections.check("test", out)
        return is_well, out.getvalue()

    def test_the_check_fails_where_something_is_wrong(self):
        self.pbx._set_connection("connected")
        is_well, out = self.check(Finding(True, LOGIN), Finding(None, LOGIN))
        self.assertTrue(is_well)
        self.assertNotIn("FAIL", out)
        is_well, _out = self.check(Finding(False, LOGIN))
        self.assertFalse(is_well)
        self.replace(self.problem(count=3), self.problem("QueueStatus", kind="list"))
        is_well, out = self.check(Finding(True, LOGIN))
        self.assertFalse(is_well)
        self.assertIn("FAIL Fault in Odoo: Newchannel: ZeroDivisionError", out)
        self.assertIn("(3 times), since 2026-03-02 09:00:00 UTC", out)
        self.assertIn("FAIL List not available: QueueStatus", out)
        self.replace()
        is_well, out = self.check(leads=False)
        self.assertFalse(is_well)
        self.assertIn("FAIL No listener is running", out)
        self.pbx._set_connection("login_refused", text("login_refused"))
        is_well, out = self.check()
        self.assertFalse(is_well)
        self.assertIn(
            "FAIL The listener: Login refused. The telephone system refuses", out
        )
