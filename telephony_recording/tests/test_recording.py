"""Where recordings are, who may hear them, and how long they stay."""

import re
from datetime import timedelta
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

import requests

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests.common import at

from .common_recording import PATH, SOUND, RecordingCommon

GROUP = "telephony_connector.group_telephony_"


@tagged("post_install", "-at_install")
class TestAddress(RecordingCommon):
    def test_file_that_the_pbx_named(self):
        call = self.recorded()
        self.assertEqual(
            call.stored_recording_url,
            f"{self.server.url}/monitor/2026/03/02/in-1.wav",
        )
        self.assertEqual(call.recording_state, "linked")

    def test_placeholders(self):
        self.env.company.resource_calendar_id.tz = "Europe/Paris"
        name = "{date:%Y/%m/%d/%H}/{extension}-{number}-{uniqueid}"
        self.pbx.recording_pattern = f"{self.server.url}/{name}"
        call = self.recorded("a b/1")
        self.assertEqual(
            call.stored_recording_url,
            f"{self.server.url}/2026/03/02/10/1001-%2B33612340001-a%20b%2F1",
        )

    def test_no_file_no_address(self):
        self.assertFalse(self.recorded(recording_file="").recording_state)
        self.pbx.recording_pattern = f"{self.server.url}/{{uniqueid}}.wav"
        for name, values in (
            ("not recorded", {"recorded": False, "recording_file": ""}),
            ("not answered", {"outcome": "missed", "answer_date": None}),
            ("not over", {"state": "ongoing"}),
        ):
            with self.subTest(name):
                self.assertFalse(self.recorded(name, **values).recording_state)
        self.assertTrue(self.recorded("yes").recording_state)

    def test_call_of_which_nobody_told_the_beginning(self):
        self.pbx.recording_pattern = f"{self.server.url}/{{date:%Y}}/{{file}}"
        call = self.recorded(start_date=None)
        year = call.create_date.year
        self.assertEqual(
            call.stored_recording_url, f"{self.server.url}/{year}/in-1.wav"
        )
        self.assertIn(str(year), call._get_recording_name("audio/x-wav"))

    def test_file_told_after_the_end(self):
        call = self.recorded(recording_file="")
        self.assertFalse(call.recording_state)
        self.recorded(revision=10)
        self.assertEqual(call.recording_state, "linked")

    def test_what_was_told_is_kept(self):
        """A listener that begins anew sends the whole call without it."""
        call = self.recorded(state="ongoing", end_date=None, outcome=None)
        self.recorded(
            revision=10,
            state="ongoing",
            end_date=None,
            outcome=None,
            recorded=False,
            recording_file="",
        )
        self.assertTrue(call.is_recorded)
        self.assertEqual(call.recording_path, PATH)

    def test_path_leads_nowhere_else(self):
        for path in ("../../etc/passwd", "/monitor/../../x.wav", "a\nb.wav"):
            with self.subTest(path):
                call = self.recorded(path, recording_file=path)
                self.assertFalse(call.stored_recording_url)
        call = self.recorded("q", recording_file="/x/a b?c#d.wav")
        self.assertTrue(call.stored_recording_url.endswith("/x/a%20b%3Fc%23d.wav"))

    def test_no_part_leaves_the_folder(self):
        """A caller id, a file's name, a call's id are what others chose."""
        folder = f"{self.server.url}/monitor/of/{{number}}/"
        self.pbx.extension_ids.filtered(lambda ext: ext.number == "1001").number = "1"
        patterns = [
            f"{folder}{{uniqueid}}.wav",
            f"{folder}{{file}}?name={{number}}",
            f"{self.server.url}/monitor/of/{{path}}",
            f"{self.server.url}/monitor/of/.{{number}}/x",
            f"{self.server.url}/monitor/of/x?file={{path}}",
        ]
        evil = [
            "../../admin/x",
            "..",
            ".",
            "%2e%2e/%2e%2e/admin",
            "%252e%252e%252fadmin",
            "..%2f..%2fadmin",
            "..\\admin",
            "a/../../../admin",
            "..;/admin",
            "//other.example.com/x",
            "@other.example.com/x",
            "x?y#z&=",
            "https://other.example.com/",
            "0612 34",
        ]
        made = 0
        for number, (pattern, value) in enumerate(product(patterns, evil)):
            call = self.recorded(f"n{number}", recording_file="x.wav")
            call.write(
                {
                    "number": value,
                    "uniqueid": f"{value}{number}" if number % 2 else f"u{number}",
                    "recording_path": value if number % 3 else f"x/{value}",
                }
            )
            url = self.pbx._build_recording_url(pattern, call)
            with self.subTest(pattern=pattern, value=value, url=url):
                if url is None:
                    self.assertIn(".", unquote(unquote(value)), "no other")
                    continue
                made += 1
                sent = requests.Request("GET", url).prepare().url
                self.assertTrue(sent.startswith(f"{self.server.url}/monitor/of/"))
                for _decoded in range(4):
                    parts = urlsplit(url)
                    self.assertTrue(url.startswith(f"{self.server.url}/monitor/of/"))
                    self.assertNotIn("..", re.split(r"[/\\?&=;#]", url))
                    self.assertFalse(parts.username)
                    url = unquote(url)
        self.assertGreater(made, len(patterns), "the harmless ones have an address")

    def test_patterns_that_are_refused(self):
        for pattern in (
            "ftp://pbx.example.com/{file}",
            "https://{number}.example.com/{file}",
            "https://pbx.example.com{file}",
            "https://user:pw@pbx.example.com/{file}",
            "https://pbx.example.com/{file.__class__}",
            "https://pbx.example.com/{file!r}",
            "https://pbx.example.com/{date}",
            "https://pbx.example.com/{date:%c}",
            "https://pbx.example.com/{secret}",
            "https://pbx.example.com/monitor/../{file}",
            "https://pbx.example.com/monitor/%2e%2e/{file}",
            "https://pbx.example.com\\.example.org/{file}",
            "https://pbx.example.com/{",
        ):
            with self.subTest(pattern), self.assertRaises(ValidationError):
                self.pbx.recording_pattern = pattern
        with self.assertRaises(ValidationError):
            self.pbx.recording_hosts = "recordings.example.com"

    def test_message_with_its_length(self):
        call = self.with_message()
        self.assertEqual(call.outcome, "missed")
        self.assertEqual(call.voicemail_duration, 23)
        self.assertTrue(call.stored_recording_url.endswith("/INBOX/msg0000.wav"))
        self.assertEqual(call.recording["duration"], 23)
        self.assertEqual(call.voicemail_text, "Voicemail left, 23 s")
        partner = self.env["res.partner"].create({"name": "Jeanne"})
        call.with_user(self.alice).register("res.partner", partner.id)
        self.assertIn("Voicemail left, 23 s", str(call.message_id.body))

    def test_secret_is_write_only(self):
        administrator = new_test_user(
            self.env, "admin_t", groups=f"base.group_user,{GROUP}administrator"
        )
        pbx = self.pbx.with_user(administrator)
        self.assertFalse(pbx.recording_secret)
        self.assertTrue(pbx.has_recording_secret)
        with self.assertRaises(AccessError):
            pbx.read(["stored_recording_secret"])
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.supervisor).read(["recording_secret"])


