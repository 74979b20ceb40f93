"""Calls that are told in parts say the same in whatever order the parts come."""

import itertools
import random

from freezegun import freeze_time

from odoo.tests import BaseCase, tagged

from ..controllers import api, api_schema
from ..engine import parts
from .common import TelephonyCommon, at
from .common_http import TelephonyHttpCommon

CALLS = f"{api_schema.BASE}/calls"
NOW = "2026-03-02 10:00:00"
# What the log says of a call, as far as it does not name this row alone.
VALUES = (
    "direction",
    "state",
    "outcome",
    "number",
    "caller_name",
    "dialed_number",
    "queue",
    "start_date",
    "answer_date",
    "end_date",
    "duration",
    "ring_duration",
    "hangup_cause",
    "voicemail",
    "incomplete",
    "is_missed",
)
LEG_VALUES = ("number", "state", "outcome", "start_date", "answer_date", "end_date")


def read(call):
    """Return what the log says of a call and its legs, to be compared."""
    legs = {tuple(leg[name] for name in LEG_VALUES) for leg in call.leg_ids}
    return {
        **{name: call[name] for name in VALUES},
        "user": call.user_id,
        "users": call.user_ids,
        "recording": call.env["telephony.api"]._prepare_call(call)["recording_url"],
        "legs": legs,
    }


def register(direction="inbound", second=0, **more):
    return "register", {
        "direction": direction,
        "number": "+33612340001",
        "caller_name": "Jeanne",
        "dialed_number": "+33199000001",
        "at": at(second),
        **more,
    }


# Each scene as it happened: orders of the API with their times.
SCENES = {
    "answered": [
        register(extension="1001"),
        ("ringing", {"extension": "1002", "at": at(1)}),
        ("answered", {"extension": "1001", "at": at(5)}),
        ("ended", {"at": at(65), "hangup_cause": 16}),
        ("recording", {"url": "https://pbx.example.com/1.wav"}),
    ],
    "answered by two, one after the other": [
        register(queue="support"),
        ("answered", {"extension": "1002", "at": at(5)}),
        ("answered", {"extension": "1001", "at": at(25)}),
        ("ended", {"at": at(65)}),
    ],
    "missed, with a message": [
        register(extension="1001"),
        ("ringing", {"extension": "1001", "at": at(8)}),
        ("ended", {"at": at(20), "voicemail": True}),
        ("recording", {"url": "https://pbx.example.com/2.wav", "kind": "voicemail"}),
    ],
    "shown on a screen for a while": [
        register(),
        ("show", {"extension": "1002", "at": at(2)}),
        ("hide", {"extension": "1002", "at": at(9)}),
        ("ended", {"at": at(30)}),
    ],
    "outgoing, nobody there": [
        register("outbound", extension="1001"),
        ("ringing", {"extension": "1001", "at": at(1)}),
        ("ended", {"at": at(30)}),
    ],
    "outgoing, busy": [
        register("outbound", extension="1001"),
        ("ended", {"at": at(3), "outcome": "busy", "hangup_cause": 17}),
    ],
    "internal": [
        register("internal", number="1002", extension="1001"),
        ("answered", {"extension": "1001", "at": at(3)}),
        ("ended", {"at": at(9)}),
    ],
}


