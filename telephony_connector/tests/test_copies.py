"""A copy of a database leaves the telephone systems of the original alone."""

import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..commands import connections
from ..listener.bridge import Bridge
from ..models import telephony_pbx
from ..tools.database import read_identity
from ..wizards import telephony_pbx_setup
from .common import TelephonyCommon
from .test_secrets import ADMINISTRATOR, load_script

ELSEWHERE = {
    "uuid": "00000000-0000-0000-0000-000000000000",
    "name": "another",
    "oid": 1,
    "system": "1",
}
NUMBER = "+33612340001"


@tagged("post_install", "-at_install")
class TestCopies(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(cls.env, "admin_t", groups=ADMINISTRATOR)

    def move(self, **values):
        """Have the database be another one than that where the system was set up."""
        self.pbx.home = {**self.pbx.home, **(values or {"name": "another"})}
        self.env.flush_all()
        self.env.invalidate_all()

    def listened(self):
        return [each.id for each in Bridge._load_settings(None, self.env(su=True))]

    def dial(self):
        return self.env["telephony.client"].with_user(self.alice).dial(NUMBER)

    def test_where_it_was_set_up_it_is_on(self):
        self.assertEqual(set(self.pbx.home), set(ELSEWHERE), "all can be read here")
        self.assertFalse(self.pbx.off_reason)
        self.assertEqual(self.pbx.shown_state, "connected")
        self.assertIn(self.pbx.id, self.listened())
        self.patch(self.registry["telephony.pbx"], "_has_leader", lambda pbx: True)
        self.assertTrue(self.dial()["call_id"])

    def test_each_difference_keeps_it_off(self):
        for key, value in ELSEWHERE.items():
            with self.subTest(key):
                home = self.pbx.home
                self.move(**{key: value})
                self.assertIn(self.pbx.name, self.pbx.off_reason)
                self.assertNotIn(self.pbx.id, self.listened())
                self.assertEqual(self.pbx.connection_state, "off")
                self.pbx.connection_state = "connected"
                self.assertEqual(self.pbx.shown_state, "off", "the original's")
                self.pbx.home = home

    def test_what_can_not_be_read_is_left_out(self):
        here = read_identity(self.env)
        without = {key: here[key] for key in here if key != "system"}
        for home, now in ((without, here), (here, without)):
            self.pbx.home = home
            with patch.object(telephony_pbx, "read_identity", lambda env, now=now: now):
                self.pbx.invalidate_recordset(["off_reason"])
                self.assertFalse(self.pbx.off_reason)

    def test_of_which_nothing_is_known_is_off(self):
        self.pbx.home = False
        self.assertTrue(self.pbx.off_reason)
        self.assertNotIn(self.pbx.id, self.listened())

    def test_nothing_goes_out(self):
        self.patch(self.registry["telephony.pbx"], "_has_leader", lambda pbx: True)
        self.move()
        before = self.env["telephony.call"].search_count([])
        with self.assertRaisesRegex(UserError, "copy"):
            self.dial()
        with self.assertRaisesRegex(UserError, "copy"):
            self.env["telephony.command"]._send(self.pbx, "hangup", {"channel": "x"})
        self.assertEqual(self.env["telephony.call"].search_count([]), before)
        self.assertFalse(self.env["telephony.command"].search([]))

    def test_softphone_is_given_no_link(self):
        self.pbx.provider = "softphone"
        self.assertTrue(self.dial()["link"])
        self.move()
        with self.assertRaisesRegex(UserError, "copy"):
            self.dial()

    def test_wizard_logs_in_nowhere(self):
        self.patch(telephony_pbx_setup, "check_now", self.fail)
        self.patch(telephony_pbx_setup, "discover_now", self.fail)
        setup = self.env["telephony.pbx.setup"].create(
            {
                "name": "New",
                "system": "freepbx",
                "country_id": self.france.id,
                "pbx_id": self.pbx.id,
                "host": "127.0.0.1",
                "secret": "typed",
            }
        )
        self.move()
        for action in (
            self.pbx.action_find_extensions,
            setup.action_test,
            setup.action_connect,
        ):
            with self.assertRaisesRegex(UserError, "copy"):
                action()

    def test_one_click_takes_it_over(self):
        self.move()
        self.listened()
        pbx = self.pbx.with_user(self.administrator)
        self.assertTrue(pbx.off_reason)
        pbx.action_take_over()
        self.assertFalse(pbx.off_reason)
        self.assertEqual(pbx.connection_state, "connecting", "woken at once")
        self.assertIn(self.pbx.id, self.listened())

    def test_administrators_of_the_company_alone(self):
        self.move()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger_t",
            groups=ADMINISTRATOR,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for user in (self.alice, self.supervisor, stranger):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.pbx.with_user(user).action_take_over()
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.administrator).home = False
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.administrator).read(["home"])

    def test_new_one_in_the_copy_is_at_home(self):
        self.move()
        self.assertFalse(self.pbx.copy({"name": "New"}).off_reason)

    def test_command_takes_all_over(self):
        self.move()
        out = io.StringIO()
        connections.take_over_in(self.env(su=True), out)
        self.assertEqual(out.getvalue(), f"{self.pbx.name}\n")
        self.assertFalse(self.pbx.off_reason)
        connections.take_over_in(self.env(su=True), out)
        self.assertIn("Nothing", out.getvalue())

    def test_upgrade_makes_the_present_database_the_home(self):
        self.pbx.active = False
        self.pbx.home = False
        self.env.flush_all()
        load_script("migrations/19.0.1.0.2/post-set_home.py").migrate(
            self.env.cr, "19.0.1.0.1"
        )
        self.env.invalidate_all()
        self.assertFalse(self.pbx.off_reason)
        self.assertTrue(self.pbx.home)

    def test_upgrade_takes_nothing_over(self):
        self.move()
        load_script("migrations/19.0.1.0.2/post-set_home.py").migrate(
            self.env.cr, "19.0.1.0.1"
        )
        self.env.invalidate_all()
        self.assertTrue(self.pbx.off_reason)
