from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.telephony_connector.tests.common import USER_GROUPS, TelephonyCommon


@tagged("post_install", "-at_install")
class TestAttendee(TelephonyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.host = new_test_user(
            cls.env, "host_t", groups=f"{USER_GROUPS},event.group_event_user"
        )
        cls.env["telephony.extension"].create(
            {"number": "1003", "pbx_id": cls.pbx.id, "user_id": cls.host.id}
        )
        now = fields.Datetime.now()
        cls.fair, cls.past = cls.env["event.event"].create(
            [
                {
                    "name": name,
                    "date_begin": now + timedelta(days=days),
                    "date_end": now + timedelta(days=days + 1),
                    "user_id": cls.host.id,
                }
                for name, days in (("Boat Fair", 7), ("Old Fair", -7))
            ]
        )

    def attend(self, name, phone, event=None, **values):
        return self.env["event.registration"].create(
            {
                "name": name,
                "phone": phone,
                "event_id": (event or self.fair).id,
                **values,
            }
        )

    def match(self, number):
        return self.env["telephony.number"].with_user(self.host).match(number, self.pbx)

    def test_caller(self):
        """An attendee alone is the caller: on the card, on the page and in the log."""
        attendee = self.attend(
            "Ada", "+33 6 39 98 71 01", company_name="Sails", email="ada@example.com"
        )
        call = self.ring(number="+33639987101", to="1003").with_user(self.host)
        self.assertEqual(call.object_ref, attendee)
        (card,) = self.read_cards(call)
        self.assertEqual(card["object"]["name"], attendee.display_name)
        self.assertEqual(card["object"]["model_name"], "Attendee")
        (details,) = self.read_card_details(call)
        self.assertEqual(details["company"], "Sails")
        self.assertEqual(details["salesperson"], self.host.name)
        self.assertIn("Boat Fair", details["tags"][0])
        pages = self.env["telephony.registration"].with_user(self.host)
        page = pages.browse(pages.open_for_call(call.id)["res_id"])
        self.assertEqual(page.object_ref, attendee)
        self.assertFalse(page.create_new)
        page.note = "<p>asks for the way</p>"
        page.action_save()
        self.assertIn("asks for the way", "".join(attendee.message_ids.mapped("body")))
        self.assertEqual(attendee.with_user(self.host).telephony_call_count, 1)

    def test_not_readable(self):
        """Who may not read events is told no name, and prepares no new lead."""
        self.attend("Ada", "+33639987101")
        call = self.ring(number="+33639987101").with_user(self.alice)
        (card,) = self.read_cards(call)
        self.assertFalse(card["object"])
        self.assertEqual((card["matches"], card["hidden"]), ([], True))

    def test_contact_who_booked(self):
        """The contact who booked for themselves is one caller with the attendee, one
        who booked for somebody else is another."""
        ada, bob = self.env["res.partner"].create(
            [
                {"name": "Ada", "email": "ada@example.com", "phone": "+33639987102"},
                {"name": "Bob", "email": "bob@example.com", "phone": "+33639987103"},
            ]
        )
        self.attend("Ada", "+33639987102", partner_id=ada.id, email="Ada@example.com")
        self.assertEqual(self.match("+33639987102").caller, ada)
        guest = self.attend(
            "Cy", "+33639987103", partner_id=bob.id, email="cy@example.com"
        )
        callers = self.match("+33639987103").callers
        self.assertEqual([match.record for match in callers], [bob, guest])

    def test_cancelled_or_over(self):
        """Cancelled registrations and those of events that are over come last, with
        the reason, and compete with no other."""
        old = self.attend("Ada", "+33639987104", event=self.past)
        cancelled = self.attend("Ada", "+33639987104", state="cancel")
        current = self.attend("Ada", "+33639987104")
        matches = self.match("+33639987104")
        self.assertEqual(matches.caller, current)
        self.assertEqual(
            {match.record: match.reason.partition(" · ")[2] for match in matches},
            {current: "", old: "The event is over", cancelled: "Cancelled"},
        )
        self.assertEqual(matches[0].record, current)

    def test_button(self):
        arch = self.env["event.registration"].with_user(self.host)
        arch = etree.fromstring(arch.get_view(view_type="form")["arch"])
        (button,) = arch.findall(".//button[@name='action_view_telephony_calls']")
        self.assertIsNotNone(button.find("field[@name='telephony_call_count']"))
