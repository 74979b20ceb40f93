"""The own phone of a call that the PBX begins forwards it (302, call forwarding).

The PBX then dials the number that the phone named, by a channel of its own that nothing
but this number connects with the first one: no channel dials it, and its ``Linkedid``
is new. Both are one call.
"""

from datetime import datetime

from . import parties, talking
from .dialplan import parse_channel
from .entities import Channel
from .state import Board


def number_of(forward: str) -> str:
    """Return the number of a forwarding destination, as ``Local/0612345678@office``."""
    return forward.partition("@")[0].rpartition("/")[2]


def forward(board: Board, channel: Channel, destination: str, now: datetime):
    """Note that a phone that was dialled forwards to another destination."""
    record, leg = channel.record, channel.leg
    number = leg.transferred_to = number_of(destination)
    record.call.diverted_from = leg.extension or leg.number
    if not _is_first(channel):
        return
    for other in reversed(board.records.values()):
        if other is not record and _continues(board, record, other, number):
            _absorb(board, record, other, now)
            return
    record.forward = number


def on_originated(board: Board, channel: Channel, dial_string: str, now: datetime):
    """Note that the PBX dials by itself: a call of its own, or one that is forwarded.

    :param channel: the channel dialled
    """
    channel.is_own = True
    channel.dial_string = dial_string
    channel.record.is_originated = True
    for record in list(board.records.values()):
        if record.forward and _is_to(channel, record.forward):
            _absorb(board, record, channel.record, now)
            return


def catch_up(board: Board, listed: dict[str, dict]):
    """Find own phones that forwarded their call while nothing was heard: they are gone
    unanswered, and the PBX has begun one other call.

    :param listed: uniqueid → CoreShowChannel event
    """
    for record in board.records.values():
        call = record.call
        if not record.is_click or not record.channels:
            continue
        is_there = any(uniqueid in listed for uniqueid in record.channels)
        if is_there or any(leg.answer_date for leg in call.legs.values()):
            continue
        begun = [
            event
            for uniqueid, event in listed.items()
            if uniqueid not in board.channels and _is_begun(event, call.dialed_number)
        ]
        if len(begun) != 1:
            continue
        [event] = begun
        link = event["Uniqueid"]
        record.forward = parse_channel(event.get("Channel", "")).number or "?"
        board.links[link] = record
        record.links.add(link)
        call.diverted_from = record.agent
        for leg in call.legs.values():
            leg.transferred_to = record.forward


def _is_begun(event, number):
    """Whether a listed channel may have been placed for a forwarded call: it rings, or
    it was answered and the number is called."""
    is_local = parse_channel(event.get("Channel", "")).is_local
    if not is_local or event.get("Linkedid") != event["Uniqueid"]:
        return False
    return event.get("Application") == "AppDial2" or event.get("Exten") == number


def _is_first(channel):
    """Whether nothing dialled this channel but the PBX itself."""
    record = channel.record
    return record.is_originated and channel.uniqueid == record.call.uniqueid


def _continues(board, record, other, number):
    if other.is_click or not other.is_originated or other.call.answer_date:
        return False
    first = board.channels.get(other.call.uniqueid)
    return (
        first is not None
        and first.start >= record.call.start_date
        and _is_to(first, number)
    )


def _is_to(channel, number):
    return number in (channel.parsed.number, number_of(channel.dial_string))


def _absorb(board, record, other, now):
    """Make all of one call part of another, as if it had been from the beginning."""
    if other is record:
        return
    record.forward, other.is_held_back = "", False
    if other.is_reported:  # told already: it stays as one that was handed over
        for channel in list(other.channels.values()):
            talking.move(board, channel, record, now)
        return
    board.records.pop(other.call.uniqueid, None)
    for link in other.links:
        board.links[link] = record
    record.links |= other.links
    record.call.legs.update(other.call.legs)
    record.called.update(other.called)
    for channel in other.channels.values():
        board.attach(channel, record)
        if channel.is_own and channel.leg is not None:
            parties.become_own(channel)
    board.touch(record)
