"""One meaning of “missed”, wherever calls are counted, listed and followed up."""

from ast import literal_eval

from lxml import etree

from odoo import fields
from odoo.fields import Domain
from odoo.tests import Form, tagged

from .test_followup import FollowupCommon

UNANSWERED = ("missed", "busy", "declined", "cancelled", "failed")
OTHER = "+33639980002"


@tagged("post_install", "-at_install")
class TestMissed(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = cls.supervisor.tz = "UTC"
        cls.ada = cls.partner(cls, user_id=cls.bruno.id)
        cls.env["telephony.queue"].create({"pbx_id": cls.pbx.id, "name": "support"})

    def had(self, outcome, direction="inbound", number=OTHER):
        """Return a call of now that rang 1001 and ended so."""
        now = fields.Datetime.now()
        uniqueid = f"{direction}-{outcome}-{number}"
        leg = {
            "uniqueid": f"{uniqueid}-1001",
            "extension": "1001",
            "state": "ended",
            "outcome": outcome,
            "start_date": now,
            "end_date": now,
        }
        return self.call(
            uniqueid,
            outcome,
            number=number,
            direction=direction,
            queue="support" if direction == "inbound" else "",
            start_date=now,
            end_date=now,
            legs=[leg],
        )

    def filtered(self, model, name, record=None):
        """Return the calls behind a filter of the model's search view."""
        calls = self.env[model].with_user(self.supervisor)
        if record:
            calls = calls.with_context(telephony_record=[record._name, record.id])
        xmlid = f"{model.replace('.', '_')}_view_search"
        view = self.env.ref(f"telephony_connector.{xmlid}")
        arch = etree.fromstring(calls.get_view(view.id, "search")["arch"])
        [node] = arch.xpath(f"//filter[@name='{name}']")
        domain = Domain(literal_eval(node.get("domain")))
        return calls.search(domain & Domain("start_date", ">=", "today"))

    def counts(self):
        """Return what every place says: how many are missed, how many to call back."""
        self.env.flush_all()
        self.env.invalidate_all()
        client = self.env["telephony.client"].with_user(self.alice)
        self.followups._cron_follow_up()
        open_followups = self.followups.search([("state", "=", "open")])
        return {
            "missed": {
                "list": len(self.filtered("telephony.call", "missed")),
                "list of today": len(self.filtered("telephony.call", "missed_today")),
                "record": len(
                    self.filtered("telephony.record.call", "missed", self.ada)
                ),
            },
            "to call back": {
                "badge": client.get_phone_state()["missed_count"],
                "panel": len(client.get_panel()["missed"]),
                "list": len(self.filtered("telephony.call", "not_called_back")),
                "follow-up": sum(open_followups.mapped("call_count")),
            },
        }

    def check(self, missed, to_call_back):
        found = self.counts()
        self.assertEqual(found["missed"], dict.fromkeys(found["missed"], missed))
        self.assertEqual(
            found["to call back"], dict.fromkeys(found["to call back"], to_call_back)
        )

    def test_an_incoming_call_that_nobody_answered(self):
        self.company.telephony_followup = True
        self.check(0, 0)
        for count, outcome in enumerate(UNANSWERED, 1):
            call = self.had(outcome, number=self.ada.phone)
            self.assertEqual(call.outcome, outcome, "the outcome keeps its word")
            self.check(count, count)

    def test_others_are_not_missed(self):
        self.company.telephony_followup = True
        for outcome in UNANSWERED:
            self.had(outcome, "outbound", number=self.ada.phone)
            self.had(outcome, "internal", number="1002")
        self.had("answered", number=OTHER)
        self.apply(
            self.change(
                "x1", 1, direction="inbound", state="ended", number=self.ada.phone
            )
            | {"extension": "1001", "incomplete": True, "outcome": "unknown"}
            | {"start_date": fields.Datetime.now()}
        )
        self.check(0, 0)

    def test_called_back(self):
        self.company.telephony_followup = True
        self.had("busy", number=self.ada.phone)
        self.had("declined", number=self.ada.phone)
        self.check(2, 2)
        self.had("answered", "outbound", number=self.ada.phone)
        self.check(2, 0)

    def test_marked_as_done(self):
        self.company.telephony_followup = True
        call = self.had("declined", number=self.ada.phone)
        self.check(1, 1)
        call.with_user(self.alice).action_set_handled()
        self.check(1, 0)

    def test_registered(self):
        self.company.telephony_followup = True
        call = self.had("busy", number=self.ada.phone)
        call.with_user(self.alice).register("res.partner", self.ada.id, "Later")
        self.check(1, 0)
        self.assertIn("Missed · Busy", call.sudo().message_id.body)
        self.assertNotIn(self.alice.name, call.sudo().message_id.body)

    def test_blocked_callers_are_not_called_back(self):
        for is_followed_up in (True, False):
            self.company.telephony_followup = is_followed_up
            blocked = self.env["telephony.blocked.number"].create({"number": OTHER})
            outcome = "missed" if is_followed_up else "busy"
            call = self.had(outcome)
            self.assertTrue(call.is_missed)
            self.assertFalse(call.to_call_back)
            blocked.unlink()

    def test_blocked_afterwards(self):
        self.company.telephony_followup = True
        call = self.had("busy", number=self.ada.phone)
        self.check(1, 1)
        call.with_user(self.supervisor).action_block_caller()
        self.check(1, 0)

    def test_what_an_outcome_that_comes_later_changes(self):
        """A source that tells in parts may say that it was answered after all."""
        self.apply(
            self.change("p1", direction="inbound", state="ended", number=OTHER)
            | {"start_date": fields.Datetime.now()}
        )
        call = self.env["telephony.call"].search([("uniqueid", "=", "p1")])
        self.assertTrue(call.is_missed)
        self.apply(self.change("p1", answer_date=fields.Datetime.now()))
        self.assertFalse(call.is_missed or call.to_call_back)

    # === WHO ANSWERED AND WHO WAS RUNG === #

    def test_who_was_only_rung_did_not_handle_it(self):
        call = self.had("declined", number=self.ada.phone)
        self.assertFalse(call.handled_by_id)
        self.assertEqual(call.rung_user_ids, self.alice)
        named = self.env["telephony.record.call"].with_context(
            telephony_record=["res.partner", self.ada.id]
        )
        self.assertFalse(named.search([]).handled_by_id)

    def test_who_answered_and_who_was_rung_are_two(self):
        now = fields.Datetime.now()
        legs = [
            {
                "uniqueid": f"g-{number}",
                "extension": number,
                "state": "ended",
                "start_date": now,
                "answer_date": now if number == "1002" else None,
            }
            for number in ("1001", "1002")
        ]
        call = self.call("g", "answered", to="1002", legs=legs)
        self.assertEqual(call.handled_by_id, self.bruno)
        self.assertEqual(call.rung_user_ids, self.alice)

    def test_who_called_handled_it_whatever_became_of_it(self):
        call = self.had("busy", "outbound")
        self.assertEqual(call.handled_by_id, self.alice)
        self.assertFalse(call.rung_user_ids)

    def test_the_card_tells_the_last_missed_call(self):
        self.had("declined", number=self.ada.phone)
        call = self.ring("r1", number=self.ada.phone)
        [details] = self.read_card_details(call.with_user(self.alice))
        self.assertTrue(details["last_call"]["is_missed"])
        self.assertFalse(details["last_call"]["user"])

    def test_the_form_shows_both(self):
        call = self.had("declined", number=self.ada.phone)
        with Form(call.with_user(self.alice)) as form:
            self.assertEqual(form.rung_user_ids[:], self.alice)
