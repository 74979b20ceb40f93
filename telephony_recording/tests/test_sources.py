"""Telephone systems name recordings: in events, in the API, in their list of calls."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.telephony_connector.tests.common import USER_GROUPS, at
from odoo.addons.telephony_connector.tests.common_http import TelephonyHttpCommon
from odoo.addons.telephony_connector.tests.test_secrets import ADMINISTRATOR

from .common_recording import RecordingCommon

URL = "https://example.com/1.mp3"
NO_ADDRESSES = ("javascript:alert(1)", "https://u:p@example.com/", "x" * 3000, "//x")


@tagged("post_install", "-at_install")
class TestListed(RecordingCommon):
    def list_call(self, uniqueid="m7", **values):
        change = {
            "uniqueid": uniqueid,
            "direction": "inbound",
            "state": "ended",
            "outcome": "answered",
            "number": "+33612340001",
            "voicemail": False,
            "start_date": at(0),
            "answer_date": at(5),
            "end_date": at(65),
            "recording_url": URL,
            **values,
        }
        self.env["telephony.call"]._apply_listed(self.pbx, [change])
        return self.env["telephony.call"].search([("uniqueid", "=", uniqueid)])

    def test_of_a_call_that_no_event_told_of(self):
        self.assertEqual(self.list_call().recording_url, URL)

    def test_of_a_call_that_events_told_of_to_the_end(self):
        call = self.apply(
            self.change("m7", direction="inbound", state="ended", outcome="missed")
        )
        self.list_call()
        self.assertEqual(call.recording_url, URL)
        self.assertEqual(call.outcome, "missed", "events keep the last word")

    def test_the_same_again_changes_nothing(self):
        call = self.list_call()
        call._delete_recording("test")
        self.list_call()
        self.assertEqual(call.recording_state, "deleted")
        self.assertFalse(call.recording_url)

    def test_it_must_be_an_address(self):
        for number, url in enumerate((*NO_ADDRESSES, None, 7)):
            with self.subTest(url=str(url)[:30]):
                call = self.list_call(f"r{number}", recording_url=url)
                self.assertFalse(call.recording_url)

    def test_it_is_fetched_where_that_is_wanted(self):
        self.pbx.recording_mode = "fetch"
        call = self.list_call(recording_url=f"{self.server.url}/monitor/a.wav")
        self.assertEqual(call.recording_state, "waiting")
        self.assertEqual(self.list_call("m8").recording_state, "linked", "not ours")


@tagged("post_install", "-at_install")
class TestApi(TelephonyHttpCommon, HttpCase):
    def test_the_address_is_kept(self):
        path = "/telephony/api/v1/calls"
        self.ask(path, {"id": "c1", "direction": "inbound", "number": "1"})
        answer = self.ask(f"{path}/c1/recording", {"url": URL})
        self.assertEqual(answer.json()["call"]["recording_url"], URL)
        self.assertEqual(self.ask(f"{path}/c1").json()["call"]["recording_url"], URL)


@tagged("post_install", "-at_install")
class TestRules(RecordingCommon):
    def test_nobody_moves_a_rule_to_a_company_of_others(self):
        administrator = new_test_user(
            self.env, "admin_t", groups=f"{USER_GROUPS},{ADMINISTRATOR}"
        )
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        rule = self.env["telephony.recording.rule"].create({"days": 30})
        with self.assertRaises(AccessError):
            rule.with_user(administrator).company_id = elsewhere
