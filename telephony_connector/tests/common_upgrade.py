from .test_secrets import load_script

SCRIPT = "migrations/19.0.1.0.5/pre-move_to_addons.py"


class MovedCase:
    """What the base had within it is an addon's now: for a `TelephonyCommon`.

    The test class sets ``addon``.
    """

    addon = ""

    def test_an_upgrade_moves_what_is_the_addons(self):
        script = load_script(SCRIPT)
        names = set(script.MOVED[self.addon])
        data = self.env["ir.model.data"].search(
            [("module", "=", self.addon), ("name", "in", [*names])]
        )
        self.assertEqual(set(data.mapped("name")), names, "each is there")
        data.module = "telephony_connector"
        module = self.env["ir.module.module"].search([("name", "=", self.addon)])
        module.state = "uninstalled"
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.0.4")
        self.env.invalidate_all()
        self.assertEqual(set(data.mapped("module")), {self.addon})
        self.assertEqual(module.state, "to install")
