"""A network between Odoo and Asterisk that can be cut, at any byte, or fall silent."""

import asyncio

CHUNK = 65536
END = b"\r\n\r\n"


class Proxy:
    """Forwards TCP connections, and does to them what networks do.

    :param background: the event loop that it lives in.
    :param port: where it forwards to, on this machine.
    """

    def __init__(self, background, port):
        self._background = background
        self._target = port
        self._writers = set()
        self._open = asyncio.Event()
        self._open.set()
        self._cut_next = False
        self._refused = self._unanswered = frozenset()
        self.port = background.run(self._start())

    async def _start(self):
        self._server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    def close(self):
        """Stop forwarding, for good."""
        self._background.run_now(self._server.close)
        self.cut()

    def cut(self):
        """Reset all connections, as a router that restarts does."""
        self._background.run_now(self._abort_all)

    def cut_in_mid_event(self):
        """Cut the connections as soon as half of an event has passed."""
        self._cut_next = True

    def stall(self):
        """Let nothing through any more, and let nobody know."""
        self._background.run_now(self._open.clear)

    def heal(self):
        """Let through what comes from now on, on new connections."""

        def heal():
            self._abort_all()
            self._open.set()

        self._background.run_now(heal)

    def spoil(self, refused=(), unanswered=()):
        """Refuse some AMI actions in Asterisk's name, let others come to nothing, and
        let all others through again.

        :param refused: names of actions.
        :param unanswered: names of actions.
        """
        self._refused, self._unanswered = frozenset(refused), frozenset(unanswered)

    def _abort_all(self):
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _client(self, reader, writer):
        try:
            await self._open.wait()
            there, away = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, away}
        await asyncio.gather(
            self._forward_actions(reader, away, writer),
            self._forward(there, writer, events=True),
            return_exceptions=True,
        )

    async def _forward_actions(self, reader, writer, back):
        """Forward what the client asks, action by action.

        :param back: to the client, for what is answered here.
        """
        waiting = b""
        try:
            while data := await reader.read(CHUNK):
                *actions, waiting = (waiting + data).split(END)
                await self._open.wait()
                for action in actions:
                    headers = _read(action)
                    if headers.get("action") in self._refused:
                        back.write(_refuse(headers["actionid"]))
                    elif headers.get("action") not in self._unanswered:
                        writer.write(action + END)
                await writer.drain()
                await back.drain()
        finally:
            writer.close()

    async def _forward(self, reader, writer, events=False):
        try:
            while data := await reader.read(CHUNK):
                if events and self._cut_next and b"Event: " in data:
                    self._cut_next = False
                    half = data.index(b"Event: ") + len(b"Event: Ne")
                    writer.write(data[:half])
                    await writer.drain()
                    self._abort_all()
                    return
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


def _read(action):
    lines = (line.partition(":") for line in action.decode().split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _refuse(number):
    lines = (
        "Response: Error",
        f"ActionID: {number}",
        "Message: Refused by the network",
    )
    return "\r\n".join(lines).encode() + END
