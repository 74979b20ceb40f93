"""What a telephone system may send, in any order: events, lists, answers, cuts."""

from datetime import datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from bench.listener_parse import ADDON, load

dialplan = load("ami.dialplan")
tracker = load("ami.tracker")
wire = load("ami.wire")

EPOCH = datetime(1970, 1, 1)
START = 1_800_000_000.0
TRANSCRIPTS = ADDON / "tests" / "transcripts"
NUMBERS = ("1001", "1002", "1003", "1101", "600", "700", "710", "800", "9001")
PLANS = (
    dialplan.Dialplan(internal_numbers=frozenset(NUMBERS)),
    dialplan.Dialplan(),
    dialplan.Dialplan(
        devices={"PJSIP/trunk": "1001", "SIP/ann": "1002", "SIP/ann-home": "1002"},
        internal_numbers=frozenset(NUMBERS),
        dial_string="Local/{number}@from-internal",
    ),
)
ODD = (
    "",
    "<unknown>",
    "0",
    "-1",
    "1e400",
    "nan",
    "inf",
    "99999999999999999999",
    "²",
    "s",
    "h",
    "&&//@@;1",
    "Local/",
    "\x1b[2J\u202e\x00",
    "x" * 3000,
    "😀",
)
CHANNELS = (
    "PJSIP/trunk-00000001",
    "PJSIP/1001-00000002",
    "PJSIP/1002-00000003",
    "Local/1001@from-internal-00000001;1",
    "Local/1001@from-internal-00000001;2",
    "Local/0612345678@from-internal-00000002;1",
    "Local/0612345678@from-internal-00000002;2",
    "SIP/ann-00000009",
)
PARTIES = ("", "+33612345678", "0612345678", "1001", "1002", "anonymous", "700")
PREFIXES = (
    "",
    "Dest",
    "Transferer",
    "Transferee",
    "OrigTransferer",
    "SecondTransferer",
    "TransferTarget",
    "Parkee",
    "Local",
    "LocalOne",
    "LocalTwo",
)
# Headers beside those of channels, and what stands in them.
VALUES = {
    "DialString": ("", "1001", "+33612345678@trunk", "trunk/0612345678"),
    "DialStatus": ("ANSWER", "NOANSWER", "BUSY", "CANCEL", "CHANUNAVAIL", "?"),
    "Forward": ("", "Local/0612345678@from-internal", "Local/1002@office"),
    "BridgeUniqueid": ("b1", "b2", "b3", ""),
    "BridgeId": ("b1", "b2", "b3", ""),
    "BridgeTechnology": ("simple_bridge", "holding_bridge", "softmix"),
    "BridgeCreator": ("<unknown>", "ConfBridge", "AgentPool", "Parking"),
    "DestType": ("Bridge", "App", "Threeway", "Link", "Fail"),
    "Result": ("Success", "Fail"),
    "Extension": ("1002", "0612345678", ""),
    "ParkingSpace": ("701", "702", ""),
    "ParkingDuration": ("5", "0"),
    "ParkerDialString": ("PJSIP/1001", ""),
    "Queue": ("sales", "support", ""),
    "Interface": ("PJSIP/1001", "Local/1002@from-queue/n", "SIP/ann"),
    "Paused": ("0", "1"),
    "PausedReason": ("", "Lunch"),
    "Wait": ("12", "0"),
    "Cause": ("16", "17", "19", "21", "26", "0"),
    "ActionID": ("c0", "c1", "click"),
    "Response": ("Success", "Failure"),
    "New": ("1", "0"),
    "Mailbox": ("1001@default", "1001", "a&b"),
    "Status": ("0", "1", "4", "8", "16", "-1", "-2"),
    "State": ("NOT_INUSE", "INUSE", "RINGING", "UNAVAILABLE", "?"),
    "Device": ("PJSIP/1001", "PJSIP/1002", "SIP/ann", "Queue:sales"),
    "Context": ("default", "ext-local"),
    "Application": ("Dial", "AppDial", "AppDial2", "AppQueue", "Queue", "ConfBridge"),
    "ApplicationData": ("PJSIP/1001&PJSIP/1002,20", "sales,t", ""),
    "Duration": ("00:00:05", "99999:59:59", "x"),
    "Variable": ("MIXMONITOR_FILENAME", "BLINDTRANSFER", "x"),
    "Value": ("/var/spool/asterisk/monitor/a.wav", "1800000000.0", ""),
}
KEYS = tuple(VALUES)
NAMES = tracker.EVENTS
SMALL = st.integers(0, 7)
# An event by numbers: they shrink to the first of each kind.
EVENT = st.tuples(
    st.integers(0, len(NAMES) - 1),
    st.lists(SMALL, min_size=4, max_size=4),  # which channel each prefix names
    st.lists(SMALL, min_size=6, max_size=6),  # which values
    st.integers(-3, 600),  # seconds since the event before
    st.none()
    | st.tuples(st.integers(0, 40), st.sampled_from(ODD) | st.text(max_size=12)),
)
LISTED = st.lists(st.tuples(SMALL, st.lists(SMALL, min_size=6, max_size=6)), max_size=5)


