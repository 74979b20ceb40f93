"""Asterisk's events in, calls as a whole out. Knows no Odoo, no socket and no clock."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from ..engine.call import Call, State
from ..engine.presence import Presence
from ..engine.problems import SKIPPED, Problems
from . import (
    agents,
    bridging,
    channels,
    dialing,
    ending,
    parties,
    presence,
    queues,
    recording,
    resync,
    transfers,
    voicemail,
)
from .dialplan import Dialplan
from .entities import Inquiry
from .state import Board
from .wire import find_flaw

_logger = logging.getLogger(__name__)

HANDLERS = {
    **channels.HANDLERS,
    **dialing.HANDLERS,
    **bridging.HANDLERS,
    **transfers.HANDLERS,
    **queues.HANDLERS,
    **voicemail.HANDLERS,
    **recording.HANDLERS,
}
# All that is read of what a PBX tells.
EVENTS = tuple(sorted({*HANDLERS, *presence.HANDLERS}))

# A click-to-call of which the PBX shows nothing at all: it has its channel at once.
MAX_UNSEEN = timedelta(seconds=30)


class Tracker:
    """The calls of one PBX, as its events tell them.

    ``clock`` returns the present as a naive UTC datetime; it dates events that carry
    no ``Timestamp`` and measures ages. A call that rings for longer than
    ``max_ringing`` or goes on for longer than ``max_ongoing`` without its PBX having
    told its end is given up by :meth:`expire`.

    Nothing that a PBX tells makes a method raise. What can't be read, and our own
    faults, are counted in ``problems``; a fault is logged once for each kind of event.
    """

    def __init__(
        self,
        dialplan: Dialplan,
        clock: Callable[[], datetime],
        *,
        max_ringing: timedelta = timedelta(hours=2),
        max_ongoing: timedelta = timedelta(hours=12),
        problems: Problems | None = None,
    ):
        self.problems = Problems(clock) if problems is None else problems
        self._board = Board(dialplan, clock)
        self._presence = presence.PresenceBoard(dialplan)
        self._mark = None
        self._queue_mark = 0
        self._was_away = True
        self._max_ringing = max_ringing
        self._max_ongoing = max_ongoing
        self._revision = 0

    def feed(self, event: dict) -> bool:
        """Take one event in.

        :return: whether it can be read; what makes no sense is skipped
        """
        board = self._board
        board.last_event, board.last_heard = event, board.clock()
        name = event.get("Event")
        if not isinstance(name, str):
            return False
        handler = HANDLERS.get(name)
        if handler is None and name not in self._presence.handlers:
            return True
        if not self._can_read(event):
            return False
        try:
            if handler is not None:
                board.count += 1
                handler(board, event)
                if board.held_back:
                    parties.report_held_back(board)
            else:
                self._presence.handlers[name](event)
        except Exception as error:
            self._note_fault(name, error)
        return True

    def _can_read(self, event):
        """Say whether an event makes sense; count it where it does not."""
        flaw = find_flaw(event)
        if flaw:
            self.problems.note(SKIPPED, str(event.get("Event")), flaw)
        return not flaw

    def _note_fault(self, name, error):
        """Count a fault of our own, and log it the first time."""
        if self.problems.note_fault(name, error):
            _logger.exception("A fault in reading %s: what it told is lost", name)

    def use_dialplan(self, dialplan: Dialplan):
        """Read what comes from now on by another numbering: extensions changed."""
        self._board.dialplan = self._presence.dialplan = dialplan

    def originated(self, channel_id: str, extension: str, number: str):
        """Announce a click-to-call before the PBX is asked for it.

        :param channel_id: our own id, sent as ``ChannelId`` and as ``ActionID``; it
            becomes the call's ``uniqueid``
        :param extension: whose telephone is rung first
        :param number: who is called then
        """
        self._board.open_click(channel_id, extension, number)

    def not_originated(self, channel_id: str, is_certain: bool):
        """Take back what `originated` announced, unless the PBX has begun with it.

        :param is_certain: whether the PBX said no; else it said nothing, and the next
            list of its channels tells
        """
        board = self._board
        record = board.records.get(channel_id)
        if record is None or record.channels:
            return
        if is_certain:
            ending.end(board, record, board.clock())
        else:
            board.doubt(record)

    def disconnected(self):
        """Note that the connection ended: of a click-to-call of which the PBX has shown
        nothing yet, the next list of its channels tells what became of it."""
        self._was_away = True
        for record in self._board.records.values():
            if (record.is_click or record.forward) and not record.channels:
                self._board.doubt(record)

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

    def take_inquiries(self) -> list[Inquiry]:
        """Return what the PBX is to be asked since the last time; each answer goes to
        `learn`, and each question that gets none to `give_up`."""
        inquiries, self._board.inquiries = self._board.inquiries, []
        return inquiries

    def learn(self, inquiry: Inquiry, answer):
        """Take in the answer to an inquiry, also of a call that is over.

        :param answer: the headers that answered, with ``events`` for what was listed
        """
        try:
            inquiry.learn(answer)
        except Exception as error:
            self._note_fault(inquiry.request.name, error)

    def give_up(self, inquiry: Inquiry):
        """Take in that an inquiry has no answer: what waits for it goes on without."""
        try:
            inquiry.give_up()
        except Exception as error:
            self._note_fault(inquiry.request.name, error)

    def open_calls(self) -> list[Call]:
        """Return copies of the calls that have not ended, as last told."""
        board = self._board
        return [
            board.snapshot(record, self._revision)
            for record in board.records.values()
            if record.is_reported
        ]

    def take_presence(self) -> list[Presence]:
        """Return the extensions that changed since the last time, as they stand."""
        return self._presence.take()

    @property
    def queue_names(self) -> frozenset[str]:
        """The names of the queues that the PBX told of."""
        return frozenset(self._presence.queue_names)

    def get_interfaces(self, extension: str, queue: str = "") -> list[str]:
        """Return what an extension is a member of a queue, or of any, by.

        :return: names as QueuePause and QueueRemove take them, as ``PJSIP/1001``
        """
        return self._presence.get_interfaces(extension, queue)

    def get_joining(self, extension: str, queue: str, device: str) -> tuple[str, str]:
        """Return by what an extension joins a queue, and what says whether it is busy.

        A device joins by itself. A number that is dialled (``Local/1001@…``) joins as
        the queue's other members do, since a PBX may have a context of its own for it,
        without the extension's voicemail and diversions. Whether it is busy only its
        hint can tell: without one the queue would ring a member who talks.

        :param device: what rings the extension elsewhere
        :return: the interface, as ``Local/1001@from-queue/n``, and the state interface,
            as ``hint:1001@ext-local``, empty where the former tells it or none is known
        """
        return self._presence.get_joining(extension, queue, device)

    def begin_resync(self):
        """To be called before the PBX is asked for its channels: what is heard from now
        on is newer than the list that will come."""
        self._mark = self._queue_mark = self._board.count

    def resync(self, channels: Iterable[dict], now: datetime):
        """Bring the calls in line with what is really there, after a (re)connect.

        Calls that went on unseen are adopted with their true start; those that ended
        meanwhile are closed with what is known. Both are marked ``incomplete``.

        :param channels: the events that CoreShowChannels listed
        :param now: the present, naive UTC
        """
        mark = self._board.count if self._mark is None else self._mark
        self._mark = None
        channels = [event for event in channels if self._can_read(event)]
        try:
            resync.resync(self._board, channels, now, mark)
            if self._was_away:
                recording.find(self._board)
        except Exception as error:
            self._note_fault("CoreShowChannels", error)
        self._was_away = False
        self._queue_mark = self._board.count

    def resync_presence(
        self,
        events: Iterable[dict],
        now: datetime,
        *,
        missing: Collection[str] = (),
        is_anew: bool = True,
    ):
        """Bring the extensions, and who waits, in line with what the PBX lists.

        :param events: what ExtensionStateList, DeviceStateList and QueueStatus listed
        :param now: the present, naive UTC
        :param missing: which of these were not to be had
        :param is_anew: whether events were missed, as after a reconnect: what a missing
            list would have told is not known then, otherwise it stays as it is
        """
        events = [event for event in events if self._can_read(event)]
        try:
            self._presence.resync(events, () if is_anew else missing)
            if presence.QUEUES not in missing:
                queues.resync(self._board, events, now, self._queue_mark)
        except Exception as error:
            self._note_fault(presence.QUEUES, error)

    def expire(self, now: datetime):
        """Give up calls that cannot be true any more.

        To be called every few seconds.
        """
        board = self._board
        for record in list(board.records.values()):
            try:
                if self._is_overdue(record, now):
                    record.call.incomplete = True
                    ending.end(board, record, record.last_words)
            except Exception as error:
                self._note_fault("expiry", error)
        board.forget_empty_bridges()

    def _is_overdue(self, record, now):
        limit = self._max_ringing
        if record.call.state is State.ONGOING:
            limit = self._max_ongoing
        if not record.channels:
            limit = MAX_UNSEEN
        return now - record.born > limit and not agents.is_waiting(record)
