"""The present state of a PBX: its channels, its bridges, and the calls they belong to.

The handlers of events change this state. Who calls whom (parties), who talks with whom
(talking) and how a call ends (ending) is decided in files of their own.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta

from ..engine.call import Call, Direction, Leg, State
from .actions import Request
from .dialplan import Dialplan, is_withheld, known, parse_channel
from .entities import Channel, Inquiry, TrackedCall

EPOCH = datetime(1970, 1, 1)
# Limit of the channels and of the bridges that exist at a time, and of the ids by which
# channels name their call: no PBX comes near, but what calls itself one may.
MAX_CHANNELS = 20_000
# A caller who waits for hours makes many phones ring: the oldest legs are dropped.
MAX_LEGS = 100
# Limit of the questions that wait for a PBX that does not answer.
MAX_INQUIRIES = 1000
# Limit of the unconfirmed click-to-calls that are recognized if they begin late.
MAX_CLICKS = 100
# Limit of the ended channels whose late or repeated events are recognized.
MAX_GONE = 5000


class PbxState:
    """Channels, bridges and tracked calls, and the changes that all handlers share."""

    def __init__(self, dialplan: Dialplan, clock: Callable[[], datetime]):
        self.dialplan = dialplan
        self.clock = clock
        self.channels = {}
        self.bridges = {}
        self.locals = {}  # name without the half → {uniqueid: channel}
        self.tracked_calls = {}  # uniqueid of the call → open call
        self.linkedids = {}  # Linkedid → tracked call
        self.gone = {}  # uniqueids of the last channels that hung up, in order
        self.changed = {}  # uniqueid → tracked call, in the order of the first change
        self.clicks = {}  # uniqueid → (extension, number) of unconfirmed clicks
        self.inquiries = []
        self.consulting = {}  # uniqueid of the transferer → attended transfer
        self.deferred = []  # calls that are published once it is known what they are
        self.last_event = None
        self.last_event_date = None  # time of the last event, by our clock
        self.count = 0  # events so far
        self.is_full = False  # a channel or bridge was ignored since `pop_is_full`

    def pop_is_full(self) -> bool:
        """Return whether a limit was reached since the last time."""
        is_full, self.is_full = self.is_full, False
        return is_full

    def time(self, event) -> datetime:
        """Return the time of an event: its Timestamp, else now."""
        return _time_stamp(event) or self.clock()

    def last_event_time(self) -> datetime:
        """Return the time of the last event: its Timestamp, else when it came."""
        if self.last_event is None:
            return self.clock()
        return _time_stamp(self.last_event) or self.last_event_date

    def channel(self, event, prefix="", start=None) -> Channel | None:
        """Return the channel of an event; add it if it is new.

        :param start: since when a new channel exists, if not since the event
        :return: None for a channel without a device or another channel behind it, and
            for one that has already hung up (a late or repeated event)
        """
        uniqueid = event.get(prefix + "Uniqueid")
        if not uniqueid:
            return None
        channel = self.channels.get(uniqueid)
        if channel is None:
            channel = self._add_channel(uniqueid, event, prefix, start)
            if channel is None:
                return None
        channel.last_count = self.count
        return channel

    def _add_channel(self, uniqueid, event, prefix, start):
        name = event.get(prefix + "Channel", "")
        parsed = parse_channel(name)
        if uniqueid in self.gone or not name or parsed.is_pseudo:
            return None
        if len(self.channels) >= MAX_CHANNELS:
            self.is_full = True
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
        """Assign a new channel to the call that it belongs to, or open a call."""
        tracked = self.tracked_calls.get(channel.uniqueid)
        if tracked is None:
            tracked = self.linkedids.get(channel.linkedid)
        if tracked is None and channel.uniqueid in self.clicks:
            # The PBX begins late what it was believed to have rejected.
            tracked = self.open_click(channel.uniqueid, *self.clicks[channel.uniqueid])
        if tracked is None:
            tracked = self.open_call(self._get_first(channel), channel.start)
            # The first channel, and what happened before, was not seen.
            tracked.call.incomplete = tracked.call.uniqueid != channel.uniqueid
        self.attach(channel, tracked)

    def _get_first(self, channel):
        """Return the uniqueid that identifies the call of a channel in the log: that of
        its first channel, even if no event named it yet."""
        is_over = channel.linkedid in self.gone or channel.linkedid in self.channels
        return channel.uniqueid if is_over else channel.linkedid

    def halves(self, channel) -> list[Channel]:
        """Return the known halves of a Local channel, an empty list for another one."""
        return list(self.locals.get(channel.parsed.device, {}).values())

    def attach(self, channel, tracked):
        """Add a channel to a call."""
        if tracked.is_click and tracked.is_unseen:
            tracked.is_unseen = False
            tracked.call.start_date = channel.start  # by the PBX's clock, as all else
            self.mark_changed(tracked)
        channel.tracked = tracked
        tracked.channels[channel.uniqueid] = channel
        link = channel.linkedid
        if link not in self.linkedids and len(self.linkedids) >= MAX_CHANNELS:
            self.is_full = True
        elif self.linkedids.setdefault(link, tracked) is tracked:
            tracked.linkedids.add(link)

    def remove_channel(self, channel):
        """Remove a channel that hung up."""
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
        if channel.tracked is not None:
            channel.tracked.channels.pop(channel.uniqueid, None)

    def leave_bridge(self, channel):
        """Remove a channel from its bridge."""
        if channel.bridge is not None:
            channel.bridge.members.pop(channel.uniqueid, None)
            channel.bridge = None

    def open_call(self, uniqueid, start) -> TrackedCall:
        """Open a call that is not published yet."""
        tracked = TrackedCall(Call(uniqueid, start_date=start), self.clock())
        tracked.last_event_date = start
        self.tracked_calls[uniqueid] = tracked
        return tracked

    def open_click(self, uniqueid, extension, number) -> TrackedCall:
        """Open a call that Odoo originates."""
        tracked = self.open_call(uniqueid, self.clock())
        tracked.is_click = tracked.is_originated = tracked.is_party_known = True
        tracked.own_extension = extension
        self.linkedids[uniqueid] = tracked
        tracked.linkedids.add(uniqueid)
        call = tracked.call
        call.number = call.dialed_number = number
        call.extension = extension
        call.direction = Direction.OUTBOUND
        if self.dialplan.is_internal(number):
            call.direction = Direction.INTERNAL
            call.number, call.extension = extension, ""
        self.publish(tracked)
        return tracked

    def mark_unconfirmed(self, tracked):
        """Mark a click-to-call of which it is not known whether the PBX accepted it."""
        tracked.is_unconfirmed = True
        if tracked.is_click:
            self.clicks[tracked.call.uniqueid] = (
                tracked.own_extension,
                tracked.call.number,
            )
        if len(self.clicks) > MAX_CLICKS:
            del self.clicks[next(iter(self.clicks))]

    def mark_changed(self, tracked):
        """Add a published call to those that changed."""
        if tracked.is_published:
            self.changed[tracked.call.uniqueid] = tracked

    def publish(self, tracked):
        """Publish a call: from now on its changes are reported."""
        tracked.is_published = True
        tracked.is_deferred = False
        self.mark_changed(tracked)

    def inquire(
        self, request: Request, on_answer: Callable[[object], None], *on_no_answer
    ):
        """Queue a question to the PBX about what its events leave out.

        :param on_answer: called with the answer
        :param on_no_answer: called without arguments if no answer will come
        """
        inquiry = Inquiry(request, on_answer, *on_no_answer)
        if len(self.inquiries) < MAX_INQUIRIES:
            self.inquiries.append(inquiry)
        else:
            inquiry.on_no_answer()

    def leg(self, channel) -> Leg:
        """Return the leg of a channel; create it if it has none."""
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
            legs = channel.tracked.call.legs
            legs[channel.uniqueid] = leg
            if len(legs) > MAX_LEGS:
                self._drop_a_leg(channel.tracked)
            self.mark_changed(channel.tracked)
        return leg

    def _drop_a_leg(self, tracked):
        """Drop the oldest leg that ended, if possible one that was not answered."""
        ended = [leg for leg in tracked.call.legs.values() if leg.state is State.ENDED]
        ended.sort(key=lambda leg: leg.answer_date is not None)
        for leg in ended[:1]:
            del tracked.call.legs[leg.uniqueid]
            tracked.called.pop(leg.uniqueid, None)

    def remove_empty_bridges(self):
        """Remove bridges whose end was not reported."""
        self.bridges = {k: each for k, each in self.bridges.items() if each.members}

    def snapshot(self, tracked, revision) -> Call:
        """Return a copy of a call in its present state."""
        legs = {uniqueid: copy(leg) for uniqueid, leg in tracked.call.legs.items()}
        return replace(tracked.call, revision=revision, legs=legs)


def _time_stamp(event):
    try:
        return EPOCH + timedelta(seconds=float(event["Timestamp"]))
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