def make_event(drawn, seconds):
    """Return an event.

    :param drawn: of EVENT
    :param seconds: its time, since 1970
    """
    name, whom, which, _pause, odd = drawn
    event = {"Event": NAMES[name], "Timestamp": f"{seconds:.6f}"}
    for place, prefix in enumerate(PREFIXES):
        add_channel(event, prefix, whom[place % 4] + place // 4, which)
    for place, key in enumerate(KEYS):
        values = VALUES[key]
        event[key] = values[which[place % 6] % len(values)]
    if which[5] == 7:
        # The PBX dials by itself.
        for key in ("Uniqueid", "Channel"):
            del event[key]
    if odd:
        keys = list(event)
        key = keys[odd[0] % len(keys)]
        if key != "Event":
            event[key] = odd[1]
    return event


def add_channel(event, prefix, number, which):
    """Add the headers that name a channel."""
    number %= 8
    event |= {
        f"{prefix}Uniqueid": f"c{number}",
        f"{prefix}Channel": CHANNELS[number],
        f"{prefix}Linkedid": f"c{which[0] % 3}",
        f"{prefix}ChannelState": "0456"[which[1] % 4],
        f"{prefix}CallerIDNum": PARTIES[which[2] % len(PARTIES)],
        f"{prefix}CallerIDName": ("<unknown>", "Ann <b>", "")[which[3] % 3],
        f"{prefix}Exten": ("s", "1001", "+33140000001", "*8", "700")[which[4] % 5],
    }


def make_listed(drawn):
    """Return the events of a list of channels."""
    events = []
    for number, which in drawn:
        event = {"Event": "CoreShowChannel"}
        add_channel(event, "", number, which)
        for place, key in enumerate(KEYS):
            values = VALUES[key]
            event[key] = values[which[place % 6] % len(values)]
        add_channel(event, "Parkee", number, which)
        events.append(event)
    return events


STEP = st.one_of(
    st.tuples(st.just("event"), EVENT),
    st.tuples(st.just("event"), EVENT),
    st.tuples(st.just("event"), EVENT),
    st.tuples(st.just("resync"), LISTED),
    st.tuples(st.just("presence"), st.lists(EVENT, max_size=5)),
    st.tuples(st.just("begin_resync"), st.none()),
    st.tuples(st.just("answers"), SMALL),
    st.tuples(st.just("disconnected"), st.none()),
    st.tuples(st.just("originated"), SMALL),
    st.tuples(st.just("not_originated"), SMALL),
    st.tuples(st.just("expire"), SMALL),
)
STEPS = st.tuples(st.sampled_from(PLANS), st.lists(STEP, min_size=1, max_size=40))


@cache
def transcripts():
    """Return the recorded transcripts: tuples of events."""
    found = []
    for path in sorted(TRANSCRIPTS.glob("*.txt")):
        if path.stem == "call_logs":
            continue
        messages = wire.Reader().feed(path.read_bytes())
        events = tuple(each for each in messages if each.get("Event") in NAMES)
        found.append(events)
    return tuple(found)


RANKS = st.integers(0, 400)
CHANGE = st.one_of(
    st.tuples(st.just("drop"), RANKS, st.integers(1, 12)),
    st.tuples(st.just("repeat"), RANKS, RANKS),
    st.tuples(st.just("swap"), RANKS, RANKS),
    st.tuples(st.just("exchange"), RANKS, RANKS),
    st.tuples(st.just("lose"), RANKS, RANKS),
    st.tuples(st.just("odd"), RANKS, st.sampled_from(ODD)),
)
RECORDED = st.tuples(
    st.integers(0, 200),
    st.none() | st.integers(0, 200),
    st.lists(CHANGE, min_size=1, max_size=12),
)


def make_recorded(drawn):
    """Return a recorded transcript, or two at the same time, with changes."""
    first, second, changes = drawn
    known = transcripts()
    events = [dict(each) for each in known[first % len(known)]]
    if second is not None:
        others = [dict(each) for each in known[second % len(known)]]
        merged = []
        while events or others:
            merged += [part.pop(0) for part in (events, others) if part]
        events = merged
    for kind, place, what in changes:
        if events:
            _change(events, kind, place % len(events), what)
    return events


def _change(events, kind, place, what):
    if kind == "drop":
        del events[place : place + what]
        return
    event = events[place]
    key = list(event)[len(event) * (place % 7) // 7]
    if kind == "repeat":
        events.insert(what % len(events), dict(event))
    elif kind == "swap":
        other = what % len(events)
        events[place], events[other] = events[other], events[place]
    elif kind == "exchange":
        # A header has what it has in another event.
        other = events[what % len(events)]
        events[place] = {**event, **{key: other[key] for key in [key] if key in other}}
        for each in ("Uniqueid", "BridgeUniqueid", "Linkedid"):
            if what % 3 == 0 and each in other:
                events[place][each] = other[each]
    elif key != "Event":
        events[place] = {k: v for k, v in event.items() if k != key}
        if kind == "odd":
            events[place][key] = what


def late(seconds):
    """Return a time as a naive UTC datetime."""
    return EPOCH + timedelta(seconds=seconds)
