from datetime import datetime

from odoo.tests import BaseCase

from ..providers import mightycall_events as events


def event(name, extension="1001", **body):
    """Return the payload of a webhook event."""
    return {
        "EventType": name,
        "Guid": "g1",
        "ApiKey": "k",
        "Timestamp": "2026-03-02T09:00:04.5140000Z",
        "Body": {
            "Id": "m1",
            "From": "+33612340001",
            "To": "+33199000001",
            "Extension": extension,
            **body,
        },
    }


AT = datetime(2026, 3, 2, 9, 0, 4)


class TestMightyCallEvents(BaseCase):
    def test_incoming_call_rings(self):
        change = events.read_event(event("IncomingCallRinging"))
        self.assertEqual(
            change,
            {
                "uniqueid": "m1",
                "direction": "inbound",
                "number": "+33612340001",
                "dialed_number": "+33199000001",
                "state": "ringing",
                "start_date": AT,
                "legs": [
                    {
                        "uniqueid": "1001",
                        "extension": "1001",
                        "state": "ringing",
                        "start_date": AT,
                    }
                ],
            },
        )

    def test_outgoing_call_turns_from_and_to(self):
        change = events.read_event(
            event("OutgoingCall", From="+33199000001", To="+33612340001")
        )
        self.assertEqual(change["direction"], "outbound")
        self.assertEqual(change["number"], "+33612340001")

    def test_both_families_say_the_same(self):
        for calls, agents in (
            ("IncomingCallRinging", "IncomingCallAgentRinging"),
            ("IncomingCallConnected", "IncomingCallAgentConnected"),
            ("OutgoingCall", "OutgoingCallAgentDialing"),
            ("OutgoingCallConnected", "OutgoingCallAgentConnected"),
        ):
            with self.subTest(agents=agents):
                self.assertEqual(
                    events.read_event(event(calls)), events.read_event(event(agents))
                )

    def test_agents_family_names_the_call_beside_the_body(self):
        payload = event("IncomingCallAgentRinging", Id=None)
        payload["CallId"] = "m2"
        self.assertEqual(events.read_event(payload)["uniqueid"], "m2")

    def test_agent_who_left_does_not_end_the_call(self):
        change = events.read_event(event("IncomingCallAgentCompleted"))
        self.assertNotIn("state", change)
        self.assertEqual(change["legs"][0]["state"], "ended")

    def test_completed_ends_the_call_for_all(self):
        change = events.read_event(event("IncomingCallCompleted"))
        self.assertEqual((change["state"], change["end_date"]), ("ended", AT))
        self.assertNotIn("legs", change)

    def test_unknown_event_tells_nothing(self):
        self.assertIsNone(events.read_event(event("MessageReceived")))

    def test_number_as_a_whole_extension(self):
        change = events.read_event(event("IncomingCallRinging", extension=1001))
        self.assertEqual(change["legs"][0]["extension"], "1001")

    def test_withheld_number(self):
        for number in ("", None, "anonymous"):
            with self.subTest(number=number):
                events.read_event(event("IncomingCall", From=number))

    def test_what_is_no_event(self):
        for change in (
            {"EventType": None},
            {"EventType": 7},
            {"Body": None},
            {"Body": []},
            {"Body": {}},
            {"Body": {"Id": "x" * 65}},
            {"Body": {"Id": 5}},
            {"Body": {"Id": "a\0b"}},
            {"Body": {"Id": "m1", "From": "<script>"}},
            {"Body": {"Id": "m1", "From": "0612\r\nX: y"}},
            {"Body": {"Id": "m1", "From": 612340001}},
            {"Body": {"Id": "m1", "Extension": {}}},
            {"Timestamp": None},
            {"Timestamp": "yesterday"},
        ):
            payload = event("IncomingCallRinging") | change
            with self.subTest(change=change), self.assertRaises(events.InvalidPayload):
                events.read_event(payload)

    def test_guid_is_needed(self):
        with self.assertRaises(events.InvalidPayload):
            events.read_guid({})

    def test_listed_call(self):
        entry = {
            "id": "m9",
            "caller": {"phone": "+33612340001"},
            "called": [{"phone": "+33199000001"}],
            "dateTimeUtc": "2026-03-02T09:00:04",
            "duration": 60,
            "direction": "Incoming",
            "callStatus": "Connected",
            "callRecord": {"fileName": "a.mp3", "uri": "https://example.com/a.mp3"},
        }
        change = events.read_listed_call(entry)
        self.assertEqual(change["number"], "+33612340001")
        self.assertEqual(change["dialed_number"], "+33199000001")
        self.assertEqual(change["outcome"], "answered")
        self.assertEqual(change["end_date"], datetime(2026, 3, 2, 9, 1, 4))
        self.assertEqual(change["recording_url"], "https://example.com/a.mp3")

    def test_listed_outcomes(self):
        for direction, status, outcome in (
            ("Incoming", "Missed", "missed"),
            ("Incoming", "VoiceMail", "missed"),
            ("Incoming", "Dropped", "missed"),
            ("Outgoing", "Missed", "cancelled"),
            ("Outgoing", "Connected", "answered"),
        ):
            with self.subTest(direction=direction, status=status):
                change = events.read_listed_call(
                    {
                        "id": "m9",
                        "from": "+33612340001",
                        "to": "+33199000001",
                        "dateTimeUtc": "2026-03-02T09:00:04Z",
                        "direction": direction,
                        "callStatus": status,
                        "duration": 23,
                    }
                )
                is_message = status == "VoiceMail"
                self.assertEqual(change["outcome"], outcome)
                self.assertEqual(change["voicemail"], is_message)
                self.assertEqual(
                    change.get("voicemail_duration"), 23 if is_message else None
                )
