import asyncio
import tempfile
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..ami import settings as ami_settings
from ..ami.backoff import LIMIT, REFUSED_LIMIT, Backoff
from ..ami.session import Session, Settings
from ..engine import errors
from .ami_session_case import SessionCase
from .certificates import make_certificates
from .fake_pbx import SECRET


@tagged("telephony")
class TestLogin(SessionCase):
    def test_the_secret_is_proved_and_not_sent(self):
        async def scenario(pbx):
            session = self.session(pbx)
            info = await session.open()
            self.assertEqual(info.banner, "Asterisk Call Manager/11.0.0")
            login = await pbx.until("Login")
            self.assertNotIn(SECRET, str(pbx.received))
            self.assertEqual(login["Events"], "call,agent")
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
            self.assertFalse(session.settings.may_send_secret)
            object.__setattr__(session, "_connect", self._connect_here(session, pbx))
            with self.assertRaises(errors.LoginRefused):
                await session.open()
            self.assertNotIn(SECRET, str(pbx.received))

        self.run_async(scenario)

    def test_where_the_secret_may_be_sent(self):
        for values, may in (
            ({}, False),
            ({"host": "127.0.0.1"}, True),
            ({"host": "::1"}, True),
            ({"host": "localhost"}, True),
            ({"host": "localhost.example.com"}, False),
            ({"use_tls": True}, True),
            ({"use_tls": True, "tls_verify": False}, False),
            ({"use_tls": True, "tls_verify": False, "allow_unencrypted": True}, True),
            ({"allow_unencrypted": True}, True),
            ({"tls_verify": True}, False),
        ):
            settings = Settings(
                **{"host": "pbx.test", "username": "odoo", "secret": SECRET, **values}
            )
            with self.subTest(values=values):
                self.assertEqual(settings.may_send_secret, may)

    def test_tick_lets_the_secret_go_out_in_clear(self):
        async def scenario(pbx):
            pbx.answers["Challenge"] = "Response: Error\nMessage: No\n"
            session = self.session(pbx)
            object.__setattr__(session.settings, "host", "127.0.0.1.nip.test")
            object.__setattr__(session.settings, "allow_unencrypted", True)
            object.__setattr__(session, "_connect", self._connect_here(session, pbx))
            await session.open()
            self.assertEqual((await pbx.until("Login"))["Secret"], SECRET)
            await session.close()

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
        cls.authority, cls.context = make_certificates(cls.folder.name)

    def test_a_certificate_of_our_authority_is_trusted(self):
        async def scenario(pbx):
            session = self.session(pbx, use_tls=True, tls_ca=self.authority)
            await session.open()
            await session.action("Ping")
            await session.close()

        self.run_async(scenario, tls=self.context)

    @mute_logger("asyncio")
    def test_an_unknown_certificate_is_refused(self):
        async def scenario(pbx):
            with self.assertRaises(errors.CertificateRefused):
                await self.session(pbx, use_tls=True).open()
            self.assertFalse(pbx.received)

        self.run_async(scenario, tls=self.context)

    @mute_logger("asyncio")
    def test_a_certificate_of_another_host_is_refused(self):
        async def scenario(pbx):
            options = {"use_tls": True, "tls_ca": self.authority, "host": "localhost"}
            with self.assertRaises(errors.CertificateRefused):
                await self.session(pbx, **options).open()

        self.run_async(scenario, tls=self.context)

    def test_an_unverified_server_is_shown_no_secret(self):
        async def scenario(pbx):
            pbx.answers["Challenge"] = "Response: Error\nMessage: No\n"
            for verified in (False, True):
                session = self.session(
                    pbx,
                    use_tls=True,
                    tls_verify=verified,
                    tls_ca=self.authority,
                    host="127.0.0.1",
                )
                with patch.object(ami_settings, "is_loopback", lambda host: False):
                    if verified:
                        await session.open()
                        await session.close()
                    else:
                        with self.assertRaises(errors.LoginRefused):
                            await session.open()
                self.assertEqual(SECRET in str(pbx.received), verified)

        self.run_async(scenario, tls=self.context)

    def test_the_check_can_be_switched_off(self):
        async def scenario(pbx):
            session = self.session(pbx, use_tls=True, tls_verify=False)
            await session.open()
            await session.close()

        self.run_async(scenario, tls=self.context)

    def test_a_text_that_is_no_authority(self):
        async def scenario(pbx):
            with self.assertRaises(errors.CertificateRefused):
                await self.session(pbx, use_tls=True, tls_ca="no certificate").open()

        self.run_async(scenario, tls=self.context)

    @mute_logger("asyncio")
    def test_tls_spoken_to_a_plain_port(self):
        async def scenario(pbx):
            with self.assertRaises(errors.ConnectionFailed):
                await self.session(pbx, use_tls=True, tls_verify=False).open()

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
