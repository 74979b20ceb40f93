from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from odoo.tests import BaseCase

from odoo.addons.telephony_connector.engine.errors import (
    ActionRefused,
    ConnectionFailed,
    LoginRefused,
)
from odoo.addons.telephony_connector.tests.scripted_http import ScriptedServer

from ..providers.mightycall_client import LimitExceeded, MightyCallClient, Token

DENIED = {"message": "Authorization has been denied for this request."}


class TestMightyCallClient(BaseCase):
    def setUp(self):
        super().setUp()
        self.logins = 0
        self.forms = []
        self.resource = lambda method, path: (200, {"data": {}, "isSuccess": True})
        self.login = lambda form: (200, None)
        self.server = ScriptedServer(self.answer)
        self.addCleanup(self.server.close)
        self.counted, self.tokens = [], []

    def answer(self, method, path, body):
        if path == "/v4/auth/token":
            form = {key: values[0] for key, values in parse_qs(body).items()}
            self.forms.append(form)
            status, answer = self.login(form)
            if answer is None:
                self.logins += 1
                answer = {
                    "access_token": f"t{self.logins}",
                    "token_type": "bearer",
                    "expires_in": 86400,
                    "refresh_token": f"r{self.logins}",
                }
            return status, answer
        return self.resource(method, path)

    def client(self, token=None, prefix="api", url=None):
        return MightyCallClient(
            url or self.server.url,
            prefix,
            "the-key",
            "the-secret",
            token,
            on_request=self.counted.append,
            on_token=self.tokens.append,
        )

    def token(self, seconds):
        expires = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=seconds)
        return Token("old", "refresh-me", expires)

    def test_login_with_client_credentials(self):
        self.client().read_status()
        self.assertEqual(
            self.forms,
            [
                {
                    "grant_type": "client_credentials",
                    "client_id": "the-key",
                    "client_secret": "the-secret",
                }
            ],
        )
        self.assertEqual(self.tokens[0].access, "t1")
        lasts = self.tokens[0].expires - datetime.now(UTC).replace(tzinfo=None)
        self.assertGreater(lasts, timedelta(hours=23))

    def test_token_is_kept(self):
        client = self.client(self.token(3600))
        client.read_status()
        client.read_status()
        self.assertEqual(self.forms, [])

    def test_old_token_is_refreshed(self):
        self.client(self.token(30)).read_status()
        self.assertEqual(
            self.forms,
            [{"grant_type": "refresh_token", "refresh_token": "refresh-me"}],
        )

    def test_refused_refresh_ends_in_a_login(self):
        self.login = lambda form: (
            (400, {"error": "invalid_grant"})
            if form["grant_type"] == "refresh_token"
            else (200, None)
        )
        self.client(self.token(-5)).read_status()
        self.assertEqual(
            [form["grant_type"] for form in self.forms],
            ["refresh_token", "client_credentials"],
        )

    def test_invalid_client(self):
        self.login = lambda form: (400, {"error": "invalid_client"})
        with self.assertRaises(LoginRefused) as caught:
            self.client().read_status()
        self.assertNotIn("the-secret", str(caught.exception))
        self.assertNotIn("the-key", str(caught.exception))

    def test_forgotten_token_is_replaced_once(self):
        answers = iter([(401, DENIED), (200, {"data": {"status": "away"}})])
        self.resource = lambda method, path: next(answers)
        self.assertEqual(self.client(self.token(3600)).read_status(), "away")
        self.assertEqual(len(self.forms), 1)

    def test_second_refusal_is_final(self):
        self.resource = lambda method, path: (401, DENIED)
        with self.assertRaises(LoginRefused):
            self.client(self.token(3600)).read_status()
        self.assertEqual(len(self.forms), 1)

    def test_prefix_falls_back_and_is_remembered(self):
        self.resource = lambda method, path: (
            (404, {})
            if path.startswith("/v4/api/")
            else (200, {"data": {"status": "busy"}})
        )
        client = self.client(self.token(3600))
        client.read_status()
        client.read_status()
        self.assertEqual(
            self.server.paths(),
            [
                "GET /v4/api/profile/status",
                "GET /v4/profile/status",
                "GET /v4/profile/status",
            ],
        )

    def test_makecall(self):
        self.resource = lambda method, path: (
            200,
            {"data": {"id": "m1"}, "isSuccess": True},
        )
        client = self.client(self.token(3600))
        self.assertEqual(client.make_call("+33199000001", "+33612340001"), "m1")
        method, path, body = self.server.requests[0]
        self.assertEqual((method, path), ("POST", "/v4/api/calls/makecall"))
        self.assertEqual(body, '{"from": "+33199000001", "to": "+33612340001"}')

    def test_refused_makecall_is_sent_once(self):
        self.resource = lambda method, path: (
            200,
            {"isSuccess": False, "message": "no such number"},
        )
        with self.assertRaisesRegex(ActionRefused, "no such number"):
            self.client(self.token(3600)).make_call("1", "2")
        self.assertEqual(len(self.server.requests), 1)

    def test_limit_exceeded(self):
        for status, answer in (
            (429, {}),
            (403, {"message": "Limit Exceeded"}),
        ):
            self.resource = lambda *_, s=status, a=answer: (s, a)
            with self.subTest(status=status), self.assertRaises(LimitExceeded):
                self.client(self.token(3600)).read_status()

    def test_server_error(self):
        self.resource = lambda method, path: (500, {})
        with self.assertRaises(ConnectionFailed):
            self.client(self.token(3600)).read_status()

    def test_unreachable(self):
        url = self.server.url
        self.server.close()
        with self.assertRaises(ConnectionFailed) as caught:
            self.client(self.token(3600), url=url).read_status()
        self.assertNotIn("the-key", str(caught.exception))

    def test_every_request_counts_before_it_is_sent(self):
        self.client().read_status()
        self.assertEqual(self.counted, ["POST /auth/token", "GET /api/profile/status"])

    def test_list_of_calls(self):
        self.resource = lambda method, path: (
            200,
            {"data": {"calls": [{"id": "m1"}], "total": 7}, "isSuccess": True},
        )
        start = datetime(2026, 3, 2, 9)
        found = self.client(self.token(3600)).list_calls(start, start, 0, 1)
        self.assertEqual(found, ([{"id": "m1"}], 7))
        self.assertIn("startUtc=2026-03-02T09%3A00%3A00", self.server.requests[0][1])

    def test_list_that_is_none(self):
        for data in (None, [], {"calls": None}, "x"):
            self.resource = lambda *_, d=data: (200, {"data": d})
            with self.subTest(data=data), self.assertRaises(ActionRefused):
                self.client(self.token(3600)).list_calls(
                    datetime(2026, 3, 2), datetime(2026, 3, 3), 0, 1
                )
