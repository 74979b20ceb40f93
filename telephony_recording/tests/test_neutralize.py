"""A copy of a database asks nobody for recordings."""

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.common_neutralize import NeutralizeCase

from .common_recording import RecordingCommon


@tagged("post_install", "-at_install")
class TestNeutralize(NeutralizeCase, RecordingCommon):
    allow_inherited_tests_method = True
    addon = "telephony_recording"
    no_secret = {"telephony.pbx.recording_secret_places": "an address"}
    known = frozenset(("telephony.pbx.stored_recording_secret",))

    def test_nothing_is_asked_and_nothing_is_known(self):
        self.pbx.write({"recording_mode": "fetch"})
        call = self.recorded()
        self.assertEqual(call.recording_state, "waiting")
        self.neutralize()
        self.assertFalse(self.pbx.has_recording_secret)
        self.assertEqual(call.recording_state, "linked")
        self.assertFalse(call._is_on_known_server())
        self.assertFalse(call.with_user(self.alice).recording["url"])
