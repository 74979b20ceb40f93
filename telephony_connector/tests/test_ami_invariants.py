"""What is true of every call, whatever a telephone system sends."""

from odoo.tests import BaseCase, tagged

from ..ami import bridging, presence, state, wire
from ..ami.dialplan import Dialplan
from .ami_script import Script

CUSTOMER = "+33612345678"
LOGGER = "odoo.addons.telephony_connector.ami.tracker"


@tagged("telephony")
class TestInvariants(BaseCase):
    def setUp(self):
        super().setUp()
        self.script = Script()

    def call(self):
        """Return the only call."""
        [call] = self.script.calls.values()
        return call

    def talk(self):
        """Let a customer talk with 1001."""
        script = self.script
        script.new("a", "PJSIP/trunk-1", "Ring", CUSTOMER, "+33140000001")
        script.new("b", "PJSIP/1001-1", "Down", "1001", linked="a")
        return script.dial("a", "b", "1001").wait(2).answer("a", "b").wait(5)

    def resync(self, *listed):
        """Connect again with a telephone system that lists channels."""
        tracker = self.script.tracker
        tracker.begin_resync()
        tracker.resync(listed, self.script.clock())
        for call in tracker.pop_changes():
            self.script.calls[call.uniqueid] = call

    def test_no_leg_ends_after_its_call(self):
        """Also where the clock of the telephone system goes back."""
        script = self.talk()
        script.hang_up("b").wait(-3).hang_up("a")
        call = self.call()
        self.assertEqual(call.state, "ended")
        for leg in call.legs.values():
            self.assertLessEqual(leg.end_date, call.end_date)

    def test_a_leg_that_is_answered_after_all_has_no_end(self):
        script = self.script
        script.new("a", "PJSIP/trunk-1", "Ring", CUSTOMER, "+33140000001")
        script.new("b", "PJSIP/1001-1", "Down", "1001", linked="a")
        script.dial("a", "b", "1001").dial_end("a", "b", "NOANSWER")
        script.wait(2).enter("bridge", "a", "b")
        leg = self.call().legs["b"]
        self.assertEqual(leg.state, "ongoing")
        self.assertFalse(leg.end_date)
        self.assertFalse(leg.outcome)

    def test_nobody_holds_a_talk_that_is_over(self):
        script = self.talk()
        script.new("c", "PJSIP/1001-2", "Ring", "1001", "1002")
        pair = {
            f"{prefix}{key}": value
            for prefix, uid in (("OrigTransferer", "b"), ("SecondTransferer", "c"))
            for key, value in script.channels[uid].items()
        }
        script.event("AttendedTransfer", Result="Success", DestType="App", **pair)
        script.on("Hold", "b")
        leg = self.call_of("a").legs["b"]
        self.assertEqual(leg.state, "ended")
        self.assertFalse(leg.on_hold)

    def call_of(self, uniqueid):
        """Return a call as it was reported last."""
        return self.script.calls[uniqueid]

    def test_nobody_is_parked_nowhere(self):
        script = self.talk()
        parked = {f"Parkee{key}": value for key, value in script.channels["a"].items()}
        script.event("ParkedCall", ParkingSpace="701", **parked)
        self.assertTrue(self.call().parking_date)
        script.event("ParkedCall", ParkingSpace="", **parked)
        self.assertFalse(self.call().parking_space)
        self.assertFalse(self.call().parking_date)

    def test_local_channels_dial_each_other_in_a_circle(self):
        script = self.script
        script.new("a", "PJSIP/trunk-1", "Ring", CUSTOMER, "+33140000001")
        for uid, name in (
            ("b", "Local/1001@office-1;1"),
            ("c", "Local/1001@office-1;2"),
            ("d", "Local/1002@office-2;1"),
            ("e", "Local/1002@office-2;2"),
        ):
            script.new(uid, name, linked="a")
        with self.assertNoLogs(LOGGER):
            script.dial("a", "b").dial("c", "d").dial("e", "b")
            script.dial_end("a", "b", "NOANSWER").hang_up("b", "c", "d", "e", "a")
        self.assertEqual(self.call().outcome, "missed")

    def test_talk_found_in_the_list_joins_two_calls(self):
        """The one that is no call of its own any more is not asked about."""
        script = self.script
        script.new("a", "PJSIP/trunk-1", "Ring", CUSTOMER, "+33140000001")
        script.new("b", "PJSIP/trunk-2", "Ring", "+33699999999", "+33140000001")
        with self.assertNoLogs(LOGGER):
            self.resync(*(self.listed(uid, "one") for uid in ("a", "b")))
            for inquiry in script.tracker.pop_inquiries():
                script.tracker.process_answer(inquiry, {"Value": "1800000000.0"})
        self.assertFalse(script.tracker.problems.export())

    def listed(self, uid, bridge):
        """Return a channel as it is listed, talking in a bridge."""
        return {
            **self.script.channels[uid],
            "ChannelState": "6",
            "BridgeId": bridge,
            "Duration": "00:00:09",
        }


