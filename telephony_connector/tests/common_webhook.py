"""The route that takes events, for every kind of telephone system with a webhook."""

from odoo import fields
from odoo.tools import mute_logger

from .common_http import TelephonyHttpCommon

LOGGER = "odoo.addons.telephony_connector.controllers.guard"
NO_JSON = (b"", b"{", b"[]", b"7", b"\xff", b"NaN", b'{"a": "\\ud800"}')


class WebhookRouteCase(TelephonyHttpCommon):
    """The test class makes the telephone system one of the kind, and sets ``stages``,
    the names of a call's events with the second of each, from the first ring to the end
    after 65 s, answered after 5; ``secret_key``, where an event holds its secret, and
    ``secret_field``, where that is set.
    """

    allow_inherited_tests_method = True
    stages = ()
    secret_key = secret_field = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.path = f"/telephony/webhook/{cls.pbx.webhook_token}"
        cls.now = fields.Datetime.now()

    def event(self, name=None, guid="g1", extension="1001", second=0, **values):
        """Return an event of the call ``m1`` as the server sends it.

        :param str name: of ``stages``; none: the call rings
        :param values: what is otherwise in the event
        """
        self.fail("a kind's tests build its events")

    def event_of_no_call(self):
        """Return a genuine event that is about no call."""
        self.fail("a kind's tests build its events")

    def post(self, payload, path=None, **options):
        options.setdefault("headers", {})["Authorization"] = None
        return self.ask(path or self.path, payload, **options)

    def call(self):
        self.env.invalidate_all()
        return self.env["telephony.call"].search([("uniqueid", "=", "m1")])

    # === GOOD EVENTS === #

    def test_call_from_ring_to_end(self):
        for guid, (name, second) in enumerate(self.stages):
            event = self.event(name, str(guid), second=second)
            self.assertEqual(self.post(event).status_code, 200)
        self.assertRecordValues(
            self.call(),
            [
                {
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": "answered",
                    "number": "+33612340001",
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
        answer = self.post(self.event(self.stages[-1][0], second=9))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.log(), before)

    def test_event_of_no_call_is_taken(self):
        answer = self.post(self.event_of_no_call())
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
                answer = self.post(self.event(**{self.secret_key: key}))
                self.assertEqual((answer.status_code, answer.content), (401, b""))
        payload = self.event()
        del payload[self.secret_key]
        self.assertEqual(self.post(payload).status_code, 401)
        self.assertFalse(self.call())

    @mute_logger(LOGGER)
    def test_no_key_set_refuses_all(self):
        genuine = self.event()[self.secret_key]
        self.pbx[self.secret_field] = False
        for key in ("", None, genuine):
            with self.subTest(key=key):
                answer = self.post(self.event(**{self.secret_key: key}))
                self.assertEqual(answer.status_code, 401)

    def test_no_json(self):
        for raw in NO_JSON:
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

    def test_event_of_another_time(self):
        for day in (-8, 8):
            with self.subTest(day=day):
                answer = self.post(self.event(second=day * 86400))
                self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.call())

    def test_secrets_are_not_logged(self):
        with self.assertLogs(LOGGER) as logged:
            self.post(self.event(**{self.secret_key: "guessed-key"}))
        text = "\n".join(logged.output)
        self.assertNotIn("guessed-key", text)
        self.assertNotIn(self.pbx.webhook_token, text)
