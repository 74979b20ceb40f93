"""A stored secret belongs to the address that it was typed for."""

import ast
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..engine.errors import TelephonyError
from ..engine.origin import origin
from ..listener.bridge import Bridge
from ..wizards import telephony_pbx_setup
from .common import TelephonyCommon
from .odoo_compat import load_script as load_module
from .scripted_http import ScriptedServer

ADDON = Path(__file__).parents[1]
ADMINISTRATOR = "base.group_user,telephony_connector.group_telephony_administrator"
CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"


def load_script(path):
    """Return the module of an upgrade."""
    return load_module(str(ADDON / path), path)


@contextmanager
def netrc():
    """Have this user's ~/.netrc hold a login for every server on loopback."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "netrc"
        path.write_text("machine 127.0.0.1 login mine password netrc-password\n")
        with patch.dict(os.environ, {"NETRC": str(path)}):
            yield


class SecretCommon(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(cls.env, "admin_t", groups=ADMINISTRATOR)

    def listened(self, pbx=None):
        """Return the secret that the listener would log in with."""
        pbx = pbx or self.pbx
        self.env.flush_all()
        self.env.invalidate_all()
        settings = Bridge._load_settings(None, self.env(su=True))
        return {each.id: each.secret for each in settings}[pbx.id]


@tagged("post_install", "-at_install")
class TestAmiSecret(SecretCommon):
    def test_another_address_asks_for_the_secret(self):
        pbx = self.pbx.with_user(self.administrator)
        for values in (
            {"host": "192.0.2.9"},
            {"port": 5999},
            {"use_tls": True},
            {"host": "127.0.0.1.example.com", "username": "other"},
        ):
            for write in (pbx.write, pbx.sudo().write, lambda v: pbx.web_save(v, {})):
                with self.subTest(values=values), self.assertRaises(ValidationError):
                    write(values)
        self.assertEqual(self.listened(), "test-secret")
        self.assertEqual(self.pbx.host, "127.0.0.1")

    def test_secret_in_the_same_save_belongs_to_the_new_address(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx.write({"host": "192.0.2.9", "secret": "for-the-new-one"})
        self.assertEqual(self.listened(), "for-the-new-one")
        pbx.web_save({"secret": "another", "port": 5999}, {})
        self.assertEqual(self.listened(), "another")
        pbx.write({"host": "192.0.2.10", "secret": False})
        self.assertEqual(self.listened(), "")

    def test_what_leaves_the_address_alone_asks_nothing(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx.write({"host": "127.0.0.1", "port": 5038, "username": "odoo2"})
        pbx.write({"name": "Renamed", "dial_string": "SIP/{number}", "active": True})
        pbx.write({"tls_verify": False, "tls_ca": CA})
        self.assertEqual(self.listened(), "test-secret", "without TLS they say nothing")
        pbx.write({"host": "PBX.example.com", "secret": "named"})
        pbx.write({"host": "pbx.example.com"})
        self.assertEqual(self.listened(), "named")

    def test_less_certainty_of_who_answers_asks_for_the_secret(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx.write({"use_tls": True, "tls_ca": CA, "port": 5039, "secret": "tls"})
        for values in (
            {"use_tls": False},
            {"tls_verify": False},
            {"tls_ca": CA.replace("A", "B")},
            {"tls_ca": False},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                pbx.write(values)
        self.assertEqual(self.listened(), "tls")

    def test_address_changed_behind_our_back_gets_nothing(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE telephony_pbx SET host = '192.0.2.9' WHERE id = %s", [self.pbx.id]
        )
        self.assertEqual(self.listened(), "")
        self.assertFalse(self.pbx.has_secret)

    def test_import_asks_as_well(self):
        pbx = self.pbx.with_user(self.administrator)
        [(_record, name)] = pbx._BaseModel__ensure_xml_id()
        result = pbx.browse().load(["id", "host"], [[name, "192.0.2.9"]])
        self.assertFalse(result["ids"])
        self.assertIn("Password", str(result["messages"]))
        self.assertEqual(self.pbx.host, "127.0.0.1")

    def test_duplicate_has_no_secret(self):
        copy = self.pbx.with_user(self.administrator).copy(
            {"name": "Copy", "host": "192.0.2.9"}
        )
        self.assertEqual(self.listened(copy), "")
        self.assertFalse(copy.has_secret)

    def test_form_asks_where_the_address_is_another(self):
        form = Form(self.pbx.with_user(self.administrator))
        self.assertTrue(form.has_secret)
        form.host = "192.0.2.9"
        self.assertFalse(form.has_secret)
        with self.assertRaises(ValidationError):
            form.save()
        form.secret = "typed"
        form.save()
        self.assertEqual(self.listened(), "typed")

    def test_another_kind_forgets_the_secret(self):
        server = ScriptedServer(lambda *request: (200, {}))
        self.addCleanup(server.close)
        pbx = self.pbx.with_user(self.administrator)
        pbx.write(
            {
                "provider": "mightycall",
                "base_url": server.url,
                "business_number": "+33199000001",
            }
        )
        self.assertFalse(pbx.has_secret)
        self.enterContext(self.enter_registry_test_mode())
        pbx.action_test_connection()
        self.assertNotIn("test-secret", str(server.requests))
        pbx.write({"provider": "asterisk", "host": "192.0.2.9"})
        self.assertEqual(self.listened(), "")

    def test_kind_that_needs_none_keeps_it_for_the_same_address(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx.provider = "softphone"
        pbx.host = "192.0.2.9"
        with self.subTest("not for another"):
            pbx.provider = "asterisk"
            self.assertEqual(self.listened(), "")

    def test_stored_secrets_are_read_in_one_place(self):
        """What reads the column itself would send it wherever the form points."""
        reads = [
            f"{path.name}:{node.lineno} {node.attr}"
            for path in sorted(ADDON.rglob("*.py"))
            if not {"tests", "migrations"} & set(path.relative_to(ADDON).parts)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Attribute)
            and node.attr.startswith("stored_")
            and node.attr.endswith(("secret", "key"))
        ]
        self.assertFalse(reads)


@tagged("post_install", "-at_install")
class TestMightyCallSecrets(SecretCommon):
    def setUp(self):
        super().setUp()
        self.servers = [ScriptedServer(self.answer) for _each in range(2)]
        for server in self.servers:
            self.addCleanup(server.close)
        self.own, self.other = self.servers
        self.pbx.write(
            {
                "provider": "mightycall",
                "base_url": self.own.url,
                "api_key": "the-api-key",
                "secret": "the-user-key",
                "business_number": "+33199000001",
            }
        )
        self.ext_alice.secret = "alices-key"
        self.enterContext(self.enter_registry_test_mode())

    def answer(self, _method, path, _body):
        if path.endswith("/auth/token"):
            return 200, {"access_token": "t", "refresh_token": "r", "expires_in": 9999}
        return 200, {"data": {"status": "busy", "phoneNumbers": []}}

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
        for given in ({}, {"secret": "x"}, {"api_key": "x"}):
            with self.subTest(given=given), self.assertRaises(ValidationError):
                pbx.write({"base_url": self.other.url, **given})
        self.ask_all()
        self.assertTrue(self.own.requests)
        self.assertFalse(self.other.requests)

    def test_another_path_of_the_same_server_does_not(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx.base_url = f"{self.own.url}/other"
        self.assertTrue(pbx.has_api_key and pbx.has_secret)
        self.assertTrue(self.ext_alice.has_secret)

    def test_keys_and_logins_of_users_stay_behind(self):
        self.ask_all()
        self.assertIn("alices-key", str(self.own.requests))
        pbx = self.pbx.with_user(self.administrator)
        form = Form(pbx, "telephony_connector.telephony_pbx_view_form")
        form.base_url = self.other.url
        self.assertFalse(form.has_api_key or form.has_secret)
        form.api_key, form.secret = "new-api-key", "new-user-key"
        form.save()
        self.assertFalse(self.ext_alice.has_secret)
        sessions = self.env["telephony.provider.session"].search([])
        self.assertFalse(sessions)
        self.ask_all()
        self.assertIn("new-api-key", str(self.other.requests))
        for old in ("the-api-key", "the-user-key", "alices-key", "'r'"):
            self.assertNotIn(old, str(self.other.requests))

    def test_form_says_that_keys_of_users_are_removed(self):
        pbx = self.pbx.with_user(self.administrator)
        pbx = pbx.new({"base_url": self.other.url}, origin=pbx)
        warning = pbx._onchange_base_url()["warning"]["message"]
        self.assertIn("1001", warning)
        same = pbx.new({"base_url": f"{self.own.url}/other"}, origin=pbx._origin)
        self.assertFalse(same._onchange_base_url())

    def test_key_of_a_user_does_not_move_to_another_system(self):
        other = self.env["telephony.pbx"].create(
            {
                "name": "Another account",
                "provider": "mightycall",
                "base_url": self.other.url,
                "api_key": "x",
                "business_number": "+33199000002",
            }
        )
        extension = self.ext_alice.with_user(self.administrator)
        with self.assertRaises(ValidationError):
            extension.pbx_id = other
        extension.write({"pbx_id": other.id, "secret": "for the other"})
        self.assertTrue(extension.has_secret)

    def test_login_of_another_server_is_not_shown_to_this_one(self):
        """A request that began before the change may store its token after it."""
        pbx = self.pbx
        provider = pbx._get_provider()
        provider._get_client().list_numbers()
        session = self.env["telephony.provider.session"].search([])
        self.assertTrue(session)
        pbx.write({"base_url": self.other.url, "api_key": "n", "secret": "n"})
        self.env["telephony.provider.session"]._store(
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
        with netrc():
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
            "base_url": "http://mightycall.example.com/v4",
            "api_key": "x",
            "secret": "x",
        }
        with self.assertRaises(ValidationError):
            pbx.write(values)
        pbx.write({**values, "allow_unencrypted": True})
        with self.assertRaises(ValidationError):
            pbx.allow_unencrypted = False


@tagged("post_install", "-at_install")
class TestWizard(SecretCommon):
    """What the guided form would send, and where."""

    def setUp(self):
        super().setUp()
        self.sent = []

        def look(settings):
            self.sent.append((settings.host, settings.port, settings.secret))
            return []

        self.patch(telephony_pbx_setup, "check_now", look)
        self.patch(telephony_pbx_setup, "discover_now", look)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.stranger = new_test_user(
            self.env,
            "stranger_t",
            groups=ADMINISTRATOR,
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def setup(self, user, **values):
        return (
            self.env["telephony.pbx.setup"]
            .with_user(user)
            .create(
                {
                    "name": "New",
                    "country_id": self.france.id,
                    "pbx_id": self.pbx.id,
                    "host": "127.0.0.1",
                    "secret": False,
                    **values,
                }
            )
        )

    def test_system_of_another_company_lends_its_secret_to_nobody(self):
        for host in ("127.0.0.1", "192.0.2.9"):
            for name in ("action_test", "action_connect", "action_finish"):
                with self.subTest(host=host, name=name), self.assertRaises(AccessError):
                    getattr(self.setup(self.stranger, host=host), name)()
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.stranger).action_find_extensions()
        with self.assertRaises(AccessError):
            self.pbx.with_user(self.stranger).action_test_connection()
        self.assertFalse(self.sent)

    def test_stored_secret_goes_to_its_own_address(self):
        self.setup(self.administrator).action_test()
        self.assertEqual(self.sent, [("127.0.0.1", 5038, "test-secret")])

    def test_stored_secret_goes_to_no_other_address(self):
        for values in ({"host": "192.0.2.9"}, {"port": 1}, {"use_tls": True}):
            setup = self.setup(self.administrator, **values)
            with self.subTest(values=values), self.assertRaises(UserError):
                setup.action_test()
        self.assertFalse(self.sent)
        self.setup(self.administrator, host="192.0.2.9", secret="typed").action_test()
        self.assertEqual(self.sent, [("192.0.2.9", 5038, "typed")])


@tagged("post_install", "-at_install")
class TestUpgrade(SecretCommon):
    def test_stored_secrets_belong_to_the_present_addresses(self):
        account = self.env["telephony.pbx"].create(
            {
                "name": "Archived account",
                "active": False,
                "provider": "mightycall",
                "api_key": "key",
                "secret": "user key",
                "business_number": "+33199000001",
                "extension_ids": [(0, 0, {"number": "7", "secret": "key of 7"})],
            }
        )
        self.env.flush_all()
        for table, column in (
            ("telephony_pbx", "secret_places"),
            ("telephony_pbx", "api_key_places"),
            ("telephony_extension", "secret_places"),
        ):
            self.env.cr.execute(f"UPDATE {table} SET {column} = NULL")
        sessions = self.env["telephony.provider.session"]
        sessions.create({"pbx_id": account.id, "expire_date": self.env.cr.now()})
        self.assertEqual(self.listened(), "")
        load_script("migrations/19.0.1.0.1/post-bind_secrets.py").migrate(
            self.env.cr, "19.0.1.0.0"
        )
        self.assertEqual(self.listened(), "test-secret")
        self.assertTrue(account.has_api_key and account.has_secret)
        self.assertTrue(account.extension_ids.has_secret)
        self.assertFalse(sessions.search([]))
        with self.assertRaises(ValidationError):
            self.pbx.host = "192.0.2.9"
