"""One connection to Asterisk's Manager Interface, from the login to the end.

The only file that imports panoramisk. Of panoramisk it takes the protocol's sending
half, actions and messages. It does not use panoramisk's ``Manager``: that reconnects by
itself and then sends again what had no answer (an Originate would call twice), keeps a
refused login to itself, and never notices a peer that has gone silent. Whoever wants to
reconnect opens a new :class:`Session`; nothing is carried over from the old one.
"""

import asyncio
import contextlib
import hashlib
import logging
import ssl
from collections.abc import Callable

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from ..engine.errors import (
    ActionRefused,
    ActionTimeout,
    CertificateRefused,
    ConnectionFailed,
    InvalidValue,
    LoginRefused,
    NotResponding,
    PermissionMissing,
    TelephonyError,
)
from . import wire
from .settings import PbxInfo, Settings, tls_context

_logger = logging.getLogger(__name__)

# What the tracker reads; ``dialplan`` alone would double the volume.
EVENT_CLASSES = "call,agent"
MAX_PENDING = 200
CLOSE_TIMEOUT = 1.0


class Response(dict):
    """The headers that answered an action; ``events`` is what it listed, if it did."""

    def __init__(self, headers, events=()):
        super().__init__(headers)
        self.events = list(events)


class _ListAction(Action):
    """An action that is done at its answer or, if that opens a list, at the list's end.

    panoramisk guesses by the text of the message, wrongly for QueueAdd, and takes an
    OriginateResponse for the answer of its Originate.
    """

    @property
    def multi(self):
        return self.responses[0].eventlist.lower() == "start"

    @property
    def completed(self):
        last = self.responses[-1]
        return (
            not self.multi
            or last.eventlist.lower() in ("complete", "cancelled")
            or last.event.endswith("Complete")
        )


class _Connection(AMIProtocol):
    """panoramisk's protocol with a reading half that loses nothing."""

    encoding = "utf-8"

    def __init__(self, on_event, on_end):
        self.last_received = 0.0
        self.banner = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()
        self._time = asyncio.get_running_loop().time
        self._reader = wire.Reader()
        self._on_event = on_event
        self._on_end = on_end

    def data_received(self, data):
        self.last_received = self._time()
        try:
            messages = self._reader.feed(data)
        except ConnectionFailed as error:
            self._on_end(error)
            return
        if self._reader.banner and not self.banner.done():
            self.banner.set_result(self._reader.banner)
        for message in messages:
            if "ActionID" not in message and "Event" in message:
                self._on_event(message)
            else:
                self._answer(message)

    def _answer(self, message):
        number = message.get("ActionID")
        # A header that stands twice is a list: it names no action.
        action = self.responses.get(number) if isinstance(number, str) else None
        is_event = "Event" in message
        if action is not None and (not is_event or action.responses):
            if action.add_message(Message(message)):
                self.responses.pop(action.id, None)
        elif is_event:  # OriginateResponse: names an action that was answered before
            self._on_event(message)

    def connection_lost(self, exc):
        self.lost.set()
        if exc:
            self._on_end(ConnectionFailed("cut", reason=exc))
        else:
            self._on_end(ConnectionFailed("hung_up"))


