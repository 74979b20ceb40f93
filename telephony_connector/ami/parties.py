"""Who calls whom: the calling party, those who are rung, and what that makes of the
call."""

from datetime import datetime

from ..engine.call import Direction, State
from . import ending
from .dialplan import is_withheld, known, parse_dialed_number
from .entities import Channel, TrackedCall
from .state import PbxState


def set_caller(pbx: PbxState, channel: Channel):
    """Record the party that a call began with, if it is not known yet."""
    tracked = channel.tracked
    if tracked.caller is not None or channel.is_local:
        return
    tracked.caller = channel
    call = tracked.call
    if not channel.extension:
        channel.extension = pbx.dialplan.guess_caller(
            channel.parsed, channel.caller_number
        )
    pbx.leg(channel)
    if tracked.is_click:
        return
    if not tracked.is_originated:
        call.dialed_number = "" if channel.exten == "s" else channel.exten
    if channel.extension:
        tracked.own_extension = tracked.own_extension or channel.extension
        call.direction = Direction.OUTBOUND
        call.number = call.dialed_number
        call.extension = channel.extension
        return
    set_caller_id(pbx, channel)
    if pbx.dialplan.is_internal(call.number):  # from a PBX that is ours as well
        call.direction = Direction.INTERNAL
    tracked.is_party_known = True
    pbx.publish(tracked)


def set_caller_id(pbx: PbxState, channel: Channel):
    """Take over the number and name that a calling outside party presents."""
    call = channel.tracked.call
    number, name = channel.caller_number, known(channel.caller_name)
    call.withheld = is_withheld(number)
    call.number = channel.leg.number = "" if call.withheld else number
    call.caller_name = "" if call.withheld or name == number else name
    pbx.mark_changed(channel.tracked)


def set_other_party(
    pbx: PbxState,
    tracked: TrackedCall,
    called: Channel | None = None,
    dial_string: str = "",
):
    """Decide, at its first called party, whom a call from within is with.

    :param called: the channel called, None for a queue or a conference
    """
    call = tracked.call
    if tracked.is_party_known or tracked.caller is None:
        return
    tracked.is_party_known = True
    caller = tracked.caller
    if tracked.is_originated and not call.dialed_number:
        extension = called.extension if called else ""
        call.dialed_number = parse_dialed_number(dial_string) or extension
    within = called is None or called.extension
    if within or pbx.dialplan.is_internal(call.dialed_number):
        call.direction = Direction.INTERNAL
        call.number = caller.extension
        call.caller_name = known(caller.caller_name)
        call.extension = ""
    else:
        call.direction = Direction.OUTBOUND
        number = parse_dialed_number(dial_string) or known(called.caller_number)
        call.number = number or call.number
    pbx.publish(tracked)


def ring(pbx: PbxState, channel: Channel, dial_string: str = ""):
    """Record that a telephone is being called for the call that it is part of."""
    tracked = channel.tracked
    if tracked.is_click and channel.uniqueid == tracked.call.uniqueid:
        channel.extension = tracked.own_extension
    if not channel.extension:
        channel.extension = pbx.dialplan.guess_called(channel.parsed, dial_string)
    leg = pbx.leg(channel)
    leg.number = parse_dialed_number(dial_string) or leg.number
    if channel.is_own:
        become_own(channel)
    leg.extension = channel.extension
    if channel.extension:
        leg.number = ""
    pbx.mark_changed(tracked)
    if channel is tracked.caller:
        return
    if _is_own_phone(pbx, channel):
        set_caller(pbx, channel)
        return
    tracked.called[channel.uniqueid] = leg
    if tracked.caller is None and tracked.is_originated:
        _set_outside_party(pbx, tracked, leg)
    set_other_party(pbx, tracked, channel, dial_string)
    _name_the_only_one(pbx, tracked)


def become_own(channel: Channel):
    """Record that a telephone rings first, on whose behalf another is called then.

    A mobile telephone that an extension leads or forwards to stands for the extension.
    """
    tracked, leg = channel.tracked, channel.leg
    channel.extension = leg.extension = channel.extension or tracked.own_extension
    if channel.extension:
        leg.number = ""
        tracked.called.pop(channel.uniqueid, None)
        if leg.answer_date:
            tracked.caller = channel


def _is_own_phone(pbx, channel):
    """Whether the PBX rings the one on whose behalf it then calls another."""
    tracked = channel.tracked
    if not tracked.is_originated or not channel.extension:
        return False
    if channel.is_own or (
        tracked.is_click and channel.extension == tracked.own_extension
    ):
        return True
    return not tracked.is_click and tracked.caller is None and not tracked.called


def _set_outside_party(pbx, tracked, leg):
    """The PBX calls an outside party on its own, to join it with somebody after."""
    if tracked.is_party_known:
        return
    tracked.is_party_known = True
    tracked.call.direction = Direction.OUTBOUND
    tracked.call.number = tracked.call.dialed_number = leg.number
    if _may_be_forwarded_to(pbx, tracked):
        tracked.is_deferred = True
        pbx.deferred.append(tracked)
    else:
        pbx.publish(tracked)


def _may_be_forwarded_to(pbx, tracked):
    """Whether a call that the PBX began may be what another one is forwarded to: of
    that one, the own phone still rings."""
    return any(
        channel.is_own and channel.leg and channel.leg.state is State.RINGING
        for other in pbx.tracked_calls.values()
        if other is not tracked and other.own_extension
        for channel in other.channels.values()
    )


def publish_deferred(pbx: PbxState):
    """Report calls that the PBX began once no phone may have been forwarded to them."""
    waiting, pbx.deferred = pbx.deferred, []
    for tracked in waiting:
        if not tracked.is_deferred or not tracked.is_open:
            continue
        is_answered = any(leg.answer_date for leg in tracked.call.legs.values())
        if is_answered or not _may_be_forwarded_to(pbx, tracked):
            pbx.publish(tracked)
        else:
            pbx.deferred.append(tracked)


def pick_up(pbx: PbxState, channel: Channel, now: datetime):
    """Record that the telephone that rings first in a call that the PBX began was
    answered: the caller's own, or that of the outside party who is called back."""
    tracked, leg = channel.tracked, channel.leg
    if not tracked.is_originated or leg is None or leg.answer_date:
        return
    if channel is tracked.caller or _is_own_phone(pbx, channel):
        tracked.caller = channel
        if tracked.call.direction is Direction.OUTBOUND:
            tracked.call.extension = channel.extension
    elif not channel.is_own:
        return
    ending.answer_leg(leg, now)
    pbx.mark_changed(tracked)


def _name_the_only_one(pbx, tracked):
    call = tracked.call
    if call.answer_date or call.direction is Direction.OUTBOUND:
        return
    rung = {leg.extension for leg in tracked.called.values()}
    call.extension = rung.pop() if len(rung) == 1 else ""
