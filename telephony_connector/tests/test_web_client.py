from odoo.tests import HttpCase, tagged

from .common import TelephonyCommon


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
        group = "telephony_connector.group_telephony_user"
        for user, is_user in ((self.alice, True), (self.outsider, False)):
            self.authenticate(user.login, user.login)
            info = self.make_jsonrpc_request("/web/session/get_session_info")
            self.assertIs(info["groups"][group], is_user)

    def test_bundles_compile(self):
        for name in ("web.assets_web", "web.assets_web_dark"):
            with self.subTest(bundle=name):
                bundle = self.env["ir.qweb"]._get_asset_bundle(name, js=False)
                css = bundle.preprocess_css()
                self.assertEqual(bundle.css_errors, [])
                self.assertIn(".o_telephony_card", css)
        bundle = self.env["ir.qweb"]._get_asset_bundle(
            "telephony_connector.assets_board", js=False
        )
        self.assertIn(".o_telephony_agents", bundle.preprocess_css())
        self.assertEqual(bundle.css_errors, [])
