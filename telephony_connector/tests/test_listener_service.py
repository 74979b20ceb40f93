"""The listener of a database: one runner for each telephone system, as they change."""

import asyncio
from dataclasses import replace

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..listener import service
from ..listener.bridge import ModuleGone, Unavailable
from .test_listener_parts import SETTINGS

LOGGER = "odoo.addons.telephony_connector.listener.service"


class Runner:
    """Notes what it is told; runs until it is cancelled or made to fail."""

    def __init__(self, _bridge, settings):
        self.settings = settings
        self.told = []
        self.is_running = False
        self.fail = asyncio.get_running_loop().create_future()

    def check_commands(self):
        self.told.append("command")

    def reconnect(self):
        self.told.append("reconnect")

    def update(self, settings):
        self.settings = settings

    async def run(self):
        self.is_running = True
        try:
            await self.fail
        finally:
            self.is_running = False


class Notifications:
    """Hears nothing of itself; the test speaks."""

    def __init__(self, _dsn, on_message, on_connect):
        self.tell, self.connect = on_message, on_connect

    async def run(self):
        self.connect()
        await asyncio.get_running_loop().create_future()


class Bridge:
    """A database whose telephone systems the test changes."""

    dbname, dsn = "test", {}

    def __init__(self):
        self.settings, self.error = [SETTINGS], None
        self.loads = self.refused = 0

    def load_settings(self):
        self.check()
        self.loads += 1
        return self.settings

    def check(self):
        if self.error:
            self.refused += 1
            raise self.error


@tagged("post_install", "-at_install")
class TestService(BaseCase):
    def setUp(self):
        super().setUp()
        self.bridge, self.runners, self.heard = Bridge(), [], []
        self.patch(service, "PbxRunner", self.make_runner)
        self.patch(service, "Notifications", self.make_notifications)
        self.patch(service, "CHECK_EVERY", 0.01)
        self.patch(service, "PAUSE", 0.01)

    def make_runner(self, bridge, settings):
        self.runners.append(Runner(bridge, settings))
        return self.runners[-1]

    def make_notifications(self, *arguments):
        self.heard.append(Notifications(*arguments))
        return self.heard[-1]

    def listen(self, scenario):
        """Run a scenario beside a listener; return whether that has ended by then."""

        async def run():
            listener = service.Listener(self.bridge)
            task = asyncio.create_task(listener.run())
            try:
                await self.until(lambda: self.running())
                await scenario(listener, task)
            finally:
                listener.stop()
                await asyncio.wait_for(task, 20)

        asyncio.run(run())
        self.assertFalse(self.running(), "something was left running")

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 (waits for what has no event)
                await asyncio.sleep(0.005)

    def running(self):
        return [runner.settings for runner in self.runners if runner.is_running]

    def test_added_changed_and_archived(self):
        async def scenario(_listener, _task):
            other = replace(SETTINGS, id=8)
            changed = replace(SETTINGS, host="127.0.0.2")
            for wanted in ([SETTINGS, other], [changed, other], [other], []):
                self.bridge.settings = wanted
                self.heard[0].tell({"settings": True})
                await self.until(
                    lambda: set(self.running()) == set(self.bridge.settings)
                )
            self.assertEqual(len(self.runners), 3, "what did not change runs on")

        self.listen(scenario)

    def test_a_change_of_extensions_keeps_the_connection(self):
        async def scenario(_listener, _task):
            changed = replace(SETTINGS, devices=(("PJSIP/1002", "1002"),))
            self.bridge.settings = [changed]
            self.heard[0].tell({"settings": True})
            await self.until(lambda: self.running() == [changed])
            self.assertEqual(len(self.runners), 1)

        self.listen(scenario)

    def test_messages_reach_the_runner_they_are_for(self):
        async def scenario(_listener, _task):
            [runner] = self.runners
            runner.told.clear()
            for message in ({"command": 7}, {"reconnect": [7]}, {"command": 9}, {}):
                self.heard[0].tell(message)
            self.assertEqual(runner.told, ["command", "reconnect"])
            self.heard[0].connect()
            self.assertEqual(runner.told[-1], "command", "what was told meanwhile")

        self.listen(scenario)

    def test_a_runner_that_fails_is_followed_by_another_one(self):
        async def scenario(_listener, _task):
            with mute_logger(LOGGER):
                self.runners[0].fail.set_exception(ValueError("a fault of ours"))
                await self.until(lambda: len(self.runners) == 2 and self.running())

        self.listen(scenario)

    def test_it_ends_where_the_addon_is_gone(self):
        for fail in (
            lambda: setattr(self.bridge, "error", ModuleGone("test")),
            lambda: self.runners[-1].fail.set_exception(ModuleGone("test")),
        ):

            async def scenario(_listener, task, fail=fail):
                fail()
                await asyncio.wait_for(task, 20)

            self.bridge.error = None
            self.runners.clear()
            self.listen(scenario)

    def test_it_outlives_whatever_loading_the_settings_raises(self):
        async def scenario(_listener, task):
            bridge, loads = self.bridge, self.bridge.loads
            with mute_logger(LOGGER):
                for error in (Unavailable("away"), ValueError("a fault of ours")):
                    bridge.error, bridge.refused = error, 0
                    await self.until(lambda: bridge.refused > 2 or task.done())
                    self.assertFalse(task.done())
                bridge.error = None
                await self.until(lambda: bridge.loads > loads)
            self.assertEqual(len(self.runners), 1)

        self.listen(scenario)
