"""Who calls whom: the calling party, those who are rung, and what that makes of the
call."""

from datetime import datetime

from ..engine.call import Direction, State
from .dialplan import dialled_number, is_withheld, known
from .entities import Channel, Record
from .state import Board


def set_caller(board: Board, channel: Channel):
    """Note the party that a call began with, if it is not known yet."""
    record = channel.record
    if record.caller is not None or channel.is_local:
        return
    record.caller = channel
    call = record.call
    if not channel.extension:
        channel.extension = board.dialplan.guess_caller(
            channel.parsed, channel.caller_number
        )
    board.leg(channel)
    if record.is_click:
        return
    if not record.is_originated:
        call.dialed_number = "" if channel.exten == "s" else channel.exten
    if channel.extension:
        record.agent = record.agent or channel.extension
        call.direction = Direction.OUTBOUND
        call.number = call.dialed_number
        call.extension = channel.extension
        return
    set_caller_id(board, channel)
    if board.dialplan.is_internal(call.number):  # from a PBX that is ours as well
        call.direction = Direction.INTERNAL
    record.is_settled = True
    board.report(record)


def set_caller_id(board: Board, channel: Channel):
    """Take over the number and name that a calling outside party presents."""
    call = channel.record.call
    number, name = channel.caller_number, known(channel.caller_name)
    call.withheld = is_withheld(number)
    call.number = channel.leg.number = "" if call.withheld else number
    call.caller_name = "" if call.withheld or name == number else name
    board.touch(channel.record)


def settle(
    board: Board,
    record: Record,
    called: Channel | None = None,
    dial_string: str = "",
):
    """Decide, at its first called party, whom a call from within is with.

    :param called: the channel called, None for a queue or a conference
    """
    call = record.call
    if record.is_settled or record.caller is None:
        return
    record.is_settled = True
    caller = record.caller
    if record.is_originated and not call.dialed_number:
        extension = called.extension if called else ""
        call.dialed_number = dialled_number(dial_string) or extension
    within = called is None or called.extension
    if within or board.dialplan.is_internal(call.dialed_number):
        call.direction = Direction.INTERNAL
        call.number = caller.extension
        call.caller_name = known(caller.caller_name)
        call.extension = ""
    else:
        call.direction = Direction.OUTBOUND
        number = dialled_number(dial_string) or known(called.caller_number)
        call.number = number or call.number
    board.report(record)


def ring(board: Board, channel: Channel, dial_string: str = ""):
    """Note that a telephone is being called for the call that it is part of."""
    record = channel.record
    if record.is_click and channel.uniqueid == record.call.uniqueid:
        channel.extension = record.agent
    if not channel.extension:
        channel.extension = board.dialplan.guess_called(channel.parsed, dial_string)
    leg = board.leg(channel)
    leg.number = dialled_number(dial_string) or leg.number
    if channel.is_own:
        become_own(channel)
    leg.extension = channel.extension
    if channel.extension:
        leg.number = ""
    board.touch(record)
    if channel is record.caller:
        return
    if _is_own_phone(board, channel):
        set_caller(board, channel)
        return
    record.called[channel.uniqueid] = leg
    if record.caller is None and record.is_originated:
        _settle_outside_first(board, record, leg)
    settle(board, record, channel, dial_string)
    _name_the_only_one(board, record)


def become_own(channel: Channel):
    """Note that a telephone rings first, on whose behalf another is called then.

    A mobile telephone that an extension leads or forwards to stands for the extension.
    """
    record, leg = channel.record, channel.leg
    channel.extension = leg.extension = channel.extension or record.agent
    if channel.extension:
        leg.number = ""
        record.called.pop(channel.uniqueid, None)
        if leg.answer_date:
            record.caller = channel


def _is_own_phone(board, channel):
    """Whether the PBX rings the one on whose behalf it then calls another."""
    record = channel.record
    if not record.is_originated or not channel.extension:
        return False
    if channel.is_own or (record.is_click and channel.extension == record.agent):
        return True
    return not record.is_click and record.caller is None and not record.called


def _settle_outside_first(board, record, leg):
    """The PBX calls an outside party on its own, to join it with somebody after."""
    if record.is_settled:
        return
    record.is_settled = True
    record.call.direction = Direction.OUTBOUND
    record.call.number = record.call.dialed_number = leg.number
    if _may_be_forwarded_to(board, record):
        record.is_held_back = True
        board.held_back.append(record)
    else:
        board.report(record)


def _may_be_forwarded_to(board, record):
    """Whether a call that the PBX began may be what another one is forwarded to: of
    that one, the own phone still rings."""
    return any(
        channel.is_own and channel.leg and channel.leg.state is State.RINGING
        for other in board.records.values()
        if other is not record and other.agent
        for channel in other.channels.values()
    )


def report_held_back(board: Board):
    """Report calls that the PBX began once no phone may have been forwarded to them."""
    waiting, board.held_back = board.held_back, []
    for record in waiting:
        if not record.is_held_back or not record.is_open:
            continue
        is_answered = any(leg.answer_date for leg in record.call.legs.values())
        if is_answered or not _may_be_forwarded_to(board, record):
            board.report(record)
        else:
            board.held_back.append(record)


def pick_up(board: Board, channel: Channel, now: datetime):
    """Note that the telephone that rings first in a call that the PBX began was
    answered: the caller's own, or that of the outside party who is called back."""
    record, leg = channel.record, channel.leg
    if not record.is_originated or leg is None or leg.answer_date:
        return
    if channel is record.caller or _is_own_phone(board, channel):
        record.caller = channel
        if record.call.direction is Direction.OUTBOUND:
            record.call.extension = channel.extension
    elif not channel.is_own:
        return
    leg.state, leg.answer_date = State.ONGOING, max(now, leg.start_date)
    board.touch(record)


def _name_the_only_one(board, record):
    call = record.call
    if call.answer_date or call.direction is Direction.OUTBOUND:
        return
    rung = {leg.extension for leg in record.called.values()}
    call.extension = rung.pop() if len(rung) == 1 else ""
