from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tests.common import mute_logger

from .common import TelephonyCommon

SECOND = "+33 6 39 98 70 61"


@tagged("post_install", "-at_install")
class TestPhone(TelephonyCommon):
    """Further phone numbers of contacts and leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ann",
                "phone": "06 11 22 33 44",
                "country_id": cls.france.id,
                "telephony_phone_ids": [
                    (0, 0, {"number": "06 39 98 70 61", "label": "private"})
                ],
            }
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Offer",
                "contact_name": "Bob",
                "country_id": cls.france.id,
                "telephony_phone_ids": [(0, 0, {"number": "06 39 98 70 62"})],
            }
        )
        cls.employee = new_test_user(cls.env, "phone-employee", "base.group_user")

    def found(self, number):
        matches = self.env["telephony.number"].match(number, self.pbx)
        return [match.record for match in matches if match.exact]

    def test_who_calls(self):
        """A record is found by a further number, read with the record's country."""
        self.assertEqual(self.found("+33639987061"), [self.contact])
        self.assertEqual(self.found("+33639987062"), [self.lead])
        (match,) = self.env["telephony.number"].match("+33639987061", self.pbx)
        self.assertEqual(match.field, "telephony_phone_ids")

    def test_index_follows(self):
        """Changed, moved and deleted numbers are found where they are now."""
        phone = self.contact.telephony_phone_ids
        phone.number = "07 56 78 33 44"
        self.assertFalse(self.found("+33639987061"))
        self.assertEqual(self.found("+33756783344"), [self.contact])
        other = self.env["res.partner"].create({"name": "Ann 2"})
        phone.partner_id = other
        self.assertEqual(self.found("+33756783344"), [other])
        phone.unlink()
        self.assertFalse(self.found("+33756783344"))
        self.env["res.partner"].create(
            {
                "name": "Ann 3",
                "country_id": self.france.id,
                "telephony_phone_ids": [(0, 0, {"number": "07 56 78 33 45"})],
            }
        ).unlink()
        self.assertFalse(self.found("+33756783345"))

    def test_country_of_the_company(self):
        """A person's further number is read anew where the company moves."""
        germany, italy = self.env.ref("base.de"), self.env.ref("base.it")
        company = self.env["res.partner"].create(
            {"name": "Co", "is_company": True, "country_id": germany.id}
        )
        person = self.env["res.partner"].create(
            {
                "name": "Eve",
                "parent_id": company.id,
                "telephony_phone_ids": [(0, 0, {"number": "06 1234 5678"})],
            }
        )
        self.assertEqual(self.found("+49612345678"), [person])
        company.country_id = italy
        self.assertEqual(self.found("+390612345678"), [person])

    def test_phone_stays_valid(self):
        """Odoo's own number is not touched by further ones."""
        self.assertEqual(self.contact.phone_sanitized, "+33611223344")

    def test_form(self):
        """A user adds numbers on the contact's form; text is no number."""
        with Form(self.contact) as form:
            with form.telephony_phone_ids.new() as line:
                line.number = "+33 7 56 78 33 44"
                line.label = "work"
                line.note = "only before noon"
        self.assertEqual(self.found("+33756783344"), [self.contact])
        with self.assertRaises(ValidationError):
            self.contact.telephony_phone_ids[0].number = "ask Ann"

    def test_owner(self):
        """A number belongs to one record."""
        phones = self.env["telephony.phone"]
        for values in ({}, {"partner_id": self.contact.id, "lead_id": self.lead.id}):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                phones.create({"number": SECOND, **values})

    def test_rights(self):
        """Numbers are read and changed by those who may do so with their record."""
        phones = self.env["telephony.phone"].with_user(self.employee)
        both = self.contact.telephony_phone_ids + self.lead.telephony_phone_ids
        # An employee reads contacts, but no leads.
        self.assertEqual(
            phones.search([("id", "in", both.ids)]), self.contact.telephony_phone_ids
        )
        of_lead = self.lead.telephony_phone_ids.with_user(self.employee)
        for call in (
            lambda: of_lead.read(["number"]),
            lambda: of_lead.write({"note": "x"}),
            lambda: of_lead.unlink(),
            lambda: phones.create({"lead_id": self.lead.id, "number": SECOND}),
            # May read contacts, but not write them.
            lambda: self.contact.telephony_phone_ids.with_user(self.employee).write(
                {"note": "x"}
            ),
            lambda: phones.create({"partner_id": self.contact.id, "number": SECOND}),
        ):
            with self.assertRaises(AccessError):
                call()
        seller = new_test_user(
            self.env,
            "phone-seller",
            "base.group_partner_manager,sales_team.group_sale_salesman_all_leads",
        )
        both.with_user(seller).write({"note": "x"})
        own = self.contact.telephony_phone_ids.with_user(seller)
        with self.assertRaises(AccessError):
            # Nobody moves a number to a record that they may not write.
            hidden = self.env["res.partner"].create({"name": "Hidden"})
            self.env["ir.rule"].create(
                {
                    "name": "hidden",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "domain_force": f"[('id', '!=', {hidden.id})]",
                }
            )
            own.partner_id = hidden.id

    def test_lead_to_contact(self):
        """The contact made of a lead has its other phone numbers."""
        self.lead._handle_partner_assignment(create_missing=True)
        self.assertIn(self.lead.partner_id, self.found("+33639987062"))

    def test_merge(self):
        """Merging keeps every number, also the phones of the records that go."""
        other = self.env["res.partner"].create(
            {"name": "Ann", "phone": "07 56 78 33 44", "country_id": self.france.id}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.contact | other).ids, other)
        for number in ("+33756783344", "+33639987061", "+33611223344"):
            self.assertEqual(self.found(number), [other], number)
        second = self.env["crm.lead"].create({"name": "Offer 2", "contact_name": "Bob"})
        kept = (self.lead | second).merge_opportunity()
        self.assertEqual(self.found("+33639987062"), [kept])

    def test_import_and_export(self):
        """Numbers come and go with their record's columns."""
        columns = [
            "name",
            "telephony_phone_ids/number",
            "telephony_phone_ids/label",
        ]
        rows = [["Imported", SECOND, "Work"], ["", "+33 7 56 78 33 44", "Fax"]]
        result = self.env["res.partner"].load(columns, rows)
        self.assertFalse(result["messages"])
        partner = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(self.found("+33756783344"), [partner])
        self.assertEqual(partner.export_data(columns)["datas"], rows)
