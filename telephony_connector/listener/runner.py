"""One telephone system's listener: elected, and at work while it leads."""

import asyncio
import contextlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg2

from ..ami.dialplan import Dialplan
from ..ami.tracker import Tracker
from ..engine.errors import ConnectionFailed
from ..engine.problems import Problems
from .bridge import ModuleGone, Unavailable
from .commands import Commands
from .connection import Connection
from .election import Election
from .inquiries import Inquiries
from .statistics import Statistics
from .wrap_up import WrapUp
from .writer import Writer

_logger = logging.getLogger(__name__)

# Seconds.
CANDIDATE_PAUSE = 2.0
CHECK_LEAD_EVERY = 5.0
ELECT_AGAIN_PAUSE = 1.0
TICK = 1.0
SHOW_STATISTICS_EVERY = 30.0
REPORT_PAUSE = 1.0
NOTIFY_WATCHERS_EVERY = 0.4
REPORT_TRIES = 5
WRITE_REMAINING_WITHIN = 1.0
FAULT_PAUSE = 1.0


def utc_now():
    """Return the time as Odoo stores it: naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


class _Database:
    """The database as a connection needs it: in the runner's thread, of its system."""

    def __init__(self, runner):
        self._runner = runner

    def set_connection(self, *state):
        """See `connection.Database`."""
        return self._run(self._runner.bridge.set_connection, *state)

    def open_calls(self):
        """See `connection.Database`."""
        return self._run(self._runner.bridge.open_calls)

    def _run(self, function, *arguments):
        runner = self._runner
        return runner.in_database(function, runner.settings.id, *arguments)


class LostLead(Exception):
    """The lock went with its connection: somebody else may lead now."""


