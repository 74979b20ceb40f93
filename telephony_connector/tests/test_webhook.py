import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import guard
from ..providers.api import ApiProvider
from . import common_webhook
from .common_provider import SECRET, WebhookCase
from .common_webhook import LOGGER


@tagged("post_install", "-at_install")
class TestWebhook(WebhookCase, common_webhook.WebhookRouteCase):
    stages = (("ringing", 0), ("ongoing", 5), ("ended", 65))
    secret_key = secret_field = "secret"

    def event(self, name=None, guid="g1", extension="1001", second=0, **values):
        date = self.now + timedelta(seconds=second)
        state = name or "ringing"
        return {
            "guid": guid,
            "secret": SECRET,
            "date": date.isoformat(),
            "told": [{"call": "m1", "state": state, "extension": extension}],
            **values,
        }

    def event_of_no_call(self):
        return self.event(told=[])

    # === REFUSED === #

    @mute_logger(LOGGER)
    def test_wrong_address_says_nothing(self):
        for path in ("/telephony/webhook/wrong", "/telephony/webhook/%00", "x" * 200):
            with self.subTest(path=path):
                path = path if path.startswith("/") else f"/telephony/webhook/{path}"
                answer = self.post(self.event(), path=path)
                self.assertEqual((answer.status_code, answer.content), (401, b""))
        self.assertFalse(self.call())

    @mute_logger(LOGGER)
    def test_other_kinds_of_system_take_no_webhook(self):
        for kind in ("asterisk", "softphone"):
            self.pbx.write({"provider": kind, "secret": SECRET})
            with self.subTest(kind=kind):
                self.assertEqual(self.post(self.event()).status_code, 401)
        self.assertFalse(self.call())

    @mute_logger(LOGGER)
    def test_system_that_uses_the_api_alone_takes_no_webhook(self):
        model = self.registry["telephony.pbx"]
        self.patch(model, "_get_provider_class", lambda pbx: ApiProvider)
        self.env.invalidate_all()
        self.assertEqual(self.post(self.event()).status_code, 401)

    @mute_logger(LOGGER)
    def test_archived_system_is_unknown(self):
        self.pbx.active = False
        self.assertEqual(self.post(self.event()).status_code, 401)

    def test_oversize(self):
        payload = self.event(padding="x" * guard.MAX_BODY)
        answer = self.post(payload)
        self.assertEqual(answer.status_code, 413)
        self.assertIn("65536", answer.json()["error"])
        self.assertFalse(self.call())

    def test_wrong_type(self):
        raw = json.dumps(self.event())
        for kind in ("text/plain", "application/x-www-form-urlencoded", None):
            with self.subTest(kind=kind):
                answer = self.ask(
                    self.path,
                    method="POST",
                    data=raw.encode(),
                    headers={"Content-Type": kind, "Authorization": None},
                )
                self.assertEqual(answer.status_code, 415)
        self.assertFalse(self.call())

    def test_event_that_lacks_something(self):
        before = self.log()
        for key in ("date", "told", "guid"):
            with self.subTest(key=key):
                event = self.event()
                del event[key]
                answer = self.post(event)
                self.assertEqual(answer.status_code, 400)
                self.assertIn("lacks", answer.json()["error"])
        self.assertEqual(self.log(), before)

    def test_get_is_not_allowed(self):
        self.assertEqual(self.ask(self.path).status_code, 405)

    @mute_logger(LOGGER)
    def test_who_guesses_is_slowed_down(self):
        answers = {
            self.post(self.event(), path="/telephony/webhook/x").status_code
            for _time in range(guard.FAILURE_RATE + 1)
        }
        self.assertEqual(answers, {401, 429})
        # Whoever knows the secret is let through, from the same address.
        self.assertEqual(self.post(self.event()).status_code, 200)

    def test_flood_is_slowed_down(self):
        self.pbx.api_rate = 1
        self.post(self.event(guid="1"))
        answer = self.post(self.event(guid="2"))
        self.assertEqual(answer.status_code, 429)
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)

    # === A NEW ADDRESS === #

    @mute_logger(LOGGER)
    def test_old_address_works_on_for_a_while(self):
        self.pbx.action_renew_webhook()
        self.assertNotIn(self.pbx.webhook_token, self.path)
        self.assertEqual(self.post(self.event(guid="1")).status_code, 200)
        new = f"/telephony/webhook/{self.pbx.webhook_token}"
        self.assertEqual(self.post(self.event(guid="2"), path=new).status_code, 200)
        self.pbx.old_webhook_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.post(self.event(guid="3")).status_code, 401)

    def test_addresses_are_unguessable(self):
        other = self.pbx.copy({"name": "Other"})
        self.assertGreaterEqual(len(other.webhook_token), 32)
        self.assertNotEqual(other.webhook_token, self.pbx.webhook_token)
        self.assertIn(other.webhook_token, other.webhook_url)
