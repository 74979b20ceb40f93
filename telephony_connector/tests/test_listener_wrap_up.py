import asyncio

from odoo.tests import BaseCase, tagged

from ..engine.errors import ActionRefused
from ..engine.presence import WRAP_UP, Membership
from ..listener.wrap_up import WrapUp

SUPPORT = ("support", "PJSIP/1001")
SALES = ("sales", "PJSIP/1001")
SECONDS = 30


class _Tracker:
    """What the tracker knows of one agent."""

    def __init__(self, *queues):
        self.handlers = set()
        self.places = {key: Membership(key[0]) for key in queues}

    def get_handlers(self):
        return self.handlers

    def get_memberships(self):
        return {"1001": self.places}

    def set(self, key, paused, reason=""):
        self.places[key] = Membership(key[0], paused, reason)


@tagged("telephony")
class TestWrapUp(BaseCase):
    def setUp(self):
        super().setUp()
        self.now = 0.0
        self.tracker = _Tracker(SUPPORT, SALES)
        self.wrap_up = self.make()

    def make(self):
        return WrapUp(self.tracker, lambda: self.now)

    def ask(self, seconds=SECONDS):
        """Return what the PBX is asked, and have it done: [(queue, paused, reason)]."""
        asked = []
        for request in self.wrap_up.get_requests(seconds):
            headers = request.headers
            key = headers["Queue"], headers["Interface"]
            asked.append((headers["Queue"], headers["Paused"], headers.get("Reason")))
            self.tracker.set(key, headers["Paused"], headers.get("Reason", ""))
        return asked

    def talk(self, talks):
        self.tracker.handlers = {"1001"} if talks else set()

    def test_the_pause_begins_during_the_talk_and_ends_after_it(self):
        self.assertEqual(self.ask(), [])
        self.talk(True)
        pause = [("support", True, WRAP_UP), ("sales", True, WRAP_UP)]
        self.assertEqual(self.ask(), pause)
        self.now += 600
        self.assertEqual(self.ask(), [])
        self.talk(False)
        self.assertEqual(self.ask(), [])
        self.now += SECONDS - 1
        self.assertEqual(self.ask(), [])
        self.now += 1
        self.assertEqual(self.ask(), [("support", False, None), ("sales", False, None)])
        self.now += 600
        self.assertEqual(self.ask(), [])

    def test_another_call_begins_the_time_anew(self):
        for _talk in range(2):
            self.talk(True)
            self.ask()
            self.talk(False)
            self.assertEqual(self.ask(), [])
            self.now += SECONDS - 1
            self.assertEqual(self.ask(), [])
        self.now += 1
        self.assertEqual(len(self.ask()), 2)

    def test_a_break_is_never_touched(self):
        """Not one that was there before, nor one that begins meanwhile."""
        self.tracker.set(SUPPORT, True, "Lunch")
        self.talk(True)
        self.assertEqual(self.ask(), [("sales", True, WRAP_UP)])
        self.tracker.set(SALES, True, "Meeting")
        self.talk(False)
        self.ask()
        self.now += 2 * SECONDS
        self.assertEqual(self.ask(), [])

    def test_a_break_without_a_reason_is_one(self):
        self.tracker.set(SUPPORT, True)
        self.tracker.set(SALES, True)
        self.talk(True)
        self.assertEqual(self.ask(), [])
        self.talk(False)
        self.now += 2 * SECONDS
        self.assertEqual(self.ask(), [])

    def test_who_ended_it_is_paused_again_by_the_next_call_alone(self):
        self.talk(True)
        self.ask()
        self.talk(False)
        self.ask()
        self.tracker.set(SUPPORT, False)
        self.tracker.set(SALES, False)
        self.now += 2 * SECONDS
        self.assertEqual(self.ask(), [])
        self.talk(True)
        self.assertEqual(len(self.ask()), 2)

    def test_the_next_leader_ends_what_another_one_began(self):
        self.talk(True)
        self.ask()
        self.talk(False)
        self.tracker.set(SALES, True, "Lunch")
        self.wrap_up = self.make()
        self.assertEqual(self.ask(), [])
        self.now += SECONDS
        self.assertEqual(self.ask(), [("support", False, None)])

    def test_switched_off_it_ends_at_once_and_begins_for_nobody(self):
        self.talk(True)
        self.ask()
        self.assertEqual(len(self.ask(0)), 2)
        self.assertEqual(self.ask(0), [])

    def test_a_refusal_is_tried_again(self):
        asked = []

        class Session:
            async def action(self, name, **headers):
                asked.append(headers["Queue"])
                raise ActionRefused("Interface not found")

        self.talk(True)
        for _again in range(2):
            asyncio.run(self.wrap_up.review(Session(), SECONDS))
        self.assertEqual(asked, ["support", "sales"] * 2)
        asyncio.run(self.wrap_up.review(None, SECONDS))
