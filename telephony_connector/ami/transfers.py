"""A call goes from one person to another: transfers, parking, pick-up."""

from . import talking
from .board import Board


def on_blind_transfer(board: Board, event: dict):
    """Somebody sends the other party to a number and is out of the call."""
    channel = board.channels.get(event.get("TransfererUniqueid"))
    if channel is not None and event.get("Result") == "Success":
        _note_target(board, channel, event.get("Extension", ""))


def on_attended_transfer(board: Board, event: dict):
    """Somebody who talked with two parties (or still called the second) joins them.

    The call with the outside party lives on, or the older one; what is left of the
    other moves into it.
    """
    first = board.channels.get(event.get("OrigTransfererUniqueid"))
    second = board.channels.get(event.get("SecondTransfererUniqueid"))
    if event.get("Result") != "Success" or first is None or second is None:
        return
    main = talking.main_of((first.record, second.record))
    away, joining = (first, second) if first.record is main else (second, first)
    role = "TransferTarget" if away is first else "Transferee"
    if event.get("DestType") != "Threeway":
        board.leave_bridge(first)
        board.leave_bridge(second)
    into = joining.record.call.dialed_number if event.get("DestType") == "App" else ""
    if joining.record is not main:
        joining.record.is_handed_over = True
        main.call.queue = joining.record.call.queue or main.call.queue
    arrived = _move_all(board, joining, main, board.time(event))
    target = board.channels.get(event.get(role + "Uniqueid"))
    if target is None or target.leg is None:
        target = arrived
    # What was called but did not answer yet: a telephone, a group, a queue.
    number = into or _party(target) or event.get(role + "CallerIDNum", "")
    _note_target(board, away, number)


def _move_all(board, going, main, now):
    """Move everyone but the one who goes; return the last of them with a telephone."""
    arrived = None
    for channel in list(going.record.channels.values()):
        if going.record is not main and channel is not going:
            talking.move(board, channel, main, now)
            arrived = channel if channel.leg is not None else arrived
            talking.talk(board, channel.bridge, now)
    return arrived


def on_parked_call(board: Board, event: dict):
    """The other party waits in a parking space; who put it there is out of the call."""
    parked = board.channels.get(event.get("ParkeeUniqueid"))
    if parked is None:
        return
    for channel in parked.record.channels.values():
        if channel.parsed.device == event.get("ParkerDialString"):
            _note_target(board, channel, event.get("ParkingSpace", ""))


def _party(channel):
    if channel is None or channel.leg is None:
        return ""
    return channel.leg.extension or channel.leg.number


def _note_target(board, channel, number):
    if number:
        board.leg(channel).transferred_to = number
        board.touch(channel.record)


HANDLERS = {
    "BlindTransfer": on_blind_transfer,
    "AttendedTransfer": on_attended_transfer,
    "ParkedCall": on_parked_call,
}
