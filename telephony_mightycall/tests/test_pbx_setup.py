from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.scripted_http import ScriptedServer

OWN = "+33199000001"


@tagged("post_install", "-at_install")
class TestPbxSetup(TelephonyCommon):
    """The guided form leads to a first call by MightyCall's servers, too."""

    def setUp(self):
        super().setUp()
        self.login = 401, {}
        self.server = ScriptedServer(self.answer)
        self.addCleanup(self.server.close)
        self.administrator = self.env.ref("base.user_admin")
        self.setup = (
            self.env["telephony.pbx.setup"]
            .with_user(self.administrator)
            .create(
                {
                    "system": "mightycall",
                    "country_id": self.france.id,
                    "own_number": "101",
                }
            )
        )
        self.enterContext(self.enter_registry_test_mode())

    def answer(self, _method, path, _body):
        if path.endswith("/auth/token"):
            return self.login
        if path.endswith("/calls/makecall"):
            return 200, {"data": {"id": "m1"}, "isSuccess": True}
        return 200, {"data": {"phoneNumbers": [{"number": OWN}]}}

    def test_to_the_first_call(self):
        setup = self.setup
        setup.action_next()
        self.assertFalse(setup.secret, "what is proposed for Asterisk is no key")
        setup.write(
            {
                "mightycall_base_url": self.server.url,
                "mightycall_business_number": "01 99 00 00 02",
            }
        )
        with self.assertRaisesRegex(UserError, "both keys"):
            setup.action_store()
        setup.write({"mightycall_api_key": "the-api-key", "secret": "the-user-key"})
        setup.action_store()
        self.assertEqual(setup.step, "test")
        self.assertFalse(setup.secret or setup.mightycall_api_key)
        pbx = setup.pbx_id
        self.assertTrue(pbx.has_secret and pbx.mightycall_has_api_key)
        self.env.flush_all()
        setup.action_test()
        self.assertFalse(setup.is_reached)
        self.assertIn("refused the login", setup.faults)
        with self.assertRaisesRegex(UserError, "a moment ago"):
            setup.action_test()
        self.login = (
            200,
            {"access_token": "t", "refresh_token": "r", "expires_in": 9999},
        )
        self.try_again()
        self.assertTrue(setup.is_reached)
        self.assertIn(f"which has: {OWN}", setup.faults)
        setup.action_back()
        setup.mightycall_business_number = "01 99 00 00 01"
        setup.action_store()
        self.try_again()
        self.assertEqual((setup.is_reached, setup.faults), (True, ""))
        setup.action_finish()
        self.assertEqual(setup.step, "call")
        self.assertEqual(pbx.extension_ids.user_id, self.administrator)
        self.assertEqual(setup.webhook_url, pbx.webhook_url)
        setup.test_number = "+33612340001"
        answer = setup.action_ring()
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()
        self.assertIn("makecall", self.server.requests[-1][1])
        command = self.env["telephony.command"].browse(answer["command_id"])
        self.assertEqual(command.state, "done")
        self.assertTrue(setup.is_tried)

    def try_again(self):
        self.setup.pbx_id.try_date -= timedelta(minutes=1)
        self.env.flush_all()
        self.setup.action_test()
