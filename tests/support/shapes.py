"""Shapes of calls, played live by the scenes that the transcripts were recorded with,
and the call log in the words of ``transcripts/call_logs.txt``."""

import re
from contextlib import asynccontextmanager

from amiclient import Ami
from stage import Stage

from tools.stack.asterisk import FULL_MANAGER
from tools.stack.paths import BASE, ROOT
from tools.stack.waiting import wait_for

LOGS = ROOT / BASE / "tests" / "transcripts" / "call_logs.txt"
# Nobody listens: pauses need only be as long as what is told apart in the log.
LONGEST_PAUSE = 0.4
FIELDS = [
    "direction",
    "state",
    "outcome",
    "number",
    "withheld",
    "dialed_number",
    "queue",
    "extension_id",
    "diverted_from",
    "voicemail",
    "incomplete",
]
LEG_FIELDS = [
    "call_id",
    "extension_id",
    "number",
    "state",
    "outcome",
    "on_hold",
    "transferred_to",
]


class QuickStage(Stage):
    """A stage on which nobody waits longer than needed."""

    longest = LONGEST_PAUSE

    async def pause(self, seconds=1):
        await super().pause(min(seconds, self.longest))


def expected_log(name):
    """
    :return: the lines that a transcript must come to, without times; sorted.
    """
    text = LOGS.read_text()
    found = re.search(rf"^\[{re.escape(name)}\].*\n((?:.+\n?)*)", text, re.MULTILINE)
    return sorted(map(_without_times, found[1].splitlines()))


def _without_times(line):
    line = re.sub(r" rang [\d.]+ talked [\d.]+", "", line)
    head, _, legs = line.rstrip().partition(":")
    legs = sorted(filter(None, legs.strip().split(", ")))
    return f"{head}: {', '.join(legs)}"


def play(stack, scene, stage_class=QuickStage):
    """Play a scene on a stack's telephones."""

    async def on_stage():
        async with _manager(stack) as ami:
            phones = stack.telephones
            stage = stage_class(ami, phones.public, phones["1001"], phones["1002"])
            await scene(stage)

    stack.run(on_stage())


@asynccontextmanager
async def _manager(stack):
    ami = Ami()
    user, secret = FULL_MANAGER["username"], FULL_MANAGER["secret"]
    await ami.connect(user, secret, stack.asterisk.port)
    try:
        yield ami
    finally:
        await ami.close()


def last_call(stack):
    """
    :return: the id of the newest call in the log, 0 where there is none.
    """
    found = stack.admin.search_read(
        "telephony.call", [("pbx_id", "=", stack.pbx)], ["id"], order="id desc", limit=1
    )
    return found[0]["id"] if found else 0


def read_log(stack, after):
    """
    :param after: an id; the calls after it are meant.
    :return: a line for each, as ``expected_log`` has them.
    """
    calls = stack.admin.search_read("telephony.call", [("id", ">", after)], FIELDS)
    legs = stack.admin.search_read(
        "telephony.call.leg",
        [("call_id", "in", [call["id"] for call in calls])],
        LEG_FIELDS,
    )
    return sorted(
        _describe(call, [leg for leg in legs if leg["call_id"][0] == call["id"]])
        for call in calls
    )


def _describe(call, legs):
    words = [call["direction"], call["outcome"] or call["state"]]
    words.append("withheld" if call["withheld"] else call["number"] or "")
    if call["dialed_number"] not in (False, call["number"]):
        words.append(f"via {call['dialed_number']}")
    if call["queue"]:
        words.append(f"queue {call['queue']}")
    if call["extension_id"]:
        words.append(f"extension {_extension(call)}")
    if call["diverted_from"]:
        words.append(f"diverted_from {call['diverted_from']}")
    words += [flag for flag in ("voicemail", "incomplete") if call[flag]]
    return f"{' '.join(words)}: {', '.join(sorted(map(_describe_leg, legs)))}"


def _describe_leg(leg):
    words = f"{leg['number'] or '?'} {leg['outcome'] or leg['state']}"
    if leg["on_hold"]:
        words += " on hold"
    return f"{words} -> {leg['transferred_to']}" if leg["transferred_to"] else words


def _extension(call):
    return re.search(r"\d+", call["extension_id"][1])[0]


def wait_for_log(stack, after, expected):
    """Wait until the log after a call has exactly these lines."""
    seen = []

    def reached():
        seen[:] = read_log(stack, after)
        assert seen == sorted(expected)
        return True

    wait_for(
        reached, what=lambda: "\n".join(["the log", *expected, "but it has", *seen])
    )
