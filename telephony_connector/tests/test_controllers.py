from urllib.parse import parse_qs, urlsplit

from odoo.tests import HttpCase, new_test_user, tagged

from .common import USER_GROUPS


@tagged("post_install", "-at_install")
class TestControllers(HttpCase):
    def open(self, path):
        return self.url_open(path, allow_redirects=False)

    def test_login_first(self):
        response = self.open("/telephony/incoming?number=%2B33612340001")
        self.assertIn("/web/login", response.headers["Location"])
        self.assertIn("number", response.headers["Location"])

    def test_the_number_survives_the_url(self):
        new_test_user(self.env, "alice_u", groups=USER_GROUPS)
        self.authenticate("alice_u", "alice_u")
        for sent, arrived in (
            ("%2B33612340001", "tel:+33612340001"),
            ("+33612340001", "tel:+33612340001"),
            ("0612340001", "tel:0612340001"),
        ):
            with self.subTest(sent=sent):
                response = self.open(f"/telephony/incoming?number={sent}&ref=r1")
                target = urlsplit(response.headers["Location"])
                self.assertEqual(target.path, "/odoo/telephony-call")
                query = parse_qs(target.query)
                self.assertEqual(query["number"], [arrived])
                self.assertEqual(query["direction"], ["inbound"])

    def test_a_call_without_an_id_gets_one(self):
        new_test_user(self.env, "alice_u", groups=USER_GROUPS)
        self.authenticate("alice_u", "alice_u")
        response = self.open("/telephony/outgoing?number=0612340001")
        target = urlsplit(response.headers["Location"])
        self.assertEqual(target.path, "/telephony/outgoing")
        self.assertTrue(parse_qs(target.query)["ref"][0])
