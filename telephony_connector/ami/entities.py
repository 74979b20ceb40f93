"""What a telephone call consists of on a PBX: channels, bridges, the tracked call."""

from collections.abc import Callable
from typing import NamedTuple

from ..engine.call import State
from .actions import Request


def _do_nothing():
    pass


class Inquiry(NamedTuple):
    """A question for the PBX about what no event reports: the action to send, the
    callback for its answer, and the callback for the case that none comes."""

    request: Request
    on_answer: Callable[[object], None]
    on_no_answer: Callable[[], None] = _do_nothing


class Channel:
    """One channel of Asterisk: one end of one connection."""

    __slots__ = (
        "bridge",
        "caller_name",
        "caller_number",
        "dial_string",
        "dialed_channels",
        "dialed_by",
        "exten",
        "extension",
        "is_dial_over",
        "is_dialed",
        "is_leaving",
        "is_own",
        "is_up",
        "left_bridge",
        "leg",
        "linkedid",
        "first_peers",
        "has_met_customer",
        "name",
        "parsed",
        "tracked",
        "last_count",
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
        self.is_dialed = False
        self.is_dial_over = False  # its DialEnd has come
        self.is_leaving = False  # its own side requested the hangup
        self.is_own = False  # the caller's own phone, rung before the other party
        self.dialed_by = None
        self.dialed_channels = []  # of a Local channel: the channels that it dials
        self.first_peers = []  # the channels in its last bridge when it entered
        self.has_met_customer = False
        self.tracked = None
        self.leg = None
        self.bridge = None
        self.left_bridge = None  # the last bridge, until it enters another one
        self.last_count = 0

    @property
    def is_local(self):
        return self.parsed.is_local

    @property
    def is_far_half(self):
        """Whether it is the half of a Local channel that runs the dial plan."""
        return self.is_local and self.name.endswith(";2")


class Consulting(NamedTuple):
    """An attended transfer that is under way."""

    channel: "Channel"  # of the transferer
    bridge: "Bridge"  # where the transferer talks with who is consulted
    waiting: "Bridge | None"  # where the other party waits; None in a conference
    parties: frozenset = frozenset()  # the unique ids of those in a conference


class Bridge:
    """A bridge of Asterisk: its channels hear each other, unless it is for holding."""

    __slots__ = ("is_conference", "is_for_agents", "is_holding", "members")

    def __init__(self, technology="", creator=""):
        self.members = {}
        self.is_holding = technology == "holding_bridge"
        self.is_conference = creator in ("ConfBridge", "MeetMe")
        self.is_for_agents = creator == "AgentPool"


class TrackedCall:
    """A call, with the state that is needed to update it by the next event."""

    __slots__ = (
        "own_extension",
        "opened_at",
        "call",
        "caller",
        "called",
        "channels",
        "forward",
        "is_click",
        "is_unconfirmed",
        "is_transferred",
        "is_deferred",
        "is_originated",
        "is_published",
        "is_party_known",
        "is_unseen",
        "last_event_date",
        "linkedids",
    )

    def __init__(self, call, opened_at):
        self.call = call
        self.opened_at = opened_at  # by our clock, unlike the dates of the call
        self.caller = None
        self.called = {}  # uniqueid → leg of each channel that rang
        self.channels = {}
        self.linkedids = set()
        self.own_extension = ""  # the extension that makes the call
        self.forward = ""  # the number that the own phone forwards to, not dialed yet
        self.is_click = False  # originated by Odoo
        self.is_unconfirmed = False  # it is not known whether the PBX accepted it
        self.is_originated = False  # the PBX rang a phone first; no caller began it
        self.is_transferred = False
        self.is_deferred = False  # not published yet: it may be a part of another call
        self.is_published = False
        self.is_unseen = True  # no channel of it was seen yet
        self.is_party_known = False  # the other party is known
        self.last_event_date = (
            None  # the time of the last thing that a real channel did
        )

    @property
    def is_open(self):
        return self.call.state is not State.ENDED
