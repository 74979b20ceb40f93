from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests import common_customer
from odoo.addons.telephony_connector.tests.common import USER_GROUPS


@tagged("post_install", "-at_install")
class TestSections(common_customer.CustomerCommon):
    """Quotations and orders beside the page of a customer's call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boat = cls.env["product.product"].create(
            {"name": "Boat", "list_price": 1200, "taxes_id": False}
        )

    def order(self, user=None, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.ada.id,
                "user_id": (user or self.alice).id,
                "order_line": [fields.Command.create({"product_id": self.boat.id})],
                **values,
            }
        )

    def test_open_quotations_and_orders_of_the_company(self):
        today = fields.Date.today()
        quotation = self.order(validity_date=today + timedelta(days=9))
        sold = self.order(partner_id=self.company.id)
        sold.action_confirm()
        invoiced = self.order()
        invoiced.action_confirm()
        invoiced.invoice_status = "invoiced"
        self.order().action_cancel()
        section = self.sections()["orders"]
        lines = {line["id"]: line for line in section["lines"]}
        self.assertEqual(set(lines), {quotation.id, sold.id})
        self.assertEqual(section["count"], 2)
        line = lines[quotation.id]
        self.assertEqual(
            (line["model"], line["name"], line["is_late"]),
            ("sale.order", quotation.name, False),
        )
        self.assertIn("1,200.00", line["text"])
        self.assertIn("Quotation", line["text"])
        self.assertIn("Sales Order", lines[sold.id]["text"])

    def test_a_quotation_that_expired_is_marked(self):
        expired = fields.Date.today() - timedelta(days=1)
        self.order(validity_date=expired)
        [line] = self.sections()["orders"]["lines"]
        self.assertTrue(line["is_late"])
        self.env["sale.order"].browse(line["id"]).action_confirm()
        [line] = self.sections()["orders"]["lines"]
        self.assertFalse(line["is_late"], "an order does not expire")

    def test_only_what_the_user_may_read(self):
        self.order(self.bruno)
        self.assertNotIn("orders", self.sections())
        own = self.order()
        [line] = self.sections()["orders"]["lines"]
        self.assertEqual(line["id"], own.id)

    def test_without_the_right_to_orders_there_are_none(self):
        groups = USER_GROUPS.replace("sales_team.group_sale_salesman,", "")
        agent = new_test_user(self.env, "agent_t", groups=groups)
        self.order(agent)
        self.assertNotIn("orders", self.sections(user=agent))

    def test_somebody_without_a_contact_has_none(self):
        self.order()
        lead = self.env["crm.lead"].create(
            {"name": "New", "type": "lead", "user_id": self.alice.id}
        )
        self.assertNotIn("orders", self.sections(lead))

    def test_queries_are_few_and_do_not_grow_with_the_lines(self):
        self.sections()
        none = self.count_queries(self.sections)
        self.order()
        self.sections()
        few = self.count_queries(self.sections)
        for _n in range(6):
            self.order()
        section = self.sections()["orders"]
        self.assertEqual((section["count"], len(section["lines"])), (7, 5))
        orders = self.env["sale.order"].with_user(self.alice)
        self.assertEqual(orders.search_count(section["more"]["domain"]), 7)
        many = self.count_queries(self.sections)
        self.assertLessEqual(few - none, 8)
        self.assertLessEqual(many - few, 4, "they are counted")
