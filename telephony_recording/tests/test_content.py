"""Who hears what was said in a call: whoever reads what was written of it."""

from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS
from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import test_content

from .common_recording import SOUND

URL = "https://pbx.example.com/1.wav"
STORED = ("stored_recording_url", "recording_path", "voicemail_path", "recording_file")


@tagged("post_install", "-at_install")
class TestRecordingsStayClosed(test_content.TestContentStaysClosed):
    allow_inherited_tests_method = True
    content_fields = ["note", "recording", "recording_url"]

    def with_sound(self):
        fetched, linked = self.ring("r1", to="1003"), self.ring("r2", to="1003")
        fetched._store_recording(SOUND, "audio/x-wav")
        linked._set_recording(URL)
        return [*super().with_sound(), fetched, linked]

    def give_content(self, call):
        call._set_recording(URL)
        return super().give_content(call)

    def assertKnown(self, content):
        self.assertTrue(content["recording"])
        return super().assertKnown(content)

    def test_a_call_that_is_being_recorded_is_not_registered(self):
        call = self.ring("e1", to="1003")
        call.is_recorded = True
        with self.assertRaises(AccessError):
            self.register(call)

    def test_registering_first_opens_no_later_recording(self):
        call = self.ring("e1", to="1003")
        self.register(call, note="<p>mine</p>")
        call._store_recording(SOUND, "audio/x-wav")
        content = self.content(call)
        self.assertFalse(content.get("recording"))
        self.assertFalse(content.get("recording_url"))
        with self.assertRaises(AccessError):
            call.with_user(self.alice)._check_recording_access()
        with self.assertRaises(AccessError):
            self.register(call)

    def test_nobody_reads_where_it_is_stored(self):
        call = self.with_sound()[-1]
        for name in STORED:
            self.assertEqual(call._fields[name].groups, NO_ACCESS)
            for user in (self.supervisor, self.env.ref("base.user_admin")):
                with self.subTest(field=name, user=user.login):
                    with self.assertRaises(AccessError):
                        call.with_user(user).read([name])
                    with self.assertRaises(AccessError):
                        call.with_user(user).search([(name, "!=", False)])

    def test_a_context_sets_no_recording(self):
        """What the system creates takes no defaults from the user's context."""
        defaults = {
            "default_stored_recording_url": "https://pbx.example.com/others.wav",
            "default_recording_state": "linked",
        }
        self.patch(
            self.registry["telephony.command"],
            "_check_reachable",
            lambda *_arguments: None,
        )
        calls = self.env["telephony.call"].with_user(self.alice)
        client = self.env["telephony.client"].with_user(self.alice)
        told = client.with_context(**defaults).dial("+33612340001")
        pages = self.env["telephony.registration"].with_user(self.alice)
        action = pages.open_from_url({"number": "+33612340001", "ref": "r1"})
        page = pages.browse(action["res_id"]).with_context(**defaults)
        page.object_ref = f"res.partner,{self.alice.partner_id.id}"
        page.action_save()
        for call in (calls.browse(told["call_id"]), page.call_id):
            self.assertFalse(call.sudo().stored_recording_url)
            self.assertFalse(call.sudo().recording_state)
