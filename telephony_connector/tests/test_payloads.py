from pathlib import Path
from typing import get_type_hints

from odoo.tests import tagged

from ..models.telephony_card import TelephonyCard
from ..tools import payloads
from .common import TelephonyCommon, at
from .common_payloads import find_wrong, get_typedef, read_typedefs

CALL_STATE = Path(__file__).parents[1] / "static/src/services/call_state.js"


@tagged("post_install", "-at_install")
class TestPayloads(TelephonyCommon):
    def test_the_typedefs_are_what_the_server_describes(self):
        typedefs = read_typedefs(CALL_STATE)
        described = {
            name: each
            for name, each in vars(payloads).items()
            if hasattr(each, "__total__")
        }
        self.assertEqual(typedefs.keys(), described.keys())
        for name, payload in described.items():
            with self.subTest(name):
                own = get_typedef(payload)
                self.assertEqual(typedefs[name], own)

    def test_what_is_sent_is_as_described(self):
        """Of calls that ring, run and are over, of known and unknown callers."""
        number = "+33612349872"
        client = self.env["telephony.client"].with_user(self.alice)
        self.env["res.partner"].create(
            {"name": "Ada", "phone": number, "user_id": self.bruno.id}
        )
        earlier = self.ring("c0", number=number)
        ended = self.change("c0", 2, state="ended", outcome="missed", end_date=at(20))
        self.apply({**ended, "number": number})
        for uniqueid, caller in (("c1", number), ("c2", "+33612349999"), ("c3", "")):
            call = self.ring(uniqueid, number=caller).with_user(self.alice)
            for record in (call, earlier.with_user(self.alice)):
                with self.subTest(caller=caller, state=record.state):
                    card = self.env["telephony.card"].with_user(self.alice)
                    shown = TelephonyCard._prepare_card(card, record)
                    self.assertEqual([*find_wrong(shown, payloads.Card)], [])
                    message = client._prepare_payload(record.sudo(), self.alice)
                    self.assertEqual([*find_wrong(message, payloads.CallPayload)], [])
            facts = card._get_card_facts(
                call, *[self.env["res.partner"].search([("phone", "=", number)])] * 2
            )
            self.assertEqual([*find_wrong(facts, payloads.CardDetails)], [])
            sections = self.env["telephony.customer"].with_user(self.alice)
            partner = self.env["res.partner"].search([("phone", "=", number)])
            shown = sections.read_sections("res.partner", partner.id)
            self.assertTrue(shown)
            for section in shown:
                self.assertEqual([*find_wrong(section, payloads.Section)], [])
        command = self.env["telephony.command"].create(
            {
                "pbx_id": self.pbx.id,
                "user_id": self.alice.id,
                "action": "hangup",
                "expire_date": at(0),
            }
        )
        for state in ("pending", "failed"):
            command.state = state
            message = command._prepare_payload()
            self.assertEqual([*find_wrong(message, payloads.CommandPayload)], [])

    def test_a_difference_is_found(self):
        facts = dict.fromkeys(get_type_hints(payloads.CardDetails), False)
        [wrong] = find_wrong({**facts, "tags": [], "city": 3}, payloads.CardDetails)
        self.assertIn(".city: 3 is no string|false", wrong)
        [wrong] = find_wrong({"tags": []}, payloads.CardDetails)
        self.assertIn("has not the keys", wrong)
