"""The password for recordings belongs to the servers that it was typed for."""

import requests

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests.test_secrets import ADMINISTRATOR, netrc

from ..hooks import post_init_hook
from ..tools.recording_client import RecordingError, open_recording
from .common_recording import LOGIN, SOUND, RecordingCommon
from .recording_server import Answer, RecordingServer


@tagged("post_install", "-at_install")
class TestRecordingSecret(RecordingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(cls.env, "admin_t", groups=ADMINISTRATOR)
        cls.other = RecordingServer()
        cls.addClassCleanup(cls.other.close)
        cls.other.files["/a.wav"] = Answer(SOUND)

    def test_another_server_asks_for_the_password(self):
        pbx = self.pbx.with_user(self.administrator)
        for name in ("recording_pattern", "voicemail_pattern"):
            values = {name: f"{self.other.url}/{{file}}"}
            with self.subTest(name), self.assertRaises(ValidationError):
                pbx.write(values)
        pbx.recording_pattern = f"{self.server.url}/elsewhere/{{file}}"
        pbx.voicemail_pattern = False
        self.assertTrue(pbx.has_recording_secret)
        pbx.write(
            {
                "recording_pattern": f"{self.other.url}/{{file}}",
                "recording_secret": "for the other",
            }
        )
        open_recording(pbx._get_recording_access(), f"{self.other.url}/a.wav").close()
        _path, headers = self.other.requests[-1]
        self.assertEqual(headers["Authorization"], "Basic b2Rvbzpmb3IgdGhlIG90aGVy")

    def test_address_changed_behind_our_back_gets_nothing(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE telephony_pbx SET voicemail_pattern = %s WHERE id = %s",
            [f"{self.other.url}/{{message}}", self.pbx.id],
        )
        self.env.invalidate_all()
        access = self.pbx._get_recording_access()
        self.assertFalse(access.login)
        open_recording(access, f"{self.other.url}/a.wav").close()
        self.assertNotIn("Authorization", self.other.requests[-1][1])

    def test_login_without_encryption_needs_the_tick(self):
        pbx = self.pbx
        pbx.write(
            {
                "recording_pattern": "http://pbx.example.com/{file}",
                "voicemail_pattern": False,
                "recording_secret": "x",
            }
        )
        url = "http://pbx.example.com/a.wav"
        with self.assertRaises(RecordingError) as raised:
            open_recording(pbx._get_recording_access(), url)
        self.assertEqual(raised.exception.code, "unencrypted")
        self.assertIn(
            "encryption",
            self.env["telephony.call"]._get_recording_error("unencrypted"),
        )
        pbx.allow_unencrypted = True
        self.assertTrue(pbx._get_recording_access().allow_unencrypted)
        pbx.write({"allow_unencrypted": False, "recording_username": False})
        self.assertFalse(pbx._get_recording_access().login, "nothing secret is sent")

    def test_netrc_replaces_no_login(self):
        call = self.recorded()
        with netrc():
            open_recording(
                self.pbx._get_recording_access(), call.stored_recording_url
            ).close()
        [*_others, (_path, headers)] = self.server.requests
        own = requests.auth._basic_auth_str(*LOGIN)
        self.assertEqual(headers["Authorization"], own)

    def test_a_password_from_before_this_addon_is_bound(self):
        """Where the base kept it, it belongs to the present addresses."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE telephony_pbx SET recording_secret_places = NULL")
        self.env.invalidate_all()
        self.assertFalse(self.pbx.has_recording_secret)
        post_init_hook(self.env)
        self.env.invalidate_all()
        self.assertTrue(self.pbx.has_recording_secret)
