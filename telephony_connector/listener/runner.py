"""One telephone system's listener: elected, connected, writing down what it hears."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from ..ami import actions
from ..ami.backoff import Backoff
from ..ami.dialplan import Dialplan
from ..ami.session import Session, Settings
from ..ami.tracker import Tracker
from ..engine.errors import TelephonyError
from .bridge import ModuleGone, Unavailable
from .commands import Commands
from .election import Election

_logger = logging.getLogger(__name__)

# Seconds.
CANDIDATE_PAUSE = 2.0
CHECK_LEAD_EVERY = 5.0
RESYNC_EVERY = 60.0
TICK = 1.0
DATABASE_PAUSE = 1.0

MAX_BATCH = 100
# Calls that may wait for the database; each is kept once, as it is known last.
MAX_WAITING = 20_000


def utc_now():
    """Return the time as Odoo stores it: naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


class LostLead(Exception):
    """The lock went with its connection: somebody else may lead now."""


class PbxRunner:
    """Leads one telephone system where nobody else does, and stands by where one does.

    :param bridge: the `Bridge` to the database
    :param settings: the `PbxSettings`
    """

    def __init__(self, bridge, settings):
        self.settings = settings
        self._bridge = bridge
        self._pool = ThreadPoolExecutor(1, f"telephony-{settings.id}")
        self._election = None
        self._commands = Commands(settings, self._report)
        self._session = None
        self._tracker = None
        self._term = 0
        self._heard = asyncio.Event()
        self._asked = asyncio.Event()
        self._retry = asyncio.Event()
        self._waiting = {}
        self._dropped = 0
        self._tasks = set()

    # === FROM OUTSIDE === #

    def check_commands(self):
        """Look for commands now: somebody left one."""
        self._asked.set()

    def reconnect(self):
        """Try to connect now instead of when the pause is over."""
        self._retry.set()

    async def run(self):
        """Stand by, lead, and stand by again, until cancelled.

        :raise ModuleGone: where the addon is no longer installed
        """
        self._election = Election(self._bridge.dsn, self.settings.id)
        try:
            while True:
                if await self._try_to_lead():
                    await self._lead()
                await asyncio.sleep(CANDIDATE_PAUSE)
        finally:
            await self._step_down()

    async def _try_to_lead(self):
        try:
            return await asyncio.to_thread(self._election.try_to_lead)
        except Exception as error:  # the database is away: stand by until it is back
            _logger.debug("%s: election: %s", self.settings.name, error)
            return False

    async def _step_down(self):
        if self._term:
            self._term = 0
            try:
                async with asyncio.timeout(1):
                    await self._in_database(
                        self._bridge.set_connection, self.settings.id, "stopped"
                    )
            except (TimeoutError, Unavailable, ModuleGone):
                _logger.debug("%s: could not tell that it stops", self.settings.name)
        self._election.resign()
        self._pool.shutdown(wait=False, cancel_futures=True)

    # === LEADING === #

    async def _lead(self):
        """Lead until the lead is lost."""
        try:
            self._term = await self._in_database(
                self._bridge.begin_term, self.settings.id
            )
            _logger.info("%s: leading, term %s", self.settings.name, self._term)
            self._start_tracking()
            await self._do_all_of_leading()
        except Unavailable as error:
            _logger.warning("%s: %s", self.settings.name, error)
        finally:
            self._election.resign()

    async def _do_all_of_leading(self):
        try:
            async with asyncio.TaskGroup() as group:
                for work in (
                    self._keep_lead(),
                    self._stay_connected(),
                    self._write(),
                    self._obey(),
                    self._tick(),
                ):
                    group.create_task(work)
        except* LostLead:
            _logger.warning("%s: lost the lead", self.settings.name)
        except* ModuleGone as gone:
            raise ModuleGone(self._bridge.dbname) from gone

    def _start_tracking(self):
        settings = self.settings
        devices = dict(settings.devices)
        self._waiting = {}
        self._tracker = Tracker(
            Dialplan(
                devices=devices,
                internal_numbers=frozenset(devices.values()),
                dial_string=settings.dial_string,
            ),
            utc_now,
        )

    async def _keep_lead(self):
        while True:
            await asyncio.sleep(CHECK_LEAD_EVERY)
            if not await asyncio.to_thread(self._election.still_leads):
                raise LostLead

    # === THE CONNECTION === #

    async def _stay_connected(self):
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
        session = Session(self._get_ami_settings(), self._on_event)
        resync = None
        try:
            info = await session.open()
            self._session = session
            missing = await self._resync(session)
            backoff.reset()
            await self._show("connected", missing, info.asterisk or info.banner)
            self.check_commands()
            resync = asyncio.create_task(self._resync_regularly(session))
            return await session.wait_closed()
        except TelephonyError as error:
            return error
        finally:
            self._session = None
            if resync:
                resync.cancel()
            await session.close()

    def _get_ami_settings(self):
        settings = self.settings
        return Settings(
            host=settings.host,
            port=settings.port,
            username=settings.username,
            secret=settings.secret,
            tls=settings.use_tls,
            tls_verify=settings.tls_verify,
            ca_data=settings.tls_ca or None,
            name=settings.name,
        )

    async def _show(self, state, message=None, version=None):
        """Log a change of the connection's state and show it on the form."""
        log = _logger.info if state in ("connecting", "connected") else _logger.warning
        log("%s: %s%s", self.settings.name, state, f" ({message})" if message else "")
        try:
            await self._in_database(
                self._bridge.set_connection, self.settings.id, state, message, version
            )
        except Unavailable as error:
            _logger.debug("%s: state not written: %s", self.settings.name, error)

    # === EVENTS AND CALLS === #

    def _on_event(self, event):
        self._commands.hear(event)
        self._tracker.feed(event)
        self._heard.set()

    async def _resync(self, session):
        """Compare what is open with what the PBX has.

        :return: what the account may not do, in words; ``None`` where nothing is amiss
        """
        request = actions.core_show_channels()
        self._tracker.begin_resync()
        try:
            answer = await session.action(request.name, **request.headers)
        except TelephonyError as error:
            if error.code != "permission":
                raise
            return (
                "The account lacks the permission “reporting” (write): calls that "
                "began or ended while Odoo was not connected are not noticed."
            )
        self._tracker.resync(answer.events, utc_now())
        await self._close_forgotten()
        self._heard.set()
        return None

    async def _close_forgotten(self):
        """End the calls that the log holds open and the PBX knows no more."""
        known = {call.uniqueid for call in self._tracker.open_calls()}
        try:
            logged = await self._in_database(self._bridge.open_calls, self.settings.id)
        except Unavailable:
            return
        now = utc_now()
        for uniqueid in logged:
            if uniqueid not in known and uniqueid not in self._waiting:
                self._wait(
                    {
                        "pbx_id": self.settings.id,
                        "uniqueid": uniqueid,
                        "state": "ended",
                        "end_date": now,
                        "incomplete": True,
                    }
                )

    async def _resync_regularly(self, session):
        while True:
            await asyncio.sleep(RESYNC_EVERY)
            try:
                await self._resync(session)
            except TelephonyError as error:
                _logger.debug("%s: resync: %s", self.settings.name, error)

    async def _tick(self):
        while True:
            await asyncio.sleep(TICK)
            self._tracker.expire(utc_now())
            self._heard.set()

    def _wait(self, change):
        """Queue a change for the database: the last one of a call replaces the rest."""
        waiting = self._waiting
        if len(waiting) >= MAX_WAITING and change["uniqueid"] not in waiting:
            waiting.pop(next(iter(waiting)))
            self._dropped += 1
            if self._dropped == 1 or self._dropped % 1000 == 0:
                _logger.error(
                    "%s: %s calls dropped while the database is away",
                    self.settings.name,
                    self._dropped,
                )
        waiting[change["uniqueid"]] = change

    async def _write(self):
        """Bring calls into the database as fast as it takes them."""
        while True:
            await self._heard.wait()
            self._heard.clear()
            self._collect()
            while self._waiting:
                batch = list(self._waiting.values())[:MAX_BATCH]
                try:
                    await self._in_database(self._bridge.apply, batch)
                except Unavailable as error:
                    _logger.warning(
                        "%s: %s calls wait: %s",
                        self.settings.name,
                        len(self._waiting),
                        error,
                    )
                    await asyncio.sleep(DATABASE_PAUSE)
                    self._collect()
                    continue
                self._collect()
                for change in batch:
                    if self._waiting.get(change["uniqueid"]) is change:
                        del self._waiting[change["uniqueid"]]

    def _collect(self):
        for call in self._tracker.take():
            self._wait(
                {**call.changes(), "pbx_id": self.settings.id, "term": self._term}
            )

    # === COMMANDS === #

    async def _obey(self):
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                claimed = await self._in_database(
                    self._bridge.claim_commands, self.settings.id
                )
            except Unavailable as error:
                _logger.warning("%s: commands: %s", self.settings.name, error)
                continue
            for command in claimed:
                task = asyncio.create_task(
                    self._commands.carry_out(command, self._session, self._tracker)
                )
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _report(self, command_id, state, code, answer):
        for _attempt in range(3):
            try:
                await self._in_database(
                    self._bridge.finish_command, command_id, state, code, answer
                )
                return
            except Unavailable:
                await asyncio.sleep(DATABASE_PAUSE)

    async def _in_database(self, function, *arguments):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, function, *arguments)
