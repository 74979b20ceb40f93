"""Channels come, change state, are held and hang up."""

from . import ending, parties
from .state import Board

RING, UP = "4", "6"


def on_newchannel(board: Board, event: dict):
    """A channel exists. One that rings inwards (``Ring``) is somebody calling."""
    channel = board.channel(event)
    if channel is not None:
        _look_at_state(board, channel, event)


def on_newstate(board: Board, event: dict):
    """A channel rings, is answered, …"""
    channel = board.channel(event)
    if channel is not None:
        channel.exten = channel.exten or event.get("Exten", "")
        _look_at_state(board, channel, event)


def _look_at_state(board, channel, event):
    state = event.get("ChannelState")
    if state == RING:
        _is_calling(board, channel)
    elif state == UP and not channel.is_up:
        channel.is_up = True
        _is_calling(board, channel)
        parties.pick_up(board, channel, board.time(event))


def _is_calling(board, channel):
    if not channel.is_dialled and not channel.is_local:
        parties.set_caller(board, channel)


def on_newcallerid(board: Board, event: dict):
    """The dial plan corrects a caller's number or finds the name."""
    channel = board.channels.get(event.get("Uniqueid"))
    if channel is None:
        return
    channel.caller_number = event.get("CallerIDNum", "")
    channel.caller_name = event.get("CallerIDName", "")
    record = channel.record
    if record.caller is not channel or record.is_originated or channel.extension:
        return
    if record.call.answer_date is None:
        parties.set_caller_id(board, channel)


def on_hangup_request(board: Board, event: dict):
    """A telephone hangs up; the PBX does not do it by itself."""
    channel = board.channels.get(event.get("Uniqueid"))
    if channel is not None:
        channel.is_leaving = True


def on_hangup(board: Board, event: dict):
    """A channel is gone."""
    channel = board.channels.get(event.get("Uniqueid"))
    if channel is not None:
        ending.hang_up(board, channel, board.time(event), number(event.get("Cause")))


def on_hold(board: Board, event: dict):
    """A telephone holds its talk."""
    _hold(board, event, True)


def on_unhold(board: Board, event: dict):
    """A telephone takes its talk back."""
    _hold(board, event, False)


def _hold(board, event, on):
    channel = board.channel(event)
    if channel is not None and not channel.is_local:
        leg = board.leg(channel)
        if leg.on_hold != on:
            leg.on_hold = on
            board.touch(channel.record)


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
