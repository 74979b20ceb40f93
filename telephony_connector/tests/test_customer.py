from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.telephony_customer import SECTION_LINES
from . import common_customer
from .common import at
from .common_customer import NUMBER

SECTIONS = ["opportunities", "activities", "calls", "notes"]


@tagged("post_install", "-at_install")
class TestCustomer(common_customer.CustomerCommon):
    """What stands beside the page of a call: what is open, what happened last."""

    def add_opportunity(self, name="Open", user=None, **values):
        return self.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "partner_id": self.company.id,
                "user_id": (user or self.alice).id,
                **values,
            }
        )

    def add_call(self, uniqueid, to="1001", **values):
        """Log a missed call of Ada's."""
        self.ring(uniqueid, number=NUMBER, to=to)
        ended = {
            "direction": "inbound",
            "state": "ended",
            "number": NUMBER,
            "extension": to,
            "start_date": at(0),
            "outcome": "missed",
        }
        return self.apply(self.change(uniqueid, 2, **ended | values))

    def fill(self, count):
        """Have so many of each: opportunities, activities, calls, notes."""
        for n in range(count):
            lead = self.add_opportunity(f"Open {n}", expected_revenue=100)
            lead.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.alice.id
            )
            self.add_call(f"filled{count}-{n}", start_date=at(n))
            self.ada.message_post(
                body=f"Note {n}", subtype_xmlid="mail.mt_note", message_type="comment"
            )
        self.env.flush_all()
        self.env.invalidate_all()

    # --- what is shown ---

    def test_nothing_is_known(self):
        self.assertEqual(self.sections(), {})

    def test_sections_in_their_order(self):
        self.fill(1)
        self.assertEqual([*self.sections()], SECTIONS)

    def test_open_opportunities_of_the_company(self):
        lead = self.add_opportunity("Fleet", expected_revenue=1200)
        self.add_opportunity("Won").action_set_won()
        self.add_opportunity("Lost").action_set_lost()
        self.add_opportunity("A colleague's", self.bruno)
        section = self.sections()["opportunities"]
        [line] = section["lines"]
        self.assertEqual((line["model"], line["id"]), ("crm.lead", lead.id))
        self.assertEqual((line["name"], section["count"]), ("Fleet", 1))
        self.assertIn("1,200", line["text"])
        self.assertIn(lead.stage_id.name, line["text"])
        self.assertFalse(section["more"])

    def test_many_are_counted_and_lead_to_all(self):
        self.fill(SECTION_LINES + 2)
        sections = self.sections()
        for key in ("opportunities", "activities"):
            section = sections[key]
            self.assertEqual(len(section["lines"]), SECTION_LINES)
            self.assertEqual(section["count"], SECTION_LINES + 2)
            listed = self.env[section["more"]["res_model"]].with_user(self.alice)
            self.assertEqual(
                listed.search_count(section["more"]["domain"]), section["count"]
            )
        self.assertEqual(len(sections["calls"]["lines"]), SECTION_LINES)
        self.assertEqual(
            sections["calls"]["more"]["context"]["telephony_record"],
            ["res.partner", self.ada.id],
        )

    def test_activities_of_the_contact_and_of_what_is_open(self):
        lead = self.add_opportunity()
        late = lead.activity_schedule(
            "mail.mail_activity_data_call",
            date.today() - timedelta(days=2),
            "Call about the offer",
            user_id=self.alice.id,
        )
        self.ada.activity_schedule(
            "mail.mail_activity_data_email", user_id=self.bruno.id
        )
        first, second = self.sections()["activities"]["lines"]
        self.assertEqual(
            (first["name"], first["model"], first["id"], first["is_late"]),
            ("Call about the offer", "crm.lead", lead.id, True),
        )
        self.assertEqual((second["model"], second["is_late"]), ("res.partner", False))
        self.assertIn(self.bruno.name, second["text"])
        late.action_done()
        self.assertEqual(len(self.sections()["activities"]["lines"]), 1)

    def test_last_calls_without_the_page_s_own(self):
        before = self.add_call("c0")
        before.with_user(self.alice).register(
            "res.partner", self.ada.id, "<p>Wants a <b>quote</b></p>"
        )
        current = self.ring("c1", number=NUMBER)
        [line] = self.sections(call=current)["calls"]["lines"]
        self.assertEqual((line["model"], line["id"]), ("telephony.call", before.id))
        self.assertEqual(line["name"], "Incoming · Missed")
        self.assertEqual(line["note"].split(), ["Wants", "a", "*quote*"])

    def test_last_notes_of_people(self):
        lead = self.add_opportunity()
        lead.with_user(self.alice).message_post(
            body="Prefers Tuesdays",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        lead.message_post(body="By the system", message_type="notification")
        call = self.add_call("c0")
        call.with_user(self.alice).register("crm.lead", lead.id, "Of the call")
        [line] = self.sections(lead)["notes"]["lines"]
        self.assertEqual(line["note"], "Prefers Tuesdays")
        self.assertEqual(line["name"], self.alice.name)

    # --- rights ---

    def test_without_the_right_to_leads_there_are_none(self):
        agent = new_test_user(
            self.env,
            "agent_t",
            groups="base.group_user,base.group_partner_manager,"
            "telephony_connector.group_telephony_user",
        )
        self.fill(1)
        self.add_call("c0")
        sections = self.sections(user=agent)
        self.assertNotIn("opportunities", sections)
        self.assertNotIn("activities", sections)
        self.assertNotIn("calls", sections)
        self.assertIn("notes", sections)

    def test_calls_of_colleagues_are_not_named(self):
        before = self.add_call("c0", to="1002")
        before.with_user(self.bruno).register("res.partner", self.ada.id, "Secret")
        for n in range(SECTION_LINES):
            self.add_call(f"theirs-{n}", to="1002", start_date=at(60 + n))
        own = self.add_call("own")
        [line] = self.sections()["calls"]["lines"]
        self.assertEqual(line["id"], own.id, "however many of theirs are newer")

    def test_a_refused_section_is_missing(self):
        self.fill(1)
        model = self.registry[self.model]

        def refuse(known, customer):
            raise AccessError(str(known))

        self.patch(model, "_build_calls", refuse)
        self.assertEqual([*self.sections()], ["opportunities", "activities", "notes"])

    def test_the_record_must_be_readable(self):
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.ada.id)],
            }
        )
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self.sections()

    def test_only_for_those_who_see_calls(self):
        with self.assertRaises(AccessError):
            self.sections(user=self.outsider)

    def test_of_records_that_calls_belong_to(self):
        with self.assertRaises(UserError):
            self.sections(self.env.ref("base.main_company"))
        with self.assertRaises(UserError):
            self.sections(self.env["res.partner"])
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone_id = gone.id
        gone.unlink()
        with self.assertRaises(UserError):
            self.sections(self.env["res.partner"].browse(gone_id))

    # --- addons ---

    def test_an_addon_adds_a_section(self):
        model = self.registry[self.model]
        original = model._get_section_builders
        users = self.alice + self.bruno

        def build(customer):
            known = self.env[self.model]
            return known._make_section(
                "orders",
                "Orders",
                "fa-shopping-cart",
                users.with_env(customer.record.env),
                lambda user: {"text": f"{user.login} of {customer.family.name}"},
            )

        def add(known):
            return [*original(known), build]

        self.patch(model, "_get_section_builders", add)
        section = self.sections()["orders"]
        self.assertEqual((section["title"], section["count"]), ("Orders", 2))
        self.assertEqual(
            [line["text"] for line in section["lines"]],
            ["alice_t of Testcase & Sons", "bruno_t of Testcase & Sons"],
        )

    def test_what_is_open_stands_above_what_happened(self):
        self.fill(1)
        model = self.registry[self.model]
        original = model._get_open_section_builders
        user = self.alice

        def build(customer):
            known = self.env[self.model]
            return known._make_section("open", "Open", "fa-tasks", user, lambda _: {})

        def add(known):
            return [*original(known), build]

        self.patch(model, "_get_open_section_builders", add)
        self.assertEqual(
            [*self.sections()],
            ["opportunities", "activities", "open", "calls", "notes"],
        )

    # --- who it is ---

    def open_page(self, call):
        action = self.env["telephony.registration"].with_user(self.alice)
        page_id = action.open_for_call(call.id)["res_id"]
        return self.env["telephony.registration"].with_user(self.alice).browse(page_id)

    def test_the_page_begins_with_the_customer(self):
        page = self.open_page(self.ring(number=NUMBER))
        self.assertEqual(page.customer_name, "Ada Testcase")
        self.assertEqual(page.customer_company, "Testcase & Sons")
        self.assertIn("Known since", page.customer_since)
        self.assertIn(f"/res.partner/{self.ada.id}/avatar", page.customer_image_url)

    def test_since_when_a_customer(self):
        self.add_opportunity("First").action_set_won()
        self.env["crm.lead"].search([("name", "=", "First")]).date_closed = "2024-03-05"
        page = self.open_page(self.ring(number=NUMBER))
        self.assertIn("Customer since", page.customer_since)
        self.assertIn("2024", page.customer_since)

    def test_the_page_of_an_unknown_caller(self):
        page = self.open_page(self.ring(number="+33612349111"))
        self.assertFalse(page.object_ref)
        self.assertFalse(page.customer_name)
        self.assertFalse(page.customer_company)
        self.assertFalse(page.customer_since)
        self.assertFalse(page.customer_image_url)

    def test_the_page_says_nothing_of_whom_the_user_may_not_read_any_more(self):
        page = self.open_page(self.ring(number=NUMBER))
        self.env["ir.rule"].create(
            {
                "name": "hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.ada.id)],
            }
        )
        self.env.invalidate_all()
        self.assertFalse(page.customer_name)
        self.assertFalse(page.customer_since)

    # --- cost ---

    def test_queries_do_not_grow_with_the_lines(self):
        self.fill(2)
        self.sections()
        few = self.count_queries(self.sections)
        self.fill(SECTION_LINES - 3)
        many = self.count_queries(self.sections)
        self.assertEqual(many, few)
        self.assertLess(few, 60)
