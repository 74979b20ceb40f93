import re
from contextlib import contextmanager

from odoo import Command
from odoo.tests import Form, tagged

from ..odoo_compat import Cursor
from .common import TelephonyCommon

# Other phone numbers are a list on the form, which is read like any other.
OWN_TABLE = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE) "?telephony_(?!phone\b)')


@tagged("post_install", "-at_install")
class TestQueryCount(TelephonyCommon):
    """Contacts and leads cost no more than before where telephones are not concerned.

    Odoo's own tests count queries, and so do those who wait for a page.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["telephony.call"].search([]).write({"res_model": False, "res_id": 0})
        cls.env["telephony.call"].flush_model()
        cls.registry.clear_all_caches()
        cls.belgium = cls.env.ref("base.be")

    @contextmanager
    def assertNoQueries(self):
        """Have nothing asked of the addon's tables until the transaction's flush."""
        # What is asked once and cached is asked before.
        self.env["telephony.call"]._has_objects()
        self.env["telephony.number"]._is_complete()
        self.env["telephony.phone.field"]._get_names()
        self.flush()
        queries = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            text = str(getattr(query, "code", query))
            if OWN_TABLE.search(text):
                queries.append(text)
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", record)
        yield
        self.flush()
        self.patch(Cursor, "execute", execute)
        self.assertEqual(queries, [])

    def flush(self):
        self.env.flush_all()
        self.env.cr.flush()

    def test_contact_without_phone(self):
        partners = self.env["res.partner"]
        with self.assertNoQueries():
            partner = partners.create({"name": "Ann", "country_id": self.france.id})
            company = partners.create(
                {
                    "name": "Company",
                    "is_company": True,
                    "child_ids": [Command.create({"name": "Bea"})],
                }
            )
            partner.name = "Anna"
            (company.child_ids | company).unlink()

    def test_user(self):
        users = self.env["res.users"]
        with self.assertNoQueries():
            user = users.create({"name": "Ann", "login": "ann"})
            user.group_ids = [Command.link(self.env.ref("base.group_no_one").id)]

    def test_lead_without_phone(self):
        partner = self.env["res.partner"].create({"name": "Ann"})
        with self.assertNoQueries():
            leads = self.env["crm.lead"].create(
                [{"name": "One"}, {"name": "Two", "partner_id": partner.id}]
            )
            leads[0].partner_id = partner

    def test_merging_leads(self):
        leads = self.env["crm.lead"].create([{"name": f"Lead {n}"} for n in range(3)])
        with self.assertNoQueries():
            leads.merge_opportunity()

    def test_forms(self):
        """Also for users who see the button with the number of calls."""
        env = self.env(user=self.alice)
        partner = self.env["res.partner"].create({"name": "Ann"})
        lead = self.env["crm.lead"].create({"name": "One", "user_id": self.alice.id})
        with self.assertNoQueries():
            Form(env["res.partner"])
            Form(partner.with_env(env))
            Form(lead.with_env(env))

    def test_activities(self):
        partner = self.env["res.partner"].create({"name": "Ann"})
        activities = self.env["mail.activity"]
        for _index in range(3):
            activities |= partner.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.alice.id
            )
        with self.assertNoQueries():
            activities[0].user_id = self.bruno
            activities[0].action_feedback(feedback="Done")
            activities[1:].unlink()

    def test_removals_in_one_statement(self):
        """However many records with a number go one by one, as merges have them."""
        partners = self.env["res.partner"].create(
            [{"name": f"Ann {n}", "phone": f"+3363998000{n}"} for n in range(5)]
        )
        leads = self.env["crm.lead"].create(
            [{"name": f"Lead {n}", "phone": f"+3363998000{n}"} for n in range(5)]
        )
        self.flush()
        ids = partners.ids + leads.ids
        statements = []
        execute = Cursor.execute

        def record(cursor, query, *args, **kwargs):
            if "DELETE FROM telephony_number" in str(getattr(query, "code", query)):
                statements.append(query)
            return execute(cursor, query, *args, **kwargs)

        self.patch(Cursor, "execute", record)
        for records in (partners, leads):
            for one in records:
                one.unlink()
        numbers = self.env["telephony.number"]
        self.assertFalse(numbers.search([("res_id", "in", ids)]))
        self.assertEqual(len(statements), 2, "one for contacts, one for leads")

    def test_first_call_counts_at_once(self):
        """What is cached of there being no calls ends with the first one."""
        partner = self.env["res.partner"].create(
            {"name": "Ann", "phone": "+33639980001"}
        )
        alices = partner.with_user(self.alice)
        self.assertEqual(alices.telephony_call_count, 0)
        call = self.ring(number="+33639980001")
        self.assertEqual(call.object_ref, partner)
        alices.invalidate_recordset(["telephony_call_count"])
        self.assertEqual(alices.telephony_call_count, 1)

    def test_when_a_page_opens(self):
        """How many are rung is known in the door already, whatever users chose."""
        self.env["telephony.phone.field"]._get_names()
        opens, waits = ["1001"], ["1001", "1002"]
        for numbers, same in ((opens, "ringing"), (waits, "answer")):
            with self.subTest(numbers=numbers):
                self.count_queries_of_a_ring(same, numbers)  # fills caches
                counts = {
                    wanted: self.count_queries_of_a_ring(wanted, numbers)
                    for wanted in (same, "automatic")
                }
                self.assertEqual(counts["automatic"], counts[same])

    def count_queries_of_a_ring(self, wanted, numbers):
        """Return how many queries the door sends for a call that rings extensions.

        :param str wanted: when pages open
        """
        self.pbx.open_page_on = wanted
        self.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.apply(
            self.change(
                f"{wanted}-{before}",
                1,
                direction="inbound",
                state="ringing",
                number="+33612340001",
                legs=[
                    {"uniqueid": number, "extension": number, "state": "ringing"}
                    for number in numbers
                ],
            )
        )
        self.flush()
        return self.env.cr.sql_log_count - before
