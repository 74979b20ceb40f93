from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.telephony_connector.tests.common_http import TelephonyHttpCommon

from .common_mightycall import ACCOUNT

LOGGER = "odoo.addons.telephony_connector.controllers.guard"


@tagged("post_install", "-at_install")
class TestWebhook(TelephonyHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.write(ACCOUNT)
        cls.path = f"/telephony/webhook/{cls.pbx.webhook_token}"
        cls.now = fields.Datetime.now()

    def event(self, name="IncomingCallRinging", guid="g1", extension="1001", **values):
        second = values.pop("second", 0)
        body = {
            "Id": "m1",
            "From": "+33612340001",
            "To": "+33199000001",
            **({"Extension": extension} if extension else {}),
            **values.pop("body", {}),
        }
        date = self.now + timedelta(seconds=second)
        return {
            "EventType": name,
            "Guid": guid,
            "ApiKey": "the-api-key",
            "Timestamp": f"{date.isoformat()}.0000000Z",
            "Body": body,
            **values,
        }

    def post(self, payload, path=None, **options):
        options.setdefault("headers", {})["Authorization"] = None
        return self.ask(path or self.path, payload, **options)

    def call(self):
        self.env.invalidate_all()
        return self.env["telephony.call"].search([("uniqueid", "=", "m1")])

    # === GOOD EVENTS === #

    def test_call_from_ring_to_end(self):
        for guid, name, second in (
            ("1", "IncomingCall", 0),
            ("2", "IncomingCallRinging", 1),
            ("3", "IncomingCallConnected", 5),
            ("4", "IncomingCallCompleted", 65),
        ):
            self.assertEqual(
                self.post(self.event(name, guid, second=second)).status_code, 200
            )
        self.assertRecordValues(
            self.call(),
            [
                {
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": "answered",
                    "number": "+33612340001",
                    "dialed_number": "+33199000001",
                    "user_id": self.alice.id,
                    "duration": 60,
                }
            ],
        )

    def test_same_call_once_per_extension(self):
        self.post(self.event(guid="1"))
        self.post(self.event(guid="2", extension="1002"))
        self.assertEqual(self.call().user_ids, self.alice + self.bruno)

    def test_repeated_event_changes_nothing(self):
        self.post(self.event())
        before = self.log()
        # With other contents, even: the id of the event is what counts.
        answer = self.post(self.event("IncomingCallCompleted", second=9))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.log(), before)

    def test_event_of_no_call_is_taken(self):
        answer = self.post(self.event("MessageReceived"))
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.call())

    def test_handshake(self):
        answer = self.ask(
            self.path, method="POST", headers={"Echo": "abc", "Authorization": None}
        )
        self.assertEqual((answer.status_code, answer.headers["Echo"]), (200, "abc"))
        answer = self.post(self.event(), headers={"Echo": "def"})
        self.assertEqual(answer.headers["Echo"], "def")

    # === REFUSED === #

    @mute_logger(LOGGER)
    def test_wrong_key_says_nothing(self):
        for key in ("wrong", "", None, 7, {}, "é"):
            with self.subTest(key=key):
                answer = self.post(self.event(ApiKey=key))
                self.assertEqual((answer.status_code, answer.content), (401, b""))
        payload = self.event()
        del payload["ApiKey"]
        self.assertEqual(self.post(payload).status_code, 401)
        self.assertFalse(self.call())

    @mute_logger(LOGGER)
    def test_no_key_set_refuses_all(self):
        self.pbx.mightycall_api_key = False
        for key in ("", None, "the-api-key"):
            with self.subTest(key=key):
                self.assertEqual(self.post(self.event(ApiKey=key)).status_code, 401)

    def test_no_json(self):
        for raw in (b"", b"{", b"[]", b"7", b"\xff", b"NaN", b'{"a": "\\ud800"}'):
            with self.subTest(raw=raw):
                answer = self.ask(
                    self.path,
                    method="POST",
                    data=raw,
                    headers={
                        "Content-Type": "application/json",
                        "Content-Length": str(len(raw)),
                        "Authorization": None,
                    },
                )
                self.assertEqual(answer.status_code, 400)

    def test_numbers_that_are_none(self):
        before = self.log()
        for number in ("<script>", "hello", "06\n12", "+33612340001; DROP", 612340001):
            with self.subTest(number=number):
                answer = self.post(self.event(body={"From": number}))
                self.assertEqual(answer.status_code, 400)
                self.assertIn("From", answer.json()["error"])
        self.assertEqual(self.log(), before)

    def test_event_of_another_time(self):
        for day in (-8, 8):
            with self.subTest(day=day):
                answer = self.post(self.event(second=day * 86400))
                self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.call())

    def test_secrets_are_not_logged(self):
        with self.assertLogs(LOGGER) as logged:
            self.post(self.event(ApiKey="guessed-key"))
        text = "\n".join(logged.output)
        self.assertNotIn("guessed-key", text)
        self.assertNotIn(self.pbx.webhook_token, text)
