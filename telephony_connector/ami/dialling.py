"""Who rings whom, how that ended, and calls that the PBX begins for us."""

from ..engine.call import Direction, State
from ..engine.outcomes import DIAL_STATUSES
from . import ending, parties, talking
from .board import Board
from .pieces import Record


def on_dial_begin(board: Board, event: dict):
    """A telephone, trunk or Local channel is dialled, by a channel or by the PBX."""
    source = board.channel(event)
    called = board.channel(event, "Dest")
    if called is None:
        return
    called.is_dialled = True
    if source is None:
        if "Uniqueid" not in event:
            called.record.is_originated = True
    else:
        _join(board, source, called, event)
    if not called.is_local:
        parties.ring(board, called, event.get("DialString", ""))


def _join(board, source, called, event):
    record = source.record
    for each in board.halves(called) or [called]:
        talking.move(board, each, record, board.time(event))
    if record.caller is None and not record.is_originated and not source.is_dialled:
        parties.set_caller(board, source)
    _note_diversion(board, source, called, event)


def _note_diversion(board, source, called, event):
    """A Local channel that stands for an extension calls out: the extension diverts."""
    if not source.is_local or not source.name.endswith(";2") or called.is_local:
        return
    number = source.parsed.number
    if not board.dialplan.is_internal(number) or called.extension:
        return
    if not board.dialplan.guess_called(called.parsed, event.get("DialString", "")):
        source.record.call.diverted_from = number


def on_dial_end(board: Board, event: dict):
    """The ringing of one party is over. May come twice for one party."""
    channel = board.channel(event, "Dest")
    if channel is None:
        return
    status = event.get("DialStatus")
    channel.is_dialled = True
    if status == "ANSWER":
        parties.pick_up(board, channel, board.time(event))
        return
    leg = channel.leg
    if leg is None or leg.state is not State.RINGING or leg.outcome is not None:
        return
    leg.outcome = DIAL_STATUSES.get(status)
    leg.state = State.ENDED
    leg.end_date = board.time(event)
    forward = event.get("Forward")
    if forward:
        leg.transferred_to = forward.partition("@")[0].rpartition("/")[2]
        channel.record.call.diverted_from = leg.extension or leg.number
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


def register(board: Board, channel_id: str, extension: str, number: str) -> Record:
    """Open the call that we are about to ask the PBX for."""
    now = board.clock()
    record = board.open_record(channel_id, now)
    record.is_click = record.is_originated = record.is_settled = True
    record.agent = extension
    board.links[channel_id] = record
    record.links.add(channel_id)
    call = record.call
    call.number = call.dialed_number = number
    call.extension = extension
    call.direction = Direction.OUTBOUND
    if board.dialplan.is_internal(number):
        call.direction = Direction.INTERNAL
    board.report(record)
    return record


HANDLERS = {
    "DialBegin": on_dial_begin,
    "DialEnd": on_dial_end,
    "OriginateResponse": on_originate_response,
}
