"""The pieces that a telephone call is made of on a PBX."""

from collections.abc import Callable
from typing import NamedTuple

from ..engine.call import State
from .actions import Request


def _do_nothing():
    pass


class Inquiry(NamedTuple):
    """What no event tells: an action to send, who learns of its answer, and who is
    told that there is none."""

    request: Request
    learn: Callable[[object], None]
    give_up: Callable[[], None] = _do_nothing


class Channel:
    """One channel of Asterisk: one end of one connection."""

    __slots__ = (
        "bridge",
        "caller_name",
        "caller_number",
        "dial_string",
        "dialled",
        "dialler",
        "exten",
        "extension",
        "is_dial_over",
        "is_dialled",
        "is_leaving",
        "is_own",
        "is_up",
        "leg",
        "linkedid",
        "met",
        "met_customer",
        "name",
        "parsed",
        "record",
        "seen",
        "start",
        "uniqueid",
    )

    def __init__(self, uniqueid, name, parsed, start):
        self.uniqueid = uniqueid
        self.name = name
        self.parsed = parsed
        self.start = start
        self.linkedid = uniqueid
        self.extension = ""
        self.caller_number = ""
        self.caller_name = ""
        self.exten = ""
        self.dial_string = ""
        self.is_up = False
        self.is_dialled = False
        self.is_dial_over = False  # it was told how the dialling ended
        self.is_leaving = False  # its own side hangs up
        self.is_own = False  # rung first, on whose behalf another is called then
        self.dialler = None
        self.dialled = []  # of a Local channel: those that it calls
        self.met = []  # whom it met first in the bridge that it was in last
        self.met_customer = False
        self.record = None
        self.leg = None
        self.bridge = None
        self.seen = 0

    @property
    def is_local(self):
        return self.parsed.is_local

    @property
    def is_far_half(self):
        """Whether it is the half of a Local channel that runs the dial plan."""
        return self.is_local and self.name.endswith(";2")


class Bridge:
    """A room in which channels hear each other, unless it is for waiting only."""

    __slots__ = ("is_conference", "is_for_agents", "is_holding", "members")

    def __init__(self, technology="", creator=""):
        self.members = {}
        self.is_holding = technology == "holding_bridge"
        self.is_conference = creator in ("ConfBridge", "MeetMe")
        self.is_for_agents = creator == "AgentPool"


class Record:
    """A call with what must be remembered to keep it right."""

    __slots__ = (
        "agent",
        "born",
        "call",
        "caller",
        "called",
        "channels",
        "forward",
        "is_click",
        "is_doubtful",
        "is_handed_over",
        "is_held_back",
        "is_originated",
        "is_reported",
        "is_settled",
        "is_unseen",
        "last_words",
        "links",
    )

    def __init__(self, call, born):
        self.call = call
        self.born = born  # by our clock; the call's dates are by the PBX's
        self.caller = None
        self.called = {}  # uniqueid → leg, of those who were rung
        self.channels = {}
        self.links = set()
        self.agent = ""  # the extension on whose behalf it is made
        self.forward = ""  # the number that its own phone forwards to, not dialled yet
        self.is_click = False  # asked for by us
        self.is_doubtful = False  # it is not known whether the PBX took it
        self.is_originated = False  # begun by the PBX's rung telephone, not by a caller
        self.is_handed_over = False
        self.is_held_back = False  # it may turn out to be a part of another call
        self.is_reported = False
        self.is_unseen = True  # the PBX has not shown a channel of it
        self.is_settled = False  # it is known whom it is with
        self.last_words = None  # the time of the last thing that a real channel did

    @property
    def is_open(self):
        return self.call.state is not State.ENDED
