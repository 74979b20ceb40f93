"""A bare AMI client that keeps the wire text: to record traces and to steer tests."""

import asyncio
import itertools

TIMEOUT = 10


class Ami:
    """One login; ``raw`` is all that came, ``events`` the events in order."""

    def __init__(self):
        self.raw, self.events = bytearray(), []
        self._answers, self._new = {}, asyncio.Event()
        self._ids = itertools.count(1)

    async def connect(self, user, secret, port=15038, host="127.0.0.1"):
        self._reader, self._writer = await asyncio.open_connection(
            host, port, limit=1 << 20
        )
        self.raw += await self._reader.readline()
        self._task = asyncio.ensure_future(self._read())
        answer = await self.action("Login", Username=user, Secret=secret)
        if answer["Response"] != "Success":
            raise PermissionError(answer.get("Message"))
        return self

    async def _read(self):
        while True:
            try:
                block = await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            self.raw += block
            message = {}
            for line in block.decode(errors="replace").split("\r\n"):
                name, separator, value = line.partition(":")
                if separator:
                    message[name] = value.strip()
            # An OriginateResponse has a Response too; some begin with an empty line.
            if block.lstrip().startswith(b"Response:"):
                done = self._answers.pop(message.get("ActionID"), None)
                if done:
                    done.set_result(message)
            else:
                self.events.append(message)
                self._new.set()

    async def action(self, action, **headers):
        """Send an action; a header with a list is repeated. Return the answer."""
        number = f"a{next(self._ids)}"
        number = headers.pop("ActionID", number)
        done = asyncio.get_running_loop().create_future()
        self._answers[number] = done
        lines = [f"Action: {action}", f"ActionID: {number}"]
        for name, value in headers.items():
            values = value if isinstance(value, list) else [value]
            lines += [f"{name}: {each}" for each in values]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await asyncio.wait_for(done, TIMEOUT)

    async def event(self, name, **headers):
        """Return the first event (past or to come) of that name with these headers."""
        seen = 0
        async with asyncio.timeout(TIMEOUT):
            while True:
                for event in self.events[seen:]:
                    seen += 1
                    wanted = {"Event": name, **headers}
                    if all(event.get(key) == value for key, value in wanted.items()):
                        return event
                self._new.clear()
                await self._new.wait()

    async def quiet(self, seconds=0.4):
        """Wait until no event has come for so long."""
        while True:
            count = len(self.events)
            await asyncio.sleep(seconds)
            if len(self.events) == count:
                return

    async def close(self):
        await self.action("Logoff")
        self._task.cancel()
        self._writer.close()
