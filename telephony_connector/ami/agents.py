"""Agents who stay on the line between two callers (AgentLogin): one channel of theirs
takes part in many calls, one after the other."""

from datetime import datetime

from . import ending
from .entities import Channel, Record
from .state import Board


def wait_for_callers(board: Board, channel: Channel, now: datetime):
    """Note that an agent waits, for the first time or again: done with the last call.

    What the channel did there stays, as something past.
    """
    record, leg = channel.record, channel.leg
    if leg is not None and leg.answer_date is None:  # of having dialled the log-in
        del record.call.legs[channel.uniqueid]
    elif leg is not None:
        ending.close_leg(leg, now, channel)
        _leave(board, channel, now)
    channel.leg = None
    channel.met_customer = False


def meet_caller(channel: Channel, now: datetime):
    """Note that a waiting agent is given a caller: from now on it is a call's."""
    channel.start = now


def is_waiting(record: Record) -> bool:
    """Whether that is no call, but an agent who waits for one."""
    bridge = record.caller.bridge if record.caller else None
    return bridge is not None and bridge.is_for_agents


def _leave(board, channel, now):
    old = channel.record
    del old.channels[channel.uniqueid]
    record = board.open_record(channel.uniqueid, now)
    board.attach(channel, record)
    record.caller = channel
    if old.caller is channel:
        old.caller = None
    board.touch(old)
    if not old.channels:
        ending.end(board, old, now)
