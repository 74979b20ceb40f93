import random
import re
from datetime import timedelta

from odoo.tests import BaseCase, tagged

from ..ami.tracker import Tracker
from .ami_script import DIALPLAN, EPOCH, TRANSCRIPTS, Script, transcript

LOGGER = "odoo.addons.telephony_connector.ami.tracker"
NUMBER = "+33698765432"


def call_logs():
    """Return name → lines, as ``call_logs.txt`` has them."""
    logs = {}
    text = (TRANSCRIPTS / "call_logs.txt").read_text()
    for line in text.splitlines():
        if header := re.match(r"\[([^]]+)\]", line):
            lines = logs[header[1]] = []
        elif line and not line.startswith("#"):
            lines.append(line)
    return logs


class TranscriptCase(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.logs = call_logs()

    def announce(self, name, tracker):
        """A click-to-call is announced before it is asked for."""
        if name.startswith("click"):
            own = "1003" if name == "click-phone-offline" else "1001"
            tracker.originated("tc-1", own, NUMBER)


@tagged("telephony")
class TestTranscripts(TranscriptCase):
    def play(self, name, events):
        script = Script()
        self.announce(name, script.tracker)
        with self.assertNoLogs(LOGGER, "DEBUG"):
            for event in events:
                script.tracker.feed(event)
                for call in script.tracker.pop_changes():
                    script.calls[call.uniqueid] = call
        return script

    def test_every_transcript_comes_to_its_call_log(self):
        files = {path.name.split(".")[0] for path in TRANSCRIPTS.glob("*-*.txt")}
        singles = {path.stem for path in TRANSCRIPTS.glob("*.txt")} - {"call_logs"}
        self.assertEqual(
            {name.split(".")[0] for name in singles} | files, set(self.logs)
        )
        for name in sorted(singles):
            with self.subTest(transcript=name):
                script = self.play(name, transcript(name))
                log = [line.rstrip() for line in script.log]
                self.assertEqual(log, self.logs[name.split(".")[0]])
                pbx = script.tracker._pbx
                left = pbx.channels, pbx.tracked_calls, pbx.linkedids, pbx.locals
                self.assertFalse(any(left), "something is remembered for ever")

    def test_a_click_to_call_is_known_by_our_id_alone(self):
        for name in self.logs:
            if name.startswith("click"):
                script = self.play(name, transcript(name))
                clicked = [
                    uniqueid
                    for uniqueid, call in script.calls.items()
                    if call.direction == "outbound"
                ]
                self.assertEqual(clicked, ["tc-1"], name)

    def test_the_two_rings_of_a_click_to_call_differ(self):
        tracker = Script().tracker
        self.announce("click-answered", tracker)
        seen = []
        for event in transcript("click-answered"):
            tracker.feed(event)
            for call in tracker.pop_changes():
                legs = [
                    (leg.extension or leg.number, leg.state)
                    for leg in call.legs.values()
                ]
                if call.state == "ringing" and legs and seen[-1:] != [legs]:
                    seen.append(legs)
        self.assertEqual(
            seen[:3],
            [
                [("1001", "ringing")],
                [("1001", "ongoing")],
                [("1001", "ongoing"), (NUMBER, "ringing")],
            ],
        )

    def test_hold_shows_on_the_leg(self):
        tracker = Script().tracker
        held = []
        for event in transcript("23-hold"):
            tracker.feed(event)
            for call in tracker.pop_changes():
                on = [leg.extension for leg in call.legs.values() if leg.on_hold]
                held.append(on)
        self.assertIn(["1001"], held)
        self.assertEqual(held[-1], [])

    def test_a_minimal_account_reads_enough(self):
        """The same log comes out of what a user with all rights reads."""
        for name in (
            "01-inbound-answered",
            "05-queue-answered",
            "08-originate-answered",
        ):
            mine = self.play(name, transcript(name)).calls
            full = self.play(name, transcript(name + ".full")).calls
            self.assertEqual(mine.keys(), full.keys(), name)


@tagged("telephony")
class TestDamage(TranscriptCase):
    """Whatever is lost, repeated or out of order: no error, and no call that rings for
    ever."""

    def survive(self, name, events, what):
        now = EPOCH + timedelta(days=40000)
        tracker = Tracker(DIALPLAN, lambda: now)
        self.announce(name, tracker)
        last = {}
        for event in events:
            tracker.feed(event)
            self.check(tracker, last, what)
        tracker.resync([], now)
        tracker.expire(now + timedelta(seconds=121))
        self.check(tracker, last, what)
        self.assertFalse(tracker.open_calls(), what)
        for call in last.values():
            self.assertEqual(call.state, "ended", what)
            self.assertIsNotNone(call.outcome, what)
            for leg in call.legs.values():
                self.assertEqual(leg.state, "ended", what)

    def check(self, tracker, last, what):
        for call in tracker.pop_changes():
            for part in (call, *call.legs.values()):
                dates = [part.start_date, part.answer_date, part.end_date]
                dates = [date for date in dates if date]
                self.assertEqual(dates, sorted(dates), what)
            before = last.get(call.uniqueid)
            if before is not None:
                self.assertGreater(call.revision, before.revision, what)
                self.assertGreaterEqual(call.state.rank, before.state.rank, what)
                if before.answer_date:
                    self.assertEqual(call.answer_date, before.answer_date, what)
            last[call.uniqueid] = call

    def each(self):
        for name in self.logs:
            yield name, transcript(name)

    def test_any_event_may_be_missing(self):
        with self.assertNoLogs(LOGGER, "DEBUG"):
            for name, events in self.each():
                for at in range(len(events)):
                    damaged = events[:at] + events[at + 1 :]
                    self.survive(name, damaged, f"{name} without event {at}")

    def test_any_event_may_come_twice(self):
        with self.assertNoLogs(LOGGER, "DEBUG"):
            for name, events in self.each():
                for at in range(len(events)):
                    damaged = events[: at + 1] + events[at:]
                    self.survive(name, damaged, f"{name} with event {at} twice")

    def test_events_repeated_change_nothing(self):
        for name, events in self.each():
            script = Script()
            self.announce(name, script.tracker)
            for event in events:
                for _time in range(2):
                    script.tracker.feed(event)
                for call in script.tracker.pop_changes():
                    script.calls[call.uniqueid] = call
            log = [line.rstrip() for line in script.log]
            self.assertEqual(log, self.logs[name], name)

    def test_any_two_events_may_change_places(self):
        with self.assertNoLogs(LOGGER, "DEBUG"):
            for name, events in self.each():
                for at in range(len(events) - 1):
                    damaged = events[:]
                    damaged[at], damaged[at + 1] = damaged[at + 1], damaged[at]
                    self.survive(name, damaged, f"{name} with {at} after the next")

    def test_a_slight_shuffle(self):
        chance = random.Random(1)
        with self.assertNoLogs(LOGGER, "DEBUG"):
            for name, events in self.each():
                for _round in range(5):
                    order = [at + chance.uniform(0, 6) for at in range(len(events))]
                    pairs = sorted(zip(order, range(len(events)), strict=True))
                    damaged = [events[at] for _place, at in pairs]
                    self.survive(name, damaged, f"{name} shuffled")

    def test_the_beginning_or_the_end_may_be_missing(self):
        with self.assertNoLogs(LOGGER, "DEBUG"):
            for name, events in self.each():
                for at in range(1, len(events), 3):
                    self.survive(name, events[at:], f"{name} from {at}")
                    self.survive(name, events[:at], f"{name} until {at}")

    def test_the_clock_of_the_pbx_may_go_back(self):
        """Nothing lasts less than no time."""
        for name, events in self.each():
            for at in range(1, len(events), 3):
                damaged = events[:at]
                for event in events[at:]:
                    stamp = float(event.get("Timestamp") or 0) - 3600
                    damaged.append({**event, "Timestamp": str(stamp)})
                self.survive(name, damaged, f"{name} with the clock back at {at}")

    def test_nonsense_is_skipped(self):
        chance = random.Random(2)
        values = ["", "<unknown>", "x" * 5000, "-1", ["a", "b"], None, 7, "\0", "💥"]
        for name, events in self.each():
            damaged = []
            for event in events:
                event = dict(event)
                for _header in range(2):
                    event[chance.choice(list(event))] = chance.choice(values)
                damaged.append(event)
            now = EPOCH + timedelta(days=40000)
            tracker = Tracker(DIALPLAN, lambda now=now: now)
            for event in [{}, {"Event": None}, {"Event": []}, *damaged]:
                tracker.feed(event)
            tracker.resync([{"Uniqueid": 1}, {}, *damaged], now)
            tracker.expire(now + timedelta(days=2))
            tracker.pop_changes()
            self.assertFalse(tracker.open_calls(), name)
            kinds = {problem["kind"] for problem in tracker.problems.export()}
            self.assertEqual(kinds, {"skipped"}, "no fault of ours")
