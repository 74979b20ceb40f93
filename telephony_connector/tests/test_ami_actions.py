from odoo.tests import BaseCase, tagged

from ..ami import actions
from ..engine.errors import InvalidValue

ORIGINATE = {
    "device": "PJSIP/1001",
    "number": "+33612345678",
    "context": "from-internal",
    "channel_id": "tc-1",
}
CHANNEL = "PJSIP/1001-00000001"


@tagged("telephony")
class TestActions(BaseCase):
    def test_originate(self):
        request = actions.originate(
            **ORIGINATE,
            caller_name='Azure "Interior"\r\n<x>',
            timeout=12.5,
            variables={"__TELEPHONY_AUTO_ANSWER": "1"},
        )
        self.assertEqual(request.name, "Originate")
        self.assertEqual(
            request.headers,
            {
                "ActionID": "tc-1",
                "ChannelId": "tc-1",
                "Channel": "PJSIP/1001",
                "Context": "from-internal",
                "Exten": "+33612345678",
                "Priority": 1,
                "Timeout": 12500,
                "CallerID": '"Azure Interiorx" <+33612345678>',
                "Async": True,
                "Variable": ["__TELEPHONY_AUTO_ANSWER=1"],
            },
        )

    def test_numbers_that_may_be_dialled(self):
        for number in ("1001", "+33612345678", "*81001", "#31#0612345678", "9" * 32):
            self.assertEqual(actions.check_number(number), number)

    def test_numbers_that_may_not(self):
        bad = ("", "+", "06 12", "12a", "1,2", "1&2", "1\n", "1\r\n2", "${X}", "٣٤")
        for number in (*bad, "9" * 33, "++1", "1+2", "1@from-internal", None, 1001):
            with self.subTest(number=number), self.assertRaises(InvalidValue):
                actions.originate(**{**ORIGINATE, "number": number})

    def test_nothing_else_gets_in(self):
        for name, values in {
            "device": ("", "PJSIP", "PJSIP/1001&PJSIP/1002", "PJSIP/1\r\nX: y", "/x/"),
            "context": ("", "a b", "a,b", "a\nb", "x" * 80),
            "channel_id": ("", "a;2", "a b", "a\n", "x" * 141),
            "variables": (
                {"CALLERID(num)": "1"},
                {"MIXMONITOR_EXEC": "rm"},
                {"TELEPHONY_X": "a,b"},
                {"TELEPHONY_X": "${SHELL(id)}"},
                {"TELEPHONY_X": "1\n"},
            ),
        }.items():
            for value in values:
                with (
                    self.subTest(name=name, value=value),
                    self.assertRaises(InvalidValue),
                ):
                    actions.originate(**{**ORIGINATE, name: value})

    def test_no_action_can_run_a_program(self):
        for request in (
            actions.originate(**ORIGINATE),
            actions.redirect(CHANNEL, "1002", "from-internal"),
            actions.blind_transfer(CHANNEL, "1002", "from-internal"),
        ):
            self.assertFalse({"Application", "Data", "Codecs"} & set(request.headers))

    def test_channels(self):
        hangup = actions.hangup("Local/1001@from-internal-00000001;2")
        self.assertEqual(
            hangup.headers["Channel"], "Local/1001@from-internal-00000001;2"
        )
        bad = ("", "/^PJSIP.*/", "PJSIP/1 2", "PJSIP/1,2", "PJSIP/1\n", "P/1", None)
        for channel in bad:
            for build in (
                actions.hangup,
                actions.cancel_attended_transfer,
                actions.park,
                lambda channel: actions.redirect(channel, "1", "c"),
                lambda channel: actions.queue_remove("support", channel),
            ):
                with self.subTest(channel=channel), self.assertRaises(InvalidValue):
                    build(channel)

    def test_transfers(self):
        for build, name in (
            (actions.redirect, "Redirect"),
            (actions.blind_transfer, "BlindTransfer"),
            (actions.attended_transfer, "Atxfer"),
        ):
            request = build(CHANNEL, "1002", "from-internal")
            self.assertEqual(request.name, name)
            self.assertEqual(request.headers["Exten"], "1002")
            with self.assertRaises(InvalidValue):
                build(CHANNEL, "1002,1", "from-internal")
            with self.assertRaises(InvalidValue):
                build(CHANNEL, "1002", "from internal")

    def test_pickup_dials_the_code(self):
        options = {**ORIGINATE, "ringing": "1002", "code": "**"}
        del options["number"]
        self.assertEqual(actions.pickup(**options).headers["Exten"], "**1002")
        with self.assertRaises(InvalidValue):
            actions.pickup(**{**options, "ringing": "1002&1003"})

    def test_park(self):
        request = actions.park(CHANNEL, parker="PJSIP/2-1", lot="default", timeout=45)
        self.assertEqual(
            request.headers,
            {
                "Channel": CHANNEL,
                "TimeoutChannel": "PJSIP/2-1",
                "AnnounceChannel": "PJSIP/2-1",
                "Parkinglot": "default",
                "Timeout": 45000,
            },
        )
        with self.assertRaises(InvalidValue):
            actions.park(CHANNEL, lot="a\nb")

    def test_queues(self):
        pause = actions.queue_pause("PJSIP/1001", True, queue="Été 2", reason="Lunch\n")
        self.assertEqual(
            pause.headers,
            {
                "Interface": "PJSIP/1001",
                "Paused": True,
                "Queue": "Été 2",
                "Reason": "Lunch",
            },
        )
        add = actions.queue_add("support", "PJSIP/1001", member="Alice <1>")
        self.assertEqual(add.headers["MemberName"], "Alice 1")
        self.assertNotIn("StateInterface", add.headers)
        hint = "hint:1001@ext-local"
        add = actions.queue_add("support", "Local/1001@q/n", state_interface=hint)
        self.assertEqual(add.headers["StateInterface"], hint)
        with self.assertRaises(InvalidValue):
            actions.queue_add("support", "PJSIP/1001", state_interface="hint:1\r\nA: b")
        remove = actions.queue_remove("support", "PJSIP/1001")
        self.assertEqual(remove.headers["Queue"], "support")
        with self.assertRaises(InvalidValue):
            actions.queue_status("a\r\nb")

    def test_lists(self):
        names = [
            build().name
            for build in (
                actions.core_show_channels,
                actions.extension_state_list,
                actions.device_state_list,
                actions.queue_status,
                actions.ping,
            )
        ]
        self.assertEqual(
            names,
            [
                "CoreShowChannels",
                "ExtensionStateList",
                "DeviceStateList",
                "QueueStatus",
                "Ping",
            ],
        )
