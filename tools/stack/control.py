"""How ``make ring`` reaches the running demo: a socket that takes one order a line."""

import asyncio
import json
import socket
import sys

from .paths import LOCAL, ROOT

# Relative to the top of the repository: a Unix socket's path must be short.
SOCKET = (LOCAL / "demo.sock").relative_to(ROOT)


class Control:
    """Listens for orders and hands them to an :class:`~tools.stack.exchange.Exchange`.

    An order is one line of JSON with the arguments of ``Exchange.ring``; the answer is
    a line a thing that happens, until the call is over.
    """

    def __init__(self, exchange, tell):
        self._exchange = exchange
        self._tell = tell
        self._server = None

    async def start(self):
        """Open the socket, in place of one that a killed demo left."""
        SOCKET.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, SOCKET)
        SOCKET.chmod(0o600)

    def stop(self):
        """Close the socket."""
        self._server.close()
        SOCKET.unlink(missing_ok=True)

    async def _serve(self, reader, writer):
        order = json.loads(await reader.readline())
        gone = asyncio.Event()

        def tell(line):
            self._tell(line)
            if not gone.is_set():
                writer.write(f"{line}\n".encode())

        async def watch():
            await reader.read()  # ends when make ring is interrupted
            gone.set()

        watcher = asyncio.create_task(watch())
        try:
            await self._exchange.ring(**order, tell=tell, gone=gone)
        finally:
            watcher.cancel()
            writer.close()


def order(**arguments):
    """Place a call through the running demo and print what happens.

    :param arguments: those of ``Exchange.ring``.
    :return: the exit status for the shell.
    """
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(SOCKET))
        except (FileNotFoundError, ConnectionRefusedError):
            sys.stderr.write("No demo is running here: start one with 'make demo'.\n")
            return 1
        line.sendall(json.dumps(arguments).encode() + b"\n")
        with line.makefile() as answers:
            for answer in answers:
                sys.stdout.write(answer)
                sys.stdout.flush()
    return 0
