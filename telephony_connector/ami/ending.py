"""How channels and calls end, and how they went."""

from datetime import datetime

from ..engine import outcomes
from ..engine.call import Direction, Leg, Outcome, State
from .dialplan import is_feature_code
from .entities import Channel, Record
from .state import Board


def hang_up(board: Board, channel: Channel, now: datetime, cause: int | None = None):
    """Note that a channel is gone, and the call with its last one."""
    record = channel.record
    if _rang_out(board, channel, cause):
        let_ring(board, channel)
    board.forget_channel(channel)
    if channel.leg is not None:
        channel.leg.hangup_cause = cause
        close_leg(channel.leg, now, channel)
        board.touch(record)
    if not channel.is_local:
        record.last_words = now
    if record.is_open and not record.channels and not record.forward:
        end(board, record, record.last_words, cause)


def _rang_out(board, channel, cause):
    """Whether a Local channel is given up although its caller waits on: FollowMe does
    not tell how its dialling ended."""
    dialler = channel.dialler
    if not channel.is_local or channel.is_up or channel.is_dial_over:
        return False
    if dialler is None or dialler.is_leaving or dialler.uniqueid not in board.channels:
        return False
    others = channel.record.channels.values()
    is_won = any(other.dialler is dialler and other.is_up for other in others)
    return not is_won and cause != outcomes.ANSWERED_ELSEWHERE


def let_ring(board: Board, channel: Channel):
    """Note that nobody answered behind a Local channel: those who rang there are told
    only that the call was cancelled."""
    for called in channel.dialled:
        if called.is_local:
            let_ring(board, called)
        leg = called.leg
        if leg is None or leg.answer_date or leg.transferred_to:
            continue
        if leg.outcome in (None, Outcome.CANCELLED):
            leg.outcome = Outcome.MISSED
            board.touch(called.record)


def close_leg(leg: Leg, now: datetime, channel: Channel):
    """End one party's share of a call, and judge it if that one was rung."""
    if leg.state is not State.ENDED:
        leg.state = State.ENDED
        leg.end_date = max(now, leg.answer_date or leg.start_date)
    leg.on_hold = False
    if leg.answer_date:
        leg.outcome = Outcome.ANSWERED
    elif channel.is_dialled:
        leg.outcome = outcomes.unanswered_leg(leg.outcome, leg.hangup_cause)


def end(board: Board, record: Record, now: datetime, cause: int | None = None):
    """End a call: judge it, tell it once more, and forget it."""
    call = record.call
    called = list(record.called.values())
    for channel in list(record.channels.values()):
        if channel.leg is not None:
            close_leg(channel.leg, now, channel)
        board.forget_channel(channel)
    call.state = State.ENDED
    call.queue_date = None
    call.end_date = max(now, call.answer_date or call.start_date)
    call.hangup_cause = cause
    if called and not call.answer_date and called[-1].hangup_cause is not None:
        call.hangup_cause = called[-1].hangup_cause
    call.outcome = _judge(record, called)
    _settle_unheard(board, record)
    board.touch(record)
    board.records.pop(call.uniqueid, None)
    for link in record.links:
        if board.links.get(link) is record:
            del board.links[link]


def _judge(record, called):
    if record.is_click and not record.call.answer_date and not called:
        return _judge_own_phone(record)
    outcome = outcomes.call_outcome(record.call, called)
    if record.is_handed_over and outcome is Outcome.MISSED:
        return Outcome.CANCELLED  # transferred before the answer
    return outcome


def _judge_own_phone(record):
    """Nobody was rung but the one who clicked: cancelled if the phone was not
    picked up, failed if it could not ring or the PBX then called nobody."""
    own = [
        (leg.answer_date, leg.outcome)
        for leg in record.call.legs.values()
        if leg.answer_date or not leg.transferred_to
    ]
    failed = all(answered or said is Outcome.FAILED for answered, said in own)
    return Outcome.FAILED if failed else Outcome.CANCELLED


def _settle_unheard(board, record):
    """A call from within that called nobody: tell it if it tried to."""
    call = record.call
    if record.is_held_back:
        board.report(record)
    if record.is_reported or record.caller is None or record.is_handed_over:
        return
    caller = record.caller
    if caller.is_up or record.is_originated or is_feature_code(call.dialed_number):
        return
    if call.dialed_number:
        if board.dialplan.is_internal(call.dialed_number):
            call.direction, call.number = Direction.INTERNAL, caller.extension
            call.extension = ""
        call.outcome = Outcome.FAILED
        board.report(record)
