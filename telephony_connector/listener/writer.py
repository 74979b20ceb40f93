"""From the tracker into the database: calls wait here while it is busy or away."""

import asyncio
import logging

from .bridge import ModuleGone, Unavailable

_logger = logging.getLogger(__name__)

MAX_BATCH = 100
# Calls that may wait for the database; each is kept once, as it is known last.
MAX_WAITING = 20_000
# Seconds.
DATABASE_PAUSE = 1.0


class Writer:
    """Writes the calls of one telephone system, the last known state of each.

    :param settings: the `PbxSettings`
    :param int term: the leader's term
    :param tracker: where the calls come from
    :param apply: coroutine function that takes a list of changes to the door
    :param statistics: the `Statistics` to keep
    :param log_fault: called with a name and the exception where the door can't take a
        call
    """

    def __init__(self, settings, term, tracker, apply, statistics, log_fault):
        self._settings = settings
        self.term = term
        self._tracker = tracker
        self._apply = apply
        self._statistics = statistics
        self._log_fault = log_fault
        self._waiting = {}
        self._heard = asyncio.Event()
        self._is_away = False

    def wake(self):
        """Look for changed calls now."""
        self._heard.set()

    def is_waiting(self, uniqueid):
        """Say whether a change of that call waits for the database."""
        return uniqueid in self._waiting

    def lead_on(self, term):
        """Tell what waits, and all that is open, as the leader of another term.

        Whoever led in between may have written some of it, with a younger term than it
        had here.

        :param int term: the new term
        """
        self.term = term
        for change in self._waiting.values():
            if "term" in change:
                change["term"] = term
        self._collect()
        for call in self._tracker.open_calls():
            self._put_call(call)

    def put(self, change):
        """Queue a change; the last one of a call replaces the others."""
        waiting = self._waiting
        if len(waiting) >= MAX_WAITING and change["uniqueid"] not in waiting:
            # The oldest goes: what is open now matters more than what was.
            waiting.pop(next(iter(waiting)))
            if not self._statistics.dropped:
                _logger.error(
                    "%s: too many calls wait for the database, the oldest are dropped",
                    self._settings.name,
                )
            self._statistics.dropped += 1
        waiting[change["uniqueid"]] = change
        self._heard.set()

    async def run(self):
        """Bring calls into the database as fast as it takes them, until cancelled."""
        while True:
            await self._heard.wait()
            self._heard.clear()
            self._collect()
            if not self._waiting:
                self._statistics.nothing_to_write()
            while self._waiting:
                batch = list(self._waiting.values())[:MAX_BATCH]
                try:
                    await self._write(batch)
                except Unavailable as error:
                    self._handle_unavailable(error)
                    await asyncio.sleep(DATABASE_PAUSE)
                self._collect()

    async def flush(self):
        """Write what waits, once: nobody will ask for it later.

        :raise Unavailable: where the database can't be had now
        """
        self._collect()
        while self._waiting:
            await self._write(list(self._waiting.values())[:MAX_BATCH])

    async def _write(self, batch):
        try:
            await self._apply(batch)
        except (Unavailable, ModuleGone):
            raise
        except Exception as error:
            # One change that the door can't take must not keep the others out.
            if len(batch) > 1:
                for change in batch:
                    await self._write([change])
                return
            _logger.exception(
                "%s: the call %s could not be written",
                self._settings.name,
                batch[0]["uniqueid"],
            )
            self._statistics.dropped += 1
            self._log_fault("call log", error)
        for change in batch:
            if self._waiting.get(change["uniqueid"]) is change:
                del self._waiting[change["uniqueid"]]
        self._statistics.committed()
        self._is_away = False

    def _handle_unavailable(self, error):
        if not self._is_away:
            _logger.warning(
                "%s: calls wait for the database: %s", self._settings.name, error
            )
        self._is_away = True

    def _collect(self):
        for call in self._tracker.pop_changes():
            self._put_call(call)
        self._heard.clear()  # what is collected here is written by the loop that asks

    def _put_call(self, call):
        self.put({**call.changes(), "pbx_id": self._settings.id, "term": self.term})
