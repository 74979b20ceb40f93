"""What is going on at a PBX right now: channels, bridges, and the calls they make up.

The topics read events and move these pieces; who calls whom (parties), who talks with
whom (talking) and how it ends (ending) is decided in files of their own.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

from ..engine.call import Call, Direction, Leg, State
from .actions import Request
from .dialplan import Dialplan, is_withheld, known, parse_channel
from .entities import Channel, Inquiry, Record

EPOCH = datetime(1970, 1, 1)
# A caller who waits for hours is rung for at many telephones: the oldest are let go.
MAX_LEGS = 100
# A PBX that does not answer is asked no more than this.
MAX_INQUIRIES = 1000
# So many doubtful click-to-calls are known again where the PBX takes them up late.
MAX_CLICKS = 100
# Of so many channels a late or repeated event is known to be late.
MAX_GONE = 5000


class Board:
    """The pieces, and the moves that all topics share."""

    def __init__(self, dialplan: Dialplan, clock: Callable[[], datetime]):
        self.dialplan = dialplan
        self.clock = clock
        self.channels = {}
        self.bridges = {}
        self.locals = {}  # name without the half → {uniqueid: channel}
        self.records = {}  # by the call's uniqueid, open ones
        self.links = {}  # Linkedid → record
        self.gone = {}  # uniqueids of the channels that hung up last, in order
        self.changed = {}  # uniqueid → record, in the order of the first change
        self.clicks = {}  # uniqueid → (extension, number) of doubtful click-to-calls
        self.inquiries = []
        self.held_back = []  # records that are reported once it is known what they are
        self.last_event = None
        self.last_heard = None  # when that came, by our clock
        self.count = 0  # events so far

    def time(self, event) -> datetime:
        """When the event happened: as the PBX says, else now."""
        return _time_stamp(event) or self.clock()

    def heard(self) -> datetime:
        """When the PBX was heard of last."""
        if self.last_event is None:
            return self.clock()
        return _time_stamp(self.last_event) or self.last_heard

    def channel(self, event, prefix="", start=None) -> Channel | None:
        """Return the channel that an event tells of, met for the first time or not.

        ``start`` says since when it exists, if that is not just now.

        None for one without a telephone or another channel behind it, and for one that
        has hung up already (a late or repeated event).
        """
        uniqueid = event.get(prefix + "Uniqueid")
        if not uniqueid:
            return None
        channel = self.channels.get(uniqueid)
        if channel is None:
            channel = self._meet(uniqueid, event, prefix, start)
            if channel is None:
                return None
        channel.seen = self.count
        return channel

    def _meet(self, uniqueid, event, prefix, start):
        name = event.get(prefix + "Channel", "")
        parsed = parse_channel(name)
        if uniqueid in self.gone or not name or parsed.is_pseudo:
            return None
        channel = Channel(uniqueid, name, parsed, start or self.time(event))
        self.channels[uniqueid] = channel
        if parsed.is_local:
            self.locals.setdefault(parsed.device, {})[uniqueid] = channel
        else:
            channel.extension = self.dialplan.extension_of(parsed)
        channel.caller_number = event.get(prefix + "CallerIDNum", "")
        channel.caller_name = event.get(prefix + "CallerIDName", "")
        channel.exten = event.get(prefix + "Exten", "")
        channel.linkedid = event.get(prefix + "Linkedid") or uniqueid
        self._place(channel)
        return channel

    def _place(self, channel):
        """Put a new channel into the call that it belongs to, or open one."""
        record = self.records.get(channel.uniqueid)
        if record is None:
            record = self.links.get(channel.linkedid)
        if record is None and channel.uniqueid in self.clicks:
            # The PBX took up late what it was believed not to have taken.
            record = self.open_click(channel.uniqueid, *self.clicks[channel.uniqueid])
        if record is None:
            record = self.open_record(self._get_first(channel), channel.start)
            # Of who came first, and of what was before, nothing was heard yet.
            record.call.incomplete = record.call.uniqueid != channel.uniqueid
        self.attach(channel, record)

    def _get_first(self, channel):
        """Return the uniqueid by which the log knows the call of a channel: that of the
        first channel, also where no list named it yet."""
        is_over = channel.linkedid in self.gone or channel.linkedid in self.channels
        return channel.uniqueid if is_over else channel.linkedid

    def halves(self, channel) -> list[Channel]:
        """Return what there is of both halves of a Local channel, else nothing."""
        return list(self.locals.get(channel.parsed.device, {}).values())

    def attach(self, channel, record):
        """Make a channel part of a call."""
        if record.is_click and record.is_unseen:
            record.is_unseen = False
            record.call.start_date = channel.start  # by the PBX's clock, as all else
            self.touch(record)
        channel.record = record
        record.channels[channel.uniqueid] = channel
        if self.links.setdefault(channel.linkedid, record) is record:
            record.links.add(channel.linkedid)

    def forget_channel(self, channel):
        """Take a channel that hung up off the board."""
        self.channels.pop(channel.uniqueid, None)
        self.gone[channel.uniqueid] = None
        if len(self.gone) > MAX_GONE:
            del self.gone[next(iter(self.gone))]
        self.leave_bridge(channel)
        if channel.is_local:
            halves = self.locals.get(channel.parsed.device, {})
            halves.pop(channel.uniqueid, None)
            if not halves:
                self.locals.pop(channel.parsed.device, None)
        if channel.record is not None:
            channel.record.channels.pop(channel.uniqueid, None)

    def leave_bridge(self, channel):
        """Take a channel out of the bridge that it is in."""
        if channel.bridge is not None:
            channel.bridge.members.pop(channel.uniqueid, None)
            channel.bridge = None

    def open_record(self, uniqueid, start) -> Record:
        """Open a call, which is not told to anyone yet."""
        record = Record(Call(uniqueid, start_date=start), self.clock())
        record.last_words = start
        self.records[uniqueid] = record
        return record

    def open_click(self, uniqueid, extension, number) -> Record:
        """Open a call that we ask the PBX for."""
        record = self.open_record(uniqueid, self.clock())
        record.is_click = record.is_originated = record.is_settled = True
        record.agent = extension
        self.links[uniqueid] = record
        record.links.add(uniqueid)
        call = record.call
        call.number = call.dialed_number = number
        call.extension = extension
        call.direction = Direction.OUTBOUND
        if self.dialplan.is_internal(number):
            call.direction = Direction.INTERNAL
            call.number, call.extension = extension, ""
        self.report(record)
        return record

    def doubt(self, record):
        """Note that it is not known whether the PBX took a click-to-call."""
        record.is_doubtful = True
        if record.is_click:
            self.clicks[record.call.uniqueid] = record.agent, record.call.number
        if len(self.clicks) > MAX_CLICKS:
            del self.clicks[next(iter(self.clicks))]

    def touch(self, record):
        """Note that a call has changed."""
        if record.is_reported:
            self.changed[record.call.uniqueid] = record

    def report(self, record):
        """From now on the call is told to the outside."""
        record.is_reported = True
        record.is_held_back = False
        self.touch(record)

    def ask(self, request: Request, learn: Callable[[object], None], *give_up):
        """Have the PBX asked for what its events leave out.

        :param learn: called with the answer
        :param give_up: called with nothing where there will be no answer
        """
        inquiry = Inquiry(request, learn, *give_up)
        if len(self.inquiries) < MAX_INQUIRIES:
            self.inquiries.append(inquiry)
        else:
            inquiry.give_up()

    def leg(self, channel) -> Leg:
        """Return the leg of a telephone's channel, new or known."""
        leg = channel.leg
        if leg is None:
            number = "" if channel.extension else known(channel.caller_number)
            if is_withheld(number):
                number = ""
            leg = Leg(
                channel.uniqueid,
                channel.name,
                channel.extension,
                number,
                start_date=channel.start,
            )
            channel.leg = leg
            legs = channel.record.call.legs
            legs[channel.uniqueid] = leg
            if len(legs) > MAX_LEGS:
                self._drop_a_leg(channel.record)
            self.touch(channel.record)
        return leg

    def _drop_a_leg(self, record):
        for uniqueid, leg in record.call.legs.items():
            if leg.state is State.ENDED and leg.answer_date is None:
                del record.call.legs[uniqueid]
                record.called.pop(uniqueid, None)
                return

    def forget_empty_bridges(self):
        """Let go of bridges whose end was not told."""
        self.bridges = {k: each for k, each in self.bridges.items() if each.members}

    def snapshot(self, record, revision) -> Call:
        """Return a copy of a call as it stands."""
        legs = {uniqueid: copy(leg) for uniqueid, leg in record.call.legs.items()}
        return replace(record.call, revision=revision, legs=legs)


def _time_stamp(event):
    try:
        return EPOCH + timedelta(seconds=float(event["Timestamp"]))
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
