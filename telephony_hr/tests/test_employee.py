from lxml import etree

from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests.common import USER_GROUPS, TelephonyCommon


@tagged("post_install", "-at_install")
class TestEmployee(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, "officer_t", groups=f"{USER_GROUPS},hr.group_hr_user"
        )
        cls.env["telephony.extension"].create(
            {"number": "1003", "pbx_id": cls.pbx.id, "user_id": cls.officer.id}
        )
        cls.carla = cls.env["hr.employee"].create(
            {
                "name": "Carla",
                "job_title": "Captain",
                "work_phone": "+33 1 99 00 72 01",
                "mobile_phone": "+33 6 39 98 72 01",
                "private_phone": "+33 6 39 98 72 02",
            }
        )
        cls.contact = cls.carla.work_contact_id

    def look(self, number, user, to):
        """Return (call, card, page) of a call as a user sees it."""
        uniqueid = f"{number}-{to}"
        call = self.ring(uniqueid, number=number, to=to).with_user(user)
        (card,) = self.read_cards(call)
        pages = self.env["telephony.registration"].with_user(user)
        return call, card, pages.browse(pages.open_for_call(call.id)["res_id"])

    def test_mobile_of_a_colleague(self):
        """Whoever is called from a colleague's mobile sees that it is a colleague, and
        is offered no new lead; the contact says who, as employees are not theirs."""
        self.assertFalse(
            self.env["hr.employee"].with_user(self.alice).has_access("read")
        )
        call, card, page = self.look("+33639987201", self.alice, "1001")
        (match,) = card["matches"]
        self.assertEqual(
            (match["model"], match["id"], match["model_name"]),
            ("res.partner", self.contact.id, "Colleague"),
        )
        self.assertFalse(card["hidden"])
        self.assertEqual(call.contact_id, self.contact)
        self.assertEqual(page.object_ref, self.contact)
        self.assertFalse(page.create_new)
        page.action_save()
        self.assertEqual(call.object_ref, self.contact)

    def test_for_those_who_read_employees(self):
        """Officers see one caller, the employee and their contact being one person."""
        call, card, page = self.look("+33639987201", self.officer, "1003")
        self.assertEqual(call.object_ref, self.carla)
        self.assertEqual(card["object"]["model_name"], "Colleague")
        self.assertEqual(page.object_ref, self.carla)
        (details,) = self.read_card_details(call)
        self.assertEqual(details["tags"], ["Captain"])
        numbers = self.env["telephony.number"].with_user(self.officer)
        matches = numbers.match("+33199007201", self.pbx)
        self.assertEqual(
            {match.record for match in matches}, {self.contact, self.carla}
        )
        self.assertEqual(matches.caller, self.contact)
        self.assertEqual(self.carla.with_user(self.officer).telephony_call_count, 1)

    def test_each_once(self):
        """A contact that has the number, too, is named once."""
        numbers = self.env["telephony.number"].with_user(self.alice)
        matches = numbers.match("+33199007201", self.pbx)
        self.assertEqual([match.record for match in matches], [self.contact])

    def test_private_phone(self):
        """A private number is told to those alone who may read it."""
        _call, card, _page = self.look("+33639987202", self.alice, "1001")
        self.assertEqual((card["matches"], card["hidden"]), ([], True))
        _call, card, _page = self.look("+33639987202", self.officer, "1003")
        self.assertEqual([match["name"] for match in card["matches"]], ["Carla"])

    def test_button(self):
        arch = self.env["hr.employee"].with_user(self.officer)
        arch = etree.fromstring(arch.get_view(view_type="form")["arch"])
        (button,) = arch.findall(".//button[@name='action_view_telephony_calls']")
        self.assertIsNotNone(button.find("field[@name='telephony_call_count']"))
