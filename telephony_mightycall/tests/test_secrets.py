"""MightyCall's keys belong to the server that they were typed for."""

import ast
import os
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.telephony_connector.engine.errors import TelephonyError
from odoo.addons.telephony_connector.engine.origin import origin
from odoo.addons.telephony_connector.engine.texts import text
from odoo.addons.telephony_connector.tests import test_secrets as base_secrets
from odoo.addons.telephony_connector.tests.common import TelephonyCommon
from odoo.addons.telephony_connector.tests.scripted_http import ScriptedServer

from ..hooks import post_init_hook, uninstall_hook
from .common_mightycall import ACCOUNT, answer

ADDON = Path(__file__).parents[1]


class SecretCommon(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(
            cls.env, "admin_t", groups=base_secrets.ADMINISTRATOR
        )


@tagged("post_install", "-at_install")
class TestMightyCallSecrets(SecretCommon):
    def setUp(self):
        super().setUp()
        self.servers = [ScriptedServer(answer) for _each in range(2)]
        for server in self.servers:
            self.addCleanup(server.close)
        self.own, self.other = self.servers
        self.pbx.write({**ACCOUNT, "mightycall_base_url": self.own.url})
        self.ext_alice.mightycall_user_key = "alices-key"
        self.enterContext(self.enter_registry_test_mode())

    def ask_all(self):
        """Have everything asked of the server that would send a secret."""
        self.env.flush_all()
        self.env.invalidate_all()
        provider = self.pbx.with_user(self.administrator)._get_provider()
        for ask in (provider.test, lambda: provider.read_status(self.ext_alice)):
            try:
                ask()
            except TelephonyError:
                continue

    def test_another_server_asks_for_the_secrets(self):
        pbx = self.pbx.with_user(self.administrator)
        for given in ({}, {"secret": "x"}, {"mightycall_api_key": "x"}):
            with self.subTest(given=given), self.assertRaises(ValidationError):
                pbx.write({"mightycall_base_url": self.other.url, **given})
        self.ask_all()
        self.assertTrue(self.own.requests)
        self.assertFalse(self.other.requests)

    def test_another_path_of_the_same_server_does_not(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx.mightycall_base_url = f"{self.own.url}/other"
        self.assertTrue(pbx.mightycall_has_api_key and pbx.has_secret)
        self.assertTrue(self.ext_alice.mightycall_has_user_key)

    def test_keys_and_logins_of_users_stay_behind(self):
        self.ask_all()
        self.assertIn("alices-key", str(self.own.requests))
        pbx = self.pbx.with_user(self.administrator)
        form = Form(pbx, "telephony_connector.telephony_pbx_view_form")
        form.mightycall_base_url = self.other.url
        self.assertFalse(form.mightycall_has_api_key or form.has_secret)
        form.mightycall_api_key, form.secret = "new-api-key", "new-user-key"
        form.save()
        self.assertFalse(self.ext_alice.mightycall_has_user_key)
        sessions = self.env["telephony.mightycall.session"].search([])
        self.assertFalse(sessions)
        self.ask_all()
        self.assertIn("new-api-key", str(self.other.requests))
        for old in ("the-api-key", "the-user-key", "alices-key", "'r'"):
            self.assertNotIn(old, str(self.other.requests))

    def test_logins_are_made_anew_where_another_account_is_meant(self):
        sessions = self.env["telephony.mightycall.session"]
        for values, is_kept in (
            ({"name": "Renamed"}, True),
            ({"mightycall_business_number": "+33199000002"}, True),
            ({"mightycall_resource_prefix": ""}, False),
            ({"mightycall_api_key": "another"}, False),
            ({"secret": "another"}, False),
            ({"mightycall_base_url": f"{self.own.url}/other"}, False),
            ({"provider": "api"}, False),
        ):
            sessions.search([]).unlink()
            sessions.create({"pbx_id": self.pbx.id, "expire_date": self.env.cr.now()})
            with self.subTest(values=values):
                self.pbx.with_user(self.administrator).write(values)
                self.assertEqual(bool(sessions.search([])), is_kept)

    def test_form_says_that_keys_of_users_are_removed(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx = pbx.new({"mightycall_base_url": self.other.url}, origin=pbx)
        warning = pbx._onchange_mightycall_base_url()["warning"]["message"]
        self.assertIn("1001", warning)
        same = pbx.new(
            {"mightycall_base_url": f"{self.own.url}/other"}, origin=pbx._origin
        )
        self.assertFalse(same._onchange_mightycall_base_url())

    def test_key_of_a_user_does_not_move_to_another_system(self):
        other = self.env["telephony.pbx"].create(
            {
                "name": "Another account",
                "provider": "mightycall",
                "mightycall_base_url": self.other.url,
                "mightycall_api_key": "x",
                "mightycall_business_number": "+33199000002",
            }
        )
        extension = self.ext_alice.with_user(self.administrator)
        with self.assertRaises(ValidationError):
            extension.pbx_id = other
        extension.write({"pbx_id": other.id, "mightycall_user_key": "for the other"})
        self.assertTrue(extension.mightycall_has_user_key)

    def test_login_of_another_server_is_not_shown_to_this_one(self):
        """A request that began before the change may store its token after it."""
        pbx = self.pbx
        provider = pbx._get_provider()
        provider._get_client().list_numbers()
        session = self.env["telephony.mightycall.session"].search([])
        self.assertTrue(session)
        pbx.write(
            {
                "mightycall_base_url": self.other.url,
                "mightycall_api_key": "n",
                "secret": "n",
            }
        )
        self.env["telephony.mightycall.session"]._store(
            pbx,
            self.env["telephony.extension"],
            str(origin(self.own.url)),
            "of-the-first-server",
            "",
            self.env.cr.now().replace(year=2100),
        )
        provider._get_client().list_numbers()
        self.assertNotIn("of-the-first-server", str(self.other.headers))

    def test_netrc_replaces_no_token(self):
        with base_secrets.netrc():
            self.ask_all()
        sent = [headers.get("Authorization") for headers in self.own.headers]
        self.assertEqual(set(sent), {None, "Bearer t"})

    def test_proxy_reads_nothing_that_is_not_encrypted(self):
        with patch.dict(os.environ, http_proxy=self.other.url, no_proxy=""):
            self.ask_all()
        self.assertTrue(self.own.requests)
        self.assertFalse(self.other.requests)

    def test_servers_without_encryption_need_the_tick(self):
        pbx = self.pbx.with_user(self.administrator)
        values = {
            "mightycall_base_url": "http://mightycall.example.com/v4",
            "mightycall_api_key": "x",
            "secret": "x",
        }
        with self.assertRaises(ValidationError):
            pbx.write(values)
        pbx.write({**values, "allow_unencrypted": True})
        with self.assertRaises(ValidationError):
            pbx.allow_unencrypted = False

    def test_account_is_tested_by_administrators_of_its_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger_t",
            groups=base_secrets.ADMINISTRATOR,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            self.pbx.with_user(stranger).action_mightycall_test()
        self.assertFalse(self.own.requests)


@tagged("post_install", "-at_install")
class TestOtherKinds(SecretCommon):
    def test_another_kind_forgets_the_secret(self):
        server = ScriptedServer(lambda *request: (200, {}))
        self.addCleanup(server.close)
        pbx = self.pbx.with_user(self.administrator)
        pbx.write(
            {
                "provider": "mightycall",
                "mightycall_base_url": server.url,
                "mightycall_business_number": "+33199000001",
            }
        )
        self.assertFalse(pbx.has_secret)
        self.enterContext(self.enter_registry_test_mode())
        pbx.action_mightycall_test()
        self.assertNotIn("test-secret", str(server.requests))
        pbx.write({"provider": "asterisk", "host": "192.0.2.9"})
        self.assertFalse(pbx.has_secret)

    def test_stored_secrets_are_read_in_one_place(self):
        """What reads the column itself would send it wherever the form points."""
        reads = [
            f"{path.name}:{node.lineno} {node.attr}"
            for path in sorted(ADDON.rglob("*.py"))
            if "tests" not in path.parts
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute) and node.attr.startswith("stored_")
        ]
        self.assertFalse(reads)


@tagged("post_install", "-at_install")
class TestHooks(SecretCommon):
    def setUp(self):
        super().setUp()
        self.account = self.env["telephony.pbx"].create(
            {
                **ACCOUNT,
                "name": "Archived account",
                "active": False,
                "extension_ids": [
                    (0, 0, {"number": "7", "mightycall_user_key": "key of 7"})
                ],
            }
        )
        self.env.flush_all()

    def test_stored_keys_belong_to_the_present_servers(self):
        for table, column in (
            ("telephony_pbx", "secret_places"),
            ("telephony_pbx", "mightycall_api_key_places"),
            ("telephony_extension", "mightycall_user_key_places"),
        ):
            self.env.cr.execute(f"UPDATE {table} SET {column} = NULL")
        self.env.invalidate_all()
        sessions = self.env["telephony.mightycall.session"]
        sessions.create({"pbx_id": self.account.id, "expire_date": self.env.cr.now()})
        self.assertFalse(self.account.mightycall_has_api_key)
        post_init_hook(self.env)
        self.env.invalidate_all()
        self.assertTrue(self.account.mightycall_has_api_key)
        self.assertTrue(self.account.has_secret)
        self.assertTrue(self.account.extension_ids.mightycall_has_user_key)
        self.assertFalse(sessions.search([]))

    def test_uninstall_leaves_no_key(self):
        self.assertTrue(self.account.has_secret)
        self.account._set_connection("login_refused", text("server_login"))
        self.assertIn("user key", self.account.connection_message)
        uninstall_hook(self.env)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.account.connection_message or self.account.last_error)
        self.assertFalse(self.account.has_secret)
        self.assertFalse(self.account.stored_secret)
        self.assertTrue(self.pbx.has_secret, "of another kind")