class Session:
    """One login at one PBX.

    ``on_event`` is called for every event, a dict, in the order in which they come. It
    must be quick and is not awaited, so that the socket is always drained (Asterisk
    drops a client that reads too slowly). If it raises, the event is logged and lost.

    A peer that stops answering is noticed after at most ``ping_interval`` +
    ``ping_timeout`` seconds. All times are seconds.
    """

    def __init__(
        self,
        settings: Settings,
        on_event: Callable[[dict], None],
        *,
        ping_interval: float = 5.0,
        ping_timeout: float = 9.0,
        action_timeout: float = 10.0,
        login_timeout: float = 10.0,
        event_classes: str = EVENT_CLASSES,
    ):
        self.settings = settings
        self._callback = on_event
        self._ping_interval = ping_interval
        self._ping_timeout = ping_timeout
        self._action_timeout = action_timeout
        self._login_timeout = login_timeout
        self._event_classes = event_classes
        self._connection = None
        self._pinger = None
        self._end = None

    def __repr__(self):
        settings = self.settings
        return f"<Session {settings.name or settings.host}:{settings.port}>"

    async def open(self) -> PbxInfo:
        """Connect and log in. A session can be opened once.

        The secret is only proved, never sent (MD5 challenge). A PBX that has no
        challenges gets it in clear over TLS with a verified certificate or within this
        machine; elsewhere only where the settings allow that.

        :raise ConnectionFailed: nothing answers there, or no Asterisk
        :raise NotResponding: it was reached but did not answer in time
        :raise CertificateRefused: TLS is on and the certificate is not to be trusted
        :raise LoginRefused: wrong user or secret, or this address is not permitted
        """
        self._end = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._login_timeout):
                await self._connect()
                banner = await self._connection.banner
                await self._login()
            info = PbxInfo(banner, await self._ask_version())
        except (TimeoutError, ActionTimeout):
            await self.close()
            raise NotResponding() from None
        except BaseException:
            await self.close()
            raise
        self._pinger = asyncio.create_task(self._keep_alive())
        return info

    async def action(self, name: str, **headers) -> Response:
        """Have the PBX do something and wait for its answer.

        Never repeated by itself: after a time-out nobody knows whether it was done.

        :param headers: name → text, number, boolean, or a list of these. ``ActionID``
            may be given to recognize an OriginateResponse by it.
        :return: the answer; its ``events`` are what a list action listed
        :raise ActionRefused: the PBX says no; ``said`` is its own text
        :raise PermissionMissing: the account may not do this
        :raise ActionTimeout: no answer in time
        :raise ConnectionFailed: the connection is not open or ended meanwhile
        :raise InvalidValue: a header that may not be sent
        """
        answers = await self._send(name, headers, self._action_timeout)
        response = Response(answers[0], answers[1:-1])
        if response.get("Response") in ("Error", "Fail", "Failure"):
            text = str(response.get("Message", ""))
            if "permission denied" in text.lower():
                raise PermissionMissing("permission_for", action=name)
            raise ActionRefused(text)
        return response

    async def wait_closed(self) -> TelephonyError | None:
        """Wait for the end; return what caused it, None if it was :meth:`close`."""
        return await asyncio.shield(self._end)

    async def close(self):
        """End the session and all that runs for it. May be called twice."""
        self._finish(None)
        if self._pinger is not None:
            self._pinger.cancel()
            await asyncio.gather(self._pinger, return_exceptions=True)
        connection = self._connection
        if connection is not None and not connection.lost.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await connection.lost.wait()
            connection.transport.abort()

    async def _connect(self):
        settings = self.settings
        loop = asyncio.get_running_loop()
        try:
            _transport, self._connection = await loop.create_connection(
                lambda: _Connection(self._deliver, self._finish),
                settings.host,
                settings.port,
                ssl=tls_context(settings) if settings.use_tls else None,
            )
        except ssl.SSLCertVerificationError as error:
            raise CertificateRefused(
                "certificate_because", reason=error.verify_message
            ) from error
        except OSError as error:
            raise ConnectionFailed(
                "unreachable_because", reason=error.strerror or error
            ) from error
        except ValueError as error:  # a name that no network knows how to look up
            raise InvalidValue("address") from error

    async def _login(self):
        settings = self.settings
        headers = {"Username": settings.username, "Events": self._event_classes}
        challenge = await self._ask("Challenge", {"AuthType": "MD5"})
        if "Challenge" in challenge:
            proof = challenge["Challenge"] + settings.secret
            key = hashlib.md5(proof.encode(), usedforsecurity=False).hexdigest()
            headers |= {"AuthType": "MD5", "Key": key}
        elif settings.may_send_secret:
            headers["Secret"] = settings.secret
        else:
            raise LoginRefused("no_challenge")
        answer = await self._ask("Login", headers)
        if answer.get("Response") != "Success":
            raise LoginRefused()

    async def _ask(self, name, headers):
        answers = await self._send(name, headers, self._login_timeout)
        return answers[0]

    async def _ask_version(self):
        try:
            answer = await self.action("CoreSettings")
        except (PermissionMissing, ActionRefused, ActionTimeout):
            return ""
        return answer.get("AsteriskVersion", "")

    async def _send(self, name, headers, seconds, limit=MAX_PENDING):
        connection = self._connection
        headers = wire.check_headers({"Action": name, **headers})
        if connection is None or self._end.done():
            raise ConnectionFailed("not_connected")
        action = _ListAction(headers)
        is_full = limit is not None and len(connection.responses) > limit
        if is_full or action.id in connection.responses:
            raise InvalidValue("too_many_actions")
        connection.send(action)
        try:
            async with asyncio.timeout(seconds):
                answers = await action.future
        except TimeoutError:
            raise ActionTimeout("no_answer_to", action=name) from None
        finally:
            connection.responses.pop(action.id, None)
        answers = answers if isinstance(answers, list) else [answers]
        return [_headers(answer) for answer in answers]

    async def _keep_alive(self):
        """Watch over the connection until it ends.

        Nothing else may end the watch: without it a PBX that falls silent would never
        be noticed.
        """
        try:
            self._finish(await self._ping_regularly())
        except Exception as error:
            if not self._end.done():
                name = self.settings.name
                _logger.exception("%s: the watch over the connection failed", name)
            self._finish(ConnectionFailed("keep_alive_fault", error=error))

    async def _ping_regularly(self):
        """Ping until nothing comes back; return what is wrong then.

        Under a flood the answer queues up behind the events, so whatever arrives counts
        as a sign of life, up to three times. Pings don't count among the actions that
        wait: they tell whether these wait for nothing.
        """
        while True:
            await asyncio.sleep(self._ping_interval)
            last_received = self._connection.last_received
            silent = 0
            while True:
                try:
                    await self._send("Ping", {}, self._ping_timeout, limit=None)
                    break
                except ActionTimeout:
                    silent += 1
                    if silent == 3 or last_received == self._connection.last_received:
                        return NotResponding("fell_silent")
                    last_received = self._connection.last_received

    def _deliver(self, event):
        try:
            self._callback(event)
        except Exception:
            name = self.settings.name
            _logger.exception("%s: lost the event %s", name, event.get("Event"))

    def _finish(self, error):
        if self._end is None or self._end.done():
            return
        self._end.set_result(error)
        reason = error or ConnectionFailed("closed")
        connection = self._connection
        if connection is None:
            return
        if not connection.banner.done():
            connection.banner.set_exception(reason)
            connection.banner.exception()  # nobody may be waiting for it
        for action in list(connection.responses.values()):
            if not action.future.done():
                action.future.set_exception(reason)
                action.future.exception()
        connection.responses.clear()
        if isinstance(error, NotResponding):
            connection.transport.abort()
        else:
            connection.transport.close()


def _headers(message):
    return {name: value for name, value in message.items() if name != "content"}
