"""A PBX for benchmarks: plays calls, as a real Asterisk tells of them, over AMI."""

import asyncio
import contextlib
import multiprocessing
import time

from bench.listener_parse import converse, template

RING, TALK = 2.0, 3.0  # seconds, of the calls that it plays by itself
STAGES = {"ringing": slice(0, 12), "ongoing": slice(12, 21), "ended": slice(21, 33)}
"""Where in the events of a call it rings, was answered, and is hung up."""
FIRST_ID = 1795501889


class PlayedPbx:
    """A process that plays a PBX to one client on a TCP port of this machine.

    :param extensions: that are rung in turn
    :param callers: their callers' numbers, E.164, in turn
    """

    def __init__(self, extensions, callers):
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(
            target=_run, args=(far, extensions, callers), daemon=True
        )
        self._process.start()
        self.port = self._pipe.recv()

    def stop(self):
        """End the process."""
        self._process.terminate()

    def play(self, rate, seconds):
        """Play calls from their begin to their end.

        :param rate: calls a second
        :param seconds: in which they begin
        :return: what was sent: (unique id, state, time, extension, caller)
        """
        self.begin(rate, seconds)
        return self.finish()

    def begin(self, rate, seconds):
        """As :meth:`play`, while this process does something else."""
        self._order("begin", rate, seconds)

    def finish(self):
        """Wait until the calls that were begun are over; return what was sent."""
        return self._order("finish")

    def call(self, extension, caller):
        """Let one call ring.

        :return: its handle for :meth:`go_on`, and the time just before the events left
        """
        return self._order("call", extension, caller)

    def go_on(self, number, state):
        """Take a call that :meth:`call` began to its next state."""
        self._order("go_on", number, state)

    def say(self, name, **headers):
        """Send an event that belongs to no call."""
        self._order("say", name, headers)

    def _order(self, *order):
        self._pipe.send(order)
        return self._pipe.recv()


def _run(pipe, extensions, callers):
    with contextlib.suppress(EOFError):
        asyncio.run(_Pbx(pipe, extensions, callers).run())


class _Pbx:
    """What runs in the process: its public methods are the orders."""

    def __init__(self, pipe, extensions, callers):
        self._pipe = pipe
        self._extensions, self._callers = extensions, callers
        text, _count = template()
        blocks = text.replace("1001", "{3}").split("\r\n\r\n")[:-1]
        lines = [
            "\r\n".join(
                "Timestamp: {4}" if line.startswith("Timestamp:") else line
                for line in block.replace("+33612345678", "{5}").split("\r\n")
            )
            for block in blocks
        ]
        self._stages = {
            state: "".join(f"{block}\r\n\r\n" for block in lines[part])
            for state, part in STAGES.items()
        }
        self._writer = None
        self._playing = None
        self._sent = []
        self._parties = {}

    async def run(self):
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self._pipe.send(server.sockets[0].getsockname()[1])
        loop = asyncio.get_running_loop()
        async with server:
            while True:
                name, *args = await loop.run_in_executor(None, self._pipe.recv)
                self._pipe.send(await getattr(self, name)(*args))

    async def _client(self, reader, writer):
        await converse(reader, writer, self._on_login)

    def _on_login(self, writer):
        self._writer = writer

    # -- orders --

    async def begin(self, rate, seconds):
        self._playing = asyncio.create_task(self._play(rate, seconds))

    async def finish(self):
        await self._playing
        sent, self._sent = self._sent, []
        return sent

    async def call(self, extension, caller):
        number = len(self._parties) + 1
        self._parties[number] = extension, caller
        return number, await self.go_on(number, "ringing")

    async def go_on(self, number, state):
        extension, caller = self._parties[number]
        now = time.time()
        data = self._stages[state].format(
            FIRST_ID + number,
            f"{number:08x}",
            f"bridge-{number:08x}",
            extension,
            f"{now:.6f}",
            caller,
        )
        now = time.time()
        self._writer.write(data.encode())
        await self._writer.drain()
        self._sent.append((f"{FIRST_ID + number}.0", state, now, extension, caller))
        return now

    async def say(self, name, headers):
        lines = [f"Event: {name}", *(f"{key}: {headers[key]}" for key in headers)]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self._writer.drain()

    # -- calls by themselves --

    async def _play(self, rate, seconds):
        """Begin ``rate`` calls a second, evenly, and see them all to their end."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as calls:
            for number in range(int(rate * seconds)):
                pause = began + number / rate - time.monotonic()
                if pause > 0:
                    await asyncio.sleep(pause)
                calls.create_task(self._whole_call())

    async def _whole_call(self):
        turn = len(self._parties) + 1
        number, _at = await self.call(
            self._extensions[turn % len(self._extensions)],
            self._callers[turn % len(self._callers)],
        )
        await asyncio.sleep(RING)
        await self.go_on(number, "ongoing")
        await asyncio.sleep(TALK)
        await self.go_on(number, "ended")
