from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..engine.errors import ConnectionFailed
from ..engine.texts import text
from ..listener.bridge import Bridge
from ..listener.check import Finding
from ..listener.discover import Found, FoundExtension
from ..listener.settings import ACCOUNT_FIELDS, DIALPLAN_FIELDS
from ..wizards import telephony_pbx_setup
from .common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestPbxSetup(TelephonyCommon):
    """The guided form; what the telephone system answers is given, not asked for.

    That a real Asterisk answers so is shown by the end-to-end tests.
    """

    def setup(self, **values):
        return self.env["telephony.pbx.setup"].create(
            {
                "name": "New",
                "system": "freepbx",
                "host": "127.0.0.1",
                "country_id": self.france.id,
                **values,
            }
        )

    def find(self, *extensions, queues=()):
        found = Found({ext.number: ext for ext in extensions}, list(queues))
        return patch.object(telephony_pbx_setup, "discover_now", lambda _: found)

    def browse_next(self, form):
        """Save the first step and return the form's record, at the next one."""
        setup = form.save()
        setup.action_next()
        return setup

    def test_the_account_to_copy(self):
        setup = self.setup()
        self.assertIn(f"secret = {setup.secret}", setup.manager_conf)
        self.assertIn("permit = 127.0.0.1/255.255.255.255", setup.manager_conf)
        self.assertIn("read = call,agent\n", setup.manager_conf)
        self.assertIn("write = originate,call,agent,reporting\n", setup.manager_conf)
        for event in ("Newchannel", "Hangup", "OriginateResponse", "QueueMemberPause"):
            self.assertIn(f"\neventfilter(name({event})) =", setup.manager_conf)
        self.assertNotIn("VarSet", setup.manager_conf)
        self.assertGreaterEqual(len(setup.secret), 20)
        self.assertNotEqual(setup.secret, self.setup().secret)

    def test_each_setting_of_a_connection_is_carried_through(self):
        """From the form to the telephone system, to the listener, and back."""
        values = {
            "host": "pbx.example.com",
            "port": 15039,
            "username": "other",
            "secret": "typed",
            "use_tls": True,
            "tls_verify": False,
            "tls_ca": "-----BEGIN CERTIFICATE-----",
            "allow_unencrypted": True,
            "dial_string": "SIP/{number}",
            "context": "internal",
        }
        self.assertEqual(values.keys(), {*ACCOUNT_FIELDS, *DIALPLAN_FIELDS})
        setup = self.setup(**values)
        tried = setup._get_settings()
        for name, value in values.items():
            self.assertEqual(getattr(tried, name), value, name)
        setup.action_finish()
        listened = Bridge._load_settings(None, self.env(su=True))
        self.assertIn(tried.account, [each.account for each in listened])
        for name in values.keys() - {"secret"}:
            self.assertEqual(setup.pbx_id[name], values[name], name)
        with self.find():
            action = setup.pbx_id.action_find_extensions()
        again = setup.browse(action["res_id"])._get_settings()
        self.assertEqual(again, tried)

    def test_how_phones_are_dialed_follows_the_kind(self):
        setup = self.setup(system="freepbx")
        self.assertEqual(setup.dial_string, "Local/{number}@from-internal")
        setup.system = "asterisk"
        self.assertEqual(setup.dial_string, "PJSIP/{number}")

    def test_lines_for_the_dial_plan(self):
        setup = self.setup(system="asterisk")
        self.assertEqual(setup.dial_string, "PJSIP/{number}")
        self.assertIn("PJSIP_DIAL_CONTACTS", setup.dial_plan)
        setup.uses_lines = True
        self.assertEqual(setup.dial_string, "Local/{number}@odoo-phones")
        setup.system = "asterisk_sip"
        self.assertIn("SIPAddHeader", setup.dial_plan)
        setup.system = "freepbx"
        self.assertEqual(setup.dial_string, "Local/{number}@odoo-phones")
        self.assertIn("predial-hook", setup.dial_plan)

    def test_extensions_of_which_a_click_rings_one_phone(self):
        self.pbx.dial_string = "PJSIP/{number}"
        with self.find(
            FoundExtension("2001", ("PJSIP/2001",), phones=1),
            FoundExtension("2002", ("PJSIP/2002",), phones=2),
            FoundExtension("2003", ("SIP/2003",)),
        ):
            action = self.pbx.action_find_extensions()
        setup = self.env["telephony.pbx.setup"].browse(action["res_id"])
        self.assertEqual(setup.line_ids.mapped("phones"), [1, 2, 0])
        self.assertEqual(setup.several_phones, "2002")
        self.assertEqual(setup.system, "asterisk", "its lines are shown")
        setup.action_use_lines()
        self.assertEqual(self.pbx.dial_string, "Local/{number}@odoo-phones")
        self.assertFalse(setup.several_phones)

    def test_devices_by_another_name_are_kept_with_local_channels(self):
        """A click rings the dial string; who calls by hand is known by the device."""
        self.pbx.dial_string = "Local/{number}@from-internal"
        with self.find(
            FoundExtension("2001", ("PJSIP/2001",)),
            FoundExtension("2002", ("PJSIP/2002", "PJSIP/mobile-2002")),
        ):
            action = self.pbx.action_find_extensions()
        setup = self.env["telephony.pbx.setup"].browse(action["res_id"])
        self.assertEqual(
            setup.line_ids.mapped("devices"), [False, "PJSIP/2002, PJSIP/mobile-2002"]
        )

    def test_encryption(self):
        form = Form(self.env["telephony.pbx.setup"])
        form.system = "freepbx"
        form = Form(self.browse_next(form))
        form.use_tls = True
        self.assertEqual(form.port, 5039)
        form.tls_ca = "-----BEGIN CERTIFICATE-----"
        form.use_tls = False
        self.assertEqual(form.port, 5038)
        form.port = 15038
        form.use_tls = True
        self.assertEqual(form.port, 15038, "chosen on purpose")
        form.host = "127.0.0.1"
        form.country_id = self.france
        setup = form.save()
        settings = setup._get_settings()
        self.assertTrue(settings.use_tls and settings.tls_verify)
        self.assertIn("BEGIN", settings.tls_ca)
        with self.find():
            setup.action_connect()
        setup.action_finish()
        self.assertIn("BEGIN", setup.pbx_id.tls_ca)

    def test_what_is_wrong_is_told(self):
        setup = self.setup()
        findings = [Finding(False, text("address"))]
        with patch.object(telephony_pbx_setup, "check_now", lambda _: findings):
            setup.action_test()
        self.assertFalse(setup.is_reached)
        self.assertIn("✗ The telephone system's address", setup.findings)

    def test_a_real_refusal(self):
        """Nothing listens on that port: the form says so, and keeps what was typed."""
        setup = self.setup(port=1)
        setup.action_test()
        self.assertEqual(setup.step, "test")
        self.assertFalse(setup.is_reached)
        self.assertTrue(setup.secret)

    def test_without_an_address(self):
        with self.assertRaises(UserError):
            self.setup(host=False).action_test()

    def test_extensions_and_their_users(self):
        self.supervisor.email = "sup@example.com"
        setup = self.setup()
        with self.find(
            FoundExtension("2001", ("PJSIP/2001",), self.alice.name),
            FoundExtension("2002", ("PJSIP/desk-2002",), "Nobody Knows"),
            FoundExtension("2003", (), "", "sup@example.com"),
            queues=["support"],
        ):
            setup.system = "asterisk"
            secret = setup.secret
            setup.action_connect()
        self.assertRecordValues(
            setup.line_ids,
            [
                {"number": "2001", "user_id": self.alice.id, "devices": False},
                {"number": "2002", "user_id": False, "devices": "PJSIP/desk-2002"},
                {"number": "2003", "user_id": self.supervisor.id, "devices": ""},
            ],
        )
        self.assertEqual(setup.queues, "support")
        setup.line_ids[1].is_chosen = False
        action = setup.action_finish()
        self.assertFalse(setup.secret, "the draft keeps no secret")
        self.assertEqual(setup.pbx_id.sudo().stored_secret, secret)
        self.assertEqual(action["res_id"], setup.id)
        self.assertEqual(setup.step, "call")
        self.assertEqual(setup.action_open_pbx()["res_id"], setup.pbx_id.id)
        self.assertEqual(setup.pbx_id.extension_ids.mapped("number"), ["2001", "2003"])
        queues = self.env["telephony.queue"].search([("pbx_id", "=", setup.pbx_id.id)])
        self.assertEqual(queues.mapped("name"), ["support"])

    def test_who_is_not_there_is_not_ticked(self):
        setup = self.setup()
        with self.find(
            FoundExtension("2001", ("PJSIP/2001",)),
            FoundExtension("2002", ("PJSIP/2002",), is_reachable=False),
        ):
            setup.action_connect()
        self.assertEqual(setup.line_ids.mapped("is_chosen"), [True, False])
        self.assertEqual(setup.line_ids.mapped("is_reachable"), [True, False])

    def test_back_and_cancel(self):
        """Each step leads back, and nothing is there before Done."""
        count = self.env["telephony.pbx"].search_count([])
        setup = self.setup()
        with (
            self.find(FoundExtension("2001")),
            patch.object(telephony_pbx_setup, "check_now", lambda _: []),
        ):
            setup.action_test()
            for _again in range(2):
                setup.action_connect()
                self.assertEqual(setup.step, "extensions")
                setup.action_back()
                self.assertEqual(setup.step, "test")
        setup.action_back()
        self.assertEqual(setup.step, "account")
        self.assertTrue(setup.secret)
        setup.host = "127.0.0.2"
        self.assertEqual(self.env["telephony.pbx"].search_count([]), count)
        with self.find(FoundExtension("2001")):
            setup.action_connect()
        setup.action_finish()
        self.assertEqual(setup.pbx_id.host, "127.0.0.2")
        self.assertEqual(setup.pbx_id.extension_ids.mapped("number"), ["2001"])

    def test_users_are_given_the_right(self):
        """A chosen user without the right is named, and given it unless declined."""
        for grants in (True, False):
            with self.subTest(grants=grants):
                user = new_test_user(self.env, f"setup_{grants}")
                setup = self.setup(pbx_id=self.pbx.id)
                self.assertFalse(setup.lacks_right)
                setup.line_ids = [
                    Command.create({"number": f"18{grants:02}", "user_id": user.id})
                ]
                self.assertTrue(setup.lacks_right)
                setup.grants_right = grants
                setup.action_finish()
                extension = self.pbx.extension_ids.filtered(
                    lambda each, user=user: each.user_id == user
                )
                self.assertEqual(extension.user_lacks_right, not grants)
                extension.action_grant_right()
                self.assertFalse(extension.user_lacks_right)
                self.assertTrue(
                    user.has_group("telephony_connector.group_telephony_user")
                )

    def test_queues_are_created_once(self):
        for _again in range(2):
            with self.find(queues=["sales", "support"]):
                action = self.pbx.action_find_extensions()
            self.env["telephony.pbx.setup"].browse(action["res_id"]).action_finish()
        queues = self.env["telephony.queue"].search([("pbx_id", "=", self.pbx.id)])
        self.assertEqual(queues.mapped("name"), ["sales", "support"])

    def test_known_extensions_are_not_proposed_again(self):
        with self.find(FoundExtension("1001"), FoundExtension("1009")):
            action = self.pbx.action_find_extensions()
        setup = self.env["telephony.pbx.setup"].browse(action["res_id"])
        self.assertEqual(setup.line_ids.mapped("number"), ["1009"])

    def test_a_cut_connection_is_told(self):
        def fail(_settings):
            raise ConnectionFailed("hung_up")

        with (
            patch.object(telephony_pbx_setup, "discover_now", fail),
            self.assertRaisesRegex(UserError, "ended the connection"),
        ):
            self.pbx.action_find_extensions()

    def test_administrators_alone(self):
        for user in (self.alice, self.supervisor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["telephony.pbx.setup"].with_user(user).create({"name": "x"})
