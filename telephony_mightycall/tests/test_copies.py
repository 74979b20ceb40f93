from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.telephony_connector.engine.errors import SwitchedOff
from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.scripted_http import ScriptedServer

from .common_mightycall import ACCOUNT

NUMBER = "+33612340001"


@tagged("post_install", "-at_install")
class TestCopies(TelephonyCommon):
    """A copy of a database leaves MightyCall's server alone."""

    def test_server_is_asked_nothing(self):
        server = ScriptedServer(lambda *_request: (200, {"access_token": "t"}))
        self.addCleanup(server.close)
        self.pbx.write({**ACCOUNT, "mightycall_base_url": server.url})
        self.enterContext(self.enter_registry_test_mode())
        self.pbx.action_mightycall_test()
        self.assertTrue(server.requests)
        server.requests.clear()
        self.pbx.sudo().home = {**self.pbx.sudo().home, "name": "another"}
        provider = self.pbx._get_provider()
        for ask in (
            provider.test,
            lambda: provider.read_status(self.ext_alice),
            lambda: provider.write_status(self.ext_alice, "away"),
        ):
            with self.assertRaisesRegex(SwitchedOff, "copy"):
                ask()
        with self.assertRaisesRegex(UserError, "copy"):
            self.env["telephony.client"].with_user(self.alice).dial(NUMBER)
        self.env.ref("telephony_mightycall.ir_cron_reconcile").method_direct_trigger()
        self.assertFalse(server.requests)
