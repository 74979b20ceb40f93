"""What the tests of the AMI session have in common."""

import asyncio

from odoo.tests import BaseCase

from ..ami.session import Session, Settings
from .fake_pbx import SECRET, FakePbx


class Seen(list):
    """Events as they came."""

    def __init__(self):
        super().__init__()
        self._more = asyncio.Event()

    def append(self, event):
        result = super().append(event)
        self._more.set()
        return result

    async def until(self, count):
        """Wait until there are so many."""
        async with asyncio.timeout(10):
            while len(self) < count:
                self._more.clear()
                await self._more.wait()


class SessionCase(BaseCase):
    """Runs coroutines with a fake PBX; fails if one leaves a task running."""

    def run_async(self, scenario, **pbx_options):
        async def main():
            async with FakePbx(**pbx_options) as pbx:
                async with asyncio.timeout(30):
                    await scenario(pbx)
                await self.nothing_left(pbx)

        asyncio.run(main())

    async def nothing_left(self, pbx):
        """Wait for the server's own tasks to end; ours have ended already."""
        left = asyncio.all_tasks() - {asyncio.current_task(), *pbx.tasks}
        if left:
            _done, left = await asyncio.wait(left, timeout=5)
        self.assertFalse(left, "left running")

    def session(self, pbx, on_event=lambda event: None, *, secret=SECRET, **options):
        names = ("use_tls", "tls_verify", "tls_ca", "host")
        given = {name: options.pop(name) for name in names if name in options}
        settings = Settings(
            **{"host": "127.0.0.1", **given},
            port=pbx.port,
            username="odoo",
            secret=secret,
            name="fake",
        )
        return Session(settings, on_event, **options)