@tagged("post_install", "-at_install")
class TestRecordingRights(RecordingCommon):
    def test_hearing_and_keeping_are_two_rights(self):
        call = self.recorded().with_user(self.alice)
        self.assertTrue(call.recording["url"])
        self.assertFalse(call.recording["can_download"])
        self.assertFalse(call.recording_url, "a link is a download")
        with self.assertRaises(AccessError):
            call._check_recording_access(to_keep=True)
        self.alice.group_ids += self.env.ref(
            "telephony_recording.group_telephony_download"
        )
        call.invalidate_recordset()
        self.assertTrue(call.recording["can_download"])
        self.assertTrue(call.recording_url)
        call._check_recording_access(to_keep=True)

    def test_download_right_alone_opens_no_recording(self):
        """A colleague of the team sees the call, not what was said."""
        self.env["crm.team"].create(
            {
                "name": "North",
                "company_id": self.env.company.id,
                "member_ids": [(6, 0, (self.alice | self.bruno).ids)],
            }
        )
        self.bruno.group_ids += self.env.ref(
            "telephony_recording.group_telephony_download"
        )
        call = self.recorded().with_user(self.bruno)
        call.check_access("read")
        self.assertFalse(call.recording)
        self.assertFalse(call.recording_url)
        for to_keep in (False, True):
            with self.assertRaises(AccessError):
                call._check_recording_access(to_keep)

    def test_file_is_out_of_reach(self):
        call = self.recorded()
        call._store_recording(SOUND, "audio/x-wav")
        attachment = call._get_recording_attachment()
        for user in (self.alice, self.supervisor):
            with self.assertRaises(AccessError):
                attachment.with_user(user).read(["raw"])
            self.assertFalse(
                self.env["ir.attachment"]
                .with_user(user)
                .search([("res_field", "=", "recording_file")])
            )
            with self.assertRaises(AccessError):
                call.with_user(user).read(["recording_file"])

    def test_who_deletes_fetches_and_holds(self):
        call = self.recorded()
        for action in (
            call.with_user(self.alice).action_delete_recording,
            call.with_user(self.alice).action_fetch_recording,
            lambda: call.with_user(self.alice)._set_legal_hold(True, "why"),
        ):
            with self.assertRaises(AccessError):
                action()
        call.with_user(self.supervisor).action_delete_recording()
        self.assertEqual(call.recording_state, "deleted")

    def test_note_where_a_call_is_recorded(self):
        self.pbx.recording_note = "Stop it if they object."
        call = self.recorded()
        self.assertTrue(call.recording_note)
        self.assertEqual(
            call.with_user(self.alice).recording["note"],
            "Stop it if they object.",
        )
        ringing = self.ring()
        self.assertFalse(ringing.recording_note)
        self.apply(self.change("c1", 2, state="ongoing", recorded=True))
        card = self.read_cards(ringing.with_user(self.alice))[0]
        self.assertEqual(card["recording_note"], "Stop it if they object.")
        page = (
            self.env["telephony.registration"]
            .with_user(self.alice)
            .create({"call_id": ringing.id})
        )
        self.assertEqual(page.recording_note, "Stop it if they object.")
        self.pbx.provider = "softphone"
        self.assertTrue(
            self.ring("c2").recording_note, "nobody tells whether it is recorded"
        )


