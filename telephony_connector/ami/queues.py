"""Callers who wait in a queue."""

from ..engine.call import Outcome
from . import parties
from .board import Board
from .dialplan import parse_interface


def on_caller_join(board: Board, event: dict):
    """A caller waits for a member of the queue; that is no answer yet."""
    channel = board.channel(event)
    if channel is None:
        return
    record = channel.record
    if record.caller is None and not record.is_originated:
        parties.set_caller(board, channel)
    record.call.queue = event.get("Queue", "")
    parties.settle(board, record)
    board.touch(record)


def on_ring_no_answer(board: Board, event: dict):
    """A member let it ring. Behind a Local channel that looks like a caller who gave
    up."""
    channel = board.channels.get(event.get("Uniqueid"))
    interface = parse_interface(event.get("Interface", ""))
    number = interface.number or board.dialplan.extension_of_device(interface)
    if channel is None or not number:
        return
    for leg in reversed(channel.record.called.values()):
        if leg.extension == number:
            if leg.answer_date is None and leg.outcome in (None, Outcome.CANCELLED):
                leg.outcome = Outcome.MISSED
                board.touch(channel.record)
            return


HANDLERS = {
    "QueueCallerJoin": on_caller_join,
    "AgentRingNoAnswer": on_ring_no_answer,
}
