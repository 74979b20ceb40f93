import io
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..commands.generate_calls import generate_calls
from .common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestGenerateCalls(TelephonyCommon):
    def generate(self, **options):
        out = io.StringIO()
        with self.enter_registry_test_mode():
            generate_calls(self.env.cr.dbname, out, **options)
        return out.getvalue()

    def test_calls_of_every_kind(self):
        self.env["telephony.pbx"].search([("id", "!=", self.pbx.id)]).active = False
        customer = self.env["res.partner"].create(
            {"name": "Jeanne", "phone": "+33 6 39 98 00 01"}
        )
        self.env["telephony.number"].search([])
        said = self.generate(count=300, days=10, seed=7)
        self.assertIn("300 calls", said)
        calls = self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(len(calls), 300)
        self.assertEqual(
            set(calls.mapped("direction")), {"inbound", "outbound", "internal"}
        )
        self.assertTrue({"answered", "missed"} <= set(calls.mapped("outcome")))
        oldest = min(calls.mapped("start_date"))
        self.assertGreater(oldest, fields.Datetime.now() - timedelta(days=11))
        for call in calls:
            self.assertEqual(call.user_ids, call.user_id)
            self.assertEqual(bool(call.answer_date), call.outcome == "answered")
        linked = calls.filtered(lambda call: call.contact_id == customer)
        self.assertTrue(linked)
        self.assertEqual(set(linked.mapped("number")), {"+33639980001"})