@tagged("post_install", "-at_install")
class TestRetention(RecordingCommon):
    def setUp(self):
        super().setUp()
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)

    def rule(self, days, **values):
        return self.env["telephony.recording.rule"].create({"days": days, **values})

    def age(self, call, days):
        call.start_date = fields.Datetime.now() - timedelta(days=days)
        return call

    def expired(self):
        return self.env["telephony.call"]._get_expired_recordings(10)

    def test_first_rule_that_fits_counts(self):
        queue = self.env["telephony.queue"].create(
            {"name": "sales", "pbx_id": self.pbx.id}
        )
        old = self.age(self.recorded("old"), 40)
        young = self.age(self.recorded("young"), 20)
        sold = self.age(self.recorded("sold", queue="sales"), 40)
        kept = self.age(self.recorded("kept", direction="outbound"), 400)
        self.assertFalse(self.expired(), "no rule")
        self.rule(90, queue_id=queue.id, sequence=1)
        self.rule(0, direction="outbound", sequence=2)
        last = self.rule(30, sequence=3)
        self.assertEqual(last.display_name, "All calls")
        self.assertEqual(
            self.rule(30, direction="outbound", queue_id=queue.id).display_name,
            "Outgoing · sales",
        )
        self.assertEqual(self.expired(), old)
        self.age(young, 31)
        self.age(sold, 91)
        self.assertEqual(self.expired(), old | young | sold)
        self.assertNotIn(kept, self.expired())

    def test_rules_of_another_company(self):
        self.age(self.recorded(), 40)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.rule(1, company_id=other.id)
        self.assertFalse(self.expired())

    def test_deletion_deletes(self):
        call = self.recorded()
        call._store_recording(SOUND + b"only this one", "audio/x-wav")
        attachment = call._get_recording_attachment()
        path = Path(attachment._full_path(attachment.store_fname))
        self.assertTrue(path.exists())
        self.rule(30)
        self.age(call, 40)
        self.env["telephony.call"]._cron_delete_recordings()
        self.assertFalse(attachment.exists())
        self.env.flush_all()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.assertFalse(path.exists(), "the file itself")
        self.assertEqual(call.recording_state, "deleted")
        self.assertFalse(call.stored_recording_url)
        self.assertFalse(call.recording_path)
        self.assertFalse(call.recording["url"])
        text = str(call.message_ids.mapped("body"))
        self.assertIn("The recording was deleted", text)
        self.assertIn(self.pbx.name, text, "what may remain, and where")
        self.assertFalse(self.expired())

    def test_deleted_stays_deleted(self):
        """The telephone system goes on naming it."""
        call = self.recorded()
        call.with_user(self.supervisor).action_delete_recording()
        self.recorded(revision=11)
        self.assertFalse(call._set_recording("https://pbx.example.com/1.wav"))
        self.assertEqual(call.recording_state, "deleted")
        self.assertFalse(call.stored_recording_url)

    def test_legal_hold(self):
        call = self.age(self.recorded(), 40)
        self.env.company.telephony_retention_months = 1
        self.rule(30)
        wizard = (
            self.env["telephony.legal.hold"]
            .with_user(self.supervisor)
            .with_context(active_ids=call.ids)
            .create({"reason": "dispute"})
        )
        wizard.action_apply()
        self.assertTrue(call.legal_hold)
        self.assertIn("dispute", str(call.message_ids.mapped("body")))
        self.assertEqual(
            call.message_ids.author_id, self.supervisor.partner_id, "who held it"
        )
        self.assertFalse(self.expired())
        self.assertNotIn(call, self.env["telephony.retention"]._get_outdated(10))
        with self.assertRaises(UserError):
            call.with_user(self.supervisor).action_delete_recording()
        with self.assertRaises(UserError):
            call.unlink()
        call.with_user(self.supervisor)._set_legal_hold(False, "settled")
        self.assertEqual(self.expired(), call)
        self.assertIn(call, self.env["telephony.retention"]._get_outdated(10))

    def test_anonymized_call_has_none(self):
        call = self.recorded()
        call._store_recording(SOUND, "audio/x-wav")
        call._message_log(body="about Jeanne")
        self.env["telephony.retention"]._anonymize(call)
        self.assertFalse(call._get_recording_attachment())
        self.assertFalse(call.stored_recording_url or call.recording_path)
        self.assertFalse(call.message_ids)

    def test_call_takes_its_recording_along(self):
        call = self.recorded()
        call._store_recording(SOUND, "audio/x-wav")
        attachment = call._get_recording_attachment()
        call.unlink()
        self.assertFalse(attachment.exists())

    def test_calls_cost_no_message(self):
        """The chatter is for what happens to recordings: the log fills without it."""
        call = self.ring()
        self.apply(
            self.change("c1", 2, state="ended", outcome="missed", end_date=at(9))
        )
        self.assertFalse(call.message_ids)
        self.assertFalse(call.message_follower_ids)