@tagged("post_install", "-at_install")
class TestCallOrder(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.pbx.copy({"name": "Other"})
        cls.env["telephony.extension"].create(
            [
                {"number": number, "pbx_id": cls.other.id, "user_id": user.id}
                for number, user in (("1001", cls.alice), ("1002", cls.bruno))
            ]
        )

    def tell(self, uniqueid, order, pbx=None):
        name, values = order
        return self.env["telephony.api"]._process(
            pbx or self.pbx, uniqueid, name, {**values}
        )

    @freeze_time(NOW)
    def test_orders_of_the_api(self):
        for scene, orders in SCENES.items():
            logs = []
            for number, permuted in enumerate(itertools.permutations(orders)):
                name = f"{scene}-{number}"
                calls = {self.tell(name, order) for order in permuted}
                self.assertEqual(len(calls), 1, "one call")
                [call] = calls
                logs.append(read(call))
                if number % 8 == 0:
                    for order in random.Random(number).sample(permuted, len(permuted)):
                        self.tell(name, order)
                    self.assertEqual(read(call), logs[-1], "twice is once")
            with self.subTest(scene=scene):
                for log in logs[1:]:
                    self.assertEqual(log, logs[0])

    @freeze_time(NOW)
    def test_first_words(self):
        """What the scenes come to, whatever order they come in."""
        logs = {}
        for scene, orders in SCENES.items():
            for order in reversed(orders):
                call = self.tell(scene, order)
            logs[scene] = (call.direction, call.outcome, call.user_id.login)
            self.assertEqual(call.start_date, at(0))
        self.assertEqual(
            logs,
            {
                "answered": ("inbound", "answered", "alice_t"),
                "answered by two, one after the other": (
                    "inbound",
                    "answered",
                    "alice_t",
                ),
                "missed, with a message": ("inbound", "missed", "alice_t"),
                "shown on a screen for a while": ("inbound", "missed", "bruno_t"),
                "outgoing, nobody there": ("outbound", "cancelled", "alice_t"),
                "outgoing, busy": ("outbound", "busy", "alice_t"),
                "internal": ("internal", "answered", "alice_t"),
            },
        )

    @freeze_time(NOW)
    def test_orders_without_a_time(self):
        """The time is that of their arrival; how the call went is the same."""
        orders = [
            ("register", {"direction": "outbound", "number": "+33612340001"}),
            ("ringing", {"extension": "1001"}),
            ("answered", {"extension": "1001"}),
            ("ended", {"hangup_cause": 16}),
        ]
        for number, permuted in enumerate(itertools.permutations(orders)):
            for second, order in enumerate(permuted):
                with freeze_time(at(second)):
                    call = self.tell(f"t{number}", order)
            self.assertRecordValues(
                call,
                [
                    {
                        "direction": "outbound",
                        "state": "ended",
                        "outcome": "answered",
                        "number": "+33612340001",
                        "user_id": self.alice.id,
                        "start_date": at(0),
                    }
                ],
            )
            self.assertLessEqual(call.answer_date, call.end_date)
            self.assertRecordValues(
                call.leg_ids, [{"state": "ended", "outcome": "answered"}]
            )

    @freeze_time(NOW)
    def test_two_systems_with_the_same_ids(self):
        first, second = SCENES["answered"], SCENES["missed, with a message"]
        expected = [
            read([self.tell("alone", order, pbx) for order in orders][-1])
            for pbx, orders in ((self.pbx, first), (self.other, second))
        ]
        chance = random.Random(7)
        for number in range(10):
            told = [(self.pbx, order) for order in first]
            told += [(self.other, order) for order in second]
            chance.shuffle(told)
            calls = {pbx: self.tell(f"s{number}", order, pbx) for pbx, order in told}
            found = [read(calls[pbx]) for pbx in (self.pbx, self.other)]
            self.assertEqual(found, expected)


@tagged("post_install", "-at_install")
class TestOrderOverHttp(TelephonyHttpCommon):
    def setUp(self):
        super().setUp()
        self.patch(api, "OLDEST", api.OLDEST * 1000)

    def test_any_order_begins_the_call(self):
        for name, order in (
            ("ringing", {"extension": "1001"}),
            ("answered", {"extension": "1001"}),
            ("ended", {}),
            ("recording", {"url": "https://pbx.example.com/1.wav"}),
            ("show", {"extension": "1002"}),
            ("hide", {"extension": "1002"}),
        ):
            with self.subTest(name=name):
                uniqueid = f"first-{name}"
                answer = self.ask(f"{CALLS}/{uniqueid}/{name}", order)
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(answer.json()["call"]["id"], uniqueid)
                answer = self.ask(
                    CALLS,
                    {"id": uniqueid, "direction": "outbound", "number": "0612340001"},
                )
                self.assertEqual(answer.status_code, 200, "it is known")
                call = answer.json()["call"]
                self.assertEqual(call["direction"], "outbound")
                self.assertEqual(call["number"], "+33612340001")
                self.env.invalidate_all()
                found = self.env["telephony.call"].search([("uniqueid", "=", uniqueid)])
                self.assertEqual(len(found), 1)

    def test_an_order_that_is_wrong_begins_nothing(self):
        for name, order in (
            ("ringing", {"extension": "4711"}),
            ("answered", {"at": "yesterday"}),
            ("recording", {"url": "https://"}),
        ):
            answer = self.ask(f"{CALLS}/wrong/{name}", order)
            self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.ask(f"{CALLS}/wrong").status_code, 404)


@tagged("post_install", "-at_install")
class TestParts(BaseCase):
    """Facts alone: what a phone did, joined in every order."""

    LEGS = (
        # Rings, stops, rings again, stops.
        ([("start_date", 0), ("stop", 5), ("start_date", 10), ("stop", 20)], "ended"),
        # … and rings on.
        ([("start_date", 0), ("stop", 5), ("start_date", 10)], "ringing"),
        # Stops ringing since it was answered.
        ([("start_date", 0), ("answer_date", 4), ("stop", 5)], "ongoing"),
        # Leaves, comes back, leaves.
        (
            [
                ("start_date", 0),
                ("answer_date", 4),
                ("end_date", 20),
                ("answer_date", 30),
                ("end_date", 40),
            ],
            "ended",
        ),
        ([("answer_date", 4), ("end_date", 20), ("answer_date", 30)], "ongoing"),
        # Leaves and is rung in vain.
        (
            [
                ("start_date", 0),
                ("answer_date", 4),
                ("end_date", 20),
                ("start_date", 30),
                ("stop", 40),
            ],
            "ended",
        ),
    )

    def test_every_order_comes_to_the_same(self):
        for story, state in self.LEGS:
            found = []
            for permuted in itertools.permutations(story):
                facts = {}
                for what, second in permuted:
                    leg = {"end_date" if what == "stop" else what: at(second)}
                    if what == "stop":
                        leg["outcome"] = "cancelled"
                    facts = parts.join_leg(facts, parts.read_leg(leg))
                found.append(parts.derive_leg(facts, "ongoing", None))
            with self.subTest(story=story):
                self.assertEqual([leg for leg in found if leg != found[0]], [])
                self.assertEqual(found[0]["state"], state)
                if state == "ended":
                    self.assertEqual(found[0]["end_date"], at(story[-1][1]))
