"""Callers who wait in a queue."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..engine.call import Outcome
from . import dialing, parties
from .channels import number
from .dialplan import parse_interface
from .state import Board


def on_caller_join(board: Board, event: dict):
    """A caller waits for a member of the queue; that is no answer yet."""
    channel = board.channel(event)
    if channel is not None:
        _wait(board, channel, event, board.time(event))


def _wait(board, channel, event, since):
    record = channel.record
    if record.caller is None and not record.is_originated:
        parties.set_caller(board, channel)
    record.call.queue = event.get("Queue", "")
    record.call.queue_date = since
    dialing.note_dialled(channel, event.get("Exten", ""))
    parties.settle(board, record)
    board.touch(record)


def on_caller_leave(board: Board, event: dict):
    """A caller waits no more: a member took the call, they gave up or were sent on."""
    channel = board.channels.get(event.get("Uniqueid"))
    if channel is not None:
        channel.seen = board.count
        channel.record.call.queue_date = None
        board.touch(channel.record)


def resync(board: Board, listed: Iterable[dict], now: datetime, mark: int):
    """Bring who waits in line with what QueueStatus listed.

    :param listed: its events
    :param now: the present, naive UTC
    :param mark: the board's count when it was asked; of channels that were heard of
        since, the events know better than the list
    """
    waits = {
        event.get("Uniqueid"): event
        for event in listed
        if event.get("Event") == "QueueEntry"
    }
    for record in list(board.records.values()):
        call = record.call
        heard = [u for u, channel in record.channels.items() if channel.seen > mark]
        waiting = next((u for u in record.channels if u in waits), None)
        if waiting is not None and waiting not in heard:
            entry = waits[waiting]
            if call.queue_date is not None and call.queue == entry.get("Queue", ""):
                continue
            seconds = number(entry.get("Wait")) or 0
            since = now - timedelta(seconds=seconds)
            _wait(board, record.channels[waiting], entry, since)
        elif waiting is None and not heard and call.queue_date is not None:
            call.queue_date = None
        else:
            continue
        board.touch(record)


def on_ring_no_answer(board: Board, event: dict):
    """A member let it ring. Behind a Local channel that looks like a caller who gave
    up."""
    channel = board.channels.get(event.get("Uniqueid"))
    interface = parse_interface(event.get("Interface", ""))
    extension = interface.number or board.dialplan.extension_of_device(interface)
    if channel is None or not extension:
        return
    for leg in reversed(channel.record.called.values()):
        if leg.extension == extension:
            if leg.answer_date is None and leg.outcome in (None, Outcome.CANCELLED):
                leg.outcome = Outcome.MISSED
                board.touch(channel.record)
            return


HANDLERS = {
    "QueueCallerJoin": on_caller_join,
    "QueueCallerLeave": on_caller_leave,
    "AgentRingNoAnswer": on_ring_no_answer,
}
