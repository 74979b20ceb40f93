from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tests.common import warmup

from ..engine.numbers import Kind
from ..models import telephony_number
from .common import USER_GROUPS, TelephonyCommon


@tagged("post_install", "-at_install")
class TestNumberMatch(TelephonyCommon):
    """Who has the number, for whom, and in which order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = cls.env["telephony.number"]
        cls.company = cls.env["res.partner"].create(
            {
                "name": "Company",
                "is_company": True,
                "phone": "+33 2 00 00 00 01",
                "country_id": cls.france.id,
            }
        )

    def matches(self, number, user=None, pbx=None, **context):
        """Return the records that a user finds for a number, and all the matches."""
        numbers = self.numbers.with_user(user or self.env.user).with_context(**context)
        found = numbers.match(number, self.pbx if pbx is None else pbx)
        return [match.record for match in found], found

    def partner(self, **values):
        return self.env["res.partner"].create(
            {"name": "Ann", "country_id": self.france.id, **values}
        )

    def test_forms(self):
        """Whatever a trunk presents, the record is found, exactly."""
        for text in (
            "+33200000001",
            "33200000001",
            "0033200000001",
            "01133200000001",
            "0200000001",
            '"Co" <sip:+33200000001@192.0.2.1>',
            "٠٢٠٠٠٠٠٠٠١",
        ):
            with self.subTest(text=text):
                records, (match,) = self.matches(text)
                self.assertEqual(records, [self.company])
                self.assertEqual(match.exact, True)
                self.assertEqual(match.reason, "Same number")
                self.assertEqual(match.field, "phone")

    def test_stored_and_caller(self):
        """What people write and who calls from it: exact, but likely, or nobody."""
        mobile = "06 12 34 56 78"
        for stored, country, region, caller, exact in (
            # What stands behind a number is no part of it.
            ("202-555-0143 after 6pm", "US", "FR", "+12025550143", True),
            ("202-555-0143 after 6pm", "US", "FR", "+20255501436", None),
            ("202-555-0143 (2nd floor)", "US", "FR", "+12025550143", True),
            ("202-555-0143 (2nd floor)", "US", "FR", "+20255501432", None),
            ("202-555-0143 line 2", "US", "FR", "+12025550143", True),
            ("202-555-0143 line 2", "US", "FR", "+20255501432", None),
            ("030 1234567 App. 12", "DE", "FR", "+49301234567", True),
            ("030 1234560 bis 69", "DE", "FR", "+49301234560", True),
            ("33612345678.0", "FR", "FR", "+33612345678", True),
            (f"{mobile} (9-17)", "FR", "FR", "+33612345678", True),
            (f"{mobile} 24/7", "FR", "FR", "+33612345678", True),
            (f"{mobile} 9h-18h", "FR", "FR", "+33612345678", True),
            (f"1) {mobile} 2) 07 56 78 33 44", "FR", "FR", "+33612345678", True),
            (f"1) {mobile} 2) 07 56 78 33 44", "FR", "FR", "+33756783344", True),
            (mobile.replace(" ", "\t"), "FR", "FR", "+33612345678", True),
            # Lines that have two numbers, and numbers as they once were.
            ("0690 33 59 41", "FR", "FR", "+590690335941", True),
            ("0690 33 59 41", "GP", "FR", "+590690335941", True),
            ("+33 6 90 33 59 41", "GP", "FR", "+590690335941", True),
            ("0690 33 59 41", "FR", "FR", "+33690335941", True),
            ("044 55 1234 5678", "MX", "FR", "+525512345678", True),
            ("01 55 1234 5678", "MX", "FR", "+525512345678", True),
            ("+378 882555", "SM", "FR", "+390549882555", True),
            ("+378 882555", "SM", "IT", "0549882555", True),
            # Direct dials, companies and letters.
            ("+43 1 12345 DW 678", "AT", "FR", "+43112345678", True),
            ("030 12345 DW 678", "DE", "FR", "+493012345678", True),
            ("+49 30 12345-0", "DE", "FR", "+493012345678", False),
            ("1.800.GO.FEDEX", "US", "FR", "+18004633339", True),
            ("1300 FLOWERS", "AU", "FR", "+611300356937", True),
            ("+1 202 555 0143", "US", "US", "5550143", False),
            ("+33 6 12 34 50 01", "FR", "FR", "+43112345001", None),
            # Of no country: read with that of the telephone system that is rung.
            ("011 49 170 1234567", False, "US", "+491701234567", True),
            ("011 49 170 1234567", False, "US", "1234567", None),
            ("001 65 6521 8000", False, "SG", "+6565218000", True),
            ("0011 354 410 1234", False, "AU", "+3544101234", True),
            ("800-FLOWERS", False, "US", "+18003569377", True),
            ("011 290 8999", False, "US", "+2908999", True),
            ("009 32 12 34 56 78", False, "NG", "+3212345678", True),
            ("009 32 12 34 56 78", False, "FR", "+93212345678", True),
            ("00 98 21 2345 6789", False, "FR", "+982123456789", True),
        ):
            with self.subTest(stored=stored, country=country, caller=caller):
                home = self.env["res.country"].search([("code", "=", region)])
                self.pbx.country_id = home
                countries = self.env["res.country"]
                if country:
                    countries = countries.search([("code", "=", country)])
                person = self.partner(phone=stored, country_id=countries.id)
                found = self.matches(caller)[1]
                self.assertEqual(
                    [(match.record, match.exact) for match in found],
                    [] if exact is None else [(person, exact)],
                )
                person.unlink()

    def test_fallback_country(self):
        """A web lead's number that is none where its company is, is read where one
        asks."""
        usa = self.env.ref("base.us")
        company = self.env["res.company"].create({"name": "Us", "country_id": usa.id})
        self.env.user.company_ids |= company
        lead = self.env["crm.lead"].create(
            {"name": "Web", "phone": "06 12 34 56 90", "company_id": company.id}
        )
        both = (self.env.company | company).ids
        records, (match,) = self.matches("+33612345690", allowed_company_ids=both)
        self.assertEqual((records, match.exact), ([lead], True))

    def test_area_code(self):
        """A caller without an area code is probable, and exact with one's own."""
        usa = self.env.ref("base.us")
        person = self.partner(phone="+1 202 555 0143", country_id=usa.id)
        self.pbx.country_id = usa
        records, (match,) = self.matches("5550143")
        self.assertEqual((records, match.exact), ([person], False))
        self.pbx.area_code = "202"
        records, (match,) = self.matches("5550143")
        self.assertEqual((records, match.exact), ([person], True))
        for wrong in ("2 0", "+1"):
            with self.assertRaises(ValidationError):
                self.pbx.area_code = wrong

    def test_company_number(self):
        """An extension of a company's number is probably from there."""
        germany = self.env.ref("base.de")
        self.company.write({"phone": "+49 30 12345-0", "country_id": germany.id})
        records, (match,) = self.matches("+493012345678")
        self.assertEqual(records, [self.company])
        self.assertEqual((match.exact, match.reason), (False, "Company's number"))
        self.assertTrue(self.matches("+4930123450")[1][0].exact)
        self.assertFalse(self.matches("+4930123499999")[0])

    def test_outside_prefix(self):
        """The PBX's prefix for an outside line is no part of the number."""
        self.pbx.outside_prefix = "9"
        self.assertEqual(self.matches("90200000001")[0], [self.company])
        self.pbx.outside_prefix = False
        self.assertEqual(self.matches("90200000001")[1].__len__(), 1)
        self.assertFalse(self.matches("90200000001")[1][0].exact)

    def test_nobody(self):
        """Withheld, internal, short and empty numbers match nobody."""
        self.partner(phone="1001")
        self.partner(phone="112")
        for text in ("anonymous", "1001", "112", "*97", "", None, "sip:ann@pbx"):
            with self.subTest(text=text):
                self.assertEqual(self.matches(text)[0], [])
        self.assertEqual(self.numbers._read("1001", self.pbx).kind, Kind.INTERNAL)
        self.ext_alice.number = "1003"
        self.assertEqual(self.numbers._read("1001", self.pbx).kind, Kind.SHORT)

    def test_pbx_country(self):
        """A national number is read with the PBX's country, changed or not."""
        self.assertEqual(
            self.numbers._read("0470123456", self.pbx).e164, "+33470123456"
        )
        self.pbx.country_id = self.env.ref("base.be")
        self.assertEqual(
            self.numbers._read("0470123456", self.pbx).e164, "+32470123456"
        )
        self.assertEqual(
            self.numbers._format("0470123456", self.pbx), "+32 470 12 34 56"
        )

    def test_company_country(self):
        """Without a country of its own the PBX is where its company is."""
        self.pbx.country_id = False
        self.env.company.country_id = self.france
        self.numbers._process_pending()
        self.assertEqual(
            self.numbers._read("0470123456", self.pbx).e164, "+33470123456"
        )
        self.env.company.country_id = self.env.ref("base.be")
        self.numbers._process_pending()
        self.assertEqual(
            self.numbers._read("0470123456", self.pbx).e164, "+32470123456"
        )

    def test_record_without_country(self):
        """A record of no country is read with the country of the PBX that is rung."""
        somebody = self.partner(phone="0470 12 34 56", country_id=False)
        self.assertEqual(self.matches("+33470123456")[0], [somebody])
        self.assertTrue(self.matches("+33470123456")[1][0].exact)
        self.assertFalse(self.matches("+32470123456")[1][0].exact)
        self.pbx.country_id = self.env.ref("base.be")
        self.assertTrue(self.matches("+32470123456")[1][0].exact)

    def test_unreadable_number(self):
        """A number that no country knows is found by its digits."""
        somebody = self.partner(phone="555-1234", country_id=self.env.ref("base.us").id)
        records, (match,) = self.matches("5551234")
        self.assertEqual(records, [somebody])
        self.assertTrue(match.exact)

    def test_probable(self):
        """The same last digits are marked, and come last."""
        unsure = self.partner(phone="9 0200000001", country_id=False)
        records, found = self.matches("0200000001")
        self.assertEqual(records, [self.company, unsure])
        self.assertEqual([match.exact for match in found], [True, False])
        self.assertEqual(found[1].reason, "Same last digits")

    def test_more_rows_than_are_read(self):
        """An exact match is among those that are read, however many end alike."""
        for number in range(6):
            self.partner(phone=f"+49 30 {number}2 34 56 78")
        last = self.partner(phone="+33 1 62 34 56 78")
        self.patch(telephony_number, "MAX_ROWS", 3)
        records, _matches = self.matches("+33162345678")
        self.assertEqual(records[0], last)
        self.assertLessEqual(len(records), 3)

    def test_company_first(self):
        """Of contacts that share a number the company comes first, then its people."""
        stranger = self.partner(phone="02 00 00 00 02")
        people = self.partner(phone="02 00 00 00 02", parent_id=self.company.id)
        self.company.phone = "02 00 00 00 02"
        more = self.partner(phone="02 00 00 00 02", parent_id=self.company.id)
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "phone": "+33200000002", "user_id": self.env.uid}
        )
        self.assertEqual(
            self.matches("0200000002")[0],
            [self.company, people, more, stranger, lead],
        )

    def test_archived(self):
        """Archived records match after all others, or not at all."""
        archived = self.partner(phone="0200000001", active=False)
        lead = self.env["crm.lead"].create({"name": "Lead", "phone": "+33200000001"})
        self.assertEqual(self.matches("0200000001")[0], [self.company, lead, archived])
        self.env.company.telephony_match_archived = False
        self.assertEqual(self.matches("0200000001")[0], [self.company, lead])
        hits = self.numbers._find(self.numbers._read("0200000001", self.pbx))
        self.assertNotIn(archived.id, [h.res_id for h in hits if h.model != "crm.lead"])

    def test_several_fields_or_rows(self):
        """A record with the number twice is one match."""
        self.company.phone = "0200000001 | +33 2 00 00 00 01 | 9 0200000001"
        self.assertEqual(len(self.matches("0200000001")[1]), 1)

    def test_own_leads_only(self):
        """A salesperson who sees only own leads never learns of another's."""
        lead = self.env["crm.lead"].create(
            {"name": "Secret", "phone": "+33200000003", "user_id": self.bruno.id}
        )
        self.assertEqual(self.matches("0200000003", self.bruno)[0], [lead])
        self.assertEqual(self.matches("0200000003", self.alice)[0], [])
        hits = self.numbers._find(self.numbers._read("0200000003", self.pbx), self.pbx)
        self.assertEqual([(h.model, h.res_id) for h in hits], [("crm.lead", lead.id)])
        self.assertTrue(hits[0].exact)

    def test_user_without_crm(self):
        """Who may not read leads at all finds contacts, and gets no error."""
        self.env["crm.lead"].create({"name": "Lead", "phone": "+33200000001"})
        user = new_test_user(
            self.env,
            "phone_only_t",
            groups="base.group_user,telephony_connector.group_telephony_user",
        )
        self.assertEqual(self.matches("0200000001", user)[0], [self.company])

    def test_field_out_of_reach(self):
        """A number in a field that the user may not read finds nothing."""
        field = self.env["res.partner"]._fields["phone"]
        self.patch(field, "groups", "base.group_system")
        self.assertEqual(self.matches("0200000001", self.alice)[0], [])

    def test_companies(self):
        """Only records of the user's companies are found."""
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.partner(phone="02 00 00 00 04", company_id=other.id)
        lead = self.env["crm.lead"].create(
            {
                "name": "Lead",
                "phone": "+33200000004",
                "company_id": other.id,
                "user_id": False,
                "team_id": False,
            }
        )
        manager = new_test_user(
            self.env,
            "manager_t",
            groups=USER_GROUPS + ",sales_team.group_sale_manager",
        )
        self.assertEqual(self.matches("0200000004", manager)[0], [])
        manager.company_ids |= other
        self.assertEqual(self.matches("0200000004", manager)[0], [theirs, lead])
        ids = self.env.company.ids
        self.assertEqual(
            self.matches("0200000004", manager, allowed_company_ids=ids)[0], []
        )

    def test_record_that_is_no_more(self):
        """Rows of records deleted behind the ORM's back match nobody."""
        self.numbers._process_pending()
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [self.company.id])
        self.env.invalidate_all(flush=False)
        self.assertEqual(self.matches("0200000001")[0], [])
        reading = self.numbers._read("0200000001", self.pbx)
        self.assertEqual(self.numbers._find(reading), [])

    def test_ambiguous(self):
        """Of two numbers that a text may be, the likelier one that exists counts."""
        self.pbx.country_id = self.env.ref("base.de")
        french = self.partner(phone="+33612345678")
        self.assertEqual(self.matches("33612345678")[0], [french])
        german = self.partner(phone="+49 33612345678")
        self.assertEqual(self.matches("33612345678")[0], [german])

    def test_incomplete(self):
        """The list of matches tells whether all records were looked at."""
        sources = self.env["telephony.number.source"].search([])
        sources.is_done = True
        self.env.registry.clear_cache()
        self.assertTrue(self.matches("0200000001")[1].complete)
        self.env["telephony.number.source"]._restart("crm.lead")
        self.assertFalse(self.matches("0200000001")[1].complete)

    @warmup
    def test_query_count(self):
        """A miss costs one query, hits on two models a few more, however many."""
        self.env["crm.lead"].create(
            [
                {"name": f"L{n}", "phone": "+33200000001", "user_id": self.alice.id}
                for n in range(5)
            ]
        )
        numbers = self.numbers.with_user(self.alice)
        numbers.match("0200000009", self.pbx)
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            numbers.match("0200000009", self.pbx)
        self.env.invalidate_all()
        # The index, the companies of the access rules, contacts, leads.
        with self.assertQueryCount(4):
            for match in numbers.match("0200000001", self.pbx):
                self.assertTrue(match.record.display_name)


