from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TelephonyCommon, at

NUMBER = "+33612349872"


@tagged("post_install", "-at_install")
class TestCallCard(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.partner"].create(
            {"name": "Testcase & Sons", "is_company": True}
        )
        cls.ada = cls.env["res.partner"].create(
            {
                "name": "Ada Testcase",
                "parent_id": cls.company.id,
                "type": "other",
                "phone": NUMBER,
                "city": "Lyon",
                "user_id": cls.bruno.id,
                "category_id": [(0, 0, {"name": "VIP"})],
            }
        )

    def details(self, call, user=None):
        [details] = self.read_card_details(call.with_user(user or self.alice))
        return details

    def test_facts(self):
        details = self.details(self.ring(number=NUMBER))
        self.assertEqual(
            (details["company"], details["city"], details["salesperson"]),
            ("Testcase & Sons", "Lyon", self.bruno.name),
        )
        self.assertEqual(details["tags"], ["VIP"])
        self.assertFalse(details["deals"])
        self.assertFalse(details["last_call"])

    def test_an_addon_tells_more(self):
        model = self.registry["telephony.card"]
        original = model._get_card_facts

        def tell_more(card, call, record, partner):
            facts = original(card, call, record, partner)
            invoice = f"{call.direction}, {record.name}, {partner.name}"
            return {**facts, "last_invoice": invoice}

        self.patch(model, "_get_card_facts", tell_more)
        details = self.details(self.ring(number=NUMBER))
        self.assertEqual(details["last_invoice"], "inbound, Ada Testcase, Ada Testcase")
        self.assertEqual(details["city"], "Lyon")

    def test_deals_are_the_companys(self):
        self.env["crm.lead"].create(
            [
                {
                    "name": "Open",
                    "type": "opportunity",
                    "partner_id": self.company.id,
                    "expected_revenue": 1200,
                    "user_id": self.alice.id,
                },
                {
                    "name": "Of a colleague",
                    "type": "opportunity",
                    "partner_id": self.company.id,
                    "user_id": self.bruno.id,
                },
            ]
        )
        details = self.details(self.ring(number=NUMBER))
        self.assertIn("1 open opportunity", details["deals"])
        self.assertIn("1,200", details["deals"])

    def test_last_call_and_note(self):
        before = self.ring("c0", number=NUMBER)
        self.apply(
            self.change("c0", 2, direction="inbound", state="ended", number=NUMBER)
            | {"extension": "1001", "start_date": at(0), "outcome": "missed"}
        )
        before.with_user(self.alice).register(
            "res.partner", self.ada.id, "<p>Wants a <b>quote</b></p>"
        )
        details = self.details(self.ring("c1", number=NUMBER))
        self.assertEqual(details["last_call"]["outcome"], "missed")
        self.assertTrue(details["last_call"]["is_missed"])
        self.assertFalse(details["last_call"]["user"], "she was only rung")
        self.assertEqual(details["last_note"].split(), ["Wants", "a", "*quote*"])

    def test_last_call_only_where_the_user_may_read_it(self):
        before = self.ring("c0", number=NUMBER, to="1002")
        before.with_user(self.bruno).register("res.partner", self.ada.id, "Secret")
        details = self.details(self.ring("c1", number=NUMBER))
        self.assertFalse(details["last_call"])
        self.assertFalse(details["last_note"])

    def test_nothing_of_what_the_user_may_not_read(self):
        call = self.ring(number=NUMBER)
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.ada.id)],
            }
        )
        self.env.invalidate_all()
        self.assertEqual(self.details(call), {"id": call.id})

    def test_other_users_calls_are_closed(self):
        with self.assertRaises(AccessError):
            self.details(self.ring(number=NUMBER), self.bruno)

    def test_several_matches_say_nothing_of_one(self):
        self.env["res.partner"].create({"name": "Other", "phone": NUMBER})
        call = self.ring(number=NUMBER)
        self.assertEqual(self.details(call), {"id": call.id})

    def test_title_from_right_to_left(self):
        """The number's parts stand in their order there, too."""
        self.env["res.lang"]._activate_lang("ar_001")
        call = self.ring()
        self.assertTrue(call._get_title().endswith(": +33 6 12 34 00 01"))
        arabic = call.with_context(lang="ar_001")
        self.assertIn("\u2068+33 6 12 34 00 01\u2069", arabic._get_title())
