from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo.tests import HttpCase, new_test_user, tagged

from ..odoo_compat import Cursor
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

    def test_each_telephone_system_has_names_of_its_own(self):
        pbx = self.env["telephony.pbx"].create(
            {
                "name": "Softphones",
                "provider": "softphone",
                "url_number_key": "From",
                "url_dialed_key": "To",
                "url_uniqueid_key": "Guid",
                "url_name_key": "Caller",
            }
        )
        new_test_user(self.env, "alice_u", groups=USER_GROUPS)
        self.authenticate("alice_u", "alice_u")
        response = self.open(
            f"/telephony/incoming?pbx={pbx.id}&From=%2B33612340001&To=+33140000000"
            "&Guid=0071&Caller=Jean%20%26%20Co&number=evil"
        )
        target = urlsplit(response.headers["Location"])
        self.assertEqual(
            {key: values[0] for key, values in parse_qs(target.query).items()},
            {
                "direction": "inbound",
                "pbx": str(pbx.id),
                "number": "tel:+33612340001",
                "dialed": "tel:+33140000000",
                "uniqueid": "0071",
                "name": "Jean & Co",
            },
        )

    def test_the_ref_keeps_what_the_softphone_sent(self):
        pbx = self.env["telephony.pbx"].create(
            {"name": "S", "provider": "softphone", "url_number_key": "From"}
        )
        new_test_user(self.env, "alice_u", groups=USER_GROUPS)
        self.authenticate("alice_u", "alice_u")
        first = self.open(f"/telephony/incoming?pbx={pbx.id}&From=+33612340001")
        again = self.open(f"/telephony/incoming?pbx={pbx.id}&From=+33612340001")
        self.assertNotEqual(first.headers["Location"], again.headers["Location"])
        second = self.open(first.headers["Location"])
        query = parse_qs(urlsplit(second.headers["Location"]).query)
        self.assertEqual(query["number"], ["tel:+33612340001"])

    def test_a_call_by_its_id(self):
        new_test_user(self.env, "alice_u", groups=USER_GROUPS)
        self.authenticate("alice_u", "alice_u")
        response = self.open("/telephony/incoming?call=7")
        self.assertTrue(
            response.headers["Location"].endswith(
                "/odoo/telephony-call?direction=inbound&call=7"
            )
        )

    def test_following_a_link_writes_nothing(self):
        new_test_user(self.env, "alice_u", groups=USER_GROUPS)
        self.authenticate("alice_u", "alice_u")
        self.env.flush_all()
        written = []
        execute = Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            text = query.code if hasattr(query, "code") else str(query)
            if text.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
                written.append(text)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", spy):
            self.env.cr.execute("UPDATE res_users SET id = id WHERE false")
            self.assertTrue(written, "the test sees what is written")
            written.clear()
            for path in (
                "/telephony/incoming?number=0612340001&ref=r1",
                "/telephony/outgoing?number=0612340001&uniqueid=7",
                "/telephony/incoming?number=0612340001",
                "/telephony/incoming?call=7",
            ):
                self.assertEqual(self.open(path).status_code, 303)
        # Odoo itself notes from where its users come.
        self.assertEqual([sql for sql in written if "res_device_log" not in sql], [])
