"""A copy of a database leaves the telephone systems of the original alone."""

from odoo.tests import tagged

from .common import TelephonyCommon
from .common_neutralize import NeutralizeCase

# What looks like a secret and is none, with the reason.
NO_SECRET = {
    "telephony.pbx.url_number_key": "a parameter's name in an address",
    "telephony.pbx.url_dialed_key": "a parameter's name in an address",
    "telephony.pbx.url_uniqueid_key": "a parameter's name in an address",
    "telephony.pbx.url_name_key": "a parameter's name in an address",
    "telephony.pbx.home": "tells the copy from the original",
    "telephony.pbx.secret_places": "an address",
}


@tagged("post_install", "-at_install")
class TestNeutralize(NeutralizeCase, TelephonyCommon):
    allow_inherited_tests_method = True
    addon = "telephony_connector"
    no_secret = NO_SECRET
    known = frozenset(
        (
            "telephony.pbx.stored_secret",
            "telephony.pbx.webhook_token",
            "telephony.pbx.setup.secret",
            "telephony.token.digest",
            "telephony.agent.token.token_hash",
        )
    )

    def fill(self):
        self.env["telephony.token"]._issue(self.pbx)
        self.env["telephony.agent.token"].with_user(self.alice)._generate("Laptop")
        self.env["telephony.pbx.setup"].create({"country_id": self.france.id})
        self.env.flush_all()

    def test_nothing_is_asked_and_nothing_is_known(self):
        self.neutralize()
        self.assertFalse(self.pbx.active)
        self.assertFalse(self.pbx.has_secret)
