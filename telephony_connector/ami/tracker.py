"""Asterisk's events in, calls as a whole out. Knows no Odoo, no socket and no clock."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from ..engine.call import Call, Direction, State
from ..engine.presence import Membership, Presence
from ..engine.problems import SKIPPED, Problems
from ..engine.texts import text
from . import (
    agents,
    bridging,
    channels,
    consulting,
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
from .state import PbxState
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
# The events that are read.
EVENTS = tuple(sorted({*HANDLERS, *presence.HANDLERS}))

# Age at which a click-to-call without a channel ends: a PBX creates one at once.
MAX_UNSEEN = timedelta(seconds=30)


class Tracker:
    """The calls of one PBX, as its events report them.

    ``clock`` returns the present as a naive UTC datetime; it dates events that carry
    no ``Timestamp`` and measures ages. A call that rings for longer than
    ``max_ringing`` or lasts for longer than ``max_ongoing`` without an event that ends
    it is ended by :meth:`expire`.

    No event makes a method raise. Events that cannot be read, and faults of our own,
    are counted in ``problems``; a fault is logged once for each kind of event.
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
        self._pbx = PbxState(dialplan, clock)
        self._presence = presence.PresenceTracker(dialplan)
        self._mark = None
        self._queue_mark = 0
        self._was_away = True
        self._max_ringing = max_ringing
        self._max_ongoing = max_ongoing
        self._revision = 0

    def feed(self, event: dict) -> bool:
        """Process one event.

        :return: whether it can be read; an invalid one is skipped
        """
        pbx = self._pbx
        pbx.last_event, pbx.last_event_date = event, pbx.clock()
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
                pbx.count += 1
                handler(pbx, event)
                if pbx.deferred:
                    parties.publish_deferred(pbx)
                if pbx.consulting:
                    consulting.review(pbx)
            else:
                self._presence.handlers[name](event)
        except Exception as error:
            self._log_fault(name, error)
        if pbx.pop_is_full() or self._presence.pop_is_full():
            self.problems.count(SKIPPED, name, text("too_much_at_a_time"))
        return True

    def _can_read(self, event):
        """Return whether an event is valid; count it if it is not."""
        flaw = find_flaw(event)
        if flaw:
            self.problems.count(SKIPPED, str(event.get("Event")), flaw)
        return not flaw

    def _log_fault(self, name, error):
        """Count a fault of our own; log the first one of its kind."""
        if self.problems.count_fault(name, error):
            _logger.exception("A fault in reading %s: the event is lost", name)

    def use_dialplan(self, dialplan: Dialplan):
        """Use another numbering from now on, because extensions changed."""
        self._pbx.dialplan = self._presence.dialplan = dialplan

    def originated(self, channel_id: str, extension: str, number: str):
        """Open a click-to-call before the PBX is asked to originate it.

        :param channel_id: our own id, sent as ``ChannelId`` and as ``ActionID``; it
            becomes the call's ``uniqueid``
        :param extension: the extension that is rung first
        :param number: the number that is called then
        """
        self._pbx.open_click(channel_id, extension, number)

    def not_originated(self, channel_id: str, is_certain: bool):
        """End what `originated` opened, unless the PBX has begun it.

        :param is_certain: whether the PBX refused it; else it did not answer, and the
            next list of its channels decides
        """
        pbx = self._pbx
        tracked = pbx.tracked_calls.get(channel_id)
        if tracked is None or tracked.channels:
            return
        if is_certain:
            ending.end(pbx, tracked, pbx.clock())
        else:
            pbx.mark_unconfirmed(tracked)

    def disconnected(self):
        """Handle the end of the connection. The next list of channels decides about the
        click-to-calls that have no channel yet."""
        self._was_away = True
        for tracked in self._pbx.tracked_calls.values():
            if (tracked.is_click or tracked.forward) and not tracked.channels:
                self._pbx.mark_unconfirmed(tracked)

    def pop_changes(self) -> list[Call]:
        """Return copies of the calls that changed since the last time.

        Each has a higher ``revision`` than all before.
        """
        pbx = self._pbx
        calls = []
        for tracked in pbx.changed.values():
            self._revision += 1
            calls.append(pbx.snapshot(tracked, self._revision))
        pbx.changed = {}
        return calls

    def pop_inquiries(self) -> list[Inquiry]:
        """Return the new questions to the PBX.

        Pass each answer to `process_answer`, and each question without one to
        `process_no_answer`.
        """
        inquiries, self._pbx.inquiries = self._pbx.inquiries, []
        return inquiries

    def process_answer(self, inquiry: Inquiry, answer):
        """Process the answer to a question, also about a call that has ended.

        :param answer: the headers that answered, with ``events`` for what was listed
        """
        try:
            inquiry.on_answer(answer)
        except Exception as error:
            self._log_fault(inquiry.request.name, error)

    def process_no_answer(self, inquiry: Inquiry):
        """Continue without the answer to a question."""
        try:
            inquiry.on_no_answer()
        except Exception as error:
            self._log_fault(inquiry.request.name, error)

    def open_calls(self) -> list[Call]:
        """Return copies of the published calls that have not ended."""
        pbx = self._pbx
        return [
            pbx.snapshot(tracked, self._revision)
            for tracked in pbx.tracked_calls.values()
            if tracked.is_published
        ]

    def pop_presences(self) -> list[Presence]:
        """Return the state of the extensions that changed since the last time."""
        return self._presence.pop_changes()

    @property
    def queue_names(self) -> frozenset[str]:
        """The names of the queues that the PBX reported."""
        return frozenset(self._presence.queue_names)

    def get_interfaces(self, extension: str, queue: str = "") -> list[str]:
        """Return the interfaces by which an extension is a member of a queue or of any.

        :return: names as QueuePause and QueueRemove take them, as ``PJSIP/1001``
        """
        return self._presence.get_interfaces(extension, queue)

    def get_memberships(self) -> dict[str, dict[tuple[str, str], Membership]]:
        """Return the places of all extensions in queues.

        :return: extension → {(queue, interface): membership}
        """
        return self._presence.get_memberships()

    def expect_pause(self, extension: str, paused: bool, reason: str):
        """Record that an agent is being paused, or the pause ended, in all queues: what
        is decided before the PBX reports it must know it."""
        self._presence.expect_pause(extension, paused, reason)

    def get_handlers(self) -> set[str]:
        """Return the extensions that talk with outside parties of their own, or have
        them on hold."""
        return {
            call.extension
            for call in (tracked.call for tracked in self._pbx.tracked_calls.values())
            if call.direction is not Direction.INTERNAL
            and any(
                leg.extension == call.extension and leg.state is State.ONGOING
                for leg in call.legs.values()
            )
            and call.extension
            and call.answer_date is not None
        }

    def get_joining(self, extension: str, queue: str, device: str) -> tuple[str, str]:
        """Return by what an extension joins a queue, and what says whether it is busy.

        A device joins by itself. A number that is dialed (``Local/1001@…``) joins as
        the queue's other members do, since a PBX may have a context of its own for it,
        without the extension's voicemail and diversions. Whether it is busy only its
        hint can tell: without one the queue would ring a member who talks.

        :param device: what rings the extension elsewhere
        :return: the interface, as ``Local/1001@from-queue/n``, and the state interface,
            as ``hint:1001@ext-local``, empty where the former tells it or none is known
        """
        return self._presence.get_joining(extension, queue, device)

    def begin_resync(self):
        """Call this before the channels are requested: later events are newer than the
        list."""
        self._mark = self._queue_mark = self._pbx.count

    def resync(
        self, channels: Iterable[dict], now: datetime, parked: Iterable[dict] = ()
    ):
        """Compare the calls with the channels of the PBX, after a (re)connect.

        Calls that began unseen are adopted with their true start. Calls that ended
        unseen are ended with what is known. Both are marked ``incomplete``.

        :param channels: the events that CoreShowChannels listed
        :param now: the present, naive UTC
        :param parked: the events that ParkedCalls listed
        """
        mark = self._pbx.count if self._mark is None else self._mark
        self._mark = None
        channels = [event for event in channels if self._can_read(event)]
        recent = {u for u, each in self._pbx.channels.items() if each.last_count > mark}
        try:
            resync.resync(self._pbx, channels, now, mark)
            parked = [event for event in parked if self._can_read(event)]
            transfers.resync_parked(self._pbx, parked, now, recent)
            consulting.find(self._pbx)
            if self._was_away:
                recording.find(self._pbx)
        except Exception as error:
            self._log_fault("CoreShowChannels", error)
        self._was_away = False
        self._queue_mark = self._pbx.count

    def resync_presence(
        self,
        events: Iterable[dict],
        now: datetime,
        *,
        missing: Collection[str] = (),
        is_anew: bool = True,
    ):
        """Compare the extensions and waiting callers with the lists of the PBX.

        :param events: what ExtensionStateList, DeviceStateList and QueueStatus listed
        :param now: the present, naive UTC
        :param missing: the lists that are missing
        :param is_anew: whether events were missed, as after a reconnect: then the state
            that a missing list reports becomes unknown, otherwise it is kept
        """
        events = [event for event in events if self._can_read(event)]
        try:
            self._presence.resync(events, () if is_anew else missing)
            if presence.QUEUES not in missing:
                queues.resync(self._pbx, events, now, self._queue_mark)
        except Exception as error:
            self._log_fault(presence.QUEUES, error)

    def expire(self, now: datetime):
        """End calls that cannot be true any more. Call this every few seconds."""
        pbx = self._pbx
        for tracked in list(pbx.tracked_calls.values()):
            try:
                if self._is_overdue(tracked, now):
                    tracked.call.incomplete = True
                    ending.end(pbx, tracked, tracked.last_event_date)
            except Exception as error:
                self._log_fault("expiry", error)
        pbx.remove_empty_bridges()

    def _is_overdue(self, tracked, now):
        limit = self._max_ringing
        if tracked.call.state is State.ONGOING:
            limit = self._max_ongoing
        if not tracked.channels:
            limit = MAX_UNSEEN
        return now - tracked.opened_at > limit and not agents.is_waiting(tracked)
