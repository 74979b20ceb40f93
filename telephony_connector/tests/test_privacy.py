from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import telephony_retention
from .common import TelephonyCommon
from .test_secrets import load_script

CALLER = "+33612340001"
GROUP = "telephony_connector.group_telephony_"


class PrivacyCommon(TelephonyCommon):
    def ended(self, uniqueid="p1", number=CALLER, months_ago=0, **values):
        """Return an ended call, some months and a day ago."""
        start = fields.Datetime.now() - relativedelta(months=months_ago, days=1)
        legs = [
            {
                "uniqueid": f"{uniqueid}-out",
                "number": number,
                "channel": f"SIP/{number}",
                "state": "ended",
                "start_date": start,
            },
            {
                "uniqueid": f"{uniqueid}-in",
                "extension": "1001",
                "channel": "PJSIP/1001-1",
                "state": "ended",
                "start_date": start,
            },
        ]
        return self.apply(
            self.change(
                uniqueid,
                1,
                **{
                    "direction": "inbound",
                    "state": "ended",
                    "outcome": "answered",
                    "number": number,
                    "caller_name": "JEANNE",
                    "dialed_number": "+33199000042",
                    "extension": "1001",
                    "start_date": start,
                    "answer_date": start + timedelta(seconds=5),
                    "end_date": start + timedelta(seconds=65),
                    "legs": legs,
                    **values,
                },
            )
        )


@tagged("post_install", "-at_install")
class TestRetention(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.telephony_retention_months = 6
        cls.partner = cls.env["res.partner"].create(
            {"name": "Jeanne Dupont", "phone": CALLER}
        )

    def setUp(self):
        super().setUp()
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)

    def run_action(self):
        self.env["telephony.retention"]._cron_anonymize()

    def everything(self, call):
        """Return all that the database holds of a call, as one text."""
        self.env.flush_all()
        texts = []
        for table, column in (
            ("telephony_call", "id"),
            ("telephony_call_leg", "call_id"),
        ):
            self.env.cr.execute(
                f"SELECT t::text FROM {table} t WHERE {column} = %s", [call.id]
            )
            texts += [text for (text,) in self.env.cr.fetchall()]
        return "\n".join(texts)

    def test_nothing_personal_is_left(self):
        call = self.ended(months_ago=6)
        call.with_user(self.alice).register(
            "res.partner", self.partner.id, note="<p>wants a quote</p>"
        )
        message = call.message_id
        self.assertIn("wants a quote", message.body)
        self.assertIn("612340001", self.everything(call))
        self.run_action()
        self.assertTrue(call.is_anonymized)
        text = self.everything(call)
        for personal in ("612340001", "JEANNE", "quote", "res.partner"):
            self.assertNotIn(personal, text)
        self.assertFalse(message.exists())
        self.assertEqual(call.number_display, "Anonymized")

    def test_statistics_stay(self):
        call = self.ended(months_ago=6)
        self.run_action()
        self.assertRecordValues(
            call,
            [
                {
                    "duration": 60,
                    "ring_duration": 5,
                    "outcome": "answered",
                    "user_id": self.alice.id,
                    "dialed_number": "+33199000042",
                }
            ],
        )
        self.assertEqual(
            call.leg_ids.filtered("extension_id").number, "1001", "our own number"
        )

    def test_number_of_an_outgoing_call(self):
        call = self.ended(months_ago=6, direction="outbound", dialed_number=CALLER)
        self.run_action()
        self.assertNotIn("612340001", self.everything(call))

    def test_younger_calls_and_other_companies_stay(self):
        young = self.ended("p2", months_ago=5)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        pbx = self.pbx.copy({"name": "Elsewhere", "company_id": company.id})
        foreign = self.ended("p3", months_ago=60, pbx_id=pbx.id)
        self.run_action()
        self.assertFalse(young.is_anonymized)
        self.assertFalse(foreign.is_anonymized)

    def test_never(self):
        self.env.company.telephony_retention_months = 0
        call = self.ended(months_ago=60)
        self.run_action()
        self.assertFalse(call.is_anonymized)

    def test_batches(self):
        self.patch(telephony_retention, "BATCH_SIZE", 2)
        calls = self.env["telephony.call"].browse(
            [self.ended(f"b{index}", months_ago=7).id for index in range(5)]
        )
        self.run_action()
        self.assertTrue(all(calls.mapped("is_anonymized")))

    def test_an_upgrade_has_the_scheduled_action_ask_the_right_model(self):
        cron = self.env.ref("telephony_connector.ir_cron_telephony_anonymize")
        cron.model_id = self.env["ir.model"]._get("telephony.call")
        script = load_script("migrations/19.0.1.0.5/post-move_retention.py")
        script.migrate(self.env.cr, "19.0.1.0.4")
        call = self.ended(months_ago=7)
        cron.ir_actions_server_id.run()
        self.assertTrue(call.is_anonymized)

    def test_late_news_bring_nothing_back(self):
        call = self.ended(months_ago=6)
        self.run_action()
        self.assertFalse(self.apply(self.change("p1", 9, number=CALLER)))
        self.assertFalse(self.apply(self.change("p1", caller_name="JEANNE")))
        self.assertNotIn("612340001", self.everything(call))

    def test_follow_up_goes_with_its_calls(self):
        call = self.ended(months_ago=6, outcome="missed", answer_date=None)
        followup = self.env["telephony.followup"].create(
            {"company_id": self.env.company.id, "number": CALLER}
        )
        call.followup_id = followup
        followup._count_calls(call)
        followup.kind = "known"
        followup._plan()
        activity = followup.activity_id
        self.assertTrue(activity)
        self.run_action()
        self.assertFalse(followup.exists())
        self.assertFalse(activity.exists())

    def test_deleted_call_takes_its_message_along(self):
        call = self.ended()
        call.with_user(self.alice).register("res.partner", self.partner.id, note="x")
        message = call.message_id
        call.unlink()
        self.assertFalse(message.exists())


