"""Callers who leave a message instead."""

from functools import partial

from ..engine.errors import InvalidValue
from . import actions
from .channels import number
from .state import EPOCH, PbxState

NEW_FOLDERS = ("INBOX", "Urgent")


def on_message_waiting(pbx: PbxState, event: dict):
    """A mailbox changed; the event names a channel if somebody left a message."""
    channel = pbx.channels.get(event.get("Uniqueid"))
    if channel is None or event.get("New") in (None, "0"):
        return
    tracked = channel.tracked
    if tracked.call.answer_date is not None:
        return
    tracked.call.voicemail = True
    pbx.mark_changed(tracked)
    mailbox = event.get("Mailbox", "")
    try:
        request = actions.voicemail_messages(mailbox)
    except InvalidValue:
        return
    pbx.inquire(request, partial(_set_message, pbx, tracked, mailbox))


def _set_message(pbx, tracked, mailbox, answer):
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
    if left < int((tracked.call.start_date - EPOCH).total_seconds()):
        return
    name, _at, context = mailbox.partition("@")
    tracked.call.voicemail_duration = seconds
    tracked.call.voicemail_file = f"{context}/{name}/{folder}/msg{index:04d}"
    pbx.mark_changed(tracked)


HANDLERS = {"MessageWaiting": on_message_waiting}
