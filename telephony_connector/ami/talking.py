"""Who talks with whom, and how calls become one."""

from collections.abc import Iterable
from copy import copy
from datetime import datetime

from ..engine.call import Direction, State
from . import ending, parties
from .entities import Bridge, Channel, TrackedCall
from .state import PbxState


def talkers(pbx: PbxState, bridge: Bridge | None) -> list[Channel]:
    """Return the telephones that hear each other in a bridge.

    Local channels lead on to the bridge of their other half.
    """
    if bridge is None or bridge.is_holding:
        return []
    found, seen, todo = [], {id(bridge)}, [bridge]
    while todo:
        for channel in todo.pop().members.values():
            if not channel.is_local:
                found.append(channel)
                continue
            for half in pbx.locals.get(channel.parsed.device, {}).values():
                other = half.bridge
                if other and not other.is_holding and id(other) not in seen:
                    seen.add(id(other))
                    todo.append(other)
    return found


def talk(pbx: PbxState, bridge: Bridge | None, now: datetime):
    """Record who talks with whom after somebody entered a bridge."""
    channels = talkers(pbx, bridge)
    if len(channels) < 2:
        return
    if not bridge.is_conference:
        _join_calls(pbx, channels, now)
    for channel in channels:
        _start_talk(pbx, channel, now)
    for tracked in {id(c.tracked): c.tracked for c in channels}.values():
        _set_handlers(pbx, tracked, channels)


def _start_talk(pbx, channel, now):
    tracked, call = channel.tracked, channel.tracked.call
    leg = pbx.leg(channel)
    if leg.answer_date is None or leg.state is State.RINGING:
        ending.answer_leg(leg, now)
        pbx.mark_changed(tracked)
    tracked.last_event_date = now
    if call.answer_date is None:
        parties.set_other_party(pbx, tracked)
        call.answer_date = max(now, call.start_date)
        call.state = State.ONGOING
        pbx.mark_changed(tracked)


def _set_handlers(pbx, tracked, channels):
    """Whoever talks with the other party handles the call; a colleague who is only
    consulted does not."""
    mine = tracked.channels.values()
    outside = [c for c in mine if c.leg is not None and not c.extension]
    if outside and not any(channel in outside for channel in channels):
        return
    for channel in channels:
        if channel.tracked is not tracked or channel.has_met_customer:
            continue
        channel.has_met_customer = True
        if channel.extension and channel is not tracked.caller:
            tracked.call.extension = channel.extension
            pbx.mark_changed(tracked)


def _join_calls(pbx, channels, now):
    tracked_calls = {id(c.tracked): c.tracked for c in channels}
    if len(tracked_calls) < 2:
        return
    main = main_of(tracked_calls.values())
    for channel in channels:
        move(pbx, channel, main, now)


def main_of(tracked_calls: Iterable[TrackedCall]) -> TrackedCall:
    """Return the call that lives on when several are joined: the one with the
    outside, else the oldest."""
    return min(tracked_calls, key=_rank)


def move(pbx: PbxState, channel: Channel, tracked: TrackedCall, now: datetime):
    """Make a channel of one call part of another: a transfer, a pick-up.

    The call that it leaves keeps its share of it as something past, and ends if it
    has nothing else.
    """
    old = channel.tracked
    if old is tracked:
        return
    del old.channels[channel.uniqueid]
    pbx.attach(channel, tracked)
    if channel.leg is not None:
        _move_leg(pbx, channel, old, now)
    if old.caller is channel:
        old.caller = None
    channel.has_met_customer = False
    pbx.mark_changed(old)
    pbx.mark_changed(tracked)
    if not old.channels:
        ending.end(pbx, old, now)


def _move_leg(pbx, channel, old, now):
    leg, tracked = channel.leg, channel.tracked
    tracked.call.legs[channel.uniqueid] = leg
    tracked.called[channel.uniqueid] = leg
    old.call.legs.pop(channel.uniqueid, None)
    was_called = old.called.pop(channel.uniqueid, None) is not None
    old.is_transferred = True
    if old.is_published:
        past = copy(leg)
        ending.close_leg(past, now, channel)
        old.call.legs[channel.uniqueid] = past
        if was_called:
            old.called[channel.uniqueid] = past


def _rank(tracked):
    call = tracked.call
    is_internal = call.direction is Direction.INTERNAL or not tracked.is_published
    return is_internal, call.start_date, call.uniqueid
