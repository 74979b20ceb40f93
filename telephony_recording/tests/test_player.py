from odoo.tests import HttpCase, tagged

from .common_recording import RecordingCommon
from .recording_server import make_sound


@tagged("post_install", "-at_install")
class TestPlayer(RecordingCommon, HttpCase):
    def test_recording_is_heard(self):
        """A real sound, passed on from the telephone system's web server."""
        self.pbx.recording_note = "Stop it if they object."
        path, answer = next(iter(self.server.files.items()))
        self.server.files[path] = answer._replace(body=make_sound(3))
        call = self.recorded()
        self.start_tour(
            f"/odoo/telephony.call/{call.id}",
            "telephony_recording",
            login=self.alice.login,
        )
        self.assertTrue(self.server.requests)
