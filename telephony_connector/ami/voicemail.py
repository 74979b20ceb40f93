"""Callers who leave a message instead."""

from functools import partial

from ..engine.errors import InvalidValue
from . import actions
from .channels import number
from .state import EPOCH, Board

NEW_FOLDERS = ("INBOX", "Urgent")


def on_message_waiting(board: Board, event: dict):
    """A mailbox changed; the event names a channel if somebody left a message."""
    channel = board.channels.get(event.get("Uniqueid"))
    if channel is None or event.get("New") in (None, "0"):
        return
    record = channel.record
    if record.call.answer_date is not None:
        return
    record.call.voicemail = True
    board.touch(record)
    mailbox = event.get("Mailbox", "")
    try:
        request = actions.voicemail_messages(mailbox)
    except InvalidValue:
        return
    board.ask(request, partial(_note_message, board, record, mailbox))


def _note_message(board, record, mailbox, answer):
    """Take the length and the file of the message that was left just now.

    Messages are listed in no order that is promised, and numbered in their folder as
    they came.
    """
    folders = {}
    for event in answer.events:
        left = number(event.get("ID", "").partition("-")[0])
        if left and event.get("Folder") in NEW_FOLDERS:
            folders.setdefault(event["Folder"], []).append((left, event))
    found = [
        (left, folder, index, number(event.get("Duration")))
        for folder, messages in folders.items()
        for index, (left, event) in enumerate(
            sorted(messages, key=lambda each: each[0])
        )
    ]
    if not found:
        return
    left, folder, index, seconds = max(found)
    if left < int((record.call.start_date - EPOCH).total_seconds()):
        return
    name, _at, context = mailbox.partition("@")
    record.call.voicemail_duration = seconds
    record.call.voicemail_file = f"{context}/{name}/{folder}/msg{index:04d}"
    board.touch(record)


HANDLERS = {"MessageWaiting": on_message_waiting}
