from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TelephonyCommon

NUMBER = "+33612340001"


@tagged("post_install", "-at_install")
class TestServerAction(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.provider = "softphone"
        cls.partner = cls.env["res.partner"].create(
            {"name": "Jeanne", "phone": "06 12 34 00 01", "country_id": cls.france.id}
        )
        cls.action = cls.make_action("res.partner")

    @classmethod
    def make_action(cls, model, **values):
        return cls.env["ir.actions.server"].create(
            {
                "name": "Call",
                "model_id": cls.env["ir.model"]._get_id(model),
                "state": "telephony_dial",
                **values,
            }
        )

    def run_on(self, record, action=None, user=None, **context):
        action = (action or self.action).with_user(user or self.env.user)
        return action.with_context(
            active_model=record._name,
            active_id=record.ids[0],
            active_ids=record.ids,
            **context,
        ).run()

    def calls(self):
        return self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])

    def test_chosen_user_calls_the_record(self):
        self.action.telephony_user_id = self.alice
        self.run_on(self.partner)
        self.assertRecordValues(
            self.calls(),
            [
                {
                    "direction": "outbound",
                    "number": NUMBER,
                    "user_id": self.alice.id,
                    "contact_id": self.partner.id,
                }
            ],
        )

    def test_responsible_user_of_the_record(self):
        self.partner.user_id = self.bruno
        self.run_on(self.partner)
        self.assertEqual(self.calls().user_id, self.bruno)

    def test_whoever_runs_it(self):
        self.alice.group_ids += self.env.ref("base.group_system")
        self.run_on(self.partner, user=self.alice)
        self.assertEqual(self.calls().user_id, self.alice)

    def test_caller_of_a_call(self):
        call = self.ring(to="1001")
        action = self.make_action("telephony.call")
        self.run_on(call, action)
        self.assertEqual((self.calls() - call).number, NUMBER)

    def test_nothing_to_call(self):
        self.action.telephony_user_id = self.alice
        self.partner.phone = False
        with self.assertRaisesRegex(UserError, "no number"):
            self.run_on(self.partner)

    def test_user_without_an_extension(self):
        self.action.telephony_user_id = self.supervisor
        with self.assertRaisesRegex(UserError, "no extension"):
            self.run_on(self.partner)

    def test_one_call_at_a_time(self):
        other = self.partner.copy()
        with self.assertRaisesRegex(UserError, "One call"):
            self.run_on(self.partner | other)

    def test_number_not_to_call(self):
        self.env["phone.blacklist"].create({"number": NUMBER})
        self.alice.group_ids += self.env.ref(
            "telephony_connector.group_telephony_do_not_call"
        )
        self.action.telephony_user_id = self.alice
        with self.assertRaisesRegex(UserError, "not to call"):
            self.run_on(self.partner)
        self.assertFalse(self.calls())

    def test_calls_of_actions_dial_no_further(self):
        self.action.telephony_user_id = self.alice
        self.run_on(self.partner, telephony_dialing=True)
        self.assertFalse(self.calls())

    def test_models_with_numbers(self):
        found = set(self.action.available_model_ids.mapped("model"))
        self.assertLessEqual({"telephony.call", "res.partner", "crm.lead"}, found)
        objects = self.env["telephony.call"]._get_object_models()
        self.assertEqual(found - {"telephony.call"}, set(objects))
