import asyncio
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..ami.backoff import LIMIT, REFUSED_LIMIT, Backoff
from ..ami.session import Session, Settings
from ..engine import errors
from .fake_pbx import SECRET, FakePbx

LOGGER = "odoo.addons.telephony_connector.ami.session"
EVENT = "Event: Newstate\nChannel: PJSIP/1001-00000001\nUniqueid: 1.1\n\n"


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
        names = ("tls", "tls_verify", "ca_file", "ca_data", "host")
        given = {name: options.pop(name) for name in names if name in options}
        settings = Settings(
            **{"host": "127.0.0.1", **given},
            port=pbx.port,
            username="odoo",
            secret=secret,
            name="fake",
        )
        return Session(settings, on_event, **options)


@tagged("telephony")
class TestLogin(SessionCase):
    def test_the_secret_is_proved_and_not_sent(self):
        async def scenario(pbx):
            session = self.session(pbx)
            info = await session.open()
            self.assertEqual(info.banner, "Asterisk Call Manager/11.0.0")
            login = await pbx.until("Login")
            self.assertNotIn(SECRET, str(pbx.received))
            self.assertEqual(login["Events"], "call,agent,cdr")
            await session.close()
            self.assertIsNone(await session.wait_closed())

        self.run_async(scenario)

    def test_the_version_is_told_where_we_may_ask(self):
        async def scenario(pbx):
            pbx.answers["CoreSettings"] = "Response: Success\nAsteriskVersion: 22.1\n"
            session = self.session(pbx)
            self.assertEqual((await session.open()).asterisk, "22.1")
            await session.close()
            pbx.answers["CoreSettings"] = (
                "Response: Error\nMessage: Permission denied\n"
            )
            session = self.session(pbx)
            self.assertEqual((await session.open()).asterisk, "")
            await session.close()

        self.run_async(scenario)

    def test_a_wrong_secret_is_refused_at_once(self):
        async def scenario(pbx):
            session = self.session(pbx, secret="wrong-secret")
            with self.assertRaises(errors.LoginRefused) as caught:
                await session.open()
            self.assertNotIn("wrong-secret", str(caught.exception))
            self.assertFalse(caught.exception.retryable)
            self.assertEqual(pbx.names, ["Challenge", "Login"], "tried once")

        self.run_async(scenario)

    def test_the_secret_is_shown_nowhere(self):
        settings = Settings(host="pbx.test", username="odoo", secret="hidden-secret")
        self.assertNotIn("hidden-secret", repr(settings))
        self.assertNotIn("hidden-secret", repr(Session(settings, print)))

    def test_without_challenge_the_secret_goes_out_only_within_the_machine(self):
        refusal = "Response: Error\nMessage: Must specify AuthType\n"

        async def scenario(pbx):
            pbx.answers["Challenge"] = refusal
            session = self.session(pbx)
            await session.open()
            self.assertEqual((await pbx.until("Login"))["Secret"], SECRET)
            await session.close()
            pbx.received.clear()
            session = self.session(pbx)
            object.__setattr__(session.settings, "host", "127.0.0.1.nip.test")
            self.assertFalse(session.settings.is_loopback)
            object.__setattr__(session, "_connect", self._connect_here(session, pbx))
            with self.assertRaises(errors.LoginRefused):
                await session.open()
            self.assertNotIn(SECRET, str(pbx.received))

        self.run_async(scenario)

    def _connect_here(self, session, pbx):
        """Connect to the fake PBX under the name of a host that is elsewhere."""
        connect = session._connect

        async def _connect():
            elsewhere = session.settings
            session.settings = Settings(
                host="127.0.0.1", port=pbx.port, username="odoo", secret=SECRET
            )
            await connect()
            session.settings = elsewhere

        return _connect

    def test_nobody_there(self):
        async def scenario(pbx):
            port, pbx.port = pbx.port, 1
            session = self.session(pbx)
            pbx.port = port
            with self.assertRaises(errors.ConnectionFailed) as caught:
                await session.open()
            self.assertTrue(caught.exception.retryable)

        self.run_async(scenario)

    def test_something_else_answers_there(self):
        for banner in (b"HTTP/1.1 400 Bad Request\r\n", b"SSH-2.0-OpenSSH\r\n", b"A\n"):

            async def scenario(pbx):
                with self.assertRaises(errors.ConnectionFailed):
                    await self.session(pbx).open()

            with self.subTest(banner=banner):
                self.run_async(scenario, banner=banner)

    def test_it_accepts_but_says_nothing(self):
        async def scenario(pbx):
            with self.assertRaises(errors.NotResponding):
                await self.session(pbx, login_timeout=0.05).open()

        self.run_async(scenario, banner=b"")

    def test_it_greets_but_does_not_answer(self):
        async def scenario(pbx):
            pbx.answers["Challenge"] = None
            with self.assertRaises(errors.NotResponding):
                await self.session(pbx, login_timeout=0.05).open()

        self.run_async(scenario)

    def test_it_hangs_up_during_the_login(self):
        async def scenario(pbx):
            pbx.answers["Challenge"] = lambda action: pbx.cut()
            with self.assertRaises(errors.ConnectionFailed):
                await self.session(pbx).open()

        self.run_async(scenario)

    def test_a_login_that_is_cancelled_leaves_nothing(self):
        async def scenario(pbx):
            pbx.answers["Challenge"] = None
            opening = asyncio.create_task(self.session(pbx).open())
            await pbx.until("Challenge")
            opening.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await opening

        self.run_async(scenario)


