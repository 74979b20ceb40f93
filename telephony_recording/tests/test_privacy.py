from odoo.tests import tagged

from odoo.addons.telephony_connector.tests.test_privacy import PrivacyCommon


@tagged("post_install", "-at_install")
class TestAnonymizing(PrivacyCommon):
    def test_nothing_is_left_of_a_recording(self):
        self.env.company.telephony_retention_months = 6
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)
        call, held = self.ended(months_ago=6), self.ended("p2", months_ago=6)
        url = "https://pbx.example.com/secret.wav"
        for each in (call, held):
            each._set_recording(url)
            each.recording_path = "/monitor/secret.wav"
            each._message_log(body="secret words")
        held.with_user(self.supervisor)._set_legal_hold(True, "dispute")
        self.env["telephony.retention"]._cron_anonymize()
        self.assertTrue(call.is_anonymized)
        self.assertEqual(call.recording_state, "deleted")
        self.assertFalse(call.stored_recording_url or call.recording_path)
        self.assertFalse(call.message_ids)
        self.assertFalse(held.is_anonymized)
        self.assertEqual(held.stored_recording_url, url)
