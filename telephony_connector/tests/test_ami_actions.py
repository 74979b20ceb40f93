import inspect
import unicodedata

from odoo.tests import BaseCase, tagged

from ..ami import actions
from ..engine import auto_answer
from ..engine.errors import InvalidValue

ORIGINATE = {
    "device": "PJSIP/1001",
    "number": "+33612345678",
    "context": "from-internal",
    "channel_id": "tc-1",
}
CHANNEL = "PJSIP/1001-00000001"
# What each parameter of an action may be, where it is not a free text.
GOOD = {
    "device": "PJSIP/1001",
    "number": "+33612345678",
    "context": "from-internal",
    "channel_id": "tc-1",
    "channel": CHANNEL,
    "parker": CHANNEL,
    "lot": "default",
    "queue": "support",
    "interface": "PJSIP/1001",
    "state_interface": "hint:1001@ext-local",
    "mailbox": "1001@default",
    "paused": True,
}
# A user's own name that would be a second member of the queue, a caller's that would
# turn the line round, and what ends a line, a quotation or an argument.
HOSTILE = (
    "Eve,Local/0899@from-internal;0;0;Helper;;0;0,Z",
    "Eve\u202e\u2066\x1b[31m\u200b",
    "Eve\r\nAction: Command\0",
    'Eve"<1>|&$(x)${y}`z`\\!=^~:@/',
    "Eve\uff0cX\u2028Y\ud800",
)


def build_all(**values):
    """Return the requests of all actions that take one of the values, and those of
    their names that refused it."""
    built, refused = [], set()
    for name, build in inspect.getmembers(actions, inspect.isfunction):
        signature = inspect.signature(build)
        parameters = signature.parameters
        is_action = signature.return_annotation is actions.Request
        if name.startswith("_") or not is_action or not values.keys() & parameters:
            continue
        given = {key: GOOD[key] for key in parameters if key in GOOD}
        given |= {key: value for key, value in values.items() if key in parameters}
        try:
            built.append(build(**given))
        except InvalidValue:
            refused.add(name)
    return built, refused


