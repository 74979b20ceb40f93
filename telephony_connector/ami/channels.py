"""Channels come, change state, are held and hang up."""

from ..engine.call import State
from . import ending, parties
from .state import PbxState

RING, UP = "4", "6"


def on_newchannel(pbx: PbxState, event: dict):
    """A channel exists. One that rings inwards (``Ring``) is somebody calling."""
    channel = pbx.channel(event)
    if channel is not None:
        _process_state(pbx, channel, event)


def on_newstate(pbx: PbxState, event: dict):
    """A channel rings, is answered, …"""
    channel = pbx.channel(event)
    if channel is not None:
        channel.exten = channel.exten or event.get("Exten", "")
        _process_state(pbx, channel, event)


def _process_state(pbx, channel, event):
    state = event.get("ChannelState")
    if state == RING:
        _is_calling(pbx, channel)
    elif state == UP and not channel.is_up:
        channel.is_up = True
        _is_calling(pbx, channel)
        parties.pick_up(pbx, channel, pbx.time(event))


def _is_calling(pbx, channel):
    if not channel.is_dialed and not channel.is_local:
        parties.set_caller(pbx, channel)


def on_newcallerid(pbx: PbxState, event: dict):
    """The dial plan corrects a caller's number or finds the name."""
    channel = pbx.channels.get(event.get("Uniqueid"))
    if channel is None:
        return
    channel.caller_number = event.get("CallerIDNum", "")
    channel.caller_name = event.get("CallerIDName", "")
    tracked = channel.tracked
    if tracked.caller is not channel or tracked.is_originated or channel.extension:
        return
    if tracked.call.answer_date is None:
        parties.set_caller_id(pbx, channel)


def on_hangup_request(pbx: PbxState, event: dict):
    """A telephone hangs up; the PBX does not do it by itself."""
    channel = pbx.channels.get(event.get("Uniqueid"))
    if channel is not None:
        channel.is_leaving = True


def on_hangup(pbx: PbxState, event: dict):
    """A channel is gone."""
    channel = pbx.channels.get(event.get("Uniqueid"))
    if channel is not None:
        ending.hang_up(pbx, channel, pbx.time(event), number(event.get("Cause")))


def on_hold(pbx: PbxState, event: dict):
    """A telephone holds its talk."""
    _hold(pbx, event, True)


def on_unhold(pbx: PbxState, event: dict):
    """A telephone takes its talk back."""
    _hold(pbx, event, False)


def _hold(pbx, event, on):
    channel = pbx.channel(event)
    if channel is not None and not channel.is_local:
        leg = pbx.leg(channel)
        if leg.on_hold != on and leg.state is not State.ENDED:
            leg.on_hold = on
            pbx.mark_changed(channel.tracked)


def number(text) -> int | None:
    """Read a whole number; None for zero, which means unknown, and for no number."""
    try:
        return int(text) or None
    except (TypeError, ValueError):
        return None


HANDLERS = {
    "Newchannel": on_newchannel,
    "Newstate": on_newstate,
    "NewCallerid": on_newcallerid,
    "HangupRequest": on_hangup_request,
    "Hangup": on_hangup,
    "Hold": on_hold,
    "Unhold": on_unhold,
}