@tagged("post_install", "-at_install")
class TestCallers(TelephonyCommon):
    """Who is meant: records of one person are one caller, different persons several."""

    NUMBER = "+33 6 39 98 50 01"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["res.partner"].create({"name": "A", "phone": cls.NUMBER})

    def lead(self, **values):
        return self.env["crm.lead"].create(
            {"name": "L", "phone": self.NUMBER, "type": "opportunity", **values}
        )

    def callers(self):
        matches = self.env["telephony.number"].match(self.NUMBER, self.pbx)
        return [match.record for match in matches.callers]

    def test_own_leads(self):
        """A contact stands for its own leads, open, lost and won."""
        self.lead(partner_id=self.contact.id)
        self.lead(partner_id=self.contact.id).action_set_lost()
        self.lead(partner_id=self.contact.id).action_set_won()
        self.assertEqual(self.callers(), [self.contact])

    def test_archived_duplicate(self):
        """Archived records and lost leads never compete with active ones."""
        self.contact.copy({"name": "A, archived"}).action_archive()
        self.lead(name="of nobody").action_set_lost()
        self.assertEqual(self.callers(), [self.contact])

    def test_only_closed(self):
        """Where there is nothing else, an archived contact is the caller."""
        self.contact.action_archive()
        self.assertEqual(self.callers(), [self.contact])
        (match,) = self.env["telephony.number"].match(self.NUMBER, self.pbx)
        self.assertEqual(match.reason, "Same number · Archived")

    def test_leads_of_one_contact(self):
        """Leads of one contact are that contact, one lead alone is itself."""
        self.contact.phone = "+33 6 39 98 50 09"
        further = {"telephony_phone_ids": [Command.create({"number": self.NUMBER})]}
        first = self.lead(phone=False, partner_id=self.contact.id, **further)
        self.assertEqual(self.callers(), [first])
        self.lead(phone=False, partner_id=self.contact.id, **further)
        self.assertEqual(self.callers(), [self.contact])

    def test_leads_of_one_visitor(self):
        """Leads that one address left twice are one caller, the newest of them."""
        self.contact.unlink()
        self.lead(email_from="ann@example.com")
        newest = self.lead(email_from="Ann <ann@example.com>")
        self.assertEqual(self.callers(), [newest])

    def test_different_persons(self):
        """A company and its people, two people, a lead of another: always a list."""
        company = self.env["res.partner"].create(
            {"name": "Co", "is_company": True, "phone": self.NUMBER}
        )
        self.contact.parent_id = company
        self.assertEqual(self.callers(), [company, self.contact])
        self.contact.parent_id = False
        lead = self.lead(contact_name="Somebody")
        self.assertEqual(self.callers(), [self.contact, company, lead])

    def test_order(self):
        """Open ones come before closed ones, one's own company's before others'."""
        other_company = self.env["res.company"].create({"name": "Other"})
        env = self.env(
            context={"allowed_company_ids": [self.env.company.id, other_company.id]}
        )
        theirs = self.env["res.partner"].create(
            {"name": "B", "phone": self.NUMBER, "company_id": other_company.id}
        )
        lost = self.lead()
        lost.action_set_lost()
        open_lead = self.lead()
        matches = env["telephony.number"].match(self.NUMBER, self.pbx)
        self.assertEqual(
            [match.record for match in matches],
            [self.contact, open_lead, theirs, lost],
        )
        self.assertEqual(matches[3].reason, "Same number · Lost")

    def test_call(self):
        """Card, page and log open with the contact of one's own leads."""
        self.lead(partner_id=self.contact.id)
        call = self.ring(number=self.NUMBER)
        self.assertEqual(call.sudo()._get_object(), self.contact)
        (card,) = self.read_cards(call.with_user(self.alice))
        self.assertEqual(card["object"]["name"], "A")
        action = self.env["telephony.registration"].with_user(self.alice)
        action = action.open_for_call(call.id)
        self.assertEqual(action["res_model"], "telephony.registration")

    def test_reason(self):
        """Where one has to choose, it is said what each is and why it is offered."""
        self.env.ref("crm.group_use_lead").user_ids |= self.alice
        self.lead(contact_name="Somebody", user_id=self.alice.id)
        self.lead(type="lead", contact_name="Else", user_id=self.alice.id)
        self.contact.copy({"name": "Old"}).action_archive()
        call = self.ring(number=self.NUMBER).with_user(self.alice)
        (card,) = self.read_cards(call)
        expected = [
            ("Contact", "Same number"),
            ("Lead", "Same number"),
            ("Opportunity", "Same number"),
            ("Contact", "Same number · Archived"),
        ]
        self.assertEqual(
            [(match["model_name"], match["reason"]) for match in card["matches"]],
            expected[:3],
        )
        pages = self.env["telephony.registration"].with_user(self.alice)
        pages.open_for_call(call.id)
        page = pages.search([("call_id", "=", call.id)])
        lines = page.match_ids
        self.assertEqual([(line.kind, line.reason) for line in lines], expected)
        for arch in (
            lines.get_view(view_type="list")["arch"],
            lines.get_view(view_type="kanban")["arch"],
            page.get_view(view_type="form")["arch"],
        ):
            self.assertIn('name="reason"', arch)

    def test_customer_of_a_lead_set_later(self):
        """Calls on a lead are the contact's, too, wherever it is set later."""
        self.contact.phone = False
        lead = self.lead()
        call = self.ring(number=self.NUMBER)
        self.assertEqual(call.sudo()._get_object(), lead)
        self.assertFalse(call.sudo().partner_id)
        lead.partner_id = self.contact
        self.env["telephony.number"]._process_pending()
        call.invalidate_recordset()
        self.assertEqual(call.sudo().partner_id, self.contact)
        self.assertEqual(self.contact.with_user(self.alice).telephony_call_count, 1)
        lead.partner_id = False
        self.env["telephony.number"]._process_pending()
        call.invalidate_recordset()
        self.assertFalse(call.sudo().partner_id)
