"""A stored secret belongs to the address that it was typed for."""

import ast
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..listener.bridge import Bridge
from ..wizards import telephony_pbx_setup
from .common import TelephonyCommon
from .common_provider import CODE, choosing_webhooks
from .odoo_compat import load_script as load_module

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
        form.secret = "typed"
        form.save()
        self.assertEqual(self.listened(), "typed")

    def test_another_kind_forgets_the_secret(self):
        self.patch(*choosing_webhooks(self.registry))
        pbx = self.pbx.with_user(self.administrator)
        pbx.provider = CODE
        self.assertFalse(pbx.has_secret)
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
                    "system": "freepbx",
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
        self.env.flush_all()
        self.env.cr.execute("UPDATE telephony_pbx SET secret_places = NULL")
        self.assertEqual(self.listened(), "")
        load_script("migrations/19.0.1.0.1/post-bind_secrets.py").migrate(
            self.env.cr, "19.0.1.0.0"
        )
        self.assertEqual(self.listened(), "test-secret")
        with self.assertRaises(ValidationError):
            self.pbx.host = "192.0.2.9"
