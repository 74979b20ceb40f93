"""A call goes from one person to another: transfers, parking, pick-up."""

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
    now = board.time(event)
    records = {id(c.record): c.record for c in (first, second)}
    main = board.main_of(records.values())
    going = (first, second)
    for record in records.values():
        for channel in list(record.channels.values()):
            if record is not main and channel not in going:
                board.move(channel, main, now)
    away = first if first.record is main else second
    target = _target(event) or next(
        (c for c in main.channels.values() if c not in going and c.leg is not None),
        None,
    )
    if target is not None and target.leg is not None:
        _note_target(board, away, target.extension or target.leg.number)
    for channel in list(main.channels.values()):
        if channel.bridge is not None:
            board.talk(channel.bridge, now)


def on_parked_call(board: Board, event: dict):
    """The other party waits in a parking space; who put it there is out of the call."""
    channel = board.channels.get(event.get("ParkerUniqueid"))
    if channel is not None:
        _note_target(board, channel, event.get("ParkingSpace", ""))


def on_pickup(board: Board, event: dict):
    """Somebody takes a call that rings at another's telephone."""


def _target(event):
    return None


def _note_target(board, channel, number):
    leg = board.leg(channel)
    leg.transferred_to = number
    board.touch(channel.record)


HANDLERS = {
    "BlindTransfer": on_blind_transfer,
    "AttendedTransfer": on_attended_transfer,
    "ParkedCall": on_parked_call,
}
