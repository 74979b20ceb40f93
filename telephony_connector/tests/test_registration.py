from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TelephonyCommon, at

NUMBER = "+33612340001"


@tagged("post_install", "-at_install")
class TestRegistration(TelephonyCommon):
    def partner(self, name="Jeanne", **values):
        return self.env["res.partner"].create({"name": name, "phone": NUMBER, **values})

    def open(self, call, user=None):
        return (
            self.env["telephony.registration"]
            .with_user(user or self.alice)
            .open_for_call(call.id)
        )

    def page(self, action):
        self.assertEqual(action["res_model"], "telephony.registration")
        return (
            self.env["telephony.registration"]
            .with_user(self.alice)
            .browse(action["res_id"])
        )

    def end(self, uniqueid="c1"):
        return self.apply(
            self.change(
                uniqueid,
                state="ended",
                outcome="answered",
                answer_date=at(4),
                end_date=at(64),
            )
        )

    def test_the_card_says_what_to_begin_with(self):
        pages = self.env["telephony.registration"].with_user(self.alice)
        call = self.ring(number="+33639980777")
        page = self.page(pages.open_for_call(call.id, "person"))
        self.assertEqual((page.create_new, page.new_kind), (True, "person"))
        self.assertEqual(page.new_phone, "+33 6 39 98 07 77")
        page = self.page(pages.open_for_call(call.id, "existing"))
        self.assertEqual((page.create_new, page.save_number), (False, True))
        page = self.page(pages.open_for_call(call.id, "lead"))
        self.assertEqual((page.create_new, page.new_kind), (True, "lead"))
        page.object_ref = self.env["res.partner"].create({"name": "Chosen"})
        page = self.page(pages.open_for_call(call.id, "company"))
        self.assertEqual(page.new_kind, "lead", "what was chosen stays")

    def test_nothing_begins_that_the_user_may_not_create(self):
        pages = self.env["telephony.registration"].with_user(self.alice)
        self.patch(type(pages), "_get_creatable_kinds", lambda self: ["lead"])
        call = self.ring(number="+33639980777")
        page = self.page(pages.open_for_call(call.id, "person"))
        self.assertEqual(page.new_kind, "lead")

    def test_one(self):
        partner = self.partner()
        page = self.page(self.open(self.ring()))
        self.assertEqual(page.object_ref, partner)
        self.assertFalse(page.create_new)
        self.assertEqual(page.title, "Incoming call: +33 6 12 34 00 01")

    def test_none(self):
        leads = self.env["crm.lead"].search_count([])
        call = self.ring()
        page = self.page(self.open(call))
        self.assertFalse(page.object_ref)
        self.assertTrue(page.create_new)
        self.assertEqual(page.new_phone, "+33 6 12 34 00 01")
        self.assertEqual(self.env["crm.lead"].search_count([]), leads)
        self.assertEqual(page.default_subject, page.title)
        page.new_contact_name = "Jeanne"
        page.action_save()
        lead = page.object_ref
        self.assertEqual(lead.name, "Incoming call: Jeanne")
        self.assertEqual(lead._name, "crm.lead")
        self.assertEqual(lead.user_id, self.alice)
        self.assertEqual(lead.type, self.env["crm.lead"].default_get(["type"])["type"])
        self.assertEqual(call._get_object(), lead)
        page.action_save()
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)

    def test_a_lead_is_named_by_who_called(self):
        for names, subject, wanted in (
            ({}, False, "Incoming call: +33 6 39 98 07 77"),
            ({"new_company_name": "Acme"}, False, "Incoming call: Acme"),
            (
                {"new_contact_name": "Jeanne", "new_company_name": "Acme"},
                False,
                "Incoming call: Jeanne, Acme",
            ),
            ({"new_contact_name": "Jeanne"}, "New roof", "New roof"),
        ):
            with self.subTest(wanted):
                call = self.ring(wanted, number="+33639980777")
                page = self.page(self.open(call))
                page.write({"create_new": True, "new_subject": subject, **names})
                page.action_save()
                self.assertEqual(page.object_ref.name, wanted)
                page.object_ref.sudo().unlink()

    def test_saving_says_what_was_planned(self):
        self.partner()
        page = self.page(self.open(self.ring()))
        page.action_next_call()
        page.next_activity_summary = "Ask for the plan"
        message = page.action_save()["params"]["message"]
        self.assertIn("Ask for the plan", message)
        message = page.action_save()["params"]["message"]
        self.assertNotIn("Planned", message)

    def test_several(self):
        first, second = self.partner("A"), self.partner("B")
        action = self.open(self.ring())
        self.assertEqual(action["res_model"], "telephony.registration.match")
        page = (
            self.env["telephony.registration"]
            .with_user(self.alice)
            .browse(action["context"]["active_id"])
        )
        self.assertEqual(
            {(line.res_model, line.res_id) for line in page.match_ids},
            {("res.partner", first.id), ("res.partner", second.id)},
        )
        line = page.match_ids.filtered(lambda line: line.res_id == second.id)
        self.assertEqual(self.page(line.action_choose()).object_ref, second)

    def test_none_of_several(self):
        self.partner("A")
        self.partner("B")
        action = self.open(self.ring())
        lines = self.env["telephony.registration.match"]
        lines = lines.with_context(active_id=action["context"]["active_id"])
        page = self.page(lines.with_user(self.alice).action_choose_none())
        self.assertEqual((page.object_ref, page.create_new), (None, True))
        with self.assertRaises(AccessError):
            lines.with_user(self.bruno).action_choose_none()
        for active_id in ("x", 0, False, page.id + 1000):
            with self.assertRaises(UserError):
                lines.with_context(active_id=active_id).action_choose_none()

    def test_only_unreadable(self):
        lead = self.env["crm.lead"].create(
            {"name": "Secret deal", "phone": NUMBER, "user_id": self.bruno.id}
        )
        call = self.ring()
        page = self.page(self.open(call))
        self.assertTrue(page.is_hidden)
        self.assertFalse(page.create_new)
        self.assertFalse(page.object_ref)
        self.assertFalse(page.match_ids)
        card = self.read_cards(call.with_user(self.alice))[0]
        self.assertTrue(card["hidden"])
        self.assertNotIn("Secret deal", str(card))
        self.assertFalse(call.with_user(self.alice).object_ref)
        self.end()
        told = self.env["mail.message"].search(
            [
                ("model", "=", "crm.lead"),
                ("res_id", "=", lead.id),
                ("partner_ids", "in", self.bruno.partner_id.ids),
                ("message_type", "=", "user_notification"),
            ]
        )
        self.assertEqual(len(told), 1, "the owner is told, once")

    def test_draft_survives(self):
        call = self.ring()
        page = self.page(self.open(call))
        page.note = "<p>half a sentence</p>"
        self.ring("c2")
        self.assertEqual(self.page(self.open(call)), page)
        self.assertIn("half a sentence", page.note)

    def test_drafts_are_ones_own(self):
        page = self.page(self.open(self.ring()))
        with self.assertRaises(AccessError):
            page.with_user(self.bruno).read(["note"])

    def test_save_during_and_after_the_call(self):
        partner = self.partner()
        call = self.ring()
        page = self.page(self.open(call))
        page.note = "<p>first</p>"
        page.action_save()
        message = call.sudo().message_id
        self.assertEqual((message.model, message.res_id), ("res.partner", partner.id))
        self.assertIn("first", message.body)
        self.assertEqual(message.author_id, self.alice.partner_id)
        self.end()
        self.assertIn("1:00", message.body, "the duration comes when the call ends")
        page.note = "<p>second</p>"
        page.action_save()
        self.assertEqual(call.sudo().message_id, message)
        self.assertIn("second", message.body)

    def test_another_customer_moves_the_call(self):
        self.partner()
        other = self.env["res.partner"].create({"name": "Other"})
        call = self.ring()
        page = self.page(self.open(call))
        page.action_save()
        page.write({"object_ref": f"res.partner,{other.id}", "save_number": True})
        self.assertTrue(page.offers_save_number)
        page.action_save()
        self.assertEqual(call.sudo().message_id.res_id, other.id)
        self.assertEqual(call.sudo().partner_id, other)
        self.assertEqual(other.phone, "+33 6 12 34 00 01")

    def test_nothing_chosen(self):
        page = self.page(self.open(self.ring()))
        page.create_new = False
        with self.assertRaises(UserError):
            page.action_save()

    def test_foreign_calls_are_refused(self):
        call = self.ring()
        with self.assertRaises(AccessError):
            self.open(call, self.bruno)
        with self.assertRaises(AccessError):
            call.with_user(self.bruno).register("res.partner", self.partner().id)

    def test_register_checks_the_record(self):
        lead = self.env["crm.lead"].create({"name": "L", "user_id": self.bruno.id})
        call = self.ring().with_user(self.alice)
        with self.assertRaises(AccessError):
            call.register("crm.lead", lead.id)
        with self.assertRaises(UserError):
            call.register("res.users", self.bruno.id)

    def test_note_is_sanitized(self):
        partner = self.partner()
        call = self.ring()
        call.with_user(self.alice).register(
            "res.partner", partner.id, "<p>x<script>alert(1)</script></p>"
        )
        self.assertNotIn("script", call.note)
        self.assertNotIn("script", call.sudo().message_id.body)

    def test_an_unknown_caller_becomes_what_is_set(self):
        for kind, values, expected in (
            (
                "person",
                {"new_contact_name": "Ann"},
                {"name": "Ann", "is_company": False},
            ),
            (
                "company",
                {"new_company_name": "Inc"},
                {"name": "Inc", "is_company": True},
            ),
        ):
            with self.subTest(kind=kind):
                self.pbx.unknown_caller = kind
                number = f"+3361234001{len(kind)}"
                page = self.page(self.open(self.ring(kind, number=number)))
                self.assertEqual(page.new_kind, kind)
                page.write(values)
                page.action_save()
                self.assertRecordValues(page.object_ref, [expected])
                self.assertEqual(page.object_ref.country_id, self.france)

    def test_ones_own_choice_comes_first(self):
        self.alice.telephony_unknown_caller = "contact"
        company = self.env["res.partner"].create({"name": "Inc", "is_company": True})
        page = self.page(self.open(self.ring()))
        self.assertEqual(page.new_kind, "contact")
        page.write({"new_contact_name": "Ann", "new_company_id": company.id})
        page.action_save()
        self.assertEqual(page.object_ref.parent_id, company)

    def test_pages_open_as_the_user_wants(self):
        call = self.ring()
        self.assertTrue(self.get_payload(call, self.alice)["open_page"])
        self.alice.telephony_open_page_on = "answer"
        self.assertFalse(self.get_payload(call, self.alice)["open_page"])
        self.alice.telephony_open_page_on = "never"
        call.leg_ids.state = "ongoing"
        self.assertFalse(self.get_payload(call, self.alice)["open_page"])
        self.alice.telephony_open_page_on = "answer"
        self.assertTrue(self.get_payload(call, self.alice)["open_page"])

    def come_in(self, uniqueid, revision, answered_by=False, **phones):
        """Return a call that comes in, with extensions by the name of their phones."""
        answered = {"state": "ongoing", "answer_date": at(3)}
        over = {"state": "ended", "outcome": "cancelled", "end_date": at(3)}
        legs = [
            {
                "uniqueid": f"{uniqueid}-{name}",
                "extension": number,
                "state": "ringing",
                "start_date": at(0),
                **(answered_by and (answered if number == answered_by else over) or {}),
            }
            for name, number in phones.items()
        ]
        values = {"state": "ringing"} | (answered if answered_by else {})
        return self.apply(
            self.change(
                uniqueid,
                revision,
                direction="inbound",
                number="+33612340001",
                extension=answered_by or legs[0]["extension"],
                start_date=at(0),
                legs=legs,
                **values,
            )
        )

    def get_openings(self, call):
        """Return for whom the page of a call opens by itself now."""
        users = (self.alice, self.bruno)
        return [user for user in users if self.get_payload(call, user)["open_page"]]

    def test_pages_open_automatically(self):
        """At the ring where one user is rung, once answered where several are."""
        self.assertEqual(self.pbx.open_page_on, "automatic", "as long as nobody chose")
        call = self.come_in("one", 1, desk="1001")
        self.assertEqual(self.get_openings(call), [self.alice])
        self.come_in("one", 2, desk="1001", mobile="1001")
        self.assertEqual(self.get_openings(call), [self.alice], "of one user both")
        call = self.come_in("several", 1, desk="1001", other="1002")
        self.assertEqual(self.get_openings(call), [])
        with self.subTest("the choice of who wants it at the ring stands"):
            self.alice.telephony_open_page_on = "ringing"
            self.assertEqual(self.get_openings(call), [self.alice])
            self.alice.telephony_open_page_on = False
        self.come_in("several", 2, "1002", desk="1001", other="1002")
        self.assertEqual(self.get_openings(call), [self.bruno])

    def test_a_colleague_who_calls_is_not_rung(self):
        self.pbx.internal_calls = "page"
        ringing = {"state": "ringing", "start_date": at(0)}
        call = self.apply(
            self.change(
                "i1",
                direction="internal",
                state="ringing",
                number="1002",
                extension="1001",
                legs=[
                    {"uniqueid": "a", "extension": "1002", **ringing},
                    {"uniqueid": "b", "extension": "1001", **ringing},
                ],
            )
        )
        self.assertTrue(self.get_payload(call, self.alice)["open_page"])

    def test_who_is_rung_meanwhile_keeps_the_page_back(self):
        """The telephones of a group may be told of one after the other."""
        call = self.come_in("c1", 1, desk="1001")
        self.assertEqual(self.get_openings(call), [self.alice])
        self.come_in("c1", 2, desk="1001", other="1002")
        self.assertFalse(self.claim_page(call.with_user(self.alice)))
        self.come_in("c1", 3, "1001", desk="1001", other="1002")
        self.assertTrue(self.claim_page(call.with_user(self.alice)), "not used up")
        self.assertFalse(self.claim_page(call.with_user(self.bruno)), "not theirs")

    def test_preferences_are_ones_own_to_set(self):
        alice = self.alice.with_user(self.alice)
        alice.telephony_open_page_on = "never"
        with self.assertRaises(AccessError):
            self.bruno.with_user(self.alice).telephony_open_page_on = "never"

    def test_internal_calls(self):
        self.apply(
            self.change(
                "i1",
                1,
                direction="internal",
                state="ringing",
                number="1002",
                extension="1001",
                legs=[
                    {
                        "uniqueid": "a",
                        "extension": "1002",
                        "state": "ongoing",
                        "start_date": at(0),
                    },
                    {
                        "uniqueid": "b",
                        "extension": "1001",
                        "state": "ringing",
                        "start_date": at(1),
                    },
                ],
            )
        )
        call = self.env["telephony.call"].search([("uniqueid", "=", "i1")])
        for wanted, card, page in (
            ("nothing", False, False),
            ("card", True, False),
            ("page", True, True),
        ):
            with self.subTest(wanted=wanted):
                self.pbx.internal_calls = wanted
                payload = self.get_payload(call, self.alice)
                self.assertEqual(
                    (payload["show_card"], payload["open_page"]), (card, page)
                )
                self.assertFalse(
                    self.get_payload(call, self.bruno)["open_page"],
                    "the caller gets no page",
                )

    def test_result_and_next_step(self):
        partner = self.partner()
        call = self.ring()
        page = self.page(self.open(call))
        page.disposition_id = self.env.ref(
            "telephony_connector.telephony_disposition_interested"
        )
        page.action_next_call()
        self.assertTrue(page.next_activity_date)
        self.assertFalse(partner.activity_ids, "nothing before Save")
        page.action_save()
        page.action_save()
        self.assertEqual(call.disposition_id, page.disposition_id)
        self.assertIn("Interested", call.sudo().message_id.body)
        self.assertRecordValues(
            partner.activity_ids,
            [
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "user_id": self.alice.id,
                }
            ],
        )

    def test_calls_follow_merged_partners(self):
        kept = self.env["res.partner"].create({"name": "Kept"})
        gone = self.partner("Gone")
        call = self.ring()
        self.env["base.partner.merge.automatic.wizard"]._merge([kept.id, gone.id], kept)
        self.assertEqual(call._get_object(), kept)
        self.assertEqual(call.sudo().partner_id, kept)

    def test_calls_follow_merged_leads(self):
        leads = self.env["crm.lead"].create(
            [{"name": "A", "phone": NUMBER}, {"name": "B", "phone": "+33612340002"}]
        )
        calls = self.ring() | self.ring("c2", number="+33612340002")
        kept = leads.merge_opportunity()
        for call in calls:
            self.assertEqual(call._get_object(), kept)

    def test_calls_of_a_contact_and_its_company(self):
        company = self.env["res.partner"].create({"name": "Inc", "is_company": True})
        person = self.partner("Ann", parent_id=company.id)
        colleague = self.env["res.partner"].create(
            {"name": "Bob", "parent_id": company.id}
        )
        self.ring()
        for partner in (company, person, colleague):
            self.assertEqual(partner.with_user(self.alice).telephony_call_count, 1)
        action = company.with_user(self.alice).action_view_telephony_calls()
        self.assertEqual(
            action["context"], {"telephony_record": ["res.partner", company.id]}
        )

    def test_claim_is_for_one_tab(self):
        self.partner()
        call = self.ring().with_user(self.alice)
        self.assertTrue(self.claim_page(call))
        self.assertFalse(self.claim_page(call))

    def test_page_opened_by_hand_opens_no_more_by_itself(self):
        call = self.ring().with_user(self.alice)
        self.env["telephony.registration"].with_user(self.alice).open_from_url(
            {"call": str(call.id)}
        )
        self.assertFalse(self.claim_page(call))

    def test_by_url(self):
        partner = self.partner()
        pages = self.env["telephony.registration"].with_user(self.alice)
        parameters = {"number": "0612340001", "direction": "inbound", "ref": "abc"}
        page = self.page(pages.open_from_url(parameters))
        self.assertEqual(page.object_ref, partner)
        self.assertFalse(page.call_id, "nothing is logged before Save")
        self.assertEqual(self.page(pages.open_from_url(parameters)), page)
        page.action_save()
        call = page.call_id
        self.assertRecordValues(
            call, [{"number": NUMBER, "direction": "inbound", "state": "ended"}]
        )
        page.action_save()
        self.assertEqual(page.call_id, call)
        self.assertEqual(
            self.page(pages.open_from_url(parameters)).call_id, call, "reloaded"
        )

    def test_by_url_of_a_known_call(self):
        self.partner()
        call = self.ring()
        page = self.page(
            self.env["telephony.registration"]
            .with_user(self.alice)
            .open_from_url({"uniqueid": "c1", "pbx": str(self.pbx.id)})
        )
        self.assertEqual(page.call_id, call)

    # === PAGES BY URL === #

    def by_url(self, user=None, **parameters):
        user = user or self.alice
        pages = self.env["telephony.registration"].with_user(user)
        action = pages.open_from_url({"direction": "inbound", **parameters})
        self.assertEqual(action["res_model"], "telephony.registration")
        return pages.browse(action["res_id"])

    def test_by_url_the_end_is_unknown(self):
        self.partner()
        page = self.by_url(
            number=NUMBER, ref="r1", name="Jeanne D", dialed="0140000000"
        )
        self.assertEqual(page.caller_name, "Jeanne D")
        page.action_save()
        self.assertRecordValues(
            page.call_id,
            [
                {
                    "state": "ended",
                    "outcome": "unknown",
                    "incomplete": True,
                    "end_date": False,
                    "duration": 0,
                    "ring_duration": 0,
                    "caller_name": "Jeanne D",
                    "dialed_number": "0140000000",
                    "user_id": self.alice.id,
                    "user_ids": self.alice.ids,
                }
            ],
        )

    def test_by_url_an_unknown_caller_is_named(self):
        page = self.by_url(number="+33612340077", ref="r1", name="Jeanne D")
        self.assertEqual(page.new_contact_name, "Jeanne D")

    def test_by_url_a_name_is_text_on_one_line(self):
        page = self.by_url(
            number="+33612340077\0", ref="r\x1b1", name="A\u202eb\0\r\n\x1bc"
        )
        self.assertEqual((page.url_name, page.ref), ("Ab c", "r1"))

    def test_by_url_outgoing(self):
        self.partner()
        page = self.by_url(number=NUMBER, ref="r1", direction="outbound")
        self.assertEqual(page.title, "Outgoing call: +33 6 12 34 00 01")
        page.action_save()
        self.assertEqual(page.call_id.direction, "outbound")

    def test_by_url_save_is_idempotent(self):
        """Even where a second draft of the same call was opened."""
        leads = self.env["crm.lead"].search_count([])
        page = self.by_url(number=NUMBER, uniqueid="x1")
        page.action_save()
        calls = self.env["telephony.call"].search_count([])
        again = self.by_url(number=NUMBER, uniqueid="x1")
        self.assertEqual(again, page)
        again.action_save()
        self.assertEqual(self.env["telephony.call"].search_count([]), calls)
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)

    def test_by_url_what_a_client_writes_itself(self):
        pages = self.env["telephony.registration"].with_user(self.alice)
        page = pages.create(
            {
                "ref": "own",
                "pbx_id": self.pbx.id,
                "url_direction": "sideways",
                "url_number": "+33639985077",
                "object_ref": f"res.partner,{self.alice.partner_id.id}",
            }
        )
        self.assertIn("Incoming", page.title)
        with self.assertRaises(UserError):
            page.action_load_saved()
        page.action_save()
        self.assertEqual(page.call_id.sudo().direction, "inbound")

    def test_by_url_one_page_a_user_and_call(self):
        self.by_url(number=NUMBER, ref="r1")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env["telephony.registration"].with_user(self.alice).create(
                {"ref": "r1", "pbx_id": self.pbx.id}
            )

    def test_by_url_a_race_is_tried_again(self):
        self.by_url(number=NUMBER, ref="r1")
        pages = self.env["telephony.registration"].with_user(self.alice)
        with self.assertRaises(ConcurrencyError):
            pages._create_own({"ref": "r1", "pbx_id": self.pbx.id})

    def test_by_url_others_ids_lead_to_ones_own_call(self):
        """Nobody comes to a colleague's draft, note or call by knowing its address."""
        self.partner()
        for key in ("ref", "uniqueid"):
            with self.subTest(key=key):
                mine = self.by_url(number=NUMBER, **{key: f"same-{key}"})
                mine.note = "<p>secret note</p>"
                mine.action_save()
                theirs = self.by_url(
                    user=self.bruno, number=NUMBER, **{key: f"same-{key}"}
                )
                self.assertNotEqual(theirs, mine)
                self.assertFalse(theirs.call_id)
                self.assertFalse(theirs.note)
                theirs.action_save()
                self.assertNotEqual(theirs.call_id, mine.call_id)
                self.assertEqual(mine.call_id.user_ids, self.alice)
                self.assertIn("secret note", mine.call_id.note)

    def test_by_url_the_draft_joins_the_call_that_the_pbx_tells_of(self):
        self.partner()
        page = self.by_url(number=NUMBER, uniqueid="c1")
        page.note = "<p>half a sentence</p>"
        call = self.ring("c1")
        self.assertEqual(self.by_url(number=NUMBER, uniqueid="c1"), page)
        self.assertEqual(page.call_id, call)
        self.assertIn("half a sentence", page.note)

    def test_by_url_save_finds_the_call_that_came_meanwhile(self):
        self.partner()
        page = self.by_url(number=NUMBER, uniqueid="c1")
        call = self.ring("c1")
        self.page(self.open(call))
        page.action_save()
        self.assertEqual(page.call_id, call)

    def test_by_url_of_a_call_by_its_id(self):
        call = self.ring()
        self.assertEqual(self.by_url(call=str(call.id)).call_id, call)
        with self.assertRaises(AccessError):
            self.by_url(user=self.bruno, call=str(call.id))

    def test_by_url_the_telephone_system_is_the_one_meant(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        theirs, second = self.env["telephony.pbx"].create(
            [
                {"name": "Theirs", "host": "127.0.0.1", "company_id": company.id},
                {"name": "Second", "host": "127.0.0.1"},
            ]
        )
        page = self.by_url(number=NUMBER, ref="r1", pbx=str(second.id))
        self.assertEqual(page.pbx_id, second)
        for wrong in (str(theirs.id), "0", "x", "99999999"):
            with self.subTest(pbx=wrong), self.assertRaises(UserError):
                self.by_url(number=NUMBER, ref="r1", pbx=wrong)
        self.alice.company_ids += company
        pages = self.env["telephony.registration"].with_user(self.alice)
        action = pages.with_context(
            allowed_company_ids=(self.alice.company_id + company).ids
        ).open_from_url({"number": NUMBER, "ref": "r1", "pbx": str(theirs.id)})
        self.assertEqual(pages.browse(action["res_id"]).sudo().pbx_id, theirs)


@tagged("post_install", "-at_install")
class TestTwoPages(TelephonyCommon):
    """Two rung colleagues with the same call open: nobody wipes the other's work."""

    NUMBER = "+33639985055"

    def page(self, user, call):
        pages = self.env["telephony.registration"].with_user(user)
        pages.open_for_call(call.id)
        return pages.search([("call_id", "=", call.id), ("create_uid", "=", user.id)])

    def tell(self, revision, state, *legs, **values):
        """Tell of the call: how its legs with 1001 and 1002 are."""
        call = self.apply(
            self.change(
                "two",
                revision,
                direction="inbound",
                state=state,
                number=self.NUMBER,
                start_date=at(0),
                legs=[
                    {
                        "uniqueid": f"two-{number}",
                        "extension": number,
                        "start_date": at(0),
                        **leg,
                    }
                    for number, leg in zip(("1001", "1002"), legs, strict=True)
                ],
                **values,
            )
        )
        self.env.invalidate_all()
        return call

    def ring_both(self):
        return self.tell(1, "ringing", {"state": "ringing"}, {"state": "ringing"})

    def answer(self, call):
        self.tell(
            2,
            "ongoing",
            {"state": "ended", "end_date": at(5)},
            {"state": "ongoing", "answer_date": at(5)},
            answer_date=at(5),
            extension="1002",
        )

    def leads(self):
        return self.env["crm.lead"].search([("phone", "like", "39 98 50 55")])

    def test_saved_by_the_answerer(self):
        """A rung colleague's Save changes nothing of what the answerer saved."""
        call = self.ring_both()
        theirs, mine = self.page(self.bruno, call), self.page(self.alice, call)
        self.answer(call)
        self.assertFalse(theirs.is_taken)
        self.assertTrue(mine.is_taken)
        self.assertEqual(mine.taken_text, f"{self.bruno.name} answered this call.")
        with self.assertRaises(UserError):
            mine.action_save()
        theirs.note = "<p>wants an offer</p>"
        theirs.action_save()
        self.env.invalidate_all()
        self.assertEqual(len(self.leads()), 1)
        message = call.sudo().message_id
        for begun in (False, "<p>mine</p>"):
            mine.note = begun
            self.assertTrue(mine.is_outdated)
            with self.assertRaises(UserError):
                mine.action_save()
        self.assertEqual(len(self.leads()), 1, "no second lead")
        self.assertEqual(call.sudo()._get_object(), self.leads())
        self.assertIn("wants an offer", call.sudo().stored_note)
        self.assertTrue(message.exists())

    def test_load_what_was_saved(self):
        """What was saved is shown, one's own note is kept below and can be added."""
        call = self.ring_both()
        theirs, mine = self.page(self.bruno, call), self.page(self.alice, call)
        theirs.note = "<p>first</p>"
        theirs.action_save()
        self.env.invalidate_all()
        call.sudo()._get_object().user_id = self.alice
        mine.note = "<p>second</p>"
        mine.action_load_saved()
        self.assertFalse(mine.is_taken)
        self.assertEqual(mine.object_ref, call.sudo()._get_object().with_env(mine.env))
        mine.action_save()
        self.assertEqual(len(self.leads()), 1)
        self.assertIn("first", call.sudo().stored_note)
        self.assertIn("second", call.sudo().stored_note)
        self.env.invalidate_all()
        self.assertTrue(theirs.is_outdated, "now it is the first page that is old")

    def test_registering_compares_what_was_seen(self):
        """Registering by the method alone replaces nothing that came meanwhile."""
        call = self.ring_both()
        theirs = self.page(self.bruno, call)
        theirs.note = "<p>first</p>"
        theirs.action_save()
        record = call.sudo()._get_object()
        record.user_id = self.alice
        register = call.with_user(self.alice).register
        with self.assertRaises(UserError):
            register(record._name, record.id, note="<p>second</p>", revision=0)
        self.assertIn("first", call.sudo().stored_note)
        register(record._name, record.id, note="<p>second</p>", revision=1)
        self.assertIn("second", call.sudo().stored_note)

    def test_saved_where_the_user_may_not_look(self):
        """Nothing is offered that would take the call from a record out of reach."""
        call = self.ring_both()
        theirs, mine = self.page(self.bruno, call), self.page(self.alice, call)
        self.assertTrue(mine.create_new)
        theirs.action_save()
        self.env.invalidate_all()
        self.assertFalse(self.leads().with_user(self.alice).has_access("read"))
        mine.action_load_saved()
        self.assertFalse(mine.object_ref or mine.create_new)
        self.assertTrue(mine.is_hidden)
        with self.assertRaises(UserError):
            mine.action_save()
        self.assertEqual(len(self.leads()), 1)

    def test_the_other_page_hears_of_it(self):
        """Whoever has the page open is told that the call was saved, and how often."""
        call = self.ring_both()
        told = []
        self.patch(
            self.registry["res.users"],
            "_bus_send",
            lambda user, kind, payload, **kwargs: told.append((user, payload)),
        )
        page = self.page(self.bruno, call)
        for count in (1, 2):
            page.action_save()
            payload = dict(told)[self.alice]
            self.assertEqual(payload["id"], call.id)
            self.assertEqual(payload["registration_revision"], count)

    def test_register_it_oneself(self):
        """A colleague may register a call that another answered, knowingly."""
        call = self.ring_both()
        mine = self.page(self.alice, call)
        self.answer(call)
        mine.action_take_over()
        mine.action_save()
        self.assertEqual(call.sudo().registered_user_id, self.alice)

    def test_saving_again(self):
        """One's own page is saved as often as one likes."""
        call = self.ring_both()
        mine = self.page(self.alice, call)
        for note in ("<p>one</p>", "<p>two</p>"):
            mine.note = note
            mine.action_save()
            self.env.invalidate_all()
        self.assertIn("two", call.sudo().stored_note)
        self.assertEqual(len(self.leads()), 1)

    # --- notes from the call bar ---

    def add_note(self, user, call, text):
        self.env.invalidate_all()
        return (
            self.env["telephony.registration"].with_user(user).add_note(call.id, text)
        )

    def test_a_note_is_added_below_what_is_there(self):
        """Two who talk add to one note: neither replaces the other's."""
        call = self.ring_both()
        self.assertEqual(
            self.add_note(self.alice, call, " one \n two "), "<p>one <br> two</p>"
        )
        note = self.add_note(self.bruno, call, "<b>three</b>")
        self.assertEqual(note, "<p>one <br> two</p><p>&lt;b&gt;three&lt;/b&gt;</p>")
        self.assertEqual(call.sudo().stored_note, note)
        self.assertFalse(call.is_registered)

    def test_an_empty_note_empties_none(self):
        call = self.ring_both()
        self.add_note(self.alice, call, "one")
        for text in ("", " \n ", False):
            self.assertEqual(self.add_note(self.bruno, call, text), "<p>one</p>")
        self.assertEqual(call.sudo().registration_revision, 1)

    def test_a_note_is_on_the_page_and_saved_with_it(self):
        """What was begun on the page stays, and Save asks no question."""
        call = self.ring_both()
        page = self.page(self.alice, call)
        page.note = "<p>begun</p>"
        self.add_note(self.alice, call, "added")
        self.assertFalse(page.is_outdated)
        self.assertEqual(page.note, "<p>begun</p><p>added</p>")
        page.action_save()
        self.assertEqual(call.sudo().stored_note, "<p>begun</p><p>added</p>")
        self.add_note(self.alice, call, "later")
        self.assertIn("later", call.sudo().message_id.body)

    def test_a_note_is_seen_by_the_page_that_opens_later(self):
        call = self.ring_both()
        self.add_note(self.alice, call, "added")
        self.assertEqual(self.page(self.alice, call).note, "<p>added</p>")

    def test_a_note_on_a_colleague_s_call_warns_their_page(self):
        """Their Save does not replace it: they look at it first."""
        call = self.ring_both()
        theirs = self.page(self.bruno, call)
        theirs.note = "<p>theirs</p>"
        self.add_note(self.alice, call, "mine")
        self.assertTrue(theirs.is_outdated)
        with self.assertRaises(UserError):
            theirs.action_save()
        self.assertEqual(call.sudo().stored_note, "<p>mine</p>")
        self.add_note(self.bruno, call, "from the bar")
        self.assertTrue(theirs.is_outdated, "what came first is yet to be looked at")
        theirs.action_load_saved()
        self.assertEqual(theirs.note, "<p>mine</p><p>from the bar</p><p>theirs</p>")

    def test_notes_are_for_those_who_may_register(self):
        call = self.ring("other", number=self.NUMBER, to="1002")
        with self.assertRaises(AccessError):
            self.add_note(self.alice, call, "mine")
        with self.assertRaises(UserError):
            self.add_note(self.alice, call.browse(), "mine")
        team = self.env["crm.team"].create(
            {
                "name": "Both",
                "member_ids": [Command.set((self.alice + self.bruno).ids)],
            }
        )
        self.assertTrue(team)
        self.env.invalidate_all()
        self.assertTrue(call.with_user(self.alice).has_access("read"))
        self.add_note(self.bruno, call, "theirs")
        with self.assertRaises(AccessError):
            self.add_note(self.alice, call, "mine")
        self.assertEqual(call.sudo().stored_note, "<p>theirs</p>")
