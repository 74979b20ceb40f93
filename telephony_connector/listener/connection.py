"""One telephone system's connection: kept up, resynced, its state told."""

import asyncio
import contextlib
import logging

from ..ami import actions
from ..ami.backoff import Backoff
from ..engine.errors import TelephonyError
from .account import open_session
from .bridge import Unavailable
from .permissions import describe_missing

_logger = logging.getLogger(__name__)

# Seconds.
RESYNC_EVERY = 60.0


class Connection:
    """Keeps one telephone system connected, and the tracker in step with it.

    :param leader: the `PbxRunner` that leads; its ``settings``, ``bridge``,
        ``tracker``, ``inquiries``, ``writer`` and ``in_database`` are used
    :param on_event: called with each event, in order
    """

    def __init__(self, leader, on_event):
        self._leader = leader
        self._on_event = on_event
        self._retry = asyncio.Event()
        self._resync_asked = asyncio.Event()
        self._channels = set()
        self._new_channels = 0
        self._is_deaf = False
        self._state = None
        self._is_shown = True
        self.session = None

    def reconnect(self):
        """Try to connect now instead of when the pause is over."""
        self._retry.set()

    def resync_now(self):
        """Compare with the PBX's channels now instead of within the minute."""
        self._resync_asked.set()

    def heard(self, event):
        """Count what proves that the account may hear of calls."""
        if event.get("Event") == "Newchannel":
            self._new_channels += 1

    async def run(self):
        """Connect, and connect again whenever the connection ends, until cancelled."""
        backoff = Backoff()
        while True:
            await self._show("connecting")
            error = await self._live_a_session(backoff)
            if error is not None:
                await self._show(error.code, str(error))
            self._retry.clear()
            try:
                async with asyncio.timeout(backoff.delay(error)):
                    await self._retry.wait()
                backoff.reset()
            except TimeoutError:
                continue

    async def _live_a_session(self, backoff):
        """Connect, and stay until the connection ends.

        :return: the `TelephonyError` that ended it
        """
        session = open_session(self._leader.settings, self._on_event)
        resync = None
        self._channels, self._new_channels, self._is_deaf = set(), 0, False
        try:
            info = await session.open()
            allowed = await self._ask_allowed(session)
            await self._resync(session, allowed)
            self.session = session
            backoff.reset()
            await self._show_connected(allowed, info.asterisk or info.banner)
            self._leader.check_commands()
            resync = asyncio.create_task(self._resync_regularly(session, allowed))
            return await session.wait_closed()
        except TelephonyError as error:
            return error
        finally:
            self.session = None
            self._leader.disconnected()
            if resync:
                resync.cancel()
            await session.close()

    async def _show(self, state, message=None, version=None, allowed=None):
        """Log a change of the connection's state and show it on the form."""
        settings = self._leader.settings
        log = _logger.info if state in ("connecting", "connected") else _logger.warning
        log("%s: %s%s", settings.name, state, f" ({message})" if message else "")
        self._state = state, message, version, allowed
        self.show_again()
        await self.show_state()

    def _show_connected(self, allowed, version=None):
        return self._show("connected", describe_missing(allowed), version, allowed)

    def show_again(self):
        """Have `show_state` write the state, whatever the form may show."""
        self._is_shown = False

    async def show_state(self):
        """Bring the state to the form, if it did not get there yet."""
        leader, state = self._leader, self._state
        if self._is_shown or state is None:
            return
        try:
            await leader.in_database(
                leader.bridge.set_connection, leader.settings.id, *state
            )
        except Unavailable as error:
            _logger.debug("%s: state not written: %s", leader.settings.name, error)
        else:
            self._is_shown = self._state is state

    # === RESYNC === #

    async def _ask_allowed(self, session):
        """Return the names of the actions that the account may use."""
        answer = await session.action("ListCommands")
        return {name for name in answer if name not in ("Response", "ActionID")}

    async def _resync_regularly(self, session, allowed):
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RESYNC_EVERY):
                    await self._resync_asked.wait()
            self._resync_asked.clear()
            try:
                await self._resync(session, allowed)
            except TelephonyError as error:
                _logger.debug("%s: resync: %s", self._leader.settings.name, error)

    async def _resync(self, session, allowed):
        """Compare what is open with what the PBX has, and ask how the phones are."""
        tracker = self._leader.tracker
        tracker.begin_resync()
        if "CoreShowChannels" in allowed:
            channels = await self._list(session, actions.core_show_channels())
            tracker.resync(channels, self._leader.clock())
            self._leader.inquiries.make(session)
            await self._close_forgotten()
            await self._notice_deafness(
                {event.get("Uniqueid") for event in channels}, allowed
            )
        presence = []
        for request in (
            actions.extension_state_list(),
            actions.device_state_list(),
            actions.queue_status(),
        ):
            if request.name in allowed:
                presence += await self._list(session, request)
        tracker.resync_presence(presence, self._leader.clock())
        self._leader.writer.wake()

    async def _list(self, session, request):
        answer = await session.action(request.name, **request.headers)
        return answer.events

    async def _notice_deafness(self, channels, allowed):
        """Tell where channels come and go and no event of it arrives.

        A PBX does not say which events an account may read.
        """
        unheard = (
            channels - self._channels and self._channels and not self._new_channels
        )
        hears = bool(self._new_channels)
        self._channels, self._new_channels = channels, 0
        if self._is_deaf and hears:
            self._is_deaf = False
            await self._show_connected(allowed)
        elif unheard and not self._is_deaf:
            self._is_deaf = True
            await self._show(
                "permission",
                "There are calls, but no event of them arrives: Odoo's account on the "
                "telephone system needs the permission “call” (read).",
            )

    async def _close_forgotten(self):
        """End the calls that the log holds open and the PBX knows no more."""
        leader = self._leader
        known = {call.uniqueid for call in leader.tracker.open_calls()}
        try:
            logged = await leader.in_database(
                leader.bridge.open_calls, leader.settings.id
            )
        except Unavailable:
            return
        now = leader.clock()
        for uniqueid in logged:
            if uniqueid not in known and not leader.writer.is_waiting(uniqueid):
                leader.writer.put(
                    {
                        "pbx_id": leader.settings.id,
                        "uniqueid": uniqueid,
                        "state": "ended",
                        "end_date": now,
                        "incomplete": True,
                    }
                )
