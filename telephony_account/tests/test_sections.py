from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests import common_customer
from odoo.addons.telephony_connector.tests.common import USER_GROUPS


@tagged("post_install", "-at_install")
class TestSections(common_customer.CustomerCommon):
    """Invoices beside the page of a customer's call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env, "clerk_t", groups=f"{USER_GROUPS},account.group_account_invoice"
        )
        # Without a chart of accounts, which would take long to load.
        receivable, cls.income = cls.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": kind}
                for name, code, kind in (
                    ("Owed", "T411", "asset_receivable"),
                    ("Sold", "T701", "income"),
                )
            ]
        )
        cls.company.property_account_receivable_id = receivable
        cls.ada.property_account_receivable_id = receivable
        cls.journal = cls.env["account.journal"].create(
            {"name": "Sold", "code": "TSOLD", "type": "sale"}
        )

    def invoice(self, amount=100, days=7, **values):
        due = fields.Date.today() + timedelta(days=days)
        line = {
            "name": "Boat",
            "price_unit": amount,
            "account_id": self.income.id,
            "tax_ids": False,
        }
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.ada.id,
                "journal_id": self.journal.id,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [fields.Command.create(line)],
                **values,
            }
        )
        invoice.action_post()
        return invoice

    def pay(self, invoice, amount):
        """Have a credit note settle a part of an invoice, or all of it."""
        note = self.invoice(amount, move_type="out_refund")
        lines = (invoice + note).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def test_what_is_owed_by_the_company(self):
        partly = self.invoice(1000, partner_id=self.company.id)
        self.pay(partly, 400)
        late = self.invoice(50, days=-1)
        paid = self.invoice()
        self.pay(paid, 100)
        self.invoice().button_draft()
        self.invoice(move_type="out_refund")
        section = self.sections(user=self.clerk)["invoices"]
        first, second = section["lines"]
        self.assertEqual(section["count"], 2)
        self.assertEqual(
            (first["model"], first["id"], first["is_late"]),
            ("account.move", late.id, True),
        )
        self.assertEqual((second["id"], second["is_late"]), (partly.id, False))
        self.assertIn(partly.name, second["name"])
        self.assertIn("600.00", second["text"])
        self.assertIn("due ", second["text"])

    def test_without_the_right_to_invoices_there_are_none(self):
        self.invoice()
        self.assertNotIn("invoices", self.sections())

    def test_only_what_the_user_may_read(self):
        hidden, shown = self.invoice(), self.invoice()
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "domain_force": [("id", "!=", hidden.id)],
            }
        )
        [line] = self.sections(user=self.clerk)["invoices"]["lines"]
        self.assertEqual(line["id"], shown.id)

    def test_somebody_without_a_contact_has_none(self):
        self.invoice()
        lead = self.env["crm.lead"].create(
            {"name": "New", "type": "lead", "user_id": self.clerk.id}
        )
        self.assertNotIn("invoices", self.sections(lead, self.clerk))

    def test_queries_are_few_and_do_not_grow_with_the_lines(self):
        def read():
            return self.sections(user=self.clerk)

        read()
        none = self.count_queries(read)
        self.invoice()
        read()
        few = self.count_queries(read)
        for _n in range(6):
            self.invoice()
        section = read()["invoices"]
        self.assertEqual((section["count"], len(section["lines"])), (7, 5))
        invoices = self.env["account.move"].with_user(self.clerk)
        self.assertEqual(invoices.search_count(section["more"]["domain"]), 7)
        many = self.count_queries(read)
        self.assertLessEqual(few - none, 8)
        self.assertLessEqual(many - few, 4, "they are counted")
