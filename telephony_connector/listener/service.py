"""The listener of one database: a runner for each of its telephone systems."""

import asyncio
import logging

from .bridge import ModuleGone, Unavailable
from .notifications import Notifications
from .runner import PbxRunner

_logger = logging.getLogger(__name__)

# Seconds: an uninstalled addon is noticed within this time.
CHECK_EVERY = 3.0
RELOAD_EVERY = 60.0
PAUSE = 1.0


class Listener:
    """Listens to all telephone systems of a database until it is stopped.

    :param bridge: the `Bridge` to the database
    """

    def __init__(self, bridge):
        self._bridge = bridge
        self._runners = {}
        self._changed = asyncio.Event()
        self._stopped = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def stop(self):
        """End `run` soon. May be called from any thread."""
        self._loop.call_soon_threadsafe(self._stopped.set)

    async def run(self):
        """Listen until stopped, or until the addon is uninstalled."""
        tasks = [
            asyncio.create_task(work)
            for work in (
                self._stopped.wait(),
                Notifications(
                    lambda: self._bridge.dsn, self._on_message, self._on_connect
                ).run(),
                self._manage(),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except ModuleGone:
            _logger.info("%s: the addon is not installed any more", self._bridge.dbname)
        finally:
            runners = [task for _runner, task in self._runners.values()]
            for task in (*tasks, *runners):
                task.cancel()
            await asyncio.gather(*tasks, *runners, return_exceptions=True)

    # === NOTIFICATIONS === #

    def _on_connect(self):
        self._changed.set()
        for runner, _task in self._runners.values():
            runner.check_commands()

    def _on_message(self, message):
        if "settings" in message:
            self._changed.set()
        if message.get("command") in self._runners:
            self._runners[message["command"]][0].check_commands()
        for pbx_id in message.get("reconnect", ()):
            if pbx_id in self._runners:
                self._runners[pbx_id][0].reconnect()

    # === RUNNERS === #

    async def _manage(self):
        """Keep one runner going for each telephone system, with its last settings."""
        loop = asyncio.get_running_loop()
        reload_at = 0.0
        while True:
            try:
                if self._changed.is_set() or loop.time() >= reload_at:
                    self._changed.clear()
                    await self._reload()
                    reload_at = loop.time() + RELOAD_EVERY
                else:
                    await asyncio.to_thread(self._bridge.check)
            except Unavailable as error:
                _logger.debug("%s: %s", self._bridge.dbname, error)
                self._changed.set()
                await asyncio.sleep(PAUSE)
            except ModuleGone:
                raise
            except Exception:
                _logger.exception("%s: the listener goes on", self._bridge.dbname)
                self._changed.set()
                await asyncio.sleep(PAUSE)
            self._raise_from_runners()
            try:
                async with asyncio.timeout(CHECK_EVERY):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _reload(self):
        wanted = {
            settings.id: settings
            for settings in await asyncio.to_thread(self._bridge.load_settings)
        }
        for pbx_id, (runner, task) in list(self._runners.items()):
            settings = wanted.get(pbx_id)
            if (
                task.done()
                or not settings
                or settings.account != runner.settings.account
            ):
                del self._runners[pbx_id]
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            elif settings != runner.settings:
                runner.update(settings)
        for pbx_id, settings in wanted.items():
            if pbx_id not in self._runners:
                runner = PbxRunner(self._bridge, settings)
                self._runners[pbx_id] = runner, asyncio.create_task(runner.run())

    def _raise_from_runners(self):
        """Pass on that the addon is gone; log what else ended a runner."""
        for runner, task in self._runners.values():
            if not task.done():
                continue
            error = None if task.cancelled() else task.exception()
            if isinstance(error, ModuleGone):
                raise error
            text = "%s: the listener of this telephone system ended, another one begins"
            _logger.error(text, runner.settings.name, exc_info=error)
            self._changed.set()
