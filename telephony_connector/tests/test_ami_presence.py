from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..ami.dialplan import Dialplan
from ..ami.tracker import Tracker
from ..engine.presence import Membership, Presence
from .ami_script import DIALPLAN, transcript


def new_tracker(dialplan=DIALPLAN):
    return Tracker(dialplan, lambda: datetime(2030, 1, 1))


@tagged("telephony")
class TestPresence(BaseCase):
    def setUp(self):
        super().setUp()
        self.tracker = new_tracker()

    def hint(self, extension, status, **more):
        event = {"Event": "ExtensionStatus", "Exten": extension, "Status": status}
        self.tracker.feed({**event, **more})

    def device(self, name, state):
        self.tracker.feed(
            {"Event": "DeviceStateChange", "Device": name, "State": state}
        )

    def member(self, event, interface, queue="support", **more):
        self.tracker.feed(
            {"Event": event, "Queue": queue, "Interface": interface, **more}
        )

    def take(self):
        return {p.extension: p for p in self.tracker.pop_presences()}

    def availability(self, extension="1001"):
        return self.take()[extension].availability

    def test_hints(self):
        for status, expected in (
            ("0", "idle"),
            ("1", "in_use"),
            ("2", "in_use"),
            ("4", "unavailable"),
            ("8", "ringing"),
            ("9", "in_use"),
            ("16", "on_hold"),
            ("-1", None),
        ):
            with self.subTest(status=status):
                self.tracker = new_tracker()
                self.hint("1001", "0" if expected is None else "-1")
                self.take()
                self.hint("1001", status)
                self.assertEqual(self.availability(), expected)

    def test_the_same_number_in_contexts_of_nobody(self):
        """As in the samples that Asterisk comes with, whose phones are never there."""
        dead = {"Context": "demo", "Hint": "SIP/1001"}
        real = {"Context": "from-internal", "Hint": "PJSIP/1001"}
        for first, second in ((dead, real), (real, dead)):
            with self.subTest(first=first):
                self.tracker = new_tracker()
                self.hint("1001", "0", **real)
                for each in (first, second):
                    self.hint("1001", "4" if each is dead else "0", **each)
                self.assertEqual(self.availability(), "idle")
                joining = self.tracker.get_joining("1001", "q", "Local/1001@x")
                self.assertEqual(joining[1], "hint:1001@from-internal")
                self.hint("1001", "1", **real)
                self.assertEqual(self.availability(), "in_use")
                self.hint("1001", "-1", **dead)
                self.hint("1001", "4", **real)
                self.assertEqual(self.availability(), "unavailable")

    def test_devices(self):
        for state, expected in (
            ("NOT_INUSE", "idle"),
            ("RINGING", "ringing"),
            ("INUSE", "in_use"),
            ("BUSY", "in_use"),
            ("RINGINUSE", "in_use"),
            ("ONHOLD", "on_hold"),
            ("UNAVAILABLE", "unavailable"),
            ("INVALID", "unavailable"),
            ("UNKNOWN", None),
        ):
            with self.subTest(state=state):
                self.tracker = new_tracker()
                self.device("PJSIP/1001", "INUSE" if expected is None else "UNKNOWN")
                self.take()
                self.device("PJSIP/1001", state)
                self.assertEqual(self.availability(), expected)

    def test_several_telephones_of_one_extension(self):
        devices = {"PJSIP/1001": "1001", "PJSIP/991001": "1001"}
        self.tracker = new_tracker(Dialplan(devices=devices))
        self.device("PJSIP/1001", "UNAVAILABLE")
        self.assertEqual(self.availability(), "unavailable")
        self.device("PJSIP/991001", "NOT_INUSE")
        self.assertEqual(self.availability(), "idle")
        self.device("PJSIP/1001", "INUSE")
        self.assertEqual(self.availability(), "in_use")

    def test_a_hint_knows_more_than_a_device(self):
        """Do not disturb: the hint is in use while the telephone is free."""
        self.device("PJSIP/1001", "NOT_INUSE")
        self.hint("1001", "1")
        self.assertEqual(self.availability(), "in_use")

    def test_only_changes_are_told(self):
        self.hint("1001", "0")
        self.assertEqual(self.take(), {"1001": Presence("1001", "idle")})
        self.hint("1001", "0")
        self.assertEqual(self.take(), {})

    def test_queues(self):
        self.member("QueueMemberAdded", "PJSIP/1001", Paused="0")
        self.assertEqual(self.take()["1001"].queues, (Membership("support"),))
        self.member("QueueMemberPause", "PJSIP/1001", Paused="1", PausedReason="Lunch")
        expected = (Membership("support", True, "Lunch"),)
        self.assertEqual(self.take()["1001"].queues, expected)
        self.member("QueueMemberAdded", "Local/1001@from-queue/n", "sales", Paused="0")
        queues = [place.queue for place in self.take()["1001"].queues]
        self.assertEqual(queues, ["sales", "support"])
        self.member("QueueMemberRemoved", "PJSIP/1001")
        queues = [place.queue for place in self.take()["1001"].queues]
        self.assertEqual(queues, ["sales"])

    def test_what_a_member_is_called_in_each_queue(self):
        self.member("QueueMember", "PJSIP/1001")
        self.member("QueueMember", "PJSIP/1001", "sales")
        self.member("QueueMember", "Local/1001@from-queue/n", "sales")
        interfaces = self.tracker.get_interfaces
        local = "Local/1001@from-queue/n"
        self.assertEqual(interfaces("1001"), ["PJSIP/1001", local])
        self.assertEqual(interfaces("1001", "support"), ["PJSIP/1001"])
        self.assertEqual(interfaces("1001", "sales"), ["PJSIP/1001", local])
        self.assertEqual(interfaces("1002"), [])

    def test_a_device_joins_a_queue_by_itself(self):
        self.member("QueueMember", "Local/1002@from-queue/n")
        self.hint("1001", "0", Context="ext-local")
        joining = self.tracker.get_joining("1001", "support", "PJSIP/1001")
        self.assertEqual(joining, ("PJSIP/1001", ""))

    def test_a_number_joins_a_queue_as_others_do_and_its_hint_tells_more(self):
        def joining(queue):
            return self.tracker.get_joining("1001", queue, "Local/1001@from-internal")

        self.assertEqual(joining("support"), ("Local/1001@from-internal", ""))
        self.hint("1001", "0", Context="ext-local")
        hint = "hint:1001@ext-local"
        self.assertEqual(joining("support"), ("Local/1001@from-internal", hint))
        self.member("QueueMember", "PJSIP/1003")
        self.member("QueueMember", "Local/1002@from-queue/n")
        self.assertEqual(joining("support"), ("Local/1001@from-queue/n", hint))
        self.assertEqual(joining("sales"), ("Local/1001@from-internal", hint))
        self.hint("1001", "-1", Context="ext-local")
        self.assertEqual(joining("support"), ("Local/1001@from-queue/n", ""))

    def test_names_of_queues(self):
        self.tracker.feed({"Event": "QueueParams", "Queue": "support"})
        self.assertEqual(self.tracker.queue_names, {"support"})

    def test_what_is_no_extension_is_not_told(self):
        self.hint("*21001", "1")
        self.hint("4444", "1")
        self.device("PJSIP/trunk", "INUSE")
        self.device("Queue:support_avail", "INUSE")
        self.device("park:751@parkedcalls", "INUSE")
        self.member("QueueMemberAdded", "Agent/7", Paused="0")
        self.assertEqual(self.take(), {})

    def test_a_resync_begins_anew(self):
        self.hint("1001", "8")
        self.hint("1002", "0")
        self.member("QueueMemberAdded", "PJSIP/1001", Paused="0")
        self.take()
        self.tracker.resync_presence(
            [
                {"Event": "ExtensionStatus", "Exten": "1001", "Status": "0"},
                {"Event": "ExtensionStateListComplete"},
                {"Event": "QueueMember", "Queue": "sales", "Location": "PJSIP/1002"},
            ],
            datetime(2030, 1, 1),
        )
        self.assertEqual(
            self.take(),
            {
                "1001": Presence("1001", "idle"),
                "1002": Presence("1002", None, (Membership("sales"),)),
            },
        )

    def test_a_recorded_call(self):
        presences = []
        for event in transcript("01-inbound-answered"):
            self.tracker.feed(event)
            presences += self.tracker.pop_presences()
        mine = [p.availability for p in presences if p.extension == "1001"]
        told = [
            now
            for before, now in zip([None, *mine], mine, strict=False)
            if before != now
        ]
        self.assertEqual(told, ["ringing", "in_use", "idle"])