@tagged("telephony")
class TestLimits(BaseCase):
    """What calls itself a telephone system fills no memory."""

    LIMIT = 30

    def setUp(self):
        super().setUp()
        for module in (state, bridging):
            self.patch(module, "MAX_CHANNELS", self.LIMIT)
        self.patch(presence, "MAX_EXTENSIONS", self.LIMIT)
        self.patch(presence, "MAX_OF_EXTENSION", self.LIMIT)
        self.script = Script(Dialplan())
        self.pbx = self.script.tracker._pbx

    def assert_reported(self, *names):
        """See that the form of the telephone system says what was skipped."""
        problems = self.script.tracker.problems.export()
        self.assertEqual(
            {(each["kind"], each["name"], each["reason"]["code"]) for each in problems},
            {("skipped", name, "too_much_at_a_time") for name in names},
        )

    def test_channels(self):
        for number in range(100):
            self.script.new(f"a{number}", "PJSIP/trunk-1", "Ring", CUSTOMER)
        self.assertEqual(len(self.pbx.channels), self.LIMIT)
        self.assertEqual(len(self.pbx.tracked_calls), self.LIMIT)
        self.assert_reported("Newchannel")
        self.script.hang_up("a0")
        self.script.new("b", "PJSIP/trunk-1", "Ring", CUSTOMER)
        self.assertIn("b", self.script.calls, "there is room again")

    def test_bridges(self):
        for number in range(100):
            self.script.event("BridgeCreate", BridgeUniqueid=f"b{number}")
        self.assertEqual(len(self.pbx.bridges), self.LIMIT)
        self.assert_reported("BridgeCreate")

    def test_channels_that_come_and_go_in_one_call(self):
        self.script.new("a", "PJSIP/trunk-1", "Ring", CUSTOMER)
        for number in range(300):
            uid = f"b{number}"
            self.script.new(uid, "PJSIP/1001-1", linked=f"l{number}")
            self.script.dial("a", uid, "1001").answer("a", uid).hang_up(uid)
        [call] = [each for each in self.script.calls.values() if each.uniqueid == "a"]
        self.assertLessEqual(len(call.legs), state.MAX_LEGS)
        self.assertIn("a", call.legs)
        self.assertLessEqual(len(self.pbx.linkedids), self.LIMIT)
        [tracked] = self.pbx.tracked_calls.values()
        self.assertLessEqual(len(tracked.called), state.MAX_LEGS)

    def test_local_channel_that_dials_on_and_on(self):
        self.script.new("a", "Local/1001@office-1;2", exten="1001")
        for number in range(300):
            uid = f"b{number}"
            self.script.new(uid, "PJSIP/1001-1", linked="a")
            self.script.dial("a", uid, "1001").hang_up(uid)
        [channel] = self.pbx.channels.values()
        self.assertEqual(len(channel.dialed_channels), state.MAX_LEGS)

    def test_extensions_and_queues(self):
        tracker = self.script.tracker
        for number in range(100):
            exten, context = f"{1000 + number}", f"c{number}"
            self.script.event("ExtensionStatus", Exten=exten, Status="0")
            self.script.event(
                "ExtensionStatus", Exten="1000", Status="0", Context=context
            )
            self.script.event(
                "DeviceStateChange", Device=f"PJSIP/{exten}", State="INUSE"
            )
            self.script.event("QueueParams", Queue=context)
            self.script.event(
                "QueueMember", Queue=context, Interface="PJSIP/1000", Paused="0"
            )
        board = tracker._presence
        for table in (board._hints, board._devices, tracker.queue_names):
            self.assertEqual(len(table), self.LIMIT)
        self.assertEqual(len(board._hints["1000"]), self.LIMIT)
        self.assertEqual(len(tracker.get_memberships()["1000"]), self.LIMIT)
        self.assertEqual(len(tracker.pop_presences()), self.LIMIT)
        self.assert_reported(
            "ExtensionStatus", "DeviceStateChange", "QueueParams", "QueueMember"
        )

    def test_long_values(self):
        message = wire.parse(
            f"Event: Newchannel\r\n{'x' * 999}: 1\r\nExten: {'1' * 9999}"
        )
        self.assertEqual(message.keys(), {"Event", "Exten"})
        self.assertEqual(len(message["Exten"]), wire.MAX_VALUE)
