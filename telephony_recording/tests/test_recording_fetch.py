"""Recordings are fetched from the telephone system, and from nowhere else."""

import requests

from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_connector.engine.origin import origins

from ..models.telephony_call import PAUSES
from ..tools import recording_client
from ..tools.recording_client import Access, RecordingError
from .common_recording import LOGIN, SOUND, RecordingCommon
from .recording_server import Answer, RecordingServer

FILE = "/monitor/2026/03/02/in-1.wav"


@tagged("post_install", "-at_install")
class TestClient(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = RecordingServer()
        self.addCleanup(self.server.close)
        self.other = RecordingServer()
        self.addCleanup(self.other.close)
        own = origins([self.server.url])
        self.access = Access(own, own, LOGIN)

    def refusal(self, url, **options):
        with self.assertRaises(RecordingError) as raised:
            recording_client.download(self.access, url, **options)
        return raised.exception.code

    def test_other_hosts_are_not_asked(self):
        port = self.server.url.rpartition(":")[2]
        for url in (
            f"{self.other.url}/a.wav",
            "http://169.254.169.254/latest/meta-data",
            "http://localhost/a.wav",
            f"http://127.0.0.1:{port}@{self.other.url[7:]}/a.wav",
            f"http://user@127.0.0.1:{port}/a.wav",
            f"http://127.0.0.1:{port}\\@{self.other.url[7:]}/a.wav",
            f"https://127.0.0.1:{port}/a.wav",
            "file:///etc/passwd",
            "ftp://127.0.0.1/a.wav",
            f"{self.server.url}/a b.wav",
            f"{self.server.url}/monitor/../a.wav",
            f"{self.server.url}/monitor/%2e%2e/a.wav",
            f"{self.server.url}/monitor/..%252fa.wav",
            "",
            None,
            False,
        ):
            with self.subTest(url):
                self.assertEqual(self.refusal(url), "host")
        self.assertEqual(self.other.requests + self.server.requests, [])

    def test_it_follows_nobody(self):
        self.other.files["/a.wav"] = Answer(SOUND)
        self.server.files["/a.wav"] = Answer(
            status=302, headers={"Location": f"{self.other.url}/a.wav"}
        )
        self.assertEqual(self.refusal(f"{self.server.url}/a.wav"), "redirect")
        self.assertEqual(self.other.requests, [])

    def test_login_goes_to_its_own_server_only(self):
        for server in (self.server, self.other):
            server.files["/a.wav"] = Answer(SOUND)
        access = self.access._replace(
            origins=origins([self.server.url, self.other.url])
        )
        for server, is_sent in ((self.server, True), (self.other, False)):
            recording_client.download(access, f"{server.url}/a.wav")
            [(_path, headers)] = server.requests
            self.assertIs("Authorization" in headers, is_sent)

    def test_what_is_no_sound(self):
        for mimetype in ("text/html", "image/svg+xml", "application/octet-stream", ""):
            with self.subTest(mimetype):
                self.server.files["/a.wav"] = Answer(b"<script>", mimetype)
                self.assertEqual(self.refusal(f"{self.server.url}/a.wav"), "type")

    def test_size(self):
        self.server.files["/a.wav"] = Answer(SOUND)
        url = f"{self.server.url}/a.wav"
        self.assertEqual(self.refusal(url, max_bytes=100), "size")
        self.server.files["/a.wav"] = Answer(SOUND, headers={"Content-Length": None})
        self.assertEqual(self.refusal(url, max_bytes=100), "size", "untold")
        self.assertEqual(self.refusal(url, max_seconds=-1), "time")

    def test_states(self):
        for status, code in (
            (401, "refused"),
            (403, "refused"),
            (404, "missing"),
            (500, "unreachable"),
        ):
            with self.subTest(status):
                self.server.files["/a.wav"] = Answer(status=status)
                self.assertEqual(self.refusal(f"{self.server.url}/a.wav"), code)
        self.server.files["/a.wav"] = Answer(b"")
        self.assertEqual(self.refusal(f"{self.server.url}/a.wav"), "missing")

    def test_nobody_there(self):
        self.server.close()
        self.addCleanup(self.patch, self.server, "close", lambda: None)
        with self.assertRaises(RecordingError) as raised:
            recording_client.download(self.access, f"{self.server.url}/a.wav")
        self.assertEqual(raised.exception.code, "unreachable")
        self.assertFalse(raised.exception.is_final)
        self.assertIsInstance(raised.exception.__cause__, requests.RequestException)


@tagged("post_install", "-at_install")
class TestFetch(RecordingCommon):
    def setUp(self):
        super().setUp()
        self.pbx.recording_mode = "fetch"
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)

    def run_cron(self):
        self.env["telephony.call"].search(
            [("recording_state", "=", "waiting")]
        ).recording_next_date = "2026-01-01 00:00:00"
        with mute_logger("odoo.addons.telephony_connector.models"):
            self.env["telephony.call"]._cron_fetch_recordings()

    def triggers(self):
        cron = self.env.ref("telephony_recording.ir_cron_fetch_recordings")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def test_fetched_after_the_call(self):
        before = self.triggers()
        call = self.recorded()
        self.assertEqual(call.recording_state, "waiting")
        self.assertEqual(self.triggers(), before + 1)
        self.assertEqual(self.server.requests, [], "not while the call is logged")
        self.run_cron()
        self.assertEqual(call.recording_state, "fetched")
        attachment = call._get_recording_attachment()
        self.assertEqual(attachment.raw, SOUND)
        self.assertEqual(attachment.mimetype, "audio/x-wav")
        self.assertEqual(attachment.name, "2026-03-02 09.00 33612340001.wav")
        self.assertEqual(self.server.paths, [FILE])
        self.run_cron()
        self.assertEqual(self.server.paths, [FILE], "once")

    def test_link_stays_a_link(self):
        self.pbx.recording_mode = "link"
        call = self.recorded()
        self.run_cron()
        self.assertEqual(call.recording_state, "linked")
        self.assertEqual(self.server.requests, [])

    def test_tries_end(self):
        self.server.files.clear()
        call = self.recorded()
        for _try in range(len(PAUSES)):
            self.run_cron()
            self.assertEqual(call.recording_state, "waiting")
            self.assertIn("no such recording", call.recording_error)
        self.run_cron()
        self.assertEqual(call.recording_state, "failed")
        self.assertEqual(len(self.server.requests), len(PAUSES) + 1)
        self.run_cron()
        self.assertEqual(len(self.server.requests), len(PAUSES) + 1)
        self.assertIn("no such", call.with_user(self.alice).recording["error"])

    def test_late_file_is_found(self):
        files = self.server.files
        self.server.files = {}
        call = self.recorded()
        self.run_cron()
        self.server.files = files
        self.run_cron()
        self.assertEqual(call.recording_state, "fetched")
        self.assertFalse(call.recording_error)

    def test_what_does_not_change_is_not_tried_again(self):
        self.server.login = ("odoo", "another")
        call = self.recorded()
        self.run_cron()
        self.assertEqual(call.recording_state, "failed")
        self.assertIn("login", call.recording_error)
        self.server.login = LOGIN
        call.with_user(self.supervisor).action_fetch_recording()
        self.assertEqual(call.recording_state, "waiting")
        self.run_cron()
        self.assertEqual(call.recording_state, "fetched")
        with self.assertRaises(UserError):
            call.with_user(self.supervisor).action_fetch_recording()

    def test_one_failure_keeps_no_other_back(self):
        bad = self.recorded("bad", recording_file="/gone.wav")
        good = self.recorded("good")
        self.run_cron()
        self.assertEqual(bad.recording_state, "waiting")
        self.assertEqual(good.recording_state, "fetched")

    def test_deleted_while_it_was_fetched(self):
        call = self.recorded()
        found = call._download_recording()
        call.with_user(self.supervisor).action_delete_recording()
        call._process_fetched(*found)
        self.assertEqual(call.recording_state, "deleted")
        self.assertFalse(call._get_recording_attachment())

    def test_address_of_an_unknown_server_stays_a_link(self):
        call = self.recorded(recording_file="")
        call._set_recording("http://127.0.0.1:1/x.wav")
        self.assertEqual(call.recording_state, "linked")
        self.pbx.recording_hosts = "http://127.0.0.1:1"
        call._set_recording("http://127.0.0.1:1/y.wav")
        self.assertEqual(call.recording_state, "waiting")

    def test_message_is_fetched_too(self):
        call = self.with_message()
        self.run_cron()
        self.assertEqual(call.recording_state, "fetched")
