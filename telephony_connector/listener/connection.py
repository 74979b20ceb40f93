"""One telephone system's connection: kept up, resynced, its state told."""

import asyncio
import contextlib
import logging
from typing import Protocol

from ..ami import actions
from ..ami.backoff import Backoff
from ..ami.session import Session
from ..engine.errors import ConnectionFailed, TelephonyError
from ..engine.problems import LIST
from ..engine.texts import in_english, text
from .bridge import ModuleGone, Unavailable
from .permissions import LOGIN_ANEW, describe_missing, get_missing

_logger = logging.getLogger(__name__)

# Seconds.
RESYNC_EVERY = 60.0
# A session that ended sooner was no success: the next attempt waits longer.
STEADY_AFTER = 10.0
# The lists that report phones and queues, each with what is not known without it.
PRESENCE_LISTS = (
    (
        actions.extension_state_list(),
        text("for_hints"),
    ),
    (actions.device_state_list(), text("for_devices")),
    (actions.queue_status(), text("for_queues")),
)
CHANNELS = text("for_channels")
PARKED = text("for_parked")
PERMISSIONS = text("for_permissions")


class Database(Protocol):
    """What a connection writes, and reads, of its telephone system.

    Each raises `Unavailable` where the database can't be had now, and `ModuleGone`.
    """

    async def set_connection(self, state, message, version, actions):
        """Show the state of the connection: as ``telephony.pbx._set_connection``."""

    async def open_calls(self):
        """Return the unique ids of the calls that the log holds as not ended."""


class Listening(Protocol):
    """Whoever leads, as far as a connection has to do with it."""

    def handle_event(self, event):
        """Process an event; called with each, in order."""

    def connected(self):
        """Begin with what waited for a connection."""

    def disconnected(self):
        """Nothing more comes of what was asked on the connection."""

    def log_fault(self, name, error):
        """Count a fault that is being handled."""


