"""The own phone of a call that the PBX begins forwards it (302, call forwarding).

The PBX then dials the number that the phone named, by a channel of its own that nothing
but this number connects with the first one: no channel dials it, and its ``Linkedid``
is new. Both are one call.
"""

from datetime import datetime

from . import parties, talking
from .dialplan import parse_channel
from .entities import Channel
from .state import PbxState


def number_of(forward: str) -> str:
    """Return the number of a forwarding destination, as ``Local/0612345678@office``."""
    return forward.partition("@")[0].rpartition("/")[2]


def forward(pbx: PbxState, channel: Channel, destination: str, now: datetime):
    """Record that a phone that was dialed forwards to another destination."""
    tracked, leg = channel.tracked, channel.leg
    number = leg.transferred_to = number_of(destination)
    tracked.call.diverted_from = leg.extension or leg.number
    if not _is_first(channel):
        return
    for other in reversed(pbx.tracked_calls.values()):
        if other is not tracked and _continues(pbx, tracked, other, number):
            _absorb(pbx, tracked, other, now)
            return
    tracked.forward = number


def on_originated(pbx: PbxState, channel: Channel, dial_string: str, now: datetime):
    """Record that the PBX dials by itself: a call of its own, or one that is forwarded.

    :param channel: the channel dialed
    """
    channel.is_own = True
    channel.dial_string = dial_string
    channel.tracked.is_originated = True
    for tracked in list(pbx.tracked_calls.values()):
        if tracked.forward and _is_to(channel, tracked.forward):
            _absorb(pbx, tracked, channel.tracked, now)
            return


def catch_up(pbx: PbxState, listed: dict[str, dict]):
    """Find own phones that forwarded their call while no event arrived: they are gone
    unanswered, and the PBX has begun one other call.

    :param listed: uniqueid → CoreShowChannel event
    """
    for tracked in pbx.tracked_calls.values():
        call = tracked.call
        if not tracked.is_click or not tracked.channels:
            continue
        is_there = any(uniqueid in listed for uniqueid in tracked.channels)
        if is_there or any(leg.answer_date for leg in call.legs.values()):
            continue
        begun = [
            event
            for uniqueid, event in listed.items()
            if uniqueid not in pbx.channels and _is_begun(event, call.dialed_number)
        ]
        if len(begun) != 1:
            continue
        [event] = begun
        link = event["Uniqueid"]
        tracked.forward = parse_channel(event.get("Channel", "")).number or "?"
        pbx.linkedids[link] = tracked
        tracked.linkedids.add(link)
        call.diverted_from = tracked.own_extension
        for leg in call.legs.values():
            leg.transferred_to = tracked.forward


def _is_begun(event, number):
    """Whether a listed channel may have been placed for a forwarded call: it rings, or
    it was answered and the number is called."""
    is_local = parse_channel(event.get("Channel", "")).is_local
    if not is_local or event.get("Linkedid") != event["Uniqueid"]:
        return False
    return event.get("Application") == "AppDial2" or event.get("Exten") == number


def _is_first(channel):
    """Whether nothing dialed this channel but the PBX itself."""
    tracked = channel.tracked
    return tracked.is_originated and channel.uniqueid == tracked.call.uniqueid


def _continues(pbx, tracked, other, number):
    if other.is_click or not other.is_originated or other.call.answer_date:
        return False
    first = pbx.channels.get(other.call.uniqueid)
    return (
        first is not None
        and first.start >= tracked.call.start_date
        and _is_to(first, number)
    )


def _is_to(channel, number):
    return number in (channel.parsed.number, number_of(channel.dial_string))


def _absorb(pbx, tracked, other, now):
    """Make all of one call part of another, as if it had been from the beginning."""
    if other is tracked:
        return
    tracked.forward, other.is_deferred = "", False
    if other.is_published:  # published already: it stays as one that was handed over
        for channel in list(other.channels.values()):
            talking.move(pbx, channel, tracked, now)
        return
    pbx.tracked_calls.pop(other.call.uniqueid, None)
    for link in other.linkedids:
        pbx.linkedids[link] = tracked
    tracked.linkedids |= other.linkedids
    tracked.call.legs.update(other.call.legs)
    tracked.called.update(other.called)
    for channel in other.channels.values():
        pbx.attach(channel, tracked)
        if channel.is_own and channel.leg is not None:
            parties.become_own(channel)
    pbx.mark_changed(tracked)
