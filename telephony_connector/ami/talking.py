"""Who talks with whom, and how calls become one."""

from collections.abc import Iterable
from copy import copy
from datetime import datetime

from ..engine.call import Direction, State
from . import ending, parties
from .entities import Bridge, Channel, Record
from .state import Board


def talkers(board: Board, bridge: Bridge | None) -> list[Channel]:
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
            for half in board.locals.get(channel.parsed.device, {}).values():
                other = half.bridge
                if other and not other.is_holding and id(other) not in seen:
                    seen.add(id(other))
                    todo.append(other)
    return found


def talk(board: Board, bridge: Bridge | None, now: datetime):
    """Note who talks with whom after somebody entered a bridge."""
    channels = talkers(board, bridge)
    if len(channels) < 2:
        return
    if not bridge.is_conference:
        _join_calls(board, channels, now)
    for channel in channels:
        _start_talk(board, channel, now)
    for record in {id(c.record): c.record for c in channels}.values():
        _note_who_handles(board, record, channels)


def _start_talk(board, channel, now):
    record, call = channel.record, channel.record.call
    leg = board.leg(channel)
    if leg.answer_date is None or leg.state is State.RINGING:
        leg.answer_date = leg.answer_date or max(now, leg.start_date)
        leg.state = State.ONGOING
        board.touch(record)
    record.last_words = now
    if call.answer_date is None:
        parties.settle(board, record)
        call.answer_date = max(now, call.start_date)
        call.state = State.ONGOING
        board.touch(record)


def _note_who_handles(board, record, channels):
    """Whoever talks with the other party handles the call; a colleague who is only
    consulted does not."""
    mine = record.channels.values()
    outside = [c for c in mine if c.leg is not None and not c.extension]
    if outside and not any(channel in outside for channel in channels):
        return
    for channel in channels:
        if channel.record is not record or channel.met_customer:
            continue
        channel.met_customer = True
        if channel.extension and channel is not record.caller:
            record.call.extension = channel.extension
            board.touch(record)


def _join_calls(board, channels, now):
    records = {id(c.record): c.record for c in channels}
    if len(records) < 2:
        return
    main = main_of(records.values())
    for channel in channels:
        move(board, channel, main, now)


def main_of(records: Iterable[Record]) -> Record:
    """Return the call that lives on when several are joined: the one with the
    outside, else the oldest."""
    return min(records, key=_rank)


def move(board: Board, channel: Channel, record: Record, now: datetime):
    """Make a channel of one call part of another: a transfer, a pick-up.

    The call that it leaves keeps its share of it as something past, and ends if it
    has nothing else.
    """
    old = channel.record
    if old is record:
        return
    del old.channels[channel.uniqueid]
    board.attach(channel, record)
    if channel.leg is not None:
        _move_leg(board, channel, old, now)
    if old.caller is channel:
        old.caller = None
    channel.met_customer = False
    board.touch(old)
    board.touch(record)
    if not old.channels:
        ending.end(board, old, now)


def _move_leg(board, channel, old, now):
    leg, record = channel.leg, channel.record
    record.call.legs[channel.uniqueid] = leg
    record.called[channel.uniqueid] = leg
    old.call.legs.pop(channel.uniqueid, None)
    was_called = old.called.pop(channel.uniqueid, None) is not None
    old.is_handed_over = True
    if old.is_reported:
        past = copy(leg)
        ending.close_leg(past, now, channel)
        old.call.legs[channel.uniqueid] = past
        if was_called:
            old.called[channel.uniqueid] = past


def _rank(record):
    call = record.call
    is_internal = call.direction is Direction.INTERNAL or not record.is_reported
    return is_internal, call.start_date, call.uniqueid