@tagged("telephony")
class TestActions(BaseCase):
    def test_originate(self):
        request = actions.originate(
            **ORIGINATE,
            called_name='Azure "Interior"\r\n<x>',
            timeout=12.5,
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
                "Async": True,
                "Variable": [
                    "CONNECTEDLINE(num,i)=+33612345678",
                    "CONNECTEDLINE(name,i)=Azure Interior x",
                ],
            },
        )

    def variables(self, **values):
        """Return what an Originate with these values sets, by name."""
        headers = actions.originate(**{**ORIGINATE, **values}).headers
        self.assertNotIn("CallerID", headers, "both sides would be shown it")
        return dict(each.split("=", 1) for each in headers["Variable"])

    def test_whom_the_called_party_sees(self):
        self.assertNotIn("CALLERID(num)", self.variables(), "left to the PBX")
        set_ones = self.variables(
            caller=actions.Party("1001", "Zoé, Sales"), outside_number="+33140000001"
        )
        self.assertEqual(set_ones["CALLERID(num)"], "1001")
        self.assertEqual(set_ones["CALLERID(name)"], "Zoé Sales")
        self.assertEqual(set_ones["__TELEPHONY_CALLERID"], "+33140000001")
        self.assertEqual(set_ones["CONNECTEDLINE(num,i)"], "+33612345678")

    def test_a_telephone_beyond_a_trunk_is_rung_with_a_number_of_ours(self):
        """Its provider would refuse a call that bears the customer's number."""
        for device in ("PJSIP/+33687000111@trunk", "SIP/+33687000111@trunk"):
            set_ones = self.variables(device=device, caller=actions.Party("1101"))
            self.assertEqual(set_ones["CONNECTEDLINE(num,i)"], "1101")
        set_ones = self.variables(device="Local/1001@from-internal")
        self.assertEqual(set_ones["CONNECTEDLINE(num,i)"], "+33612345678")

    def test_the_header_to_pick_up_by_reaches_the_own_telephone_alone(self):
        """None of its variables is inherited by channels that are dialed later."""
        header = auto_answer.HEADERS["call_info"]
        value = "<sip:odoo>;answer-after=0"
        for device, expected in (
            ("PJSIP/1001", {"PJSIP_HEADER(add,Call-Info)": value}),
            ("SIP/1001", {"SIPADDHEADER01": f"Call-Info: {value}"}),
            (
                "Local/1001@odoo-phones",
                {"TELEPHONY_HEADER": "Call-Info", "TELEPHONY_HEADER_VALUE": value},
            ),
            ("IAX2/1001", {}),
        ):
            with self.subTest(device=device):
                without = self.variables(device=device).items()
                added = self.variables(device=device, header=header).items() - without
                self.assertEqual(dict(added), expected)

    def test_what_a_pbx_presents_for_a_telephone(self):
        [request] = actions.own_caller_id("PJSIP/1001")
        variable = {"Variable": "PJSIP_ENDPOINT(1001,callerid)"}
        self.assertEqual((request.name, request.headers), ("Getvar", variable))
        self.assertEqual(len(actions.own_caller_id("SIP/1001")), 2)
        for device in ("Local/1001@x", "PJSIP/+336@trunk", "IAX2/1", "PJSIP/a)b"):
            self.assertEqual(actions.own_caller_id(device), [])
        for values, expected in (
            (['"Alice Martin" <1001>'], ("1001", "Alice Martin")),
            (["<1001>"], ("1001", "")),
            (["<unknown>"], ("", "")),
            ([""], ("", "")),
            ([None], ("", "")),
            ([], ("", "")),
            (["Alice", "1001"], ("1001", "Alice")),
            (["", None], ("", "")),
        ):
            with self.subTest(values=values):
                self.assertEqual(actions.read_caller_id(values), expected)

    def test_numbers_that_may_be_dialed(self):
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
            "caller": (
                actions.Party("1,MIXMONITOR_EXEC=rm"),
                actions.Party("${SHELL(id)}"),
                actions.Party("1\n"),
            ),
            "outside_number": ("1,X=1", "+33\n", "anonymous"),
            "header": (
                ("Via", "x"),
                ("P-Asserted-Identity", "<sip:1@x>"),
                ("X-A,X)=1,Y", "x"),
                ("X-A\r\nAction", "x"),
                ("X-A", "a,b"),
                ("X-A", "${SHELL(id)}"),
                ("X-A", "a\r\nVia: b"),
                ("X-A", 'a"b'),
                ("X-A", ""),
            ),
        }.items():
            for value in values:
                with (
                    self.subTest(name=name, value=value),
                    self.assertRaises(InvalidValue),
                ):
                    if name == "header":
                        value = auto_answer.Header(*value)
                    actions.originate(**{**ORIGINATE, name: value})

    def test_no_text_leaves_its_place(self):
        """Of each parameter of each action: it is refused, or reduced to harmless
        signs."""
        parameters = {
            name
            for _name, build in inspect.getmembers(actions, inspect.isfunction)
            if inspect.signature(build).return_annotation is actions.Request
            for name, parameter in inspect.signature(build).parameters.items()
            if parameter.annotation in (str, "str")
        }
        self.assertLessEqual({"member", "reason", "number"}, parameters)
        for name in parameters:
            for hostile in HOSTILE:
                with self.subTest(parameter=name, value=hostile):
                    requests, refused = build_all(**{name: hostile})
                    self.assertTrue(requests or refused)
                    for request in requests:
                        self.assert_harmless(request, hostile)

    def assert_harmless(self, request, hostile):
        values = dict(request.headers)
        for variable in values.pop("Variable", ()):
            name, _, value = variable.partition("=")
            values[name] = value
        for text in [v for v in values.values() if "Eve" in str(v)]:
            self.assertFalse(set(',;|&$(){}<>"\\`!=^~:@/\uff0c') & set(text), text)
            categories = {unicodedata.category(char)[0] for char in text}
            self.assertFalse(categories & {"C"}, text)
        self.assertNotIn(hostile, values.values())

    def test_free_texts_are_kept_as_far_as_they_are_harmless(self):
        for given, sent in (
            ("Zoë O'Brien-Müller Jr.", "Zoë O'Brien-Müller Jr."),
            ("محمد علي", "محمد علي"),
            ("हिन्दी", "हिन्दी"),
            ("Dupont, Jean (Sales)", "Dupont Jean Sales"),
            (";,|", None),
            ("x" * 200, "x" * 80),
        ):
            with self.subTest(given=given):
                request = actions.queue_add("support", "PJSIP/1001", member=given)
                self.assertEqual(request.headers.get("MemberName"), sent)
                request = actions.queue_pause("PJSIP/1001", True, reason=given)
                self.assertEqual(request.headers.get("Reason"), sent)

    def test_one_telephone_and_nothing_behind_it(self):
        for build, values in (
            (actions.originate, {**ORIGINATE, "device": "PJSIP/1001;0;0;x"}),
            (actions.queue_add, {"queue": "q", "interface": "PJSIP/1;0;0;x"}),
            (actions.queue_pause, {"interface": "PJSIP/1;2", "paused": True}),
            (actions.queue_remove, {"queue": "q", "interface": "PJSIP/1,Local/2@x"}),
        ):
            with self.subTest(action=build.__name__), self.assertRaises(InvalidValue):
                build(**values)

    def test_no_name_sets_a_variable_of_its_own(self):
        for name in ("A,MIXMONITOR_EXEC=rm", "A\r\nVariable: X=1", "A (,X=1", "${X}"):
            with self.subTest(name=name):
                values = {"called_name": name, "caller": actions.Party("1001", name)}
                for text in self.variables(**values).values():
                    self.assertFalse(set(',\r\n"$(){}') & set(text), text)

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
