"""An event loop beside a program that is not asynchronous."""

import asyncio
import threading


class Background:
    """An event loop in a thread of its own."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine, timeout=30):
        """Run a coroutine in the loop.

        :param timeout: seconds to wait for its end, ``None`` for ever.
        :return: its result; what it raises is raised here.
        """
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout)

    def run_now(self, function, *args):
        """Call a plain function in the loop's thread.

        :return: its result.
        """

        async def call():
            return function(*args)

        return self.run(call())

    def close(self):
        """Cancel what still runs in the loop, and end it."""
        self.run(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @staticmethod
    async def _cancel_all():
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