@tagged("post_install", "-at_install")
class TestPrivacyLookup(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Jeanne Dupont", "phone": CALLER, "email": "jeanne@example.com"}
        )

    def found(self):
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(self.env.ref("base.user_admin"))
            .create({"name": "Jeanne Dupont", "email": "jeanne@example.com"})
        )
        wizard.action_lookup()
        return wizard.line_ids.filtered(lambda line: line.res_model == "telephony.call")

    def test_calls_of_the_person(self):
        self.env["res.partner"].create({"name": "Double", "phone": CALLER})
        by_number = self.ended("n1")
        self.assertFalse(by_number.partner_id, "two have the number")
        by_contact = self.ended("n2", number="+33612340009")
        by_contact._set_object(self.partner)
        by_name = self.ended("n3", number="+33612340008", caller_name="jeanne dupont")
        self.ended("n4", number="+33612340007")
        self.assertEqual(
            set(self.found().mapped("res_id")),
            {by_number.id, by_contact.id, by_name.id},
        )

    def test_person_known_as_a_lead_alone(self):
        """Calls of a lead are found, by link and by number, and the missed caller; once
        all is deleted the number is nowhere."""
        self.partner.unlink()
        number = "+33639987301"
        self.env["crm.lead"].create(
            {
                "name": "Request",
                "contact_name": "Jeanne Dupont",
                "email_from": "jeanne@example.com",
                "phone": number,
            }
        )
        calls = self.ended("l1", number=number) + self.ended("l2", number=number)
        calls[0].write({"res_model": False, "res_id": False})
        followup = self.env["telephony.followup"].create(
            {"company_id": self.env.company.id, "number": number}
        )
        calls.followup_id = followup
        lines = self.found()
        self.assertEqual(set(lines.mapped("res_id")), set(calls.ids))
        found = lines.wizard_id.line_ids
        self.assertIn(
            ("telephony.followup", followup.id),
            found.mapped(lambda line: (line.res_model, line.res_id)),
        )
        lines.action_unlink_all()
        self.assertFalse(followup.exists())

    def test_deleted_from_there(self):
        call = self.ended("n1")
        self.found().action_unlink_all()
        self.assertFalse(call.exists())


