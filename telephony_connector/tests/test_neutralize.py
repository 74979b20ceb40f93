"""A copy of a database leaves the telephone systems of the original alone."""

from pathlib import Path

from odoo.tests import tagged

from .common_recording import RecordingCommon

SCRIPT = Path(__file__).parents[1] / "data" / "neutralize.sql"


@tagged("post_install", "-at_install")
class TestNeutralize(RecordingCommon):
    def test_nothing_is_asked_and_nothing_is_known(self):
        self.pbx.write({"recording_mode": "fetch", "stored_api_key": "key"})
        call = self.recorded()
        self.assertEqual(call.recording_state, "waiting")
        self.env.flush_all()
        self.env.cr.execute(SCRIPT.read_text())
        self.env.invalidate_all()
        self.assertFalse(self.pbx.active)
        for name in ("stored_secret", "stored_api_key", "stored_recording_secret"):
            self.assertFalse(self.pbx[name], name)
        self.assertEqual(call.recording_state, "linked")
        self.assertFalse(call._is_on_known_server())
        self.assertFalse(call.with_user(self.alice).recording["url"])
