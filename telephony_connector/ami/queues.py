"""Callers who wait in a queue."""

from .board import Board


def on_caller_join(board: Board, event: dict):
    """A caller waits for a member of the queue; that is no answer yet."""
    channel = board.channel(event)
    if channel is None:
        return
    record = channel.record
    if record.caller is None and not record.is_originated:
        board.set_caller(channel)
    record.call.queue = event.get("Queue", "")
    board.settle(record)
    board.touch(record)


HANDLERS = {"QueueCallerJoin": on_caller_join}
