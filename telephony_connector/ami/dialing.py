"""Who rings whom, how that ended, and calls that the PBX begins for us."""

from ..engine.call import Outcome, State
from ..engine.outcomes import DIAL_STATUSES
from . import ending, forwarding, parties, talking
from .dialplan import is_dialable
from .entities import Channel
from .state import Board


def on_dial_begin(board: Board, event: dict):
    """A telephone, trunk or Local channel is dialled, by a channel or by the PBX."""
    source = board.channel(event)
    called = board.channel(event, "Dest")
    if called is None:
        return
    called.is_dialled = True
    dial_string = event.get("DialString", "")
    if source is not None:
        _join(board, source, called, event)
    elif "Uniqueid" not in event:
        forwarding.on_originated(board, called, dial_string, board.time(event))
    if not called.is_local:
        parties.ring(board, called, dial_string)


def _join(board, source, called, event):
    record = source.record
    link(board, source, called)
    if not called.is_own:
        note_dialled(source, event.get("Exten", ""))
    for each in board.halves(called) or [called]:
        talking.move(board, each, record, board.time(event))
    if record.caller is None and not record.is_originated and not source.is_dialled:
        parties.set_caller(board, source)
    _note_diversion(board, source, called, event)


def _note_diversion(board, source, called, event):
    """A Local channel that stands for an extension calls out: the extension diverts."""
    if not source.is_far_half or called.is_local:
        return
    number = source.parsed.number
    if not board.dialplan.is_internal(number) or called.extension:
        return
    if not board.dialplan.guess_called(called.parsed, event.get("DialString", "")):
        source.record.call.diverted_from = number


def link(board: Board, source: Channel, called: Channel):
    """Note which channel dials another, where that matters later: by a Local channel,
    whose own end is told of it alone."""
    called.dialler = source
    halves = board.halves(source)
    for half in halves:
        if called not in half.dialled:
            half.dialled.append(called)
    called.is_own = source.is_far_half and any(half.is_own for half in halves)


def note_dialled(channel: Channel, exten: str):
    """Note what a call that another program began goes on to after the own phone.

    :param channel: runs the dial plan
    :param exten: where it is there: a step, the number of the own phone, or what counts
    """
    record = channel.record
    own = record.agent, channel.parsed.number
    if record.is_originated and not record.call.dialed_number:
        if is_dialable(exten) and exten not in own:
            record.call.dialed_number = exten


def on_dial_end(board: Board, event: dict):
    """The ringing of one party is over. May come twice for one party."""
    channel = board.channel(event, "Dest")
    if channel is None:
        return
    status = event.get("DialStatus")
    channel.is_dialled = channel.is_dial_over = True
    if status == "ANSWER":
        parties.pick_up(board, channel, board.time(event))
        return
    leg, said = channel.leg, DIAL_STATUSES.get(status)
    if channel.is_local and said is Outcome.MISSED:
        ending.let_ring(board, channel)
    if leg is None or leg.state is not State.RINGING or leg.outcome is not None:
        return
    now = board.time(event)
    leg.outcome = said
    leg.state = State.ENDED
    leg.end_date = max(now, leg.start_date)
    if event.get("Forward"):
        forwarding.forward(board, channel, event["Forward"], now)
    board.touch(channel.record)


def on_originate_response(board: Board, event: dict):
    """What became of the telephone of whom a call was asked for.

    Success means that it was picked up. After a failure there may never have been a
    channel, so this ends the call; otherwise its hang-up does.
    """
    record = board.records.get(event.get("ActionID"))
    if record is None:
        record = board.records.get(event.get("Uniqueid"))
    if record is None or event.get("Response") == "Success":
        return
    if not record.channels:
        ending.end(board, record, board.time(event))


HANDLERS = {
    "DialBegin": on_dial_begin,
    "DialEnd": on_dial_end,
    "OriginateResponse": on_originate_response,
}
