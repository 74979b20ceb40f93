"""Callers who leave a message instead."""

from ..engine.call import State
from .board import Board


def on_message_waiting(board: Board, event: dict):
    """A mailbox changed. More new messages than before: somebody left one.

    The event names no channel: it is the caller who rang that mailbox's extension last
    and now talks with nobody.
    """
    mailbox = event.get("Mailbox", "")
    new = int(event.get("New") or 0)
    before = board.mailboxes.get(mailbox, 0)
    board.mailboxes[mailbox] = new
    if new <= before:
        return
    record = _who_left_it(board, mailbox.partition("@")[0])
    if record is not None:
        record.call.voicemail = True
        board.touch(record)


def _who_left_it(board, extension):
    found = None
    for record in board.records.values():
        caller = record.caller
        if caller is None or caller.bridge is not None or not caller.is_up:
            continue
        rang = any(leg.extension == extension for leg in record.called.values())
        ringing = any(leg.state is State.RINGING for leg in record.called.values())
        if not ringing and (rang or extension == record.call.dialed_number):
            found = record
    return found


HANDLERS = {"MessageWaiting": on_message_waiting}
