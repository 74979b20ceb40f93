"""Agents who stay on the line between two callers (AgentLogin): one channel of theirs
takes part in many calls, one after the other."""

from datetime import datetime

from . import ending
from .entities import Channel, TrackedCall
from .state import PbxState


def wait_for_callers(pbx: PbxState, channel: Channel, now: datetime):
    """Record that an agent waits, for the first time or again: done with the last call.

    What the channel did there stays, as something past.
    """
    tracked, leg = channel.tracked, channel.leg
    if leg is not None and leg.answer_date is None:  # of having dialed the log-in
        del tracked.call.legs[channel.uniqueid]
    elif leg is not None:
        ending.close_leg(leg, now, channel)
        _leave(pbx, channel, now)
    channel.leg = None
    channel.has_met_customer = False


def start_call(channel: Channel, now: datetime):
    """Record that a waiting agent is given a caller: from now on it is a call's."""
    channel.start = now


def is_waiting(tracked: TrackedCall) -> bool:
    """Whether that is no call, but an agent who waits for one."""
    bridge = tracked.caller.bridge if tracked.caller else None
    return bridge is not None and bridge.is_for_agents


def _leave(pbx, channel, now):
    old = channel.tracked
    del old.channels[channel.uniqueid]
    tracked = pbx.open_call(channel.uniqueid, now)
    pbx.attach(channel, tracked)
    tracked.caller = channel
    if old.caller is channel:
        old.caller = None
    pbx.mark_changed(old)
    if not old.channels:
        ending.end(pbx, old, now)
