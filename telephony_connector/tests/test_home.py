from odoo.tests import new_test_user, tagged

from .common import TelephonyCommon

ADMINISTRATOR = "telephony_connector.group_telephony_administrator"


@tagged("post_install", "-at_install")
class TestHome(TelephonyCommon):
    """What the app shows, with a telephone system and without one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(
            cls.env, "home_admin", name="Ada <b>Min</b>", groups=ADMINISTRATOR
        )

    def archive_all(self):
        self.env["telephony.pbx"].search([]).active = False

    def open_app(self, user):
        """Click the app; return the action that opens."""
        menu = self.env.ref("telephony_connector.menu_telephony_root")
        return menu.with_user(user).sudo(False).action.with_user(user).run()

    def read_help(self, model, user):
        return self.env[model].with_user(user).get_empty_list_help("<p>Nothing</p>")

    def test_without_a_telephone_system(self):
        self.archive_all()
        for user in (self.alice, self.supervisor, self.administrator):
            with self.subTest(user=user.login):
                self.assertEqual(
                    self.open_app(user)["res_model"], "telephony.call", "no empty board"
                )

    def test_the_way_to_the_first_telephone_system(self):
        self.archive_all()
        for model in ("telephony.call", "telephony.followup"):
            with self.subTest(model=model):
                shown = self.read_help(model, self.administrator)
                self.assertIn("telephony_connector.action_telephony_pbx_setup", shown)
                self.assertIn("Set Up Telephony", shown)

    def test_whom_users_ask(self):
        self.archive_all()
        group = self.env.ref(ADMINISTRATOR)
        others = group.all_user_ids - self.administrator
        others.write({"active": False})
        for model in ("telephony.call", "telephony.followup"):
            with self.subTest(model=model):
                shown = self.read_help(model, self.alice)
                self.assertNotIn("<a", shown)
                self.assertIn("Ada &lt;b&gt;Min", shown)

    def test_with_a_telephone_system(self):
        self.assertEqual(self.open_app(self.alice)["res_model"], "telephony.call")
        shown = self.read_help("telephony.call", self.administrator)
        self.assertEqual(shown, "<p>Nothing</p>")

    def test_of_another_company(self):
        self.pbx.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        rest = self.env["telephony.pbx"].search([]) - self.pbx
        rest.active = False
        shown = self.read_help("telephony.call", self.alice)
        self.assertIn("No telephone system", shown)

    def test_installing_leads_on(self):
        """From the list of apps to the app, once, unless it is set up already."""
        todo = self.env.ref("telephony_connector.telephony_begin_todo")
        (self.env["ir.actions.todo"].search([]) - todo).state = "done"
        modules = self.env["ir.module.module"]
        todo.state = "open"
        action = modules.next()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertIn("action_telephony_home", action["url"])
        self.assertNotEqual(modules.next()["url"], action["url"])
        todo.state = "open"
        self.pbx.copy({"name": "Another"})
        self.assertEqual(todo.state, "done")
