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