class PbxRunner:
    """Leads one telephone system where nobody else does, and stands by where one does.

    :param bridge: the `Bridge` to the database
    :param settings: the `PbxSettings`
    """

    clock = staticmethod(utc_now)

    def __init__(self, bridge, settings):
        self.bridge = bridge
        self.settings = settings
        self.statistics = Statistics(utc_now, time.monotonic)
        self.problems = Problems(utc_now)
        # Made anew whenever this runner begins to lead.
        self.tracker = self.writer = self._inquiries = self._connection = None
        self._wrap_up = None
        self._pool = ThreadPoolExecutor(1, f"telephony-{settings.id}")
        self._election = Election(bridge.dsn, settings.id)
        self._commands = Commands(self._report, self.log_fault, self._has_channel)
        self._asked = asyncio.Event()
        self._recheck_lead = asyncio.Event()
        self._is_certain = True
        self._tasks = set()
        self._presences = {}
        self._queues = set()
        self._changed_calls = set()
        self._calls_changed = asyncio.Event()
        self._leads = False

    # === FROM OUTSIDE === #

    def check_commands(self):
        """Look for commands now: somebody left one."""
        self._asked.set()

    def reconnect(self):
        """Try to connect now instead of when the pause is over."""
        if self._connection is not None:
            self._connection.reconnect()

    def update(self, settings):
        """Go on with other settings of the same account: extensions, the dial plan.

        The connection stays, and the calls that are going on.
        """
        _logger.info("%s: settings changed", settings.name)
        self.settings = settings
        if self.tracker is not None:
            self.tracker.use_dialplan(self._get_dialplan())
            self._connection.settings = settings
            # What a phone does is reported when it changes: of a new extension's, ask
            self._connection.resync_now()

    def log_fault(self, name, error):
        """Count a fault of our own that is being handled, and log it the first time.

        :param name: what has it, as the name of a task
        """
        if self.problems.count_fault(name, error):
            _logger.exception("%s: a fault: %s", self.settings.name, name)

    def connected(self):
        """Look for commands that waited for a connection."""
        self.check_commands()

    def disconnected(self):
        """Record that the connection with the telephone system ended."""
        self._commands.disconnected()
        self.tracker.disconnected()

    async def run(self):
        """Stand by, lead, and stand by again, until cancelled.

        :raise ModuleGone: where the addon is no longer installed
        """
        try:
            while True:
                if await self._try_to_lead():
                    await self._lead()
                await asyncio.sleep(CANDIDATE_PAUSE)
        finally:
            await self._step_down()

    async def in_database(self, function, *arguments):
        """Run a method of the bridge in this runner's own thread for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, function, *arguments)

    # === ELECTION === #

    async def _try_to_lead(self):
        try:
            return await asyncio.to_thread(self._election.try_to_lead)
        except psycopg2.Error as error:  # away: stand by until it is back
            _logger.debug("%s: election: %s", self.settings.name, error)
            return False

    async def _step_down(self):
        for task in self._tasks:
            task.cancel()
        if self._inquiries is not None:
            self._inquiries.stop()
        self._election.resign()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _keep_lead(self):
        """Watch the lock, and take it again where it went with its connection.

        The PBX is listened to meanwhile, and what it tells waits for the database.
        Somebody else may have led in between: the log is brought in line anew.

        :raise LostLead: somebody else was faster
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_LEAD_EVERY):
                    await self._recheck_lead.wait()
            self._recheck_lead.clear()
            if not await asyncio.to_thread(self._election.still_leads):
                _logger.warning("%s: lost the database", self.settings.name)
                self._is_certain = False
                self.writer.lead_on(await self._elect_again())
                self._is_certain = True
                _logger.info("%s: leading on", self.settings.name)
                self._connection.show_again()
                self._connection.resync_now()
                self.writer.wake()
                self.check_commands()

    async def _elect_again(self):
        """Wait for the database, and lead again.

        :return: the new term
        :raise LostLead: somebody else leads now
        """
        while True:
            try:
                if not await asyncio.to_thread(self._election.try_to_lead):
                    raise LostLead
                return await self.in_database(
                    self.bridge.begin_term, self.settings.id, True
                )
            except (psycopg2.Error, Unavailable) as error:
                _logger.debug("%s: election: %s", self.settings.name, error)
            await asyncio.sleep(ELECT_AGAIN_PAUSE)

    # === LEADING === #

    async def _lead(self):
        """Lead until the lead is lost."""
        try:
            term = await self.in_database(self.bridge.begin_term, self.settings.id)
            _logger.info("%s: leading, term %s", self.settings.name, term)
            self._leads = True
            self._prepare(term)
            await self._run_tasks()
        except Unavailable as error:
            _logger.warning("%s: %s", self.settings.name, error)
        finally:
            await self._write_remaining()
            self._election.resign()

    async def _write_remaining(self):
        """Write what was heard and not written yet, and that nobody leads now."""
        if self.writer is None:
            return
        self._is_certain = True  # of not leading: with the old term it does no harm
        try:
            async with asyncio.timeout(WRITE_REMAINING_WITHIN):
                await self.writer.flush()
                if self._leads:
                    await self.in_database(
                        self.bridge.set_connection, self.settings.id, "stopped"
                    )
        except (TimeoutError, Unavailable, ModuleGone) as error:
            _logger.debug("%s: last words: %s", self.settings.name, error)
        self._leads = False

    def _prepare(self, term):
        # What a former leader met is none of this one's: the form begins anew.
        self.problems = Problems(utc_now)
        self.tracker = Tracker(self._get_dialplan(), utc_now, problems=self.problems)
        self.writer = Writer(
            self.settings,
            term,
            self.tracker,
            self._apply,
            self.statistics,
            self.log_fault,
        )
        self._wrap_up = WrapUp(self.tracker, time.monotonic)
        if self._inquiries is not None:
            self._inquiries.stop()
        self._inquiries = Inquiries(self.tracker, self.writer.wake, self.log_fault)
        self._connection = Connection(
            self.settings,
            tracker=self.tracker,
            inquiries=self._inquiries,
            writer=self.writer,
            problems=self.problems,
            database=_Database(self),
            listening=self,
            clock=self.clock,
        )

    async def _apply(self, changes):
        """Pass calls through the door, and note which changed.

        :raise Unavailable: the lead went with the database and is not back yet
        """
        if not self._is_certain:
            raise Unavailable("the lead is not certain")
        try:
            changed = await self.in_database(self.bridge.apply, changes)
        except Unavailable:
            self._recheck_lead.set()
            raise
        self._changed_calls.update(changed)
        self._calls_changed.set()

    def _get_dialplan(self):
        devices = dict(self.settings.devices)
        return Dialplan(
            devices=devices,
            internal_numbers=frozenset(devices.values()),
            dial_string=self.settings.dial_string,
        )

    async def _run_tasks(self):
        try:
            async with asyncio.TaskGroup() as group:
                for name, work in (
                    ("lead", self._keep_lead),
                    ("connection", self._connection.run),
                    ("writer", self.writer.run),
                    ("commands", self._process_commands),
                    ("state", self._tick),
                    ("wrap-up", self._review_wrap_ups),
                    ("watchers", self._notify_watchers),
                    ("statistics", self._show_statistics),
                ):
                    group.create_task(self._restart_after_faults(name, work))
        except* LostLead:
            self._leads = False
            _logger.warning("%s: lost the lead", self.settings.name)
        except* ModuleGone as gone:
            self._leads = False
            raise ModuleGone(self.bridge.dbname) from gone

    async def _restart_after_faults(self, name, work):
        """Do a part of leading for ever: after a fault it begins again.

        :raise LostLead: somebody else leads now
        :raise ModuleGone: where the addon is no longer installed
        """
        while True:
            try:
                await work()
            except (LostLead, ModuleGone):
                raise
            except Exception as error:
                self.log_fault(name, error)
            await asyncio.sleep(FAULT_PAUSE)

    def handle_event(self, event):
        """Have everybody process an event of the telephone system."""
        self.statistics.count_event()
        if self.tracker.feed(event):
            self._commands.handle_event(event)
            self._connection.count_event(event)
        self._inquiries.make(self._connection.session)
        self.writer.wake()

    async def _tick(self):
        """Do once a second what no event does: age calls, write presence and state.

        Presence changes with every state of every call: once a second is enough.
        """
        while True:
            await asyncio.sleep(TICK)
            self.tracker.expire(utc_now())
            self.writer.wake()
            await self._connection.show_state()
            if self.problems.is_changed:
                await self._write_problems()
            await self._write_queues()
            await self._write_presence()

    async def _review_wrap_ups(self):
        """Begin and end the time that agents have after a call, once a second: a PBX
        that is slow to answer holds nothing else up."""
        while True:
            await asyncio.sleep(TICK)
            if self._connection.may("QueuePause"):
                await self._wrap_up.review(
                    self._connection.session, self.settings.wrap_up
                )

    async def _write_problems(self):
        problems = self.problems.export()
        if not await self._try_in_database(self.bridge.set_problems, problems):
            self.problems.is_changed = True

    async def _write_presence(self):
        waiting = self._presences
        for presence in self.tracker.pop_presences():
            waiting[presence.extension] = {
                "extension": presence.extension,
                "availability": presence.availability,
                "queues": [place.queue for place in presence.queues],
                "paused_queues": [
                    place.queue for place in presence.queues if place.paused
                ],
                "pause_reason": next(
                    (place.reason for place in presence.queues if place.reason), ""
                ),
            }
        if waiting and await self._try_in_database(
            self.bridge.set_presence, list(waiting.values())
        ):
            waiting.clear()

    async def _write_queues(self):
        unknown = self.tracker.queue_names - self._queues
        if unknown and await self._try_in_database(
            self.bridge.add_queues, sorted(unknown)
        ):
            self._queues |= unknown

    async def _notify_watchers(self):
        """Tell who watches of changed calls, a few times a second at most."""
        while True:
            await self._calls_changed.wait()
            self._calls_changed.clear()
            changed, self._changed_calls = self._changed_calls, set()
            if changed and not await self._try_in_database(
                self.bridge.notify_watchers, sorted(changed)
            ):
                self._changed_calls |= changed
            await asyncio.sleep(NOTIFY_WATCHERS_EVERY)

    async def _show_statistics(self):
        while True:
            await asyncio.sleep(SHOW_STATISTICS_EVERY)
            taken = self.statistics.pop()
            if not await self._try_in_database(self.bridge.set_statistics, taken):
                self.statistics.restore(taken)
            if self.problems.is_counted:
                await self._write_problems()

    async def _try_in_database(self, function, argument):
        """Write what can be written later as well.

        :return: whether nothing is left to be written; what the database can't take is
            dropped, it would keep out what comes later
        """
        try:
            await self.in_database(function, self.settings.id, argument)
        except Unavailable as error:
            _logger.debug("%s: not written: %s", self.settings.name, error)
            return False
        except ModuleGone:
            raise
        except Exception as error:
            self.log_fault(function.__name__, error)
        return True

    # === COMMANDS === #

    async def _process_commands(self):
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                claimed = await self.in_database(
                    self.bridge.claim_commands, self.settings.id
                )
            except Unavailable as error:
                _logger.debug("%s: commands: %s", self.settings.name, error)
                await asyncio.sleep(REPORT_PAUSE)
                self._asked.set()
                continue
            for command in claimed:
                task = asyncio.create_task(
                    self._commands.execute(
                        command, self._connection.session, self.tracker
                    )
                )
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _has_channel(self, uniqueid):
        """Ask the PBX for its channels, also for the tracker.

        :return: whether one has that id, ``None`` where the PBX does not tell
        """
        session = self._connection.session
        try:
            found = session and await self._connection.resync_channels(session)
        except ConnectionFailed:
            return None
        return None if found is None else uniqueid in found

    async def _report(self, command_id, state, code, answer):
        for _attempt in range(REPORT_TRIES):
            try:
                await self.in_database(
                    self.bridge.finish_command, command_id, state, code, answer
                )
                return
            except Unavailable:
                await asyncio.sleep(REPORT_PAUSE)
            except ModuleGone:
                return
            except Exception as error:
                self.log_fault("finish_command", error)
                return
