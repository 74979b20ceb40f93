"""Callers who leave a message instead."""

from .board import Board


def on_message_waiting(board: Board, event: dict):
    """A mailbox changed; the event names a channel if somebody left a message."""
    channel = board.channels.get(event.get("Uniqueid"))
    if channel is None or event.get("New") in (None, "0"):
        return
    record = channel.record
    if record.call.answer_date is None:
        record.call.voicemail = True
        board.touch(record)


HANDLERS = {"MessageWaiting": on_message_waiting}
