"""What the base had of MightyCall's within it is this addon's now."""

from odoo.tests import tagged

from odoo.addons.telephony_connector.tests import test_secrets as base_secrets
from odoo.addons.telephony_connector.tests.common import TelephonyCommon

from .common_mightycall import ACCOUNT

SCRIPT = "migrations/19.0.1.0.5/pre-move_mightycall.py"


@tagged("post_install", "-at_install")
class TestUpgrade(TelephonyCommon):
    """From rows that stand as the base had them."""

    def setUp(self):
        super().setUp()
        self.script = base_secrets.load_script(SCRIPT)
        self.module = self.env["ir.module.module"].search(
            [("name", "=", self.script.ADDON)]
        )

    def go_back(self):
        """Give everything the name that it had."""
        script, cr = self.script, self.env.cr
        self.env.flush_all()
        for table, columns in script.COLUMNS.items():
            for old, new in columns.items():
                cr.execute(f"ALTER TABLE {table} RENAME {new} TO {old}")
        cr.execute(
            "UPDATE ir_model_data SET module = 'telephony_connector'"
            " WHERE module = %s AND name = ANY(%s)",
            [script.ADDON, list(script.NAMES)],
        )
        for old, new in script.MODELS.items():
            tables = [name.replace(".", "_") for name in (new, old)]
            cr.execute(f"ALTER TABLE {tables[0]} RENAME TO {tables[1]}")
            cr.execute("UPDATE ir_model SET model = %s WHERE model = %s", [old, new])
            cr.execute(
                """
                UPDATE ir_model_data
                   SET module = 'telephony_connector', name = replace(name, %s, %s)
                 WHERE module = %s AND name LIKE %s
                """,
                [*tables, script.ADDON, f"%{tables[0]}%"],
            )
        self.env.invalidate_all()
        self.module.state = "uninstalled"
        self.env.flush_all()

    def test_what_a_telephone_system_needs_is_kept(self):
        self.pbx.write(ACCOUNT)
        self.ext_alice.mightycall_user_key = "alices-key"
        self.env["telephony.mightycall.request"].create(
            {"pbx_id": self.pbx.id, "name": "ask", "date": self.env.cr.now()}
        )
        cron = self.env.ref("telephony_mightycall.ir_cron_reconcile")
        names = self.env["ir.model.data"].search_count(
            [("module", "=", self.script.ADDON)]
        )
        self.go_back()
        self.script.migrate(self.env.cr, "19.0.1.0.4")
        self.env.invalidate_all()
        self.assertEqual(self.module.state, "to install")
        self.assertTrue(self.pbx.mightycall_has_api_key)
        self.assertEqual(
            self.ext_alice._get_secret("mightycall_user_key"), "alices-key"
        )
        self.assertEqual(self.pbx.mightycall_request_count, 1)
        self.assertEqual(self.env.ref("telephony_mightycall.ir_cron_reconcile"), cron)
        self.assertEqual(
            self.env["ir.model.data"].search_count(
                [("module", "=", self.script.ADDON)]
            ),
            names,
        )

    def test_where_nobody_has_an_account_it_is_not_installed(self):
        self.go_back()
        self.script.migrate(self.env.cr, "19.0.1.0.4")
        self.env.invalidate_all()
        self.assertEqual(self.module.state, "uninstalled")
        kept = self.env["ir.model.data"].search(
            [
                ("module", "=", "telephony_connector"),
                ("name", "=", "ir_cron_reconcile"),
            ]
        )
        self.assertFalse(kept.noupdate, "Odoo deletes it")
        for model in self.script.MODELS:
            self.env.cr.execute("SELECT to_regclass(%s)", [model.replace(".", "_")])
            self.assertEqual(self.env.cr.fetchone(), (None,))