@tagged("telephony")
class TestTls(SessionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.authority, cls.context = _certificates(cls.folder.name)

    def test_a_certificate_of_our_authority_is_trusted(self):
        async def scenario(pbx):
            session = self.session(pbx, tls=True, ca_file=self.authority)
            await session.open()
            await session.action("Ping")
            await session.close()

        self.run_async(scenario, tls=self.context)

    @mute_logger("asyncio")
    def test_an_unknown_certificate_is_refused(self):
        async def scenario(pbx):
            with self.assertRaises(errors.CertificateRefused):
                await self.session(pbx, tls=True).open()
            self.assertFalse(pbx.received)

        self.run_async(scenario, tls=self.context)

    @mute_logger("asyncio")
    def test_a_certificate_of_another_host_is_refused(self):
        async def scenario(pbx):
            options = {"tls": True, "ca_file": self.authority, "host": "localhost"}
            with self.assertRaises(errors.CertificateRefused):
                await self.session(pbx, **options).open()

        self.run_async(scenario, tls=self.context)

    def test_the_authority_may_come_as_text(self):
        text = Path(self.authority).read_text()

        async def scenario(pbx):
            session = self.session(pbx, tls=True, ca_data=text)
            await session.open()
            await session.close()

        self.run_async(scenario, tls=self.context)

    def test_the_check_can_be_switched_off(self):
        async def scenario(pbx):
            session = self.session(pbx, tls=True, tls_verify=False)
            await session.open()
            await session.close()

        self.run_async(scenario, tls=self.context)

    def test_a_missing_file_of_authorities(self):
        async def scenario(pbx):
            with self.assertRaises(errors.CertificateRefused):
                await self.session(pbx, tls=True, ca_file="/nowhere/ca.pem").open()

        self.run_async(scenario, tls=self.context)

    @mute_logger("asyncio")
    def test_tls_spoken_to_a_plain_port(self):
        async def scenario(pbx):
            with self.assertRaises(errors.ConnectionFailed):
                await self.session(pbx, tls=True, tls_verify=False).open()

        self.run_async(scenario)


@tagged("telephony")
class TestActions(SessionCase):
    def test_a_list_is_collected_to_its_end(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.answers["CoreShowChannels"] = self._channels
            response = await session.action("CoreShowChannels")
            self.assertEqual(
                [event["Uniqueid"] for event in response.events], ["1.1", "1.2"]
            )
            self.assertEqual(response["Response"], "Success")
            self.assertFalse(seen, "what belongs to a list is no event")
            await session.close()

        self.run_async(scenario)

    def _channels(self, action):
        number = action["ActionID"]
        return (
            "Response: Success\nEventList: start\nMessage: Channels will follow\n\n"
            f"Event: CoreShowChannel\nActionID: {number}\nUniqueid: 1.1\n\n"
            f"Event: CoreShowChannel\nActionID: {number}\nUniqueid: 1.2\n\n"
            f"Event: CoreShowChannelsComplete\nActionID: {number}\n"
            "EventList: Complete\nListItems: 2\n"
        )

    def test_an_empty_list(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["QueueStatus"] = lambda action: (
                "Response: Success\nEventList: start\n\n"
                f"Event: QueueStatusComplete\nActionID: {action['ActionID']}\n"
                "EventList: Complete\n"
            )
            self.assertEqual((await session.action("QueueStatus")).events, [])
            await session.close()

        self.run_async(scenario)

    def test_adding_to_a_queue_is_done_at_its_answer(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["QueueAdd"] = (
                "Response: Success\nMessage: Added interface to queue\n"
            )
            await session.action("QueueAdd", Queue="support", Interface="PJSIP/1001")
            await session.close()

        self.run_async(scenario)

    def test_an_originate_response_is_an_event(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.answers["Originate"] = lambda action: (
                "Response: Success\nMessage: Originate successfully queued\n\n"
                f"Event: OriginateResponse\nActionID: {action['ActionID']}\n"
                "Response: Failure\nReason: 3\n"
            )
            response = await session.action("Originate", ActionID="tc-1", Async=True)
            self.assertEqual(response["Message"], "Originate successfully queued")
            await seen.until(1)
            self.assertEqual(seen[0]["Event"], "OriginateResponse")
            self.assertEqual(seen[0]["ActionID"], "tc-1")
            self.assertEqual((await pbx.until("Originate"))["Async"], "true")
            await session.close()

        self.run_async(scenario)

    def test_refusals(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["Hangup"] = "Response: Error\nMessage: No such channel\n"
            with self.assertRaises(errors.ActionRefused) as caught:
                await session.action("Hangup", Channel="PJSIP/1001-00000001")
            self.assertEqual(str(caught.exception), "No such channel")
            pbx.answers["Hangup"] = "Response: Error\nMessage: Permission denied\n"
            with self.assertRaises(errors.PermissionMissing):
                await session.action("Hangup", Channel="PJSIP/1001-00000001")
            await session.close()

        self.run_async(scenario)

    def test_no_line_break_gets_out(self):
        bad = [
            {"Exten": "1\r\n\r\nAction: Command"},
            {"Exten": "1\nX: y"},
            {"Exten": "1\rX: y"},
            {"Exten": "1\0"},
            {"Exten\r\nX": "1"},
            {"Exten: 1": "1"},
            {"Exten": ["1", "2\n"]},
            {"Exten": None},
            {"Exten": b"1"},
            {"Exten": "9" * 1100},
            {"Exten": "\ud800"},
            {"Variable": ["a=1"] * 200},
        ]

        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            before = list(pbx.names)
            for headers in bad:
                with (
                    self.subTest(headers=str(headers)[:50]),
                    self.assertRaises(errors.InvalidValue),
                ):
                    await session.action("Ping", **headers)
            with self.assertRaises(errors.InvalidValue):
                await session.action("Ping\r\nAction: Logoff")
            await session.action("Ping")
            self.assertEqual(pbx.names, [*before, "Ping"])
            await session.close()

        self.run_async(scenario)

    def test_an_answer_that_does_not_come(self):
        async def scenario(pbx):
            session = self.session(pbx, action_timeout=0.02)
            await session.open()
            pbx.answers["Originate"] = None
            for _attempt in range(3):
                with self.assertRaises(errors.ActionTimeout):
                    await session.action("Originate")
            self.assertFalse(session._connection.responses, "nothing piles up")
            late = pbx.received[-1]["ActionID"]
            pbx.send(f"Response: Success\nActionID: {late}\n\n")
            await session.action("Hangup")
            await session.close()

        self.run_async(scenario)

    def test_too_many_at_once_and_the_same_twice(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["Originate"] = None
            first = asyncio.create_task(session.action("Originate", ActionID="tc-1"))
            await pbx.until("Originate")
            with self.assertRaises(errors.InvalidValue):
                await session.action("Originate", ActionID="tc-1")
            await session.close()
            with self.assertRaises(errors.ConnectionFailed):
                await first

        self.run_async(scenario)

    def test_an_action_in_flight_dies_with_the_line_and_is_never_repeated(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["Originate"] = None
            pending = asyncio.create_task(session.action("Originate"))
            await pbx.until("Originate")
            pbx.cut()
            with self.assertRaises(errors.ConnectionFailed):
                await pending
            with self.assertRaises(errors.ConnectionFailed):
                await session.action("Originate")
            again = self.session(pbx)
            await again.open()
            await again.action("Ping")
            self.assertEqual(pbx.names.count("Originate"), 1)
            await again.close()
            await session.close()

        self.run_async(scenario)

    def test_an_action_before_the_login(self):
        async def scenario(pbx):
            with self.assertRaises(errors.ConnectionFailed):
                await self.session(pbx).action("Ping")

        self.run_async(scenario)


@tagged("telephony")
class TestStream(SessionCase):
    def test_events_in_any_pieces(self):
        text = (
            "Event: NewCallerid\nCallerIDName: Żółć 電話\nAccountCode: \nLanguage:\n"
            "ChanVariable: a=1\nChanVariable: b=2\nUniqueid: 1.1\n\n"
        )
        data = text.replace("\n", "\r\n").encode()

        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            for cut in range(1, len(data)):
                pbx.send(data[:cut])
                await pbx.drain()
                await asyncio.sleep(0)
                pbx.send(data[cut:])
            await seen.until(len(data) - 1)
            for event in seen:
                self.assertEqual(event["CallerIDName"], "Żółć 電話")
                self.assertEqual(event["AccountCode"], "")
                self.assertEqual(event["Language"], "")
                self.assertEqual(event["ChanVariable"], ["a=1", "b=2"])
            await session.close()

        self.run_async(scenario)

    def test_odd_ends_of_messages(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.send(b"\r\nEvent: One\r\nX: 1\r\n\r\n")
            pbx.send(b"Event: Two\r\nX: 2\r\n\nEvent: Three\r\nno header\r\n\r\n\r\n")
            pbx.send(b"Event: Four\r\nX: \xff\r\n\r\n")
            await seen.until(4)
            names = [event["Event"] for event in seen]
            self.assertEqual(names, ["One", "Two", "Three", "Four"])
            await session.close()

        self.run_async(scenario)

    def test_a_flood_is_drained_in_order(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            for first in range(0, 20000, 500):
                numbers = range(first, first + 500)
                pbx.send("".join(f"Event: E\nN: {number}\n\n" for number in numbers))
                await pbx.drain()
            await seen.until(20000)
            self.assertEqual(
                [event["N"] for event in seen], [str(number) for number in range(20000)]
            )
            await session.close()

        self.run_async(scenario)

    def test_a_message_without_an_end(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.send(b"Event: E\r\nX: " + b"x" * (1 << 20) + b"\r\n")
            error = await session.wait_closed()
            self.assertIsInstance(error, errors.ConnectionFailed)
            await session.close()

        self.run_async(scenario)

    def test_a_listener_that_raises_loses_one_event_only(self):
        async def scenario(pbx):
            seen = Seen()

            def on_event(event):
                seen.append(event)
                if len(seen) == 1:
                    raise ValueError("a bug")

            session = self.session(pbx, on_event)
            await session.open()
            with self.assertLogs(LOGGER, "ERROR"):
                pbx.send(EVENT + EVENT)
                await seen.until(2)
            await session.close()

        self.run_async(scenario)


@tagged("telephony")
class TestEnd(SessionCase):
    def test_the_pbx_hangs_up(self):
        for how in ("hang_up", "cut"):

            async def scenario(pbx, how=how):
                session = self.session(pbx)
                await session.open()
                getattr(pbx, how)()
                error = await session.wait_closed()
                self.assertIsInstance(error, errors.ConnectionFailed)
                self.assertNotIsInstance(error, errors.NotResponding)
                await session.close()

            with self.subTest(how=how):
                self.run_async(scenario)

    def test_half_a_message_and_the_end(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.send(b"Event: Newstate\r\nUniq")
            await pbx.drain()
            pbx.hang_up()
            await session.wait_closed()
            self.assertFalse(seen)
            await session.close()

        self.run_async(scenario)

    def test_a_peer_that_falls_silent(self):
        async def scenario(pbx):
            session = self.session(pbx, ping_interval=0.01, ping_timeout=0.05)
            await session.open()
            await pbx.until("Ping")
            pbx.answers["Ping"] = None
            pbx.received.clear()
            error = await session.wait_closed()
            self.assertIsInstance(error, errors.NotResponding)
            self.assertLessEqual(pbx.names.count("Ping"), 2, "no second chance")
            self.assertTrue(error.retryable)
            await session.close()

        self.run_async(scenario)

    def test_by_default_silence_is_noticed_within_15_seconds(self):
        session = Session(Settings(host="pbx.test", username="odoo", secret="x"), print)
        self.assertLess(session._ping_interval + session._ping_timeout, 15)

    def test_events_without_answers_are_no_life_for_ever(self):
        async def scenario(pbx):
            session = self.session(pbx, ping_interval=0.01, ping_timeout=0.05)
            pbx.answers["Ping"] = None
            await session.open()

            async def chatter():
                while True:
                    pbx.send(EVENT)
                    await asyncio.sleep(0.01)

            chatting = asyncio.create_task(chatter())
            self.assertIsInstance(await session.wait_closed(), errors.NotResponding)
            self.assertGreater(pbx.names.count("Ping"), 1, "a flood is forgiven first")
            chatting.cancel()
            await asyncio.gather(chatting, return_exceptions=True)
            await session.close()

        self.run_async(scenario)

    def test_close_during_the_wait_for_the_next_ping(self):
        async def scenario(pbx):
            session = self.session(pbx, ping_interval=3600)
            await session.open()
            await session.close()
            await session.close()
            self.assertIsNone(await session.wait_closed())

        self.run_async(scenario)

    def test_no_event_after_close(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            closing = asyncio.create_task(session.close())
            pbx.send(EVENT)
            await closing
            self.assertFalse(seen)

        self.run_async(scenario)


@tagged("telephony")
class TestBackoff(BaseCase):
    def test_delays_double_to_a_limit(self):
        backoff = Backoff(lambda: 1.0)
        delays = [backoff.delay() for _attempt in range(8)]
        self.assertEqual(delays, [1, 2, 4, 8, 16, 30, 30, 30])

    def test_chance_spreads_them(self):
        self.assertEqual(Backoff(lambda: 0.0).delay(), 0.5)

    def test_a_refused_login_is_retried_slowly(self):
        backoff = Backoff(lambda: 1.0)
        backoff.delay(errors.ConnectionFailed())
        refused = errors.LoginRefused()
        delays = [backoff.delay(refused) for _attempt in range(8)]
        self.assertEqual(delays[:3], [15, 30, 60])
        self.assertEqual(delays[-1], REFUSED_LIMIT)
        self.assertLess(backoff.delay(errors.NotResponding()), LIMIT)

    def test_success_resets(self):
        backoff = Backoff(lambda: 1.0)
        for _attempt in range(5):
            backoff.delay()
        backoff.reset()
        self.assertEqual(backoff.delay(), 1)


def _certificates(folder):
    """Make an authority and a server's certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Test authority", key, key, "Test authority", ca=True)
    server_key = ec.generate_private_key(ec.SECP256R1())
    server = _certificate("127.0.0.1", server_key, key, "Test authority", ca=False)
    pem = serialization.Encoding.PEM
    paths = {name: f"{folder}/{name}.pem" for name in ("authority", "server", "key")}
    private = server_key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for name, data in (
        ("authority", authority.public_bytes(pem)),
        ("server", server.public_bytes(pem)),
        ("key", private),
    ):
        with open(paths[name], "wb") as file:
            file.write(data)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paths["server"], paths["key"])
    return paths["authority"], context


def _certificate(subject, key, issuer_key, issuer, *, ca):
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(subject))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
