"""Whatever MightyCall's server sends, or somebody in its name, gets an answer."""

from datetime import timedelta

from odoo import fields
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_connector.controllers import guard
from odoo.addons.telephony_connector.tests import test_hostile as hostile
from odoo.addons.telephony_connector.tests.common_http import TelephonyHttpCommon

from ..providers import mightycall_events
from .common_mightycall import ACCOUNT


@tagged("post_install", "-at_install")
class TestHostile(TelephonyHttpCommon):
    def setUp(self):
        super().setUp()
        self.patch(guard, "ADDRESS_RATE", 10**6)
        self.patch(guard, "FAILURE_RATE", 10**6)
        self.pbx.api_rate = 60_000

    def check(self, answer, what):
        """See that an event was understood or refused, and broke nothing."""
        with self.subTest(what=what):
            self.assertIn(answer.status_code, (200, 400, 401))
        self.assertIsNone(self.env.cr.execute("SELECT 1"))

    @mute_logger("odoo.addons.telephony_connector.controllers.guard")
    def test_webhook(self):
        self.pbx.write(ACCOUNT)
        path = f"/telephony/webhook/{self.pbx.webhook_token}"
        now = fields.Datetime.now()
        for number, name in enumerate(("IncomingCallRinging", "IncomingCallCompleted")):
            good = {
                "EventType": name,
                "Guid": "g",
                "ApiKey": "the-api-key",
                "Timestamp": f"{(now + timedelta(seconds=number)).isoformat()}Z",
                "CallId": "m1",
                "Body": {
                    "Id": "m1",
                    "From": "+33612340001",
                    "To": "+33199000001",
                    "Extension": "1001",
                },
            }
            for index, body in enumerate(hostile.bodies(good)):
                if body["Guid"] == "g":
                    body["Guid"] = f"{number}-{index}"
                answer = self.ask(path, body, headers={"Authorization": None})
                self.check(answer, body)

    def test_event_at_the_edge_of_the_calendar(self):
        self.pbx.write(ACCOUNT)
        for text in hostile.EDGES:
            event = {
                "EventType": "IncomingCall",
                "Guid": text,
                "ApiKey": "the-api-key",
                "Timestamp": text,
                "Body": {"Id": "m1", "From": "+33612340001", "To": "+33199000001"},
            }
            answer = self.ask(
                f"/telephony/webhook/{self.pbx.webhook_token}",
                event,
                headers={"Authorization": None},
            )
            with self.subTest(text):
                self.assertEqual(answer.status_code, 400)


@tagged("telephony")
class TestHostileLists(BaseCase):
    def test_entries_of_the_servers_list(self):
        good = {
            "id": "m1",
            "dateTimeUtc": "2026-03-02T09:00:00Z",
            "callStatus": "Connected",
            "direction": "Incoming",
            "duration": 86_399,
            "from": "+33612340001",
            "to": "+33199000001",
            "caller": {"phone": "+33612340001"},
            "called": [{"phone": "+33199000001"}],
            "businessNumber": "+33199000001",
            "callRecord": {"uri": "https://x.example.com/"},
        }
        for entry in hostile.bodies(good):
            with self.subTest(entry=entry):
                try:
                    change = mightycall_events.read_listed_call(entry)
                except mightycall_events.InvalidPayload:
                    continue
                self.assertLessEqual(change["start_date"], change["end_date"])
