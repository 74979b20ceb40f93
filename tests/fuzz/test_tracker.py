"""The reader of a telephone system's events, whatever that sends."""

from datetime import timedelta

from . import events, invariants
from .events import START, late
from .explore import at_most, explore

Tracker = events.tracker.Tracker
State = invariants.State
# Calls of Python functions that one event may take: each channel is looked at a few
# times.
STEPS_PER_EVENT = 4000


class Play:
    """A tracker, and what it has reported."""

    def __init__(self, plan=events.PLANS[0]):
        self.seconds = START
        self.tracker = Tracker(plan, lambda: late(self.seconds))
        self.calls = {}
        self.revision = 0
        self.opened_again = set()

    def do(self, step, what):
        """Take one step, and see that all is true."""
        with at_most(STEPS_PER_EVENT, step):
            getattr(self, "_" + step)(what)
        self.check()

    def check(self):
        """See that what was reported and what is kept makes sense."""
        tracker = self.tracker
        faults = [each for each in tracker.problems.export() if each["kind"] == "fault"]
        assert not faults, faults
        for call in tracker.pop_changes():
            assert call.revision > self.revision
            self.revision = call.revision
            invariants.check_call(call)
            known = self.calls.get(call.uniqueid)
            if known is not None and not self._may_begin_anew(known, call):
                assert call.state.rank >= known.state.rank, (known, call)
            self.calls[call.uniqueid] = call
        invariants.check_tables(tracker._pbx)
        for call in tracker.open_calls():
            known = self.calls[call.uniqueid]
            assert known.state is call.state, "a change is not reported"
        busy = {each.extension for each in tracker._pbx.channels.values()}
        assert tracker.get_handlers() <= busy, "nobody talks who has no channel"
        for presence in tracker.pop_presences():
            assert presence == tracker._presence._presence(presence.extension)

    def _may_begin_anew(self, known, call):
        """Return whether a call that was believed to be over may be found alive."""
        is_guessed = known.incomplete or call.incomplete
        return is_guessed or call.uniqueid in self.opened_again

    def end(self):
        """Connect again with a telephone system that knows of no call."""
        tracker = self.tracker
        self.seconds += 60
        tracker.disconnected()
        tracker.begin_resync()
        tracker.resync([], late(self.seconds))
        self.check()
        self.seconds += timedelta(days=2).total_seconds()
        tracker.expire(late(self.seconds))
        self.check()
        invariants.check_empty(tracker._pbx)
        for call in self.calls.values():
            assert call.state is State.ENDED, call

    def _event(self, drawn):
        self.seconds += drawn[3]
        self.tracker.feed(events.make_event(drawn, self.seconds))

    def _feed(self, event):
        self.tracker.feed(event)

    def _resync(self, drawn):
        listed = events.make_listed(drawn)
        self.tracker.resync(listed, late(self.seconds), listed)

    def _presence(self, drawn):
        listed = [events.make_event(each, self.seconds) for each in drawn]
        self.tracker.resync_presence(listed, late(self.seconds))

    def _begin_resync(self, _nothing):
        self.tracker.begin_resync()

    def _answers(self, number):
        """Answer what was asked, with nonsense too."""
        values = ("1800000000.0", "0", "x", "", "1799999990", "/a/b.wav", "1e309", "-5")
        answer = Answer(Value=values[number])
        for inquiry in self.tracker.pop_inquiries():
            if number == 7:
                self.tracker.process_no_answer(inquiry)
            else:
                self.tracker.process_answer(inquiry, answer)

    def _disconnected(self, _nothing):
        self.tracker.disconnected()

    def _originated(self, number):
        uniqueid = ("click", "c0", "c1")[number % 3]
        # Ours are new ones each time.
        if uniqueid not in self.calls and uniqueid not in self.tracker._pbx.channels:
            if uniqueid not in self.tracker._pbx.tracked_calls:
                self.tracker.originated(uniqueid, "1001", events.PARTIES[number % 7])
                self.opened_again.add(uniqueid)

    def _not_originated(self, number):
        self.tracker.not_originated(("click", "c0", "c1")[number % 3], number > 3)

    def _expire(self, number):
        self.seconds += number * 600
        self.tracker.expire(late(self.seconds))


class Answer(dict):
    """The headers that answered, and what was listed."""

    def __init__(self, **headers):
        super().__init__(headers)
        self.events = [
            {"ID": "1800000001-0", "Folder": "INBOX", "Duration": "7"},
            {"ID": "x", "Folder": "INBOX", "Duration": "-"},
        ]


def play(drawn):
    """Play steps to a tracker."""
    plan, steps = drawn
    playing = Play(plan)
    for step, what in steps:
        playing.do(step, what)
    playing.end()


def test_any_sequence_of_events():
    explore("tracker, any events", events.STEPS, play, examples=150, share=0.3)


def play_recorded(drawn):
    """Play what a real telephone system said, changed."""
    playing = Play()
    for event in events.make_recorded(drawn):
        playing.do("feed", event)
    playing.end()


def test_recorded_events_lost_repeated_and_exchanged():
    explore(
        "tracker, changed transcripts",
        events.RECORDED,
        play_recorded,
        examples=60,
        share=0.2,
    )
