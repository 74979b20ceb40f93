"""How channels and calls end, and how they went."""

from datetime import datetime

from ..engine import outcomes
from ..engine.call import Direction, Leg, Outcome, State
from .dialplan import is_feature_code
from .entities import Channel, TrackedCall
from .state import PbxState


def hang_up(pbx: PbxState, channel: Channel, now: datetime, cause: int | None = None):
    """Record that a channel is gone, and the call with its last one."""
    tracked = channel.tracked
    if _rang_out(pbx, channel, cause):
        mark_unanswered(pbx, channel)
    pbx.remove_channel(channel)
    if channel.leg is not None:
        channel.leg.hangup_cause = cause
        close_leg(channel.leg, now, channel)
        pbx.mark_changed(tracked)
    if not channel.is_local:
        tracked.last_event_date = now
    if tracked.is_open and not tracked.channels and not tracked.forward:
        end(pbx, tracked, tracked.last_event_date, cause)


def _rang_out(pbx, channel, cause):
    """Whether a Local channel is given up although its caller waits on: FollowMe does
    not tell how its dialing ended."""
    dialed_by = channel.dialed_by
    if not channel.is_local or channel.is_up or channel.is_dial_over:
        return False
    if (
        dialed_by is None
        or dialed_by.is_leaving
        or dialed_by.uniqueid not in pbx.channels
    ):
        return False
    others = channel.tracked.channels.values()
    is_won = any(other.dialed_by is dialed_by and other.is_up for other in others)
    return not is_won and cause != outcomes.ANSWERED_ELSEWHERE


def mark_unanswered(pbx: PbxState, channel: Channel):
    """Record that nobody answered behind a Local channel: those who rang there are
    notified only that the call was cancelled."""
    for called in _find_dialed(channel):
        leg = called.leg
        if leg is None or leg.answer_date or leg.transferred_to:
            continue
        if leg.outcome in (None, Outcome.CANCELLED):
            leg.outcome = Outcome.MISSED
            pbx.mark_changed(called.tracked)


def _find_dialed(channel):
    """Return the channels that a Local channel dials, also through others.

    Local channels may dial each other in a circle.
    """
    found, todo = {}, [channel]
    while todo:
        for called in todo.pop().dialed_channels:
            if called.uniqueid not in found:
                found[called.uniqueid] = called
                todo.append(called)
    return found.values()


def answer_leg(leg: Leg, now: datetime):
    """Record that a party was answered, even one that was believed to have ended."""
    leg.answer_date = leg.answer_date or max(now, leg.start_date)
    leg.state = State.ONGOING
    leg.end_date = leg.outcome = None


def close_leg(leg: Leg, now: datetime, channel: Channel):
    """End one party's share of a call, and judge it if that one was rung."""
    if leg.state is not State.ENDED:
        leg.state = State.ENDED
        leg.end_date = max(now, leg.answer_date or leg.start_date)
    leg.on_hold = False
    leg.consultation = None
    if leg.answer_date:
        leg.outcome = Outcome.ANSWERED
    elif channel.is_dialed:
        leg.outcome = outcomes.unanswered_leg(leg.outcome, leg.hangup_cause)


def end(pbx: PbxState, tracked: TrackedCall, now: datetime, cause: int | None = None):
    """End a call: judge it, publish it once more, and forget it."""
    call = tracked.call
    called = list(tracked.called.values())
    for channel in list(tracked.channels.values()):
        if channel.leg is not None:
            close_leg(channel.leg, now, channel)
        pbx.remove_channel(channel)
    call.state = State.ENDED
    call.queue_date = call.parking_date = None
    call.parking_space = ""
    # The clock of the PBX may go back, and events may come late.
    ends = [leg.end_date for leg in call.legs.values() if leg.end_date]
    call.end_date = max(now, call.answer_date or call.start_date, *ends)
    call.hangup_cause = cause
    if called and not call.answer_date and called[-1].hangup_cause is not None:
        call.hangup_cause = called[-1].hangup_cause
    call.outcome = _judge(tracked, called)
    _publish_failed_attempt(pbx, tracked)
    pbx.mark_changed(tracked)
    pbx.tracked_calls.pop(call.uniqueid, None)
    for link in tracked.linkedids:
        if pbx.linkedids.get(link) is tracked:
            del pbx.linkedids[link]


def _judge(tracked, called):
    if tracked.is_click and not tracked.call.answer_date and not called:
        return _judge_own_phone(tracked)
    outcome = outcomes.call_outcome(tracked.call, called)
    if tracked.is_transferred and outcome is Outcome.MISSED:
        return Outcome.CANCELLED  # transferred before the answer
    return outcome


def _judge_own_phone(tracked):
    """Nobody was rung but the one who clicked: cancelled if the phone was not
    picked up, failed if it could not ring or the PBX then called nobody."""
    own = [
        (leg.answer_date, leg.outcome)
        for leg in tracked.call.legs.values()
        if leg.answer_date or not leg.transferred_to
    ]
    failed = all(answered or said is Outcome.FAILED for answered, said in own)
    return Outcome.FAILED if failed else Outcome.CANCELLED


def _publish_failed_attempt(pbx, tracked):
    """A call from within that called nobody: publish it if it tried to."""
    call = tracked.call
    if tracked.is_deferred:
        pbx.publish(tracked)
    if tracked.is_published or tracked.caller is None or tracked.is_transferred:
        return
    caller = tracked.caller
    if caller.is_up or tracked.is_originated or is_feature_code(call.dialed_number):
        return
    if call.dialed_number:
        if pbx.dialplan.is_internal(call.dialed_number):
            call.direction, call.number = Direction.INTERNAL, caller.extension
            call.extension = ""
        call.outcome = Outcome.FAILED
        pbx.publish(tracked)