class Connection:
    """Keeps one telephone system connected, and the tracker in step with it.

    :param settings: the `PbxSettings`; may be replaced by others of the same account
    :param tracker: the `Tracker` of the telephone system's calls
    :param inquiries: the `Inquiries` of that tracker
    :param writer: the `Writer` of that tracker's calls
    :param problems: the `Problems` of the telephone system
    :param database: a `Database`
    :param listening: a `Listening`
    :param clock: returns the present, naive UTC
    """

    def __init__(
        self,
        settings,
        *,
        tracker,
        inquiries,
        writer,
        problems,
        database,
        listening,
        clock,
    ):
        self.settings = settings
        self._tracker, self._inquiries, self._writer = tracker, inquiries, writer
        self._problems, self._database = problems, database
        self._listening, self._clock = listening, clock
        self._retry = asyncio.Event()
        self._renew = asyncio.Event()
        self._resync_asked = asyncio.Event()
        self._channels = set()
        self._new_channels = 0
        self._lacks_events = False
        # Names of the actions that the account may use; None where it does not tell.
        self._allowed = None
        self._is_first_resync = True
        # Two lists at once would each make the other's mark void.
        self._lists_channels = asyncio.Lock()
        self._state = None
        self._is_shown = True
        self._version = None
        self.session = None

    def reconnect(self):
        """Try to connect now instead of when the pause is over.

        A session of an account that lacks something is begun anew: Asterisk goes by
        what was allowed at the login. Never by itself: calls end unseen meanwhile.
        """
        self._retry.set()
        if self._lacks_events or (
            self._allowed is not None and get_missing(self._allowed)
        ):
            self._renew.set()

    def resync_now(self):
        """Compare with the PBX's channels now instead of within the minute."""
        self._resync_asked.set()

    def count_event(self, event):
        """Count what proves that the account may learn of calls."""
        if event.get("Event") == "Newchannel":
            self._new_channels += 1

    async def run(self):
        """Connect, and connect again whenever the connection ends, until cancelled."""
        backoff, loop = Backoff(), asyncio.get_running_loop()
        while True:
            await self._show("connecting")
            began = loop.time()
            error, is_connected = await self._run_session()
            if is_connected and loop.time() - began >= STEADY_AFTER:
                backoff.reset()
            if error is not None:
                await self._show(error.code, error.text)
            elif self._renew.is_set():
                continue
            self._retry.clear()
            try:
                async with asyncio.timeout(backoff.delay(error)):
                    await self._retry.wait()
                backoff.reset()
            except TimeoutError:
                continue

    async def _run_session(self):
        """Connect, and stay until the connection ends.

        :return: (the `TelephonyError` that ended it, whether there was a connection)
        """
        session = resync = None
        try:
            session = Session(self.settings, self._listening.handle_event)
            info = await session.open()
            self._begin(session)
            self._version = info.asterisk or info.banner
            await self._show_connected()
            self._listening.connected()
            resync = asyncio.create_task(self._resync_regularly(session))
            return await self._wait_for_end(session), True
        except TelephonyError as error:
            return error, self.session is not None
        except ModuleGone:
            raise
        except Exception as error:
            self._listening.log_fault("connection", error)
            return TelephonyError("connection_fault", error=error), False
        finally:
            self.session = None
            self._listening.disconnected()
            if resync:
                resync.cancel()
            if session:
                await session.close()

    async def _wait_for_end(self, session):
        """Wait until the session ends, or until another one is to take its place.

        :return: the `TelephonyError` that ended it, if one did
        """
        tasks = [
            asyncio.create_task(work)
            for work in (session.wait_closed(), self._renew.wait())
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return tasks[0].result() if tasks[0].done() else None
        finally:
            for task in tasks:
                task.cancel()

    def _begin(self, session):
        """Take a session that is open, of whose PBX nothing is known yet."""
        self.session = session
        self._channels, self._new_channels, self._lacks_events = set(), 0, False
        self._is_first_resync = True
        self._renew.clear()

    async def _show(self, state, message=None, version=None, allowed=None):
        """Log a change of the connection's state and show it on the form."""
        settings = self.settings
        log = _logger.info if state in ("connecting", "connected") else _logger.warning
        detail = f" ({in_english(message)})" if message else ""
        log("%s: %s%s", settings.name, state, detail)
        self._state = state, message, version, allowed
        self.show_again()
        await self.show_state()

    def _show_connected(self):
        allowed = self._allowed
        message = None if allowed is None else describe_missing(allowed)
        return self._show("connected", message, self._version, allowed)

    def show_again(self):
        """Have `show_state` write the state, whatever the form may show."""
        self._is_shown = False

    async def show_state(self):
        """Bring the state to the form, if it did not get there yet."""
        state = self._state
        if self._is_shown or state is None:
            return
        try:
            await self._database.set_connection(*state)
        except Unavailable as error:
            _logger.debug("%s: state not written: %s", self.settings.name, error)
        except ModuleGone:
            raise
        except Exception as error:
            self._listening.log_fault("show_state", error)
            self._is_shown = self._state is state
        else:
            self._is_shown = self._state is state

    # === RESYNC === #

    async def _resync_regularly(self, session):
        """Compare with the PBX at once and then every minute, until cancelled.

        What it costs where a part of it fails stands on the form; the session goes on.
        """
        while True:
            self._resync_asked.clear()
            try:
                await self._resync(session)
            except ConnectionFailed as error:
                _logger.debug("%s: resync: %s", self.settings.name, error)
            except ModuleGone:
                return  # the service notices, too
            except Exception as error:
                self._listening.log_fault("resync", error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RESYNC_EVERY):
                    await self._resync_asked.wait()

    async def _resync(self, session):
        """Compare what is open with what the PBX has, and ask how the phones are.

        :raise ConnectionFailed: the connection ended meanwhile
        """
        if await self._load_allowed_actions(session):
            await self._show_connected()
        await self.resync_channels(session)
        await self._resync_presence(session)
        self._is_first_resync = False

    async def _load_allowed_actions(self, session):
        """Ask for the names of the actions that the account may use.

        :return: whether that is not as it was: a PBX may be told otherwise at any time
        """
        before = self._allowed
        answer = await self._ask(session, actions.list_commands(), PERMISSIONS)
        self._allowed = answer and {
            name for name in answer if name not in ("Response", "ActionID")
        }
        return self._allowed != before

    def may(self, action):
        """Say whether the account may use an action, as far as the PBX tells."""
        return self._allowed is None or action in self._allowed

    async def resync_channels(self, session):
        """Compare the calls with the PBX's channels.

        :return: the unique ids of the channels that it has, ``None`` where it does not
            tell
        :raise ConnectionFailed: the connection ended meanwhile
        """
        async with self._lists_channels:
            self._tracker.begin_resync()
            channels = await self._list(session, actions.core_show_channels(), CHANNELS)
            if channels is None:
                return None
            parked = await self._list_parked(session)
            self._tracker.resync(channels, self._clock(), parked)
        self._inquiries.make(session)
        self._writer.wake()
        found = {event.get("Uniqueid") for event in channels}
        await self._close_forgotten()
        await self._check_events_arrive(found)
        return found

    async def _list_parked(self, session):
        """Return the events of the calls that are parked; none where the PBX does not
        say that it can tell."""
        request = actions.parked_calls()
        if self._allowed is None or request.name not in self._allowed:
            return []
        return await self._list(session, request, PARKED) or []

    async def _resync_presence(self, session):
        """Ask how the phones are, and who is in a queue.

        Of a list that fails after a new login nothing is known any more; later on, what
        events reported since holds.
        """
        lists = await asyncio.gather(
            *(self._list(session, *question) for question in PRESENCE_LISTS)
        )
        missing = {
            request.name
            for (request, _purpose), events in zip(PRESENCE_LISTS, lists, strict=True)
            if events is None
        }
        self._tracker.resync_presence(
            [event for events in lists for event in events or ()],
            self._clock(),
            missing=missing,
            is_anew=self._is_first_resync,
        )
        self._writer.wake()

    async def _list(self, session, request, purpose):
        """Return the events of a list, ``None`` where it is not to be had.

        :raise ConnectionFailed: the connection ended meanwhile
        """
        if self._allowed is not None and request.name not in self._allowed:
            self._problems.clear(LIST, request.name)
            return None
        answer = await self._ask(session, request, purpose)
        return None if answer is None else answer.events

    async def _ask(self, session, request, purpose):
        """Ask the PBX for something; note where it does not tell.

        :param purpose: text of what is not known then, for the form
        :return: the answer, ``None`` where there is none
        :raise ConnectionFailed: the connection ended meanwhile
        """
        try:
            answer = await session.action(request.name, **request.headers)
        except ConnectionFailed:
            raise
        except TelephonyError as error:
            missing = text("list_missing", reason=error.text, purpose=purpose)
            if self._problems.count(LIST, request.name, missing):
                _logger.warning(
                    "%s: %s: %s",
                    self.settings.name,
                    request.name,
                    in_english(missing),
                )
            return None
        self._problems.clear(LIST, request.name)
        return answer

    async def _check_events_arrive(self, channels):
        """Tell where channels come and go and no event of it arrives.

        A PBX does not say which events an account may read.
        """
        unheard = (
            channels - self._channels and self._channels and not self._new_channels
        )
        hears = bool(self._new_channels)
        self._channels, self._new_channels = channels, 0
        if self._lacks_events and hears:
            self._lacks_events = False
            await self._show_connected()
        elif unheard and not self._lacks_events:
            self._lacks_events = True
            await self._show("permission", text("no_events", hint=LOGIN_ANEW))

    async def _close_forgotten(self):
        """End the calls that the log holds open and the PBX knows no more."""
        known = {call.uniqueid for call in self._tracker.open_calls()}
        try:
            logged = await self._database.open_calls()
        except Unavailable:
            return
        now = self._clock()
        for uniqueid in logged:
            if uniqueid not in known and not self._writer.is_waiting(uniqueid):
                self._writer.put(
                    {
                        "pbx_id": self.settings.id,
                        "uniqueid": uniqueid,
                        "state": "ended",
                        "end_date": now,
                        "incomplete": True,
                    }
                )
