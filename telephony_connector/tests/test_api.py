import json
import threading
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controllers import api, api_schema, guard
from .common_http import TelephonyHttpCommon

CALLS = f"{api_schema.BASE}/calls"
LOGGER = "odoo.addons.telephony_connector.controllers.guard"
DOCS = Path(__file__).parents[2] / "docs"


@tagged("post_install", "-at_install")
class TestApi(TelephonyHttpCommon):
    def register(self, uniqueid="c1", **order):
        return self.ask(
            CALLS,
            {
                "id": uniqueid,
                "direction": "inbound",
                "number": "06 12 34 00 01",
                "at": "2026-03-02T10:00:00+01:00",
                **order,
            },
        )

    def tell(self, name, uniqueid="c1", **order):
        return self.ask(f"{CALLS}/{uniqueid}/{name}", order)

    def kept(self, url):
        """Return an address of a recording as it is told, once it was given."""
        keeps = "recording_url" in self.env["telephony.call"]._fields
        return url if keeps else None

    def setUp(self):
        super().setUp()
        self.patch(api, "OLDEST", api.OLDEST * 1000)

    def call(self, uniqueid="c1"):
        self.env.invalidate_all()
        return self.env["telephony.call"].search(
            [("pbx_id", "=", self.pbx.id), ("uniqueid", "=", uniqueid)]
        )

    # === WHAT IT DOES === #

    def test_call_from_ring_to_end(self):
        partner = self.env["res.partner"].create(
            {"name": "Jeanne", "phone": "+33612340001", "user_id": self.bruno.id}
        )
        answer = self.register()
        self.assertEqual(answer.status_code, 201)
        self.assertEqual(answer.json()["caller"]["extension"], "1002")
        self.assertEqual(answer.json()["caller"]["name"], "Jeanne")
        self.tell("ringing", extension="1001", at="2026-03-02T09:00:01Z")
        self.tell("answered", extension="1001", at="2026-03-02T09:00:05Z")
        self.tell("recording", url="https://example.com/1.mp3")
        answer = self.tell("ended", at="2026-03-02T09:01:05Z", hangup_cause=16)
        self.assertEqual(
            answer.json()["call"],
            {
                "id": "c1",
                "direction": "inbound",
                "state": "ended",
                "outcome": "answered",
                "number": "+33612340001",
                "withheld": False,
                "extension": "1001",
                "started_at": "2026-03-02T09:00:00Z",
                "answered_at": "2026-03-02T09:00:05Z",
                "ended_at": "2026-03-02T09:01:05Z",
                "duration": 60,
                "voicemail": False,
                "voicemail_duration": 0,
                "recording_url": self.kept("https://example.com/1.mp3"),
                "registered": False,
            },
        )
        self.assertEqual(self.call()._get_object(), partner)
        self.assertEqual(self.call().user_id, self.alice)

    def test_repeated_orders_change_nothing(self):
        orders = [
            ("ringing", {"extension": "1001"}),
            ("show", {"extension": "1002"}),
            ("answered", {"extension": "1001"}),
            ("hide", {"extension": "1002"}),
            ("recording", {"url": "https://example.com/1.mp3"}),
            ("ended", {"outcome": "answered"}),
        ]
        self.register()
        for name, order in orders:
            self.assertEqual(self.tell(name, **order).status_code, 200)
            before = self.log()
            self.assertEqual(self.tell(name, **order).status_code, 200)
            self.assertEqual(self.log(), before, name)
        answer = self.register()
        self.assertEqual(answer.status_code, 200)
        # What comes late comes some time after the end.
        for leg in self.call().leg_ids:
            leg.end_date -= timedelta(hours=1)
        before = self.log()
        for name, order in orders[:5]:
            self.tell(name, **order)
        self.assertEqual(self.log(), before, "late")

    def test_show_and_hide(self):
        self.register(extension="1001")
        self.tell("show", extension="1002")
        self.assertEqual(
            self.get_payload(self.call(), self.bruno)["leg_state"], "ringing"
        )
        self.tell("hide", extension="1002")
        self.assertEqual(
            self.get_payload(self.call(), self.bruno)["leg_state"], "ended"
        )
        self.assertEqual(
            self.get_payload(self.call(), self.alice)["leg_state"], "ringing"
        )
        self.assertEqual(self.call().state, "ringing")

    def test_withheld_number(self):
        for number, order in enumerate(
            ({"number": "anonymous"}, {"number": "", "withheld": True})
        ):
            with self.subTest(order=order):
                self.register(f"w{number}", **order)
                self.assertTrue(self.call(f"w{number}").withheld)

    def test_missed_call(self):
        self.register(extension="1001")
        answer = self.tell("ended", voicemail=True)
        self.assertEqual(answer.json()["call"]["outcome"], "missed")
        self.assertTrue(self.call().voicemail)

    def test_message_that_was_left(self):
        self.register(extension="1001")
        self.tell("ended")
        url = "https://example.com/message.mp3"
        answer = self.tell("recording", url=url, kind="voicemail", duration=23)
        call = answer.json()["call"]
        self.assertEqual((call["voicemail"], call["voicemail_duration"]), (True, 23))
        self.assertEqual(call["recording_url"], self.kept(url))
        self.assertEqual(call["outcome"], "missed")

    def test_read(self):
        self.register()
        answer = self.ask(f"{CALLS}/c1")
        self.assertEqual(answer.json()["call"]["id"], "c1")

    def test_other_systems_calls_are_unknown(self):
        self.register()
        other = self.issue(self.pbx.copy({"name": "Other"}))
        self.assertEqual(self.ask(f"{CALLS}/c1", secret=other).status_code, 404)
        answer = self.ask(f"{CALLS}/c1/ended", {}, secret=other)
        self.assertEqual(answer.json()["call"]["state"], "ended", "one of its own")
        self.assertEqual(self.call().state, "ringing")

    def test_search(self):
        [partner] = self.env["res.partner"].create(
            [{"name": "Jeanne", "phone": "+33612340001", "user_id": self.alice.id}]
        )
        answer = self.ask(f"{api_schema.BASE}/records?number=%2B33612340001")
        self.assertEqual(
            answer.json(),
            {
                "records": [
                    {
                        "model": "res.partner",
                        "id": partner.id,
                        "name": "Jeanne",
                        "extension": "1001",
                    }
                ]
            },
        )

    # === WHAT IT REFUSES === #

    @mute_logger(LOGGER)
    def test_wrong_token_says_nothing(self):
        for path, order in (
            (CALLS, {"id": "c1", "direction": "inbound"}),
            (f"{CALLS}/c1", None),
            (f"{CALLS}/c1/ended", {}),
            (f"{api_schema.BASE}/records?number=1", None),
            ("/telephony/lookup?number=1", None),
        ):
            for given in (None, "Bearer", "Bearer wrong", "Basic eDp5", "Digest x"):
                with self.subTest(path=path, given=given):
                    answer = self.ask(path, order, headers={"Authorization": given})
                    self.assertEqual((answer.status_code, answer.content), (401, b""))
            guard.limiter._buckets.clear()
        self.assertFalse(self.call())

    @mute_logger(LOGGER)
    def test_token_in_the_address_counts_nothing(self):
        path = f"/telephony/lookup?number=1&token={self.secret}"
        answer = self.ask(path, headers={"Authorization": None})
        self.assertEqual(answer.status_code, 401)

    @mute_logger(LOGGER)
    def test_who_guesses_is_slowed_down(self):
        answers = [
            self.ask(f"{CALLS}/c1", secret="tpc_wrong").status_code
            for _time in range(guard.FAILURE_RATE + 1)
        ]
        self.assertEqual(set(answers), {401, 429})
        self.assertEqual(self.ask(f"{CALLS}/c1").status_code, 404)

    def test_flood_is_slowed_down(self):
        self.pbx.api_rate = 2
        answers = [self.ask(f"{CALLS}/c1").status_code for _time in range(3)]
        self.assertEqual(answers, [404, 404, 429])

    def test_address_is_limited(self):
        self.patch(guard, "ADDRESS_RATE", 2)
        answers = [self.ask(f"{CALLS}/c1").status_code for _time in range(3)]
        self.assertEqual(answers, [404, 404, 429])

    def test_orders_that_are_none(self):
        self.register()
        before = self.log()
        for name, order in (
            ("ringing", {}),
            ("ringing", {"extension": "4711"}),
            ("ringing", {"extension": "alice"}),
            ("ringing", {"extension": 1001}),
            ("answered", {"at": "yesterday"}),
            ("answered", {"at": "0001-01-01T00:00:00+12:00"}),
            ("answered", {"at": "9999-12-31T23:59:59Z"}),
            ("ended", {"outcome": "won"}),
            ("ended", {"hangup_cause": 128}),
            ("ended", {"state": "ended"}),
            ("recording", {"url": "javascript:alert(1)"}),
            ("recording", {"url": "https://"}),
            ("recording", {"url": "https://example.com/1.mp3", "kind": "film"}),
            ("recording", {"url": "https://example.com/1.mp3", "duration": -1}),
            ("show", {}),
            ("hide", {"extension": "x"}),
        ):
            with self.subTest(name=name, order=order):
                answer = self.tell(name, **order)
                self.assertEqual(answer.status_code, 400)
                self.assertTrue(answer.json()["error"])
        self.assertEqual(self.log(), before)

    def test_calls_that_are_none(self):
        for order in (
            {"uniqueid": ""},
            {"uniqueid": "a b"},
            {"uniqueid": "x" * 129},
            {"direction": "sideways"},
            {"number": "<b>"},
            {"number": "call me"},
            {"number": "1" * 65},
            {"dialed_number": "\u0000"},
            {"caller_name": "x" * 129},
            {"caller_name": 7},
            {"extension": "9999"},
            {"more": 1},
        ):
            with self.subTest(order=order):
                self.assertEqual(self.register(**order).status_code, 400)
        self.assertFalse(self.env["telephony.call"].search([("uniqueid", "=", "c1")]))

    def test_unknown_call(self):
        self.assertEqual(self.ask(f"{CALLS}/nope").status_code, 404)
        self.assertEqual(self.tell("ended", "a b").status_code, 400)

    def test_size_type_and_method(self):
        self.assertEqual(
            self.register(caller_name="x" * guard.MAX_BODY).status_code, 413
        )
        raw = json.dumps({"id": "c1", "direction": "inbound"}).encode()
        answer = self.ask(
            CALLS, method="POST", data=raw, headers={"Content-Type": "text/plain"}
        )
        self.assertEqual(answer.status_code, 415)
        answer = self.ask(CALLS, method="POST", data=iter([raw]))
        self.assertEqual(answer.status_code, 411)
        self.assertEqual(self.ask(CALLS, method="DELETE").status_code, 405)
        self.assertFalse(self.call())

    def test_names_of_callers_are_text(self):
        self.register(caller_name="<img src=x onerror=alert(1)>")
        self.assertEqual(self.call().caller_name, "<img src=x onerror=alert(1)>")

    # === THE DESCRIPTION === #

    def test_description_is_served(self):
        answer = self.ask(
            f"{api_schema.BASE}/openapi.json", headers={"Authorization": None}
        )
        self.assertEqual(answer.json(), api_schema.build_openapi())

    def test_description_in_docs_is_the_present_one(self):
        if not DOCS.exists():
            self.skipTest("only the addon is here")
        written = json.loads((DOCS / "openapi.json").read_text())
        self.assertEqual(
            written,
            api_schema.build_openapi(),
            "write it anew: make openapi",
        )

    def test_every_route_is_described(self):
        routes = set()
        thread = threading.current_thread()
        with patch.object(thread, "dbname", self.env.cr.dbname, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            path = str(rule)
            if not path.startswith((api_schema.BASE, "/telephony/lookup")):
                continue
            path = path.replace("<string:uniqueid>", "{id}")
            names = path.partition("<any(")[2].partition(")")[0]
            for name in names.split(", ") if names else [""]:
                shown = path.partition("<any(")[0] + name
                routes |= {
                    (method, shown) for method in rule.methods - {"HEAD", "OPTIONS"}
                }
        routes.discard(("GET", f"{api_schema.BASE}/openapi.json"))
        described = {
            (operation.method, operation.path) for operation in api_schema.OPERATIONS
        }
        self.assertEqual(routes, described)
