"""After a (re)connect: what is really there, compared with what we believed."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from . import channels, ending, parties, talking
from .board import Board
from .bridging import bridge_of

# A channel this young may only be ahead of its own event.
FRESH = timedelta(seconds=2)

_DURATION = re.compile(r"(\d{1,6}):(\d\d):(\d\d)")
_DIALLED = ("AppDial", "AppQueue")
_ORIGINATED = "AppDial2"
_WAITING = ("Park", "ParkedCall", "BridgeWait", "AgentLogin", "StasisHold")
_CONFERENCES = ("ConfBridge", "MeetMe")


def resync(board: Board, listed: Iterable[dict], now: datetime, mark: int):
    """Close what is gone, adopt what is new, join what is bridged.

    :param listed: CoreShowChannel events
    :param now: the present, naive UTC
    :param mark: the board's count when the list was asked for; of channels that were
        heard of since, the events know better than the list
    """
    listed = {event["Uniqueid"]: event for event in listed if event.get("Uniqueid")}
    heard = min(board.heard(), now)
    for uniqueid, channel in list(board.channels.items()):
        if channel.seen > mark:
            listed.pop(uniqueid, None)
        elif uniqueid not in listed:
            channel.record.call.incomplete = True
            ending.hang_up(board, channel, heard)
    aged = [(_duration(event), event) for event in listed.values()]
    aged.sort(key=lambda pair: (_is_dialled(pair[1]), -pair[0]))
    for age, event in aged:
        if event["Uniqueid"] not in board.channels:
            _adopt(board, event, now, age)
    _rebuild_bridges(board, listed, heard)
    for record in list(board.records.values()):
        if record.is_doubtful and not record.channels:
            record.call.incomplete = True
            ending.end(board, record, now)


def _adopt(board, event, now, age):
    channel = board.channel(event, start=now - age)
    if channel is None:
        return
    record = channel.record
    record.call.start_date = min(record.call.start_date, channel.start)
    if age >= FRESH:
        record.call.incomplete = True
    application = event.get("Application", "")
    if application == _ORIGINATED:
        record.is_originated = True
    if application == "Queue":
        record.call.queue = event.get("ApplicationData", "").partition(",")[0]
    state = event.get("ChannelState")
    channel.is_up = state == channels.UP
    if _is_dialled(event):
        channel.is_dialled = True
        if not channel.is_local:
            parties.ring(board, channel)
    elif channel.is_up or state == channels.RING:
        parties.set_caller(board, channel)
    if channel.is_up:
        parties.pick_up(board, channel, channel.start)
    board.touch(record)


def _rebuild_bridges(board, listed, heard):
    bridges = {}
    for uniqueid, event in listed.items():
        channel = board.channels.get(uniqueid)
        if channel is None:
            continue
        bridge = bridge_of(board, event.get("BridgeId"), event)
        board.leave_bridge(channel)
        if bridge is not None:
            application = event.get("Application")
            bridge.is_holding |= application in _WAITING
            bridge.is_conference |= application in _CONFERENCES
            channel.bridge = bridge
            bridge.members[uniqueid] = channel
            bridges[event["BridgeId"]] = bridge
    for bridge in bridges.values():
        _resume_talk(board, bridge, heard)


def _resume_talk(board, bridge, heard):
    """When they began to talk unseen is not known: at the earliest when the last of
    them came, or when we last heard of a call that we knew."""
    talkers = talking.talkers(board, bridge)
    silent = {c.record for c in talkers if not c.record.call.answer_date}
    if len(talkers) < 2 or not silent:
        talking.talk(board, bridge, heard)
        return
    began = max(channel.start for channel in talkers)
    if not all(record.call.incomplete for record in silent):
        began = max(began, heard)
    for record in silent:
        record.call.incomplete = True
    talking.talk(board, bridge, began)


def _is_dialled(event):
    return event.get("Application") in _DIALLED


def _duration(event):
    match = _DURATION.fullmatch(event.get("Duration", ""))
    if match is None:
        return timedelta()
    hours, minutes, seconds = map(int, match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)
