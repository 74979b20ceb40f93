"""Callers who wait in a queue."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..engine.call import Outcome
from . import dialing, parties
from .channels import number
from .dialplan import parse_interface
from .state import PbxState


def on_caller_join(pbx: PbxState, event: dict):
    """A caller waits for a member of the queue; that is no answer yet."""
    channel = pbx.channel(event)
    if channel is not None:
        _wait(pbx, channel, event, pbx.time(event))


def _wait(pbx, channel, event, since):
    tracked = channel.tracked
    if tracked.caller is None and not tracked.is_originated:
        parties.set_caller(pbx, channel)
    tracked.call.queue = event.get("Queue", "")
    tracked.call.queue_date = since
    dialing.set_dialed_number(channel, event.get("Exten", ""))
    parties.set_other_party(pbx, tracked)
    pbx.mark_changed(tracked)


def on_caller_leave(pbx: PbxState, event: dict):
    """A caller waits no more: a member took the call, they gave up or were sent on."""
    channel = pbx.channels.get(event.get("Uniqueid"))
    if channel is not None:
        channel.last_count = pbx.count
        channel.tracked.call.queue_date = None
        pbx.mark_changed(channel.tracked)


def resync(pbx: PbxState, listed: Iterable[dict], now: datetime, mark: int):
    """Bring who waits in line with what QueueStatus listed.

    :param listed: its events
    :param now: the present, naive UTC
    :param mark: the board's count when it was asked; of channels that were reported
        since, the events know better than the list
    """
    waits = {
        event.get("Uniqueid"): event
        for event in listed
        if event.get("Event") == "QueueEntry"
    }
    for tracked in list(pbx.tracked_calls.values()):
        call = tracked.call
        reported = [
            u for u, channel in tracked.channels.items() if channel.last_count > mark
        ]
        waiting = next((u for u in tracked.channels if u in waits), None)
        if waiting is not None and waiting not in reported:
            entry = waits[waiting]
            if call.queue_date is not None and call.queue == entry.get("Queue", ""):
                continue
            seconds = number(entry.get("Wait")) or 0
            since = now - timedelta(seconds=seconds)
            _wait(pbx, tracked.channels[waiting], entry, since)
        elif waiting is None and not reported and call.queue_date is not None:
            call.queue_date = None
        else:
            continue
        pbx.mark_changed(tracked)


def on_ring_no_answer(pbx: PbxState, event: dict):
    """A member let it ring. Behind a Local channel that looks like a caller who gave
    up."""
    channel = pbx.channels.get(event.get("Uniqueid"))
    interface = parse_interface(event.get("Interface", ""))
    extension = interface.number or pbx.dialplan.extension_of_device(interface)
    if channel is None or not extension:
        return
    for leg in reversed(channel.tracked.called.values()):
        if leg.extension == extension:
            if leg.answer_date is None and leg.outcome in (None, Outcome.CANCELLED):
                leg.outcome = Outcome.MISSED
                pbx.mark_changed(channel.tracked)
            return


HANDLERS = {
    "QueueCallerJoin": on_caller_join,
    "QueueCallerLeave": on_caller_leave,
    "AgentRingNoAnswer": on_ring_no_answer,
}
