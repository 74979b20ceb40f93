"""The Manager Interface as bytes: any bytes, cut anywhere, and what is sent."""

from hypothesis import strategies as st

from . import events
from .events import load, wire
from .explore import at_most, explore

errors = load("engine.errors")

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
PIECES = st.lists(
    st.sampled_from(
        (
            b"Event: Newchannel\r\n",
            b"Uniqueid: a\r\n",
            b"Channel: PJSIP/trunk-1\r\n",
            b"ActionID: 1\r\n",
            b"\r\n",
            b"\r\n\r\n",
            b"\r\n\n",
            b"\n",
            b"\r",
            b": \r\n",
            b":\r\n",
            b"\xff\xfe\x00",
            "é😀".encode(),
            b"x" * 5000,
        )
    )
    | st.binary(max_size=20),
    max_size=30,
).map(b"".join)
STREAM = st.tuples(PIECES, st.lists(st.integers(0, 3000), max_size=8))


def read(data, cuts):
    """Return the messages of a stream that the network cut at places."""
    reader, messages, begin = wire.Reader(), [], 0
    for end in (*sorted(min(cut, len(data)) for cut in cuts), len(data)):
        messages += reader.feed(data[begin:end])
        begin = end
    return messages


def check_stream(drawn):
    """See that a stream is read the same wherever it is cut, and harms no tracker."""
    body, cuts = drawn
    data = BANNER + body
    whole = read(data, ())
    assert read(data, cuts) == whole
    track = events.tracker.Tracker(events.PLANS[1], lambda: events.late(events.START))
    for message in whole:
        for name, value in message.items():
            for text in value if isinstance(value, list) else [value]:
                assert "\r" not in text and "\n" not in text
                assert len(text) <= wire.MAX_VALUE, name
        with at_most(4000, message):
            track.feed(message)
    faults = [each for each in track.problems.export() if each["kind"] == "fault"]
    assert not faults, faults


def test_any_bytes():
    explore("wire, any bytes", STREAM, check_stream, examples=150, share=0.05)


def check_other_end(data):
    """See that what is no Manager Interface is refused, and nothing else raised."""
    reader = wire.Reader()
    try:
        reader.feed(data)
    except errors.ConnectionFailed:
        return
    assert reader.banner or b"\n" not in data


def test_whatever_answers_there():
    explore(
        "wire, another server",
        st.binary(max_size=400),
        check_other_end,
        examples=100,
        share=0.02,
    )


HEADERS = st.dictionaries(
    st.text(max_size=8) | st.sampled_from(("Exten", "Channel", "Variable")),
    st.text(max_size=30)
    | st.integers()
    | st.booleans()
    | st.none()
    | st.floats()
    | st.lists(st.text(max_size=9), max_size=4),
    max_size=5,
)


def check_sent(headers):
    """See that no value ends its line, and so becomes another header."""
    try:
        checked = wire.check_headers(headers)
    except errors.InvalidValue:
        return
    lines = [
        f"{name}: {value}"
        for name, values in checked.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    sent = "\r\n".join(lines).encode()
    assert sent.count(b"\n") == max(len(lines) - 1, 0) == sent.count(b"\r")
    assert b"\0" not in sent
    for line in lines:
        assert len(line.encode()) <= 1024, "manager.c reads 1025 bytes"


def test_any_headers_that_are_sent():
    explore("wire, sent headers", HEADERS, check_sent, examples=150, share=0.03)
