"""The people of a demo with the simulated MightyCall: who answers, and who hangs up."""

import asyncio

from .exchange import ANSWER_SECONDS, PUBLIC_ANSWER_SECONDS, TALK_SECONDS

GROUP = "600"


class MightyCallExchange:
    """Lets customers call through the simulated server, and answers users' calls.

    Takes the place of :class:`~tools.stack.exchange.Exchange` for ``make ring``.

    :param emulator: the running :class:`~tools.mightycall.Emulator`.
    :param tell: called with every line about what happens.
    """

    def __init__(self, emulator, tell):
        self._emulator = emulator
        self._tell = tell
        self._loop = None
        self._tasks = set()
        emulator.on_call = self._placed

    def start(self):
        """Begin to answer calls that users place; called in the event loop."""
        self._loop = asyncio.get_running_loop()

    def _placed(self, call):
        """A user placed a call; called in a thread of the server's."""
        self._loop.call_soon_threadsafe(self._spawn, self._attend(call))

    def _spawn(self, coroutine):
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _attend(self, call):
        self._tell(f"{call.extension} calls {call.client}")
        await asyncio.sleep(PUBLIC_ANSWER_SECONDS)
        call.answer(call.extension)
        self._tell(f"{call.client} answers")
        await asyncio.sleep(TALK_SECONDS)
        call.complete()
        self._tell(f"{call.client} hangs up")

    async def ring(
        self, caller, to, tell, answer=ANSWER_SECONDS, talk=TALK_SECONDS, gone=None
    ):
        """Call a user and tell what happens, until the call is over.

        :param caller: the caller's number; ``anonymous`` withholds it.
        :param to: an extension, or 600 for all of them.
        :param tell: called with every line about this call.
        :param answer: seconds after which the (first) extension answers, or ``None``.
        :param talk: seconds after which the caller hangs up.
        :param gone: an ``asyncio.Event``; when set, the caller hangs up at once.
        """
        gone = gone or asyncio.Event()
        rung = list(self._emulator.users) if to == GROUP else [to]
        number = "" if caller == "anonymous" else caller
        call = self._emulator.incoming(number)
        call.ring(*rung)
        tell(f"{caller} calls, {' and '.join(rung)} ring")
        if answer is None:
            await self._either(talk, gone)
        elif not await self._either(answer, gone):
            call.answer(rung[0])
            for extension in rung[1:]:
                call.stop(extension)
            tell(f"{rung[0]} answers")
            await self._either(talk, gone)
        call.complete()
        tell("ended: the caller hung up")

    async def _either(self, seconds, gone):
        """Wait for some time, or for the caller to go.

        :return: whether the caller went.
        """
        try:
            await asyncio.wait_for(gone.wait(), seconds)
            return True
        except TimeoutError:
            return False
