from odoo.tests import tagged

from .common_recording import RecordingCommon


@tagged("post_install", "-at_install")
class TestCopies(RecordingCommon):
    """A copy of a database leaves the servers of the original alone."""

    def test_recordings_are_asked_for_nowhere(self):
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)
        self.pbx.recording_mode = "fetch"
        call = self.recorded()
        call.recording_next_date = self.env.cr.now()
        self.pbx.home = {**self.pbx.home, "name": "another"}
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["telephony.call"]._cron_fetch_recordings()
        self.assertFalse(self.server.requests)
        self.assertEqual(call.recording_state, "waiting", "it may be taken over")
        self.assertIn("copy", call.recording_error)
