"""MightyCall's events say the same in whatever order they come."""

import itertools
from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.telephony_connector.engine import parts
from odoo.addons.telephony_connector.tests import test_call_order as order
from odoo.addons.telephony_connector.tests.common import TelephonyCommon, at

from ..providers import mightycall_events
from .common_mightycall import ACCOUNT


@tagged("post_install", "-at_install")
class TestCallOrder(TelephonyCommon):
    def events(self, *told, direction="Incoming"):
        """Return changes as of the webhook's events, in the order they happened."""
        changes = []
        for name, second, extension in told:
            body = {"From": "+33612340001", "To": "+33199000001"}
            if direction == "Outgoing":
                body = {"From": body["To"], "To": body["From"]}
            if extension:
                body["Extension"] = extension
            payload = {
                "EventType": f"{direction}Call{name}",
                "Timestamp": at(second).isoformat(),
                "Body": body,
                "CallId": "m1",
            }
            changes.append(mightycall_events.read_event(payload))
        return changes

    def in_every_order(self, changes, prepare=lambda name: None):
        """Return what the log says after each order of the changes, which are the
        parts of one call."""
        logs = []
        calls = self.env["telephony.call"]
        for number, permuted in enumerate(itertools.permutations(changes)):
            name = f"m{number}-{len(changes)}-{changes[0]['direction']}"
            before = prepare(number)
            for change in permuted:
                calls._apply_parts(
                    [{**change, "pbx_id": self.pbx.id, "uniqueid": name}]
                )
            call = calls.search([("pbx_id", "=", self.pbx.id), ("uniqueid", "=", name)])
            if before:
                self.assertEqual(call, before, "the click's own row")
            logs.append(order.read(call))
        return logs

    def test_events_of_a_webhook(self):
        self.pbx.write(ACCOUNT)
        for scene in (
            self.events(
                ("Ringing", 1, "1001"),
                ("Ringing", 1, "1002"),
                ("StopRinging", 5, "1002"),
                ("Connected", 5, "1001"),
                ("Completed", 65, "1001"),
            ),
            self.events(
                ("StopRinging", 5, "1001"),
                ("Ringing", 7, "1001"),
                ("StopRinging", 12, "1001"),
                ("Completed", 20, None),
            ),
            self.events(
                ("AgentConnected", 4, "1001"),
                ("AgentCompleted", 20, "1001"),
                ("AgentConnected", 21, "1002"),
                ("Completed", 50, None),
            ),
            self.events(
                ("", 0, "1001"),
                ("Connected", 9, "1001"),
                ("Completed", 40, "1001"),
                direction="Outgoing",
            ),
        ):
            logs = self.in_every_order(scene)
            for log in logs[1:]:
                self.assertEqual(log, logs[0])
            self.assertTrue(logs[0]["outcome"])

    def test_events_of_a_clicked_call(self):
        """They come to the row that the click made, whichever is first."""
        self.pbx.write(ACCOUNT)
        scene = self.events(
            ("", 3, "1001"),
            ("Connected", 9, "1001"),
            ("Completed", 140, "1001"),
            direction="Outgoing",
        )

        def click(number):
            # Each on a day of its own, so that none is taken for another's.
            for change in scene:
                for part in (change, *change.get("legs", ())):
                    for key in parts.CALL_FACTS:
                        if part.get(key):
                            part[key] += timedelta(days=1)
            call = self.apply(
                self.change(
                    f"odoo-{number}",
                    direction="outbound",
                    state="ringing",
                    number="+33612340001",
                    extension="1001",
                    start_date=scene[0]["start_date"] - timedelta(seconds=3),
                )
            )
            self.env["telephony.command"]._hand_over(self.pbx, "dial", call)
            return call

        logs = self.in_every_order(scene, click)
        self.assertEqual({log["outcome"] for log in logs}, {"answered"})
        self.assertEqual({log["duration"] for log in logs}, {131})
        found = self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(len(found), len(logs), "each call has one row")

    def test_the_servers_list_before_the_events(self):
        """Events have the last word on times, also where they come late."""
        self.pbx.write(ACCOUNT)
        calls = self.env["telephony.call"]
        events = self.events(
            ("", 0, None), ("Connected", 5, "1001"), ("Completed", 65, "1001")
        )
        listed = {
            "direction": "inbound",
            "state": "ended",
            "outcome": "answered",
            "number": "+33612340001",
            "dialed_number": "+33199000001",
            "voicemail": False,
            "start_date": at(1),
            "answer_date": at(1),
            "end_date": at(61),
        }
        for name, is_first in (("l1", True), ("l2", False)):
            if is_first:
                calls._apply_listed(self.pbx, [{**listed, "uniqueid": name}])
            for event in events:
                calls._apply_parts([{**event, "pbx_id": self.pbx.id, "uniqueid": name}])
            calls._apply_listed(self.pbx, [{**listed, "uniqueid": name}])
        first, second = (
            order.read(calls.search([("uniqueid", "=", name)])) for name in ("l1", "l2")
        )
        self.assertEqual(first, second)
        self.assertEqual(first["duration"], 60)
        self.assertEqual(first["ring_duration"], 5)
