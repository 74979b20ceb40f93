"""Calls that are recorded."""

from functools import partial

from ..engine.errors import InvalidValue
from . import actions
from .state import Board


def on_mixmonitor_start(board: Board, event: dict):
    """A channel is recorded from now on."""
    channel = board.channel(event)
    if channel is None:
        return
    channel.record.call.recorded = True
    board.touch(channel.record)
    _ask(board, channel)


def find(board: Board):
    """Ask which calls are recorded: no list of channels says it."""
    for channel in board.channels.values():
        if not channel.record.call.recording_file:
            _ask(board, channel)


def _ask(board, channel):
    """Ask which file a channel is recorded to: no event names it."""
    try:
        request = actions.recording_file(channel.name)
    except InvalidValue:
        return
    board.ask(request, partial(_note_file, board, channel))


def _note_file(board, channel, answer):
    name = answer.get("Value", "")
    if name:
        channel.record.call.recorded = True
        channel.record.call.recording_file = name
        board.touch(channel.record)


HANDLERS = {"MixMonitorStart": on_mixmonitor_start}
