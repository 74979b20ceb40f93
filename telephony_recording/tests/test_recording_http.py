"""The one address at which recordings are heard."""

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_connector.tests.common import USER_GROUPS

from .common_recording import SOUND, RecordingCommon
from .recording_server import Answer

DOWNLOAD = "telephony_recording.group_telephony_download"
FILE = "/monitor/2026/03/02/in-1.wav"


@tagged("post_install", "-at_install")
class TestRecordingRoute(RecordingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env,
            "keeper_t",
            groups=f"{USER_GROUPS},{DOWNLOAD},"
            "telephony_connector.group_telephony_supervisor",
        )

    def ask(self, call, user=None, download=False, **headers):
        if user:
            self.authenticate(user.login, user.login)
        self.env.flush_all()
        path = f"/telephony/recording/{call.id}" + ("?download=1" if download else "")
        with mute_logger("odoo.http"):
            return self.url_open(path, headers=headers, allow_redirects=False)

    def stored(self):
        call = self.recorded()
        call._store_recording(SOUND, "audio/x-wav")
        return call

    def test_file_is_played(self):
        answer = self.ask(self.stored(), self.alice)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, SOUND)
        self.assertEqual(answer.headers["Content-Type"], "audio/x-wav")
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertNotIn("attachment", answer.headers.get("Content-Disposition", ""))
        self.assertEqual(self.server.requests, [], "from Odoo's own file")

    def test_part_of_a_file(self):
        answer = self.ask(self.stored(), self.alice, Range="bytes=10-19")
        self.assertEqual(answer.status_code, 206)
        self.assertEqual(answer.content, SOUND[10:20])
        self.assertEqual(answer.headers["Content-Range"], f"bytes 10-19/{len(SOUND)}")

    def test_link_is_passed_on(self):
        """The telephone system's login and address stay on the server."""
        answer = self.ask(self.recorded(), self.alice)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, SOUND)
        self.assertEqual(answer.headers["Content-Type"], "audio/x-wav")
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        [(path, headers)] = self.server.requests
        self.assertEqual(path, FILE)
        self.assertIn("Authorization", headers)
        self.assertNotIn("session_id", str(headers))
        self.assertNotIn(self.server.url, str(answer.headers))

    def test_part_of_a_link(self):
        answer = self.ask(self.recorded(), self.alice, Range="bytes=10-19")
        self.assertEqual(answer.status_code, 206)
        self.assertEqual(answer.content, SOUND[10:20])
        self.assertEqual(answer.headers["Content-Range"], f"bytes 10-19/{len(SOUND)}")

    def test_page_instead_of_a_sound(self):
        self.server.files[FILE] = Answer(b"<script>alert(1)</script>", "text/html")
        answer = self.ask(self.recorded(), self.alice)
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn("alert(1)", answer.text)

    def test_download_needs_its_right(self):
        for call in (self.recorded("link"), self.stored()):
            self.assertEqual(self.ask(call, self.alice, True).status_code, 403)
            answer = self.ask(call, self.keeper, True)
            self.assertEqual(answer.status_code, 200, answer.text)
            self.assertEqual(answer.content, SOUND)
            self.assertIn("attachment", answer.headers["Content-Disposition"])
            self.assertIn("33612340001.wav", answer.headers["Content-Disposition"])

    def test_who_may_not_hear(self):
        call = self.stored()
        # A call that one may not see is none.
        self.assertEqual(self.ask(call, self.bruno).status_code, 404)
        self.assertEqual(self.ask(call, self.outsider).status_code, 404)
        self.env["crm.team"].create(
            {
                "name": "North",
                "company_id": self.env.company.id,
                "member_ids": [(6, 0, (self.alice | self.bruno).ids)],
            }
        )
        self.assertEqual(self.ask(call, self.bruno).status_code, 403, "a colleague")
        self.assertEqual(self.ask(call, self.alice).status_code, 200)

    def test_nobody_hears_without_a_session(self):
        answer = self.ask(self.stored())
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_other_ways_to_the_file_are_shut(self):
        call = self.stored()
        attachment = call._get_recording_attachment()
        self.authenticate(self.supervisor.login, self.supervisor.login)
        for path in (
            f"/web/content/{attachment.id}",
            f"/web/content/telephony.call/{call.id}/recording_file",
        ):
            with mute_logger("odoo.http"):
                answer = self.url_open(path)
            self.assertNotEqual(answer.status_code, 200, path)

    def test_foreign_link_is_for_who_may_keep_it(self):
        call = self.recorded(recording_file="")
        call._set_recording("https://elsewhere.example.com/1.mp3?key=abc")
        self.assertFalse(call.with_user(self.supervisor).recording["url"])
        self.assertEqual(self.ask(call, self.supervisor).status_code, 403)
        self.assertTrue(call.with_user(self.keeper).recording["url"])
        answer = self.ask(call, self.keeper)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(
            answer.headers["Location"], "https://elsewhere.example.com/1.mp3?key=abc"
        )

    def test_deleted_is_gone(self):
        call = self.stored()
        call.with_user(self.supervisor).action_delete_recording()
        self.assertEqual(self.ask(call, self.supervisor).status_code, 404)
        self.assertEqual(self.server.requests, [])

    def test_what_is_no_id(self):
        self.authenticate(self.alice.login, self.alice.login)
        for text in ("%C2%B2", "x" * 3000, str(2**31), str(10**30), "-1"):
            answer = self.url_open(
                f"/telephony/recording/{text}", allow_redirects=False
            )
            with self.subTest(text[:20]):
                self.assertIn(answer.status_code, (303, 400, 404))
