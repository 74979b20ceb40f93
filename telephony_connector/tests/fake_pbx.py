"""A PBX's Manager Interface on a loopback socket, for the tests of the session.

It speaks what Asterisk speaks, and does on demand what a PBX or a network may do to us:
refuse, fall silent, cut the line, send half a message or letter, flood.
"""

import asyncio
import hashlib

SECRET = "fake-pbx-secret"
CHALLENGE = "180271650"


class FakePbx:
    """One server. ``received`` holds every action as a dict; ``answers`` maps an
    action's name to the text that answers it (None: silence) or to a function of the
    action that returns such a text."""

    def __init__(self, *, banner=b"Asterisk Call Manager/11.0.0\r\n", tls=None):
        self.banner = banner
        self.tls = tls
        self.received = []
        self.answers = {}
        self.port = None
        self.new = asyncio.Event()
        self._writers = []
        self.tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(
            self._client, "127.0.0.1", 0, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc_info):
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def names(self):
        """The names of the actions received, in order."""
        return [action["Action"] for action in self.received]

    async def until(self, name, count=1):
        """Wait until so many actions of that name have come; return the last one."""
        async with asyncio.timeout(10):
            while self.names.count(name) < count:
                self.new.clear()
                await self.new.wait()
        return [each for each in self.received if each["Action"] == name][-1]

    def send(self, data):
        """Send bytes (or text, with its line ends made right) to whoever is there."""
        if isinstance(data, str):
            data = data.replace("\n", "\r\n").encode()
        for writer in self._writers:
            writer.write(data)

    async def drain(self):
        """Wait until what was sent is on its way."""
        await asyncio.gather(*(writer.drain() for writer in self._writers))

    def cut(self):
        """Cut the line as a crash does."""
        for writer in self._writers:
            writer.transport.abort()

    def hang_up(self):
        """End the connection as a shutdown does."""
        for writer in self._writers:
            writer.close()

    async def _client(self, reader, writer):
        self._writers.append(writer)
        self.tasks.add(asyncio.current_task())
        writer.write(self.banner)
        try:
            while True:
                block = await reader.readuntil(b"\r\n\r\n")
                self._on_action(_parse(block.decode()), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def _on_action(self, action, writer):
        self.received.append(action)
        self.new.set()
        name = action["Action"]
        answer = self.answers.get(name, getattr(self, "_on_" + name.lower(), _ok))
        text = answer(action) if callable(answer) else answer
        if text is not None:
            head, _, rest = text.partition("\n")
            text = f"{head}\nActionID: {action['ActionID']}\n{rest}\n"
            writer.write(text.replace("\n", "\r\n").encode())

    def _on_challenge(self, action):
        return f"Response: Success\nChallenge: {CHALLENGE}\n"

    def _on_login(self, action):
        key = hashlib.md5((CHALLENGE + SECRET).encode(), usedforsecurity=False)
        if action.get("Key") == key.hexdigest() or action.get("Secret") == SECRET:
            return "Response: Success\nMessage: Authentication accepted\n"
        return "Response: Error\nMessage: Authentication failed\n"


def _ok(action):
    return "Response: Success\n"


def _parse(block):
    action = {}
    for line in block.strip().split("\r\n"):
        name, _, value = line.partition(": ")
        action[name] = [*_as_list(action[name]), value] if name in action else value
    return action


def _as_list(value):
    return value if isinstance(value, list) else [value]