@tagged("post_install", "-at_install")
class TestDoNotCall(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx.provider = "softphone"
        cls.env["phone.blacklist"].create({"number": CALLER})

    def dial(self, number=CALLER, **options):
        return (
            self.env["telephony.client"].with_user(self.alice).dial(number, **options)
        )

    def count(self):
        return self.env["telephony.call"].search_count([("number", "=", CALLER)])

    def test_number_of_the_blacklist_is_not_dialed(self):
        for number in (CALLER, "06 12 34 00 01"):
            with self.assertRaisesRegex(UserError, "not to call"):
                self.dial(number)
            with self.assertRaisesRegex(UserError, "not to call"):
                self.dial(number, confirmed=True)
        self.assertFalse(self.count())

    def test_who_may_is_asked_first(self):
        self.alice.group_ids += self.env.ref(f"{GROUP}do_not_call")
        self.assertEqual(list(self.dial()), ["confirm"])
        self.assertFalse(self.count())
        self.assertTrue(self.dial(confirmed=True)["call_id"])

    def test_other_numbers_and_removed_ones(self):
        self.assertTrue(self.dial("+33612340002")["call_id"])
        self.env["phone.blacklist"].search([("number", "=", CALLER)]).active = False
        self.assertTrue(self.dial()["call_id"])


@tagged("post_install", "-at_install")
class TestBlockedCallers(PrivacyCommon):
    def block(self, number=CALLER, **values):
        return self.env["telephony.blocked.number"].create(
            {"number": number, "company_id": self.env.company.id, **values}
        )

    def test_any_form_of_the_number(self):
        self.assertEqual(self.block("06 12 34 00 01").number, CALLER)
        with self.assertRaises(UserError):
            self.block("nobody")

    def test_card(self):
        call = self.ring(number=CALLER)
        self.assertFalse(self.read_cards(call.with_user(self.alice))[0]["blocked"])
        self.block(reason="advertising")
        self.env.invalidate_all()  # as in another request
        card = self.read_cards(call.with_user(self.alice))[0]
        self.assertEqual(card["blocked"], "Blocked caller · advertising")
        self.assertFalse(card["open_page"])

    def is_blocked(self):
        found = self.env["telephony.api"]._lookup(self.pbx, "0612340001")
        return found["blocked"]

    def test_lookup(self):
        self.assertFalse(self.is_blocked())
        entry = self.block()
        self.assertTrue(self.is_blocked())
        entry.active = False
        self.assertFalse(self.is_blocked())

    def test_not_followed_up(self):
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *a, **kw: 60.0)
        self.block()
        self.ended(outcome="missed", answer_date=None)
        other = self.ended("p9", CALLER[:-1] + "9", outcome="missed", answer_date=None)
        self.env["telephony.followup"]._cron_follow_up()
        followups = self.env["telephony.followup"].search(
            [("company_id", "=", self.env.company.id)]
        )
        self.assertEqual(followups.call_ids, other)

    def test_of_the_company_alone(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.block(company_id=company.id)
        self.assertFalse(self.ring(number=CALLER).is_blocked)

    def test_from_the_call_s_form(self):
        call = self.ring(number=CALLER)
        with self.assertRaises(AccessError):
            call.with_user(self.alice).action_block_caller()
        call.with_user(self.supervisor).action_block_caller()
        self.assertTrue(call.is_blocked)

    def test_a_caller_who_was_unblocked_can_be_blocked_again(self):
        call = self.ring(number=CALLER)
        call.action_block_caller()
        self.env["telephony.blocked.number"]._find(
            call.number, call.company_id
        ).active = False
        call.invalidate_recordset(["is_blocked"])
        self.assertFalse(call.is_blocked)
        call.action_block_caller()
        self.assertTrue(call.is_blocked)

    def test_callers_alone_are_blocked(self):
        self.block()
        call = self.ended(direction="outbound", dialed_number=CALLER)
        self.assertFalse(call.is_blocked)
