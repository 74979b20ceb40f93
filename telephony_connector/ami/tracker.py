"""Asterisk's events in, calls as a whole out. Knows no Odoo, no socket and no clock."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from ..engine.call import Call
from . import bridging, channels, dialling, queues, transfers
from .board import Board
from .dialplan import Dialplan

_logger = logging.getLogger(__name__)

HANDLERS = {
    **channels.HANDLERS,
    **dialling.HANDLERS,
    **bridging.HANDLERS,
    **transfers.HANDLERS,
    **queues.HANDLERS,
}

# How long an ended call and a gone channel are remembered, for what comes late.
GRACE = timedelta(seconds=60)


class Tracker:
    """The calls of one PBX, as its events tell them.

    ``clock`` returns the present as a naive UTC datetime; it dates events that carry no
    ``Timestamp`` and measures ages. A call that rings for longer than ``max_ringing`` or
    goes on for longer than ``max_ongoing`` without its PBX having told its end is given
    up by :meth:`expire`.
    """

    def __init__(
        self,
        dialplan: Dialplan,
        clock: Callable[[], datetime],
        *,
        max_ringing: timedelta = timedelta(hours=2),
        max_ongoing: timedelta = timedelta(hours=12),
    ):
        self._board = Board(dialplan, clock)
        self._max_ringing = max_ringing
        self._max_ongoing = max_ongoing
        self._revision = 0

    def feed(self, event: dict):
        """Take one event in. Never raises: what makes no sense is skipped."""
        board = self._board
        try:
            handler = HANDLERS.get(event.get("Event"))
            if handler is not None:
                board.count += 1
                handler(board, event)
        except Exception:
            _logger.debug("Skipped an event: %r", event, exc_info=True)

    def originated(self, channel_id: str, extension: str, number: str):
        """Announce a click-to-call before the PBX is asked for it.

        :param channel_id: our own id, sent as ``ChannelId`` and as ``ActionID``; it
            becomes the call's ``uniqueid``
        :param extension: whose telephone is rung first
        :param number: who is called then
        """
        dialling.register(self._board, channel_id, extension, number)

    def take(self) -> list[Call]:
        """Return copies of the calls that changed since the last time.

        Each has a higher ``revision`` than all before.
        """
        board = self._board
        calls = []
        for record in board.changed.values():
            self._revision += 1
            calls.append(board.snapshot(record, self._revision))
        board.changed = {}
        return calls

    def open_calls(self) -> list[Call]:
        """Return copies of the calls that have not ended, as last told."""
        board = self._board
        return [
            board.snapshot(record, self._revision)
            for record in board.records.values()
            if record.is_reported
        ]
