from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from ..engine.texts import text
from ..listener.check import Finding
from ..listener.discover import Found, FoundExtension
from ..wizards import telephony_pbx_setup
from .common import USER_GROUPS, TelephonyCommon


@tagged("post_install", "-at_install")
class TestWebClient(TelephonyCommon, HttpCase):
    """The web client in a browser, with a server but without a telephone system."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Tour Testcase", "phone": "+33612349873"}
        )

    def start(self, tour, user):
        self.start_tour(f"/odoo/res.partner/{self.partner.id}", tour, login=user.login)

    def test_click_to_call(self):
        self.patch(type(self.pbx), "_has_leader", lambda pbx: True)
        self.start("telephony_click_to_call", self.alice)
        calls = self.env["telephony.call"].search([("user_id", "=", self.alice.id)])
        self.assertEqual(calls.mapped("number"), ["+33612349873"] * 2)
        self.assertEqual(
            calls.mapped("object_ref"), [self.partner, self.partner], "not the clicked"
        )
        commands = self.env["telephony.command"].search(
            [("user_id", "=", self.alice.id), ("action", "=", "dial")]
        )
        self.assertEqual(len(commands), 2)

    def test_plain_link_without_extension(self):
        self.ext_alice.user_id = False
        self.start("telephony_plain_link", self.alice)

    def test_plain_link_outside_the_group(self):
        self.start("telephony_plain_link", self.outsider)

    def test_session_tells_who_uses_the_telephone(self):
        for user, is_user in ((self.alice, True), (self.outsider, False)):
            self.authenticate(user.login, user.login)
            info = self.make_jsonrpc_request("/web/session/get_session_info")
            self.assertIs(info["is_telephony_user"], is_user)
            self.assertFalse(
                [name for name in info["groups"] if name.startswith("telephony")],
                "Odoo's own key is Odoo's",
            )

    def test_bundles_compile(self):
        for name in ("web.assets_web", "web.assets_web_dark"):
            with self.subTest(bundle=name):
                bundle = self.env["ir.qweb"]._get_asset_bundle(name, js=False)
                css = bundle.preprocess_css()
                self.assertEqual(bundle.css_errors, [])
                self.assertIn(".o_telephony_card", css)

    def test_guided_form(self):
        """What a real Asterisk answers is shown by the end-to-end tests."""

        def check(settings):
            is_right = settings.host == "127.0.0.1"
            return [Finding(is_right, text("check_login", user=settings.host))]

        found = Found(
            {
                "2001": FoundExtension("2001", ("PJSIP/2001",), self.alice.name),
                "2002": FoundExtension("2002", ("PJSIP/2002",), is_reachable=False),
            },
            ["support"],
        )
        administrator = new_test_user(
            self.env,
            "admin_t",
            groups=f"{USER_GROUPS},telephony_connector.group_telephony_administrator",
        )
        self.env.company.country_id = self.france
        with (
            patch.object(telephony_pbx_setup, "check_now", check),
            patch.object(telephony_pbx_setup, "discover_now", lambda _: found),
        ):
            self.start_tour(
                "/odoo/action-telephony_connector.action_telephony_pbx",
                "telephony_pbx_setup",
                login=administrator.login,
            )
        pbx = self.env["telephony.pbx"].search([("name", "=", "Tour's PBX")])
        self.assertEqual(pbx.extension_ids.user_id, self.alice)
        self.assertEqual(pbx.dial_string, "PJSIP/{number}")
        self.assertTrue(pbx.stored_secret)
