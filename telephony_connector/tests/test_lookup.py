import base64
from xml.etree import ElementTree

from odoo.tests import tagged

from .common_http import TelephonyHttpCommon

PATH = "/telephony/lookup?number=%2B33612340001"


@tagged("post_install", "-at_install")
class TestLookup(TelephonyHttpCommon):
    def partner(self, name="Jeanne", **values):
        return self.env["res.partner"].create(
            {"name": name, "phone": "06 12 34 00 01", "country_id": self.france.id}
            | values
        )

    def look(self, path=PATH, **options):
        return self.ask(path, **options).json()

    def test_known_caller(self):
        self.partner(user_id=self.alice.id)
        self.assertEqual(
            self.look(),
            {
                "number": "+33612340001",
                "known": True,
                "name": "Jeanne",
                "extension": "1001",
                "vip": False,
                "blocked": False,
            },
        )

    def test_unknown_caller(self):
        for number, read in (
            ("%2B33612349999", "+33612349999"),
            ("1001", "1001"),
            ("anonymous", ""),
        ):
            with self.subTest(number=number):
                found = self.look(f"/telephony/lookup?number={number}")
                self.assertEqual(found["number"], read)
                self.assertFalse(found["known"] or found["name"] or found["extension"])

    def test_plus_that_was_not_encoded(self):
        self.partner(user_id=self.alice.id)
        for number in ("+33612340001", "0612340001", "0033612340001"):
            with self.subTest(number=number):
                self.assertTrue(
                    self.look(f"/telephony/lookup?number={number}")["known"]
                )

    def test_names_are_the_administrators_choice(self):
        self.partner()
        self.assertEqual(self.look()["name"], "")
        self.assertTrue(self.look()["known"])
        self.pbx.lookup_names = "all"
        self.assertEqual(self.look()["name"], "Jeanne")

    def test_other_companies_records_are_not_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.pbx.lookup_names = "all"
        self.partner(company_id=other.id)
        self.assertFalse(self.look()["known"])

    def test_probable_match_is_not_told(self):
        """Numbers that merely end alike are for people to judge."""
        self.pbx.lookup_names = "all"
        self.partner()
        found = self.look("/telephony/lookup?number=%2B4912340001")
        self.assertFalse(found["known"])

    def test_several_callers_of_one_company(self):
        self.pbx.lookup_names = "all"
        company = self.partner("Atelier", is_company=True, user_id=self.bruno.id)
        self.partner("Paul", parent_id=company.id)
        self.partner("Julie", parent_id=company.id)
        found = self.look()
        self.assertEqual((found["name"], found["extension"]), ("Atelier", "1002"))

    def test_several_callers(self):
        self.pbx.lookup_names = "all"
        self.partner("Ann", user_id=self.alice.id)
        self.partner("Ben", user_id=self.bruno.id)
        found = self.look()
        self.assertEqual((found["name"], found["extension"]), ("Ann / Ben", ""))
        self.partner("Cem"), self.partner("Dan")
        self.assertEqual(self.look()["name"], "")

    def test_lead(self):
        self.env["crm.lead"].create(
            {
                "name": "Kitchen",
                "phone": "+33612340001",
                "user_id": self.alice.id,
                "type": "opportunity",
            }
        )
        found = self.look()
        self.assertEqual((found["name"], found["extension"]), ("Kitchen", "1001"))

    def test_vip_and_blocked(self):
        vip, blocked = self.env["res.partner.category"].create(
            [{"name": "VIP"}, {"name": "Blocked"}]
        )
        self.pbx.write({"vip_tag_ids": vip.ids, "blocked_tag_ids": blocked.ids})
        company = self.partner("Atelier", is_company=True, phone=False)
        person = self.partner(parent_id=company.id)
        company.category_id = vip
        found = self.look()
        self.assertEqual((found["vip"], found["blocked"]), (True, False))
        company.category_id = False
        person.category_id = blocked
        found = self.look()
        self.assertEqual((found["vip"], found["blocked"]), (False, True))
        self.partner("Flatmate")
        self.assertFalse(self.look()["blocked"], "shared with one who is not")

    def test_plain_text(self):
        self.partner(user_id=self.alice.id)
        for path, headers, text in (
            ("&format=text", {}, "Jeanne"),
            ("", {"Accept": "text/plain"}, "Jeanne"),
            ("&field=extension", {}, "1001"),
            ("&field=vip", {}, "0"),
        ):
            with self.subTest(path=path):
                answer = self.ask(PATH + path, headers=headers)
                self.assertEqual(answer.text, text)
                self.assertIn("text/plain", answer.headers["Content-Type"])

    def test_plain_text_is_one_line(self):
        self.partner("A\nB <b>" + "x" * 100, user_id=self.alice.id)
        text = self.ask(f"{PATH}&format=text").text
        self.assertEqual(text[:7], "A B <b>")
        self.assertEqual(len(text), 64)

    def test_token_as_password(self):
        self.partner(user_id=self.alice.id)
        value = base64.b64encode(f"freepbx:{self.secret}".encode()).decode()
        found = self.look(headers={"Authorization": f"Basic {value}"})
        self.assertTrue(found["known"])

    def test_queries_that_are_none(self):
        for path in (
            "/telephony/lookup",
            "/telephony/lookup?number=",
            "/telephony/lookup?number=%3Cb%3E",
            f"/telephony/lookup?number={'1' * 65}",
            f"{PATH}&field=phone",
            f"{PATH}&format=xml",
        ):
            with self.subTest(path=path):
                answer = self.ask(path)
                self.assertEqual(answer.status_code, 400)
                self.assertTrue(answer.json()["error"])

    def test_template_for_3cx(self):
        path = f"/telephony/pbx/{self.pbx.id}/3cx.xml"
        self.authenticate("admin", "admin")
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        root = ElementTree.fromstring(answer.content)
        self.assertEqual(root.tag, "Crm")
        request = root.find(".//Request")
        self.assertIn("/telephony/lookup", request.get("Url"))
        self.assertIn("[Number]", request.get("Url"))
        self.assertNotIn(self.secret, answer.text)
        base = self.pbx.get_base_url()
        defaults = [p.get("Default") for p in root.iter("Parameter")]
        self.assertIn(base, defaults)

    def test_template_is_for_administrators(self):
        path = f"/telephony/pbx/{self.pbx.id}/3cx.xml"
        self.authenticate("supervisor_t", "supervisor_t")
        self.assertEqual(self.url_open(path).status_code, 404)
