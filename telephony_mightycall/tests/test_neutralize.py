"""A copy of a database asks MightyCall's server nothing."""

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.common_neutralize import NeutralizeCase

from .common_mightycall import ACCOUNT


@tagged("post_install", "-at_install")
class TestNeutralize(NeutralizeCase, TelephonyCommon):
    allow_inherited_tests_method = True
    addon = "telephony_mightycall"
    no_secret = {
        "telephony.pbx.mightycall_api_key_places": "an address",
        "telephony.extension.mightycall_user_key_places": "an address",
    }
    known = frozenset(
        (
            "telephony.pbx.stored_mightycall_api_key",
            "telephony.extension.stored_mightycall_user_key",
            "telephony.mightycall.session.access",
        )
    )

    def fill(self):
        self.env["telephony.mightycall.session"].create(
            {"pbx_id": self.pbx.id, "expire_date": self.env.cr.now()}
        )
        self.env["telephony.pbx.setup"].create({"system": "mightycall"})
        self.env.flush_all()

    def test_nothing_is_known(self):
        self.pbx.write(ACCOUNT)
        self.ext_alice.mightycall_user_key = "alices-key"
        self.neutralize()
        self.assertFalse(self.pbx.mightycall_has_api_key)
        self.assertFalse(self.ext_alice.mightycall_has_user_key)
