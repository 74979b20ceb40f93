from odoo.tests import tagged

from .common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestNumberIndex(TelephonyCommon):
    """The index follows the records, however they change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = cls.env["telephony.number"]
        cls.belgium = cls.env.ref("base.be")
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Ann",
                "phone": "06 39 98 00 01",
                "country_id": cls.france.id,
            }
        )

    def rows(self, record):
        """Return the numbers that the index has for a record."""
        found = self.numbers.search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)], order="id"
        )
        return found.mapped("number")

    def test_create(self):
        """All numbers of a new record are indexed, with its own country."""
        self.assertEqual(self.rows(self.contact), ["+33639980001"])
        several = self.contact.create(
            {"name": "Bea", "phone": "+33 6 39 98 00 02 | 02 00 00 00 01 ext. 3"}
        )
        self.assertEqual(self.rows(several), ["+33639980002", "0200000001"])

    def test_write(self):
        """A changed number replaces the old one, and an emptied one leaves no row."""
        self.contact.phone = "06 39 98 00 03"
        self.assertEqual(self.rows(self.contact), ["+33639980003"])
        self.contact.phone = False
        self.assertEqual(self.rows(self.contact), [])

    def test_unrelated_write(self):
        """Other fields leave the rows alone."""
        before = self.numbers.search([("res_id", "=", self.contact.id)]).ids
        self.contact.write({"name": "Anna", "country_id": self.france.id})
        self.assertEqual(
            self.numbers.search([("res_id", "=", self.contact.id)]).ids, before
        )

    def test_lead_follows_partner(self):
        """A lead's phone that is recomputed, never written, is followed."""
        lead = self.env["crm.lead"].create(
            {"name": "Lead", "partner_id": self.contact.id}
        )
        self.assertEqual(self.rows(lead), ["+33639980001"])
        self.contact.phone = "06 39 98 00 04"
        self.assertEqual(self.rows(lead), ["+33639980004"])

    def test_import(self):
        """Imported records are indexed."""
        result = self.env["res.partner"].load(
            ["name", "phone", "country_id/id"],
            [
                ["Imp 1", "06 39 98 00 05", "base.fr"],
                ["Imp 2", "0470123456", "base.be"],
            ],
        )
        self.assertFalse(result["messages"])
        imported = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(self.rows(imported[0]), ["+33639980005"])
        self.assertEqual(self.rows(imported[1]), ["+32470123456"])

    def test_unlink(self):
        """A deleted record leaves no row, also if it was changed just before."""
        gone = self.contact.copy()
        gone.phone = "06 39 98 00 06"
        gone.unlink()
        self.assertEqual(self.rows(gone), [])

    def test_merge(self):
        """Of merged contacts the one that is kept has all numbers, the others none."""
        other = self.contact.copy({"name": "Ann", "phone": "06 39 98 00 07"})
        self.assertEqual(self.rows(other), ["+33639980007"])
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.contact | other).ids, self.contact)
        self.assertEqual(self.rows(self.contact), ["+33639980001", "+33639980007"])
        self.assertEqual(self.rows(other), [])

    def test_archive(self):
        """An archived record stays indexed."""
        self.contact.action_archive()
        self.assertEqual(self.rows(self.contact), ["+33639980001"])

    def test_own_country(self):
        """A change of the record's country reads its number anew."""
        self.contact.write({"phone": "02 00 00 00 01", "country_id": self.france.id})
        self.assertEqual(self.rows(self.contact), ["+33200000001"])
        self.contact.country_id = False
        self.assertEqual(self.rows(self.contact), ["0200000001"])

    def test_partner_country(self):
        """A lead without a country is read with its partner's, and follows it."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Lead",
                "partner_id": self.contact.id,
                "phone": "0470 12 34 56",
                "country_id": False,
            }
        )
        lead.country_id = False
        self.assertEqual(self.rows(lead), ["+33470123456"])
        self.contact.country_id = self.belgium
        lead.country_id = False
        self.assertEqual(self.rows(lead), ["+32470123456"])

    def test_company_of_person_country(self):
        """A person without a country is read with their company's."""
        company = self.contact.create({"name": "Co", "is_company": True})
        person = self.contact.create({"name": "P", "parent_id": company.id})
        person.write({"phone": "0470 12 34 56", "country_id": False})
        self.assertEqual(self.rows(person), ["0470123456"])
        # As an import or another module may do it, past the address's own syncing.
        company.with_context(tracking_disable=True)._write(
            {"country_id": self.belgium.id}
        )
        company.invalidate_recordset()
        self.assertEqual(self.rows(person), ["+32470123456"])

    def test_company_country(self):
        """The company's country is the last resort, and is followed, too."""
        company = self.env["res.company"].create(
            {"name": "Co", "country_id": self.france.id}
        )
        person = self.contact.create(
            {"name": "P", "phone": "0470 12 34 56", "company_id": company.id}
        )
        self.assertEqual(self.rows(person), ["+33470123456"])
        company.country_id = self.belgium
        self.assertEqual(self.rows(person), ["+32470123456"])
        row = self.numbers.search([("res_id", "=", person.id)])
        self.assertFalse(row.certain, "the company's country is only a fallback")

    def test_many_dependents_are_left_to_the_scheduled_action(self):
        """Where a country concerns many records, the saver does not index them."""
        company = self.env["res.company"].create(
            {"name": "Co", "country_id": self.france.id}
        )
        people = self.contact.create(
            [
                {"name": f"P{n}", "phone": "0470 12 34 56", "company_id": company.id}
                for n in range(3)
            ]
        )
        self.numbers._process_pending()
        self.env["telephony.number.source"].search([]).is_done = True
        self.patch(self.env.registry["telephony.number"], "_max_inline", 2)
        company.country_id = self.belgium
        self.assertEqual(self.rows(people[0]), ["+33470123456"])
        source = self.env["telephony.number.source"].search([("is_done", "=", False)])
        self.assertEqual(source.mapped("res_model"), ["res.partner"])
        self.assertFalse(self.numbers._is_complete())
        while not source.is_done:
            source._build_batch()
        self.assertEqual(self.rows(people[0]), ["+32470123456"])

    def test_constant_number_of_statements(self):
        """A batch costs as many statements as a single record."""
        partners = self.contact.create([{"name": f"P{n}"} for n in range(50)])
        self.env.flush_all()
        self.numbers._process_pending()
        counts = []
        for batch in (partners[:1], partners[1:]):
            for phone in ("06 39 98 00 08", "06 39 98 00 09"):
                batch.write({"phone": phone})
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                self.numbers._process_pending()
                counts.append(self.env.cr.sql_log_count - before)
        # Select, compare, insert and a look at unlinked calls; then a delete, too.
        self.assertEqual(counts, [4, 5, 4, 5])

    def test_rolled_back(self):
        """What is rolled back leaves no row and no change to follow."""
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            gone = self.contact.create({"name": "X", "phone": "06 39 98 00 10"})
            _ = 1 / 0
        self.assertEqual(self.rows(gone), [])

    def test_written_before_a_savepoint(self):
        """A savepoint that is rolled back does not take earlier changes' rows along."""
        self.contact.phone = "06 39 98 00 11"
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.numbers.match("0639980011", self.pbx)
            _ = 1 / 0
        self.assertEqual(self.rows(self.contact), ["+33639980011"])

    def test_no_column_on_foreign_tables(self):
        """Nothing is stored on the tables of partners and leads."""
        for model in ("res.partner", "crm.lead"):
            ours = [
                name
                for name, field in self.env[model]._fields.items()
                if field._modules == ("telephony_connector",)
                and field.store
                and field.column_type
            ]
            self.assertEqual(ours, [])
