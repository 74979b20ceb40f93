import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo.exceptions import AccessDenied, AccessError
from odoo.tests import HttpCase, tagged

from ..controllers import guard
from ..controllers.rate_limit import RateLimiter
from .common import TelephonyCommon, at
from .odoo_compat import channel_with_db

NUMBER = "+33612340001"


class AgentCommon(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tokens = cls.env["telephony.agent.token"]
        cls.token = cls.tokens.with_user(cls.alice)._generate("Laptop")
        cls.record = cls.tokens.search([("user_id", "=", cls.alice.id)])

    def channels(self, *asked):
        """Return where a websocket without a session listens that asks for these."""
        websocket = SimpleNamespace(session=SimpleNamespace(uid=None))
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", websocket):
            public = self.env.ref("base.public_user")
            return (
                self.env["ir.websocket"]
                .with_user(public)
                ._prepare_subscribe_data(list(asked), 0)["channels"]
            )

    def sent(self, record=None):
        """Return what the bus holds for an agent, and forget it."""
        self.env.cr.precommit.run()
        channel = channel_with_db(self.env.cr.dbname, record or self.record)
        # As the bus writes a channel's name.
        name = json.dumps(channel, separators=(",", ":"))
        rows = self.env["bus.bus"].sudo().search([("channel", "=", name)], order="id")
        messages = [json.loads(row.message) for row in rows]
        rows.unlink()
        return messages


@tagged("post_install", "-at_install")
class TestAgentToken(AgentCommon):
    def test_the_token_is_stored_hashed(self):
        self.env.cr.execute(
            "SELECT row_to_json(t)::text FROM telephony_agent_token t WHERE id = %s",
            [self.record.id],
        )
        [[stored]] = self.env.cr.fetchall()
        self.assertNotIn(self.token, stored)
        self.assertNotIn(self.token.removeprefix("tca_"), stored)
        self.assertGreaterEqual(len(self.token), 43, "256 random bits")
        for user in (self.alice, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                self.record.with_user(user).read(["token_hash"])

    def test_each_token_is_another(self):
        self.assertNotEqual(
            self.tokens.with_user(self.alice)._generate("Desk"), self.token
        )

    def test_the_token_finds_its_row(self):
        self.assertEqual(self.tokens._find(self.token), self.record)
        for wrong in ("", "tca_", self.token[:-1], self.token + "x", "x" * 500):
            with self.subTest(wrong=wrong):
                self.assertFalse(self.tokens._find(wrong))

    def test_who_leaves_takes_the_token_along(self):
        self.alice.group_ids -= self.env.ref("telephony_connector.group_telephony_user")
        self.assertFalse(self.tokens._find(self.token))

    def test_an_archived_user_has_none(self):
        self.alice.active = False
        self.assertFalse(self.tokens._find(self.token))

    def test_only_telephony_users_have_agents(self):
        with self.assertRaises(AccessError):
            self.tokens.with_user(self.outsider)._generate("Laptop")

    def test_users_see_and_revoke_their_own(self):
        self.assertEqual(self.tokens.with_user(self.alice).search([]), self.record)
        self.assertFalse(self.tokens.with_user(self.bruno).search([]))
        for call in (
            lambda row: row.action_revoke(),
            lambda row: row.write({"name": "x"}),
        ):
            with self.assertRaises(AccessError):
                call(self.record.with_user(self.bruno))
        with self.assertRaises(AccessError):
            self.tokens.with_user(self.alice).create(
                {"name": "x", "user_id": self.alice.id, "token_hash": "x"}
            )
        self.record.with_user(self.alice).action_revoke()
        self.assertFalse(self.tokens._find(self.token))

    def test_administrators_revoke_any(self):
        admin = self.env.ref("base.user_admin")
        self.record.with_user(admin).action_revoke()
        self.assertFalse(self.tokens._find(self.token))

    def test_a_revoked_agent_is_told_and_hears_nothing_more(self):
        record = self.record
        record.action_revoke()
        self.assertEqual(
            [message["type"] for message in self.sent(record)],
            ["telephony.agent/revoked"],
        )
        self.ring()
        self.assertEqual(self.sent(record), [])

    # === THE WEBSOCKET === #

    def test_a_token_leads_to_its_own_channel(self):
        channels = self.channels(self.token)
        self.assertIn(self.record, channels)
        self.assertNotIn(self.token, channels)

    def test_a_wrong_token_leads_nowhere(self):
        usual = self.channels()
        self.assertEqual(self.channels("tca_wrong"), usual)
        self.record.unlink()
        self.assertEqual(self.channels(self.token), usual)

    def test_a_token_opens_no_channel_of_its_user(self):
        channels = self.channels(self.token)
        self.assertNotIn(self.alice.partner_id, channels)
        self.assertNotIn(self.alice, channels)

    def test_other_channels_stay(self):
        self.assertIn("some-channel", self.channels("some-channel", self.token))

    # === WHAT AGENTS ARE TOLD === #

    def test_a_ringing_call_is_told_by_id_and_state_alone(self):
        call = self.ring(number=NUMBER)
        self.assertEqual(
            self.sent(),
            [
                {
                    "type": "telephony.agent/call",
                    "payload": {"call": call.id, "state": "ringing", "open_page": True},
                }
            ],
        )

    def test_only_the_called_users_agents_are_told(self):
        token = self.tokens.with_user(self.bruno)._generate("Desk")
        self.ring(to="1001")
        self.assertEqual(self.sent(self.tokens._find(token)), [])

    def test_a_page_on_answer(self):
        self.pbx.open_page_on = "answer"
        call = self.ring()
        [ringing] = self.sent()
        self.assertFalse(ringing["payload"]["open_page"])
        self.answer(call)
        [answered] = self.sent()
        self.assertEqual(
            answered["payload"],
            {"call": call.id, "state": "ongoing", "open_page": True},
        )

    def test_nothing_to_show_nothing_told(self):
        self.apply(
            self.change(
                direction="outbound",
                state="ringing",
                number=NUMBER,
                extension="1001",
            )
        )
        self.assertEqual(self.sent(), [], "an outgoing call")
        self.ring("c2")
        self.sent()
        self.apply(self.change("c2", state="ended", outcome="missed"))
        self.assertEqual(self.sent(), [], "the end of a call")
        self.assertFalse(self.get_agent_calls(self.alice))

    def answer(self, call):
        leg = {
            "uniqueid": f"{call.uniqueid}-1001",
            "extension": "1001",
            "state": "ongoing",
            "answer_date": at(4),
        }
        self.apply(
            self.change(call.uniqueid, state="ongoing", answer_date=at(4), legs=[leg])
        )

    def test_one_page_over_tabs_and_agents(self):
        call = self.ring().with_user(self.alice)
        first = self.answer_agent(call, claim=True)
        self.assertTrue(first["open"])
        self.assertEqual(first["path"], f"/telephony/incoming?call={call.id}")
        self.assertEqual(first["title"], "Incoming call: +33 6 12 34 00 01")
        self.assertFalse(self.answer_agent(call, claim=True)["open"], "another agent")
        self.assertFalse(self.claim_page(call), "a tab")
        other = self.ring("c2").with_user(self.alice)
        self.assertTrue(self.claim_page(other), "a tab")
        self.assertFalse(self.answer_agent(other, claim=True)["open"], "then the agent")

    def test_asking_takes_no_page(self):
        call = self.ring().with_user(self.alice)
        self.assertFalse(self.answer_agent(call, claim=False)["open"])
        self.assertTrue(self.claim_page(call))

    def test_no_page_before_its_time(self):
        self.pbx.open_page_on = "answer"
        call = self.ring().with_user(self.alice)
        self.assertFalse(self.answer_agent(call, claim=True)["open"])
        self.answer(call)
        self.assertTrue(self.answer_agent(call, claim=True)["open"])


@tagged("post_install", "-at_install")
class TestAgentRoutes(AgentCommon, HttpCase):
    def ask(self, route, body=None, token=None, **headers):
        if token is None:
            token = self.token
        headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.url_open(f"/telephony/agent/{route}", data=data, headers=headers)

    def test_hello(self):
        call = self.ring()
        response = self.ask("hello")
        self.assertEqual(response.status_code, 200)
        answer = response.json()
        self.assertEqual(answer["user"], self.alice.name)
        self.assertEqual(
            answer["calls"],
            [{"call": call.id, "state": "ringing", "open_page": True}],
        )
        self.assertIsInstance(answer["last"], int)
        self.assertTrue(self.record.last_seen)
        self.assertFalse(response.cookies.get("session_id"), "no session is left")

    def test_a_wrong_token_gets_401_and_no_more(self):
        call = self.ring()
        body = {"call": call.id, "claim": True}
        for token in ("", "tca_wrong", "x" * 4000):
            for route in ("hello", "call"):
                with self.subTest(token=token[:10], route=route):
                    response = self.ask(route, body, token)
                    self.assertEqual(response.status_code, 401)
                    self.assertNotIn(self.alice.name, response.text)
        self.assertTrue(
            self.claim_page(call.with_user(self.alice)), "nothing was claimed"
        )

    def test_a_revoked_token_gets_401(self):
        self.record.unlink()
        self.assertEqual(self.ask("hello").status_code, 401)

    def test_call(self):
        call = self.ring()
        answer = self.ask("call", {"call": call.id, "claim": True}).json()
        self.assertTrue(answer["open"])
        self.assertFalse(self.claim_page(call.with_user(self.alice)))

    def test_foreign_calls_and_none_look_the_same(self):
        foreign = self.ring(to="1002")
        answers = [
            self.ask("call", {"call": call_id, "claim": True})
            for call_id in (foreign.id, 999999999, -1)
        ]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual(len({answer.text for answer in answers}), 1)

    def test_bad_questions(self):
        for body in (
            b" ",
            b"{",
            b"[]",
            b"{}",
            b'{"call": "1", "claim": true}',
            b'{"call": true, "claim": true}',
            b'{"call": 1, "claim": 1}',
        ):
            with self.subTest(body=body[:40]):
                self.assertEqual(self.ask("call", body).status_code, 400)

    def test_guessing_tokens_is_slowed_down(self):
        limiter = RateLimiter(lambda: 0.0)
        with patch(
            "odoo.addons.telephony_connector.controllers.guard.limiter", limiter
        ):
            statuses = [
                self.ask("hello", token="tca_wrong").status_code
                for _guess in range(guard.FAILURE_RATE + 1)
            ]
        self.assertEqual(statuses, [401] * guard.FAILURE_RATE + [429])

    def test_the_token_is_good_for_nothing_else(self):
        bearer = {"Authorization": f"Bearer {self.token}"}
        response = self.url_open(
            "/json/2/res.users/context_get",
            data=b"{}",
            headers={**bearer, "Content-Type": "application/json"},
        )
        self.assertEqual(response.status_code, 401)
        for path in ("/odoo", "/telephony/incoming?number=1"):
            response = self.url_open(path, headers=bearer, allow_redirects=False)
            self.assertIn("/web/login", response.headers["Location"])
        response = self.url_open(
            "/telephony/call",
            data=json.dumps({"params": {"number": "1002"}}),
            headers={**bearer, "Content-Type": "application/json"},
        )
        self.assertIn("SessionExpired", response.text)
        credential = {
            "login": self.alice.login,
            "password": self.token,
            "type": "password",
        }
        with self.assertRaises(AccessDenied):
            self.env["res.users"].authenticate(credential, {"interactive": False})

    def test_making_a_token_asks_for_the_password(self):
        self.authenticate("alice_t", "alice_t")
        count = self.tokens.search_count([])
        wizard = (
            self.env["telephony.agent.token.new"]
            .with_user(self.alice)
            .create({"name": "Front desk"})
        )
        action = self.make_jsonrpc_request(
            "/web/dataset/call_button/telephony.agent.token.new/make_token",
            {
                "model": "telephony.agent.token.new",
                "method": "make_token",
                "args": [wizard.ids],
                "kwargs": {},
            },
        )
        self.assertEqual(action["res_model"], "res.users.identitycheck")
        self.assertEqual(self.tokens.search_count([]), count)
        check = self.env["res.users.identitycheck"].browse(action["res_id"])
        action = self.make_jsonrpc_request(
            "/web/dataset/call_button/res.users.identitycheck/run_check",
            {
                "model": "res.users.identitycheck",
                "method": "run_check",
                "args": [check.ids],
                "kwargs": {"context": {"password": "alice_tx"}},
            },
        )
        self.assertEqual(action["res_model"], "telephony.agent.token.show")
        token = action["context"]["default_token"]
        self.assertEqual(self.tokens._find(token).name, "Front desk")
        self.assertFalse(wizard.exists())
