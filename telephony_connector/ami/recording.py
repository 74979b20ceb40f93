"""Calls that are recorded."""

from functools import partial

from ..engine.errors import InvalidValue
from . import actions
from .state import PbxState


def on_mixmonitor_start(pbx: PbxState, event: dict):
    """A channel is recorded from now on."""
    channel = pbx.channel(event)
    if channel is None:
        return
    channel.tracked.call.recorded = True
    pbx.mark_changed(channel.tracked)
    _ask(pbx, channel)


def find(pbx: PbxState):
    """Ask which calls are recorded: no list of channels says it."""
    for channel in pbx.channels.values():
        if not channel.tracked.call.recording_file:
            _ask(pbx, channel)


def _ask(pbx, channel):
    """Ask which file a channel is recorded to: no event names it."""
    try:
        request = actions.recording_file(channel.name)
    except InvalidValue:
        return
    pbx.inquire(request, partial(_set_file, pbx, channel))


def _set_file(pbx, channel, answer):
    name = answer.get("Value", "")
    if name:
        channel.tracked.call.recorded = True
        channel.tracked.call.recording_file = name
        pbx.mark_changed(channel.tracked)


HANDLERS = {"MixMonitorStart": on_mixmonitor_start}
