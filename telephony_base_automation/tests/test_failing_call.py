from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestFailingCall(TelephonyCommon):
    """An action that calls, of a contact that can't be called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sent = []
        cls.partner = cls.env["res.partner"].create({"name": "Without a number"})
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Call",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "state": "telephony_dial",
                "telephony_user_id": cls.supervisor.id,
            }
        )

    def setUp(self):
        super().setUp()
        self.sent.clear()
        self.patch(
            self.registry["res.users"],
            "_bus_send",
            lambda user, kind, payload, /, **kw: self.sent.append((user, kind)),
        )

    def run_action(self, **context):
        records = {"active_model": "res.partner", "active_id": self.partner.id}
        return self.action.with_context(**records, **context).run()

    def test_whoever_runs_it_is_told(self):
        with self.assertRaisesRegex(UserError, "no number"):
            self.run_action()
        self.assertEqual(self.sent, [])

    def test_in_a_rule_its_user_is_told(self):
        self.assertFalse(self.run_action(__action_done={}))
        self.assertEqual(self.sent, [(self.supervisor, "simple_notification")])
