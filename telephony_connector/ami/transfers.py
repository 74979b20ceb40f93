"""A call goes from one person to another: transfers, parking, pick-up."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from . import consulting, ending, talking
from .channels import number
from .dialplan import is_dialable, known, parse_channel
from .entities import Channel
from .state import PbxState

# Whom an AttendedTransfer names, by the prefix of the headers.
PARTIES = ("OrigTransferer", "SecondTransferer", "Transferee", "TransferTarget")


def on_blind_transfer(pbx: PbxState, event: dict):
    """Somebody sends the other party to a number and is out of the call."""
    channel = pbx.channels.get(event.get("TransfererUniqueid"))
    if channel is not None and event.get("Result") == "Success":
        _set_target(pbx, channel, event.get("Extension", ""))


def on_attended_transfer(pbx: PbxState, event: dict):
    """Somebody who talked with two parties (or still called the second) joins them.

    The call with the outside party lives on, or the older one; what is left of the
    other moves into it.
    """
    first = pbx.channels.get(event.get("OrigTransfererUniqueid"))
    second = pbx.channels.get(event.get("SecondTransfererUniqueid"))
    if event.get("Result") != "Success" or first is None or second is None:
        return
    main = talking.main_of((first.tracked, second.tracked))
    away, joining = (first, second) if first.tracked is main else (second, first)
    role = "TransferTarget" if away is first else "Transferee"
    if event.get("DestType") != "Threeway":
        pbx.leave_bridge(first)
        pbx.leave_bridge(second)
    into = joining.tracked.call.dialed_number if event.get("DestType") == "App" else ""
    if joining.tracked is not main:
        joining.tracked.is_transferred = True
        main.call.queue = joining.tracked.call.queue or main.call.queue
    arrived = _move_all(pbx, joining, main, pbx.time(event))
    targets = _find_targets(pbx, event, role, joining, arrived)
    # What was called but did not answer yet: a telephone, a group, a queue.
    number = into or _name_target(pbx, event, role, targets)
    _set_target(pbx, away, number)
    _hand_over(pbx, main, joining, targets)
    if event.get("DestType") == "Threeway":
        consulting.join(pbx, second)
        return
    # The channels stay until whom they transferred to answers.
    for channel in (first, second):
        if channel.leg is not None:
            ending.close_leg(channel.leg, pbx.time(event), channel)


def _find_targets(pbx, event, role, joining, arrived):
    """Return the channels of whom the transferred party may be joined with, the surest
    first.

    :param role: the prefix of the headers that name them, where the PBX does
    :param joining: the transferer's channel that was connected with them
    :param arrived: who came from the other call
    """
    named = pbx.channels.get(event.get(role + "Uniqueid"))
    others = {event.get(f"{each}Uniqueid") for each in PARTIES if each != role}
    caller = joining.tracked.caller
    met = [
        each
        for each in joining.first_peers
        if each.uniqueid not in others and each is not caller
    ]
    return [each for each in (named, *met, arrived) if each is not None]


def _hand_over(pbx, main, joining, targets):
    """Where the parties were joined before it was told why, the transferer's own
    channel may seem to have taken the call over last."""
    target = targets[0] if targets else None
    if target is None or not target.extension or target.tracked is not main:
        return
    if joining.tracked is main and main.call.extension == joining.extension:
        main.call.extension = target.extension
        pbx.mark_changed(main)


def _name_target(pbx, event, role, targets):
    for channel in targets:
        if number := _party(pbx, channel):
            return number
    dialed = parse_channel(event.get(role + "Channel", "")).number
    return dialed if is_dialable(dialed) else known(event.get(role + "CallerIDNum", ""))


def _move_all(pbx, going, main, now):
    """Move everyone but the one who goes; return the last of them with a telephone."""
    arrived = None
    for channel in list(going.tracked.channels.values()):
        if going.tracked is not main and channel is not going:
            talking.move(pbx, channel, main, now)
            arrived = channel if channel.leg is not None else arrived
            talking.talk(pbx, channel.bridge, now)
    return arrived


def on_parked_call(pbx: PbxState, event: dict):
    """The other party waits in a parking space; who put it there is out of the call."""
    parked = pbx.channels.get(event.get("ParkeeUniqueid"))
    if parked is None:
        return
    _park(pbx, parked, event.get("ParkingSpace", ""), pbx.time(event))
    for channel in parked.tracked.channels.values():
        if channel.parsed.device == event.get("ParkerDialString"):
            _set_target(pbx, channel, event.get("ParkingSpace", ""))


def _park(pbx, channel, space, since):
    call = channel.tracked.call
    if call.parking_space != space:
        call.parking_space, call.parking_date = space, since if space else None
        pbx.mark_changed(channel.tracked)


def leave_parking(pbx: PbxState, channel: Channel):
    """Record that a channel leaves the bridge where it is parked, if it is."""
    call = channel.tracked.call
    if channel.bridge.is_holding and call.parking_space:
        call.parking_space, call.parking_date = "", None
        pbx.mark_changed(channel.tracked)


def resync_parked(
    pbx: PbxState, listed: Iterable[dict], now: datetime, recent: Collection[str]
):
    """Bring who is parked in line with what ParkedCalls listed, after the bridges.

    :param listed: its events
    :param now: the present, naive UTC
    :param recent: unique ids of the channels that events named since the list was asked
        for: of those the events know better
    """
    for tracked in pbx.tracked_calls.values():
        call, channels = tracked.call, tracked.channels
        is_waiting = any(c.bridge and c.bridge.is_holding for c in channels.values())
        if call.parking_space and not is_waiting and not channels.keys() & recent:
            call.parking_space, call.parking_date = "", None
            pbx.mark_changed(tracked)
    for event in listed:
        channel = pbx.channels.get(event.get("ParkeeUniqueid"))
        if channel is not None and channel.uniqueid not in recent:
            seconds = number(event.get("ParkingDuration")) or 0
            since = now - timedelta(seconds=seconds)
            if channel.bridge is not None:
                channel.bridge.is_holding = True
            _park(pbx, channel, event.get("ParkingSpace", ""), since)


def _party(pbx, channel):
    """Return the number of who is behind a channel: of a Local channel, who answered
    there, else what it calls."""
    if channel is None:
        return ""
    if channel.is_local:
        behind = [
            other
            for half in pbx.halves(channel)
            for other in half.first_peers
            if half.is_far_half and other.leg is not None
        ]
        number = _party(pbx, behind[0]) if behind else ""
        dialed = channel.parsed.number
        return number or (dialed if is_dialable(dialed) else "")
    if channel.leg is None:
        return ""
    return channel.leg.extension or channel.leg.number


def _set_target(pbx, channel, number):
    if number:
        pbx.leg(channel).transferred_to = number
        pbx.mark_changed(channel.tracked)


HANDLERS = {
    "BlindTransfer": on_blind_transfer,
    "AttendedTransfer": on_attended_transfer,
    "ParkedCall": on_parked_call,
}
