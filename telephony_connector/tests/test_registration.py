from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

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

    def test_one(self):
        partner = self.partner()
        page = self.page(self.open(self.ring()))
        self.assertEqual(page.object_ref, partner)
        self.assertFalse(page.create_lead)
        self.assertEqual(page.title, "Incoming call: +33 6 12 34 00 01")

    def test_none(self):
        leads = self.env["crm.lead"].search_count([])
        call = self.ring()
        page = self.page(self.open(call))
        self.assertFalse(page.object_ref)
        self.assertTrue(page.create_lead)
        self.assertEqual(page.lead_phone, "+33 6 12 34 00 01")
        self.assertEqual(self.env["crm.lead"].search_count([]), leads)
        page.lead_contact_name = "Jeanne"
        page.action_save()
        lead = page.object_ref
        self.assertEqual(lead._name, "crm.lead")
        self.assertEqual(lead.user_id, self.alice)
        self.assertEqual(lead.type, self.env["crm.lead"].default_get(["type"])["type"])
        self.assertEqual(call._get_object(), lead)
        page.action_save()
        self.assertEqual(self.env["crm.lead"].search_count([]), leads + 1)

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

    def test_only_unreadable(self):
        lead = self.env["crm.lead"].create(
            {"name": "Secret deal", "phone": NUMBER, "user_id": self.bruno.id}
        )
        call = self.ring()
        page = self.page(self.open(call))
        self.assertTrue(page.is_hidden)
        self.assertFalse(page.create_lead)
        self.assertFalse(page.object_ref)
        self.assertFalse(page.match_ids)
        card = call.with_user(self.alice).read_cards()[0]
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
        page.create_lead = False
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

    def test_claim_is_for_one_tab(self):
        self.partner()
        call = self.ring().with_user(self.alice)
        self.assertTrue(call.claim_page())
        self.assertFalse(call.claim_page())

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
