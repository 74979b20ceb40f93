"""What Odoo shows of the addon in Apps."""

import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

DESCRIPTION = Path(__file__).parents[1] / "static" / "description"


@tagged("post_install", "-at_install")
class TestDescription(TransactionCase):
    def test_page_in_apps(self):
        module = self.env["ir.module.module"].search(
            [("name", "=", "telephony_connector")]
        )
        html = str(module.description_html)
        self.assertIn("Your telephones, in Odoo", html)
        shown = re.findall(
            r'src="/telephony_connector/static/description/([^"]+)"', html
        )
        self.assertEqual(len(shown), html.count("<img"))
        for name in shown:
            with self.subTest(name):
                self.assertTrue((DESCRIPTION / name).is_file())

    def test_page_asks_nobody_else(self):
        text = (DESCRIPTION / "index.html").read_text()
        self.assertNotIn("//", text)
        self.assertNotIn("<script", text)

    def test_an_empty_list_is_told_from_one_that_filters_empty(self):
        """Where an action opens with a filter, the text says nothing of all records."""
        data = self.env["ir.model.data"].search(
            [
                ("module", "=like", "telephony_%"),
                ("model", "=", "ir.actions.act_window"),
            ]
        )
        actions = self.env["ir.actions.act_window"].browse(data.mapped("res_id"))
        filtered = actions.filtered(lambda each: "search_default_" in each.context)
        self.assertIn(
            self.env.ref("telephony_connector.action_telephony_call"), filtered
        )
        for action in filtered:
            with self.subTest(action.name):
                self.assertNotRegex(str(action.help), r"\b[Yy]et\b")
