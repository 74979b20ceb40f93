"""Events of Asterisk for tests: recorded transcripts, and scripts written by hand."""

from datetime import datetime, timedelta
from pathlib import Path

from ..ami.dialplan import Dialplan
from ..ami.tracker import Tracker
from ..ami.wire import Reader

TRANSCRIPTS = Path(__file__).parent / "transcripts"
EPOCH = datetime(1970, 1, 1)
START = 1_800_000_000.0
LABELS = ("queue", "extension", "diverted_from")
FLAGS = ("voicemail", "incomplete")
STATES = {"Down": "0", "Ring": "4", "Ringing": "5", "Up": "6"}

# The numbering of the PBX on which the transcripts were recorded.
DIALPLAN = Dialplan(
    internal_numbers=frozenset(
        ("1001", "1002", "1003", "1101", "600", "700", "710", "800", "9001")
    )
)


def transcript(name):
    """Return the events of a recorded transcript."""
    data = (TRANSCRIPTS / f"{name}.txt").read_bytes()
    return [message for message in Reader().feed(data) if "Event" in message]


def describe(call):
    """Return a call as a few words: how it went, and each party's share of it."""
    words = [call.direction, call.outcome or call.state]
    words.append("withheld" if call.withheld else call.number)
    if call.dialed_number not in ("", call.number):
        words.append(f"via {call.dialed_number}")
    values = {name: getattr(call, name) for name in LABELS + FLAGS}
    words += [f"{label} {values[label]}" for label in LABELS if values[label]]
    words += [flag for flag in FLAGS if values[flag]]
    if call.answer_date:
        words.append(f"rang {_seconds(call.answer_date - call.start_date)}")
        talk = (call.end_date or call.answer_date) - call.answer_date
        words.append(f"talked {_seconds(talk)}")
    legs = [_describe_leg(leg) for leg in call.legs.values()]
    return " ".join(words) + ": " + ", ".join(legs)


def _describe_leg(leg):
    party = leg.extension or leg.number or "?"
    words = f"{party} {leg.outcome or leg.state}"
    if leg.on_hold:
        words += " on hold"
    return f"{words} -> {leg.transferred_to}" if leg.transferred_to else words


def _seconds(delta):
    return f"{delta.total_seconds():.1f}"


class Script:
    """A PBX written by hand: each method adds the events of one thing that happens.

    Channels are named by short ids ("a"), which become their Uniqueid.
    """

    def __init__(self, dialplan=DIALPLAN, **options):
        self.seconds = START
        self.tracker = Tracker(dialplan, self.clock, **options)
        self.channels = {}
        self.calls = {}
        self.events = []

    def clock(self):
        return EPOCH + timedelta(seconds=self.seconds)

    def wait(self, seconds):
        self.seconds += seconds
        return self

    def event(self, name, /, **headers):
        event = {"Timestamp": f"{self.seconds:.6f}", **headers, "Event": name}
        self.events.append(event)
        self.tracker.feed(event)
        for call in self.tracker.pop_changes():
            self.calls[call.uniqueid] = call
        return self

    def new(self, uid, name, state="Down", number="", exten="s", linked=None, **more):
        self.channels[uid] = {
            "Channel": name,
            "Uniqueid": uid,
            "Linkedid": linked or uid,
            "ChannelState": STATES[state],
            "CallerIDNum": number or "<unknown>",
            "CallerIDName": "<unknown>",
            "Exten": exten,
            "Context": "default",
            **more,
        }
        return self.event("Newchannel", **self.channels[uid])

    def state(self, uid, state):
        self.channels[uid]["ChannelState"] = STATES[state]
        return self.event("Newstate", **self.channels[uid])

    def dial(self, source, target, dial_string=""):
        headers = self._pair(source, target)
        return self.event("DialBegin", **headers, DialString=dial_string)

    def dial_end(self, source, target, status, **more):
        headers = self._pair(source, target)
        return self.event("DialEnd", **headers, DialStatus=status, **more)

    def enter(self, bridge, *uids, **more):
        for uid in uids:
            channel = self.channels[uid]
            self.event("BridgeEnter", BridgeUniqueid=bridge, **channel, **more)
        return self

    def leave(self, bridge, *uids):
        for uid in uids:
            self.event("BridgeLeave", BridgeUniqueid=bridge, **self.channels[uid])
        return self

    def on(self, name, uid, **more):
        return self.event(name, **{**self.channels[uid], **more})

    def answer(self, source, target, bridge="b"):
        """The dialed one picks up and they talk."""
        self.state(target, "Up").dial_end(source, target, "ANSWER")
        return self.state(source, "Up").enter(bridge, target, source)

    def hang_up(self, *uids, cause="16"):
        for uid in uids:
            self.on("Hangup", uid, Cause=cause)
        return self

    def _pair(self, source, target):
        headers = dict(self.channels[source]) if source else {}
        for name, value in self.channels[target].items():
            headers["Dest" + name] = value
        return headers

    @property
    def log(self):
        """The calls as told last, in words."""
        return [describe(call) for call in self.calls.values()]
