"""Who rings whom, how that ended, and calls that the PBX begins for us."""

from ..engine.call import Outcome, State
from ..engine.outcomes import DIAL_STATUSES
from . import ending, forwarding, parties, talking
from .dialplan import is_dialable
from .entities import Channel
from .state import MAX_LEGS, PbxState


def on_dial_begin(pbx: PbxState, event: dict):
    """A telephone, trunk or Local channel is dialed, by a channel or by the PBX."""
    source = pbx.channel(event)
    called = pbx.channel(event, "Dest")
    if called is None:
        return
    called.is_dialed = True
    dial_string = event.get("DialString", "")
    if source is not None:
        _join(pbx, source, called, event)
    elif "Uniqueid" not in event:
        forwarding.on_originated(pbx, called, dial_string, pbx.time(event))
    if not called.is_local:
        parties.ring(pbx, called, dial_string)


def _join(pbx, source, called, event):
    tracked = source.tracked
    link(pbx, source, called)
    if not called.is_own:
        set_dialed_number(source, event.get("Exten", ""))
    for each in pbx.halves(called) or [called]:
        talking.move(pbx, each, tracked, pbx.time(event))
    if tracked.caller is None and not tracked.is_originated and not source.is_dialed:
        parties.set_caller(pbx, source)
    _set_diversion(pbx, source, called, event)


def _set_diversion(pbx, source, called, event):
    """A Local channel that stands for an extension calls out: the extension diverts."""
    if not source.is_far_half or called.is_local:
        return
    number = source.parsed.number
    if not pbx.dialplan.is_internal(number) or called.extension:
        return
    if not pbx.dialplan.guess_called(called.parsed, event.get("DialString", "")):
        source.tracked.call.diverted_from = number


def link(pbx: PbxState, source: Channel, called: Channel):
    """Note which channel dials another, where that matters later: by a Local channel,
    whose own end is told of it alone."""
    called.dialed_by = source
    halves = pbx.halves(source)
    for half in halves:
        if called not in half.dialed_channels:
            half.dialed_channels.append(called)
            del half.dialed_channels[:-MAX_LEGS]
    called.is_own = source.is_far_half and any(half.is_own for half in halves)


def set_dialed_number(channel: Channel, exten: str):
    """Record what a call that another program began goes on to after the own phone.

    :param channel: runs the dial plan
    :param exten: where it is there: a step, the number of the own phone, or what counts
    """
    tracked = channel.tracked
    own = tracked.own_extension, channel.parsed.number
    if tracked.is_originated and not tracked.call.dialed_number:
        if is_dialable(exten) and exten not in own:
            tracked.call.dialed_number = exten


def on_dial_end(pbx: PbxState, event: dict):
    """The ringing of one party is over. May come twice for one party."""
    channel = pbx.channel(event, "Dest")
    if channel is None:
        return
    status = event.get("DialStatus")
    channel.is_dialed = channel.is_dial_over = True
    if status == "ANSWER":
        parties.pick_up(pbx, channel, pbx.time(event))
        return
    leg, said = channel.leg, DIAL_STATUSES.get(status)
    if channel.is_local and said is Outcome.MISSED:
        ending.mark_unanswered(pbx, channel)
    if leg is None or leg.state is not State.RINGING or leg.outcome is not None:
        return
    now = pbx.time(event)
    leg.outcome = said
    leg.state = State.ENDED
    leg.end_date = max(now, leg.start_date)
    if event.get("Forward"):
        forwarding.forward(pbx, channel, event["Forward"], now)
    pbx.mark_changed(channel.tracked)


def on_originate_response(pbx: PbxState, event: dict):
    """What became of the telephone of whom a call was asked for.

    Success means that it was picked up. After a failure there may never have been a
    channel, so this ends the call; otherwise its hang-up does.
    """
    tracked = pbx.tracked_calls.get(event.get("ActionID"))
    if tracked is None:
        tracked = pbx.tracked_calls.get(event.get("Uniqueid"))
    if tracked is None or event.get("Response") == "Success":
        return
    if not tracked.channels:
        ending.end(pbx, tracked, pbx.time(event))


HANDLERS = {
    "DialBegin": on_dial_begin,
    "DialEnd": on_dial_end,
    "OriginateResponse": on_originate_response,
}
