"""Calls between colleagues: each sees the other. From Asterisk's events to what the web
client shows."""

from odoo.tests import tagged

from ..ami.dialplan import Dialplan
from .ami_script import Script
from .common import TelephonyCommon

PLAN = Dialplan(internal_numbers=frozenset(("1001", "1002", "600")))
CUSTOMER = "+33698765432"


@tagged("post_install", "-at_install")
class TestInternalCalls(TelephonyCommon):
    def take(self, script):
        """Pass what a PBX told through the door; return the one call."""
        changes = [
            {**call.changes(), "pbx_id": self.pbx.id, "term": 1}
            for call in script.calls.values()
        ]
        calls = self.apply(*changes)
        self.env.invalidate_all()
        calls.ensure_one()
        return calls

    def clicked(self):
        """1001 clicks 1002, whose phone rings."""
        script = Script(PLAN)
        script.tracker.originated("odoo-2", "1001", "1002")
        script.new("odoo-2", "PJSIP/1001-0a", number="1001")
        script.dial(None, "odoo-2", "1001").state("odoo-2", "Up")
        script.new("c", "PJSIP/1002-0b", number="1002", linked="odoo-2")
        return script.dial("odoo-2", "c", "1002")

    def dialed(self, caller="1002", called="1001", exten=None):
        """A colleague calls another by hand."""
        script = Script(PLAN)
        script.new("a", f"PJSIP/{caller}-1", "Ring", caller, exten=exten or called)
        script.new("b", f"PJSIP/{called}-2", number=called, linked="a")
        return script.dial("a", "b", called)

    def seen(self, call, user):
        [card] = self.read_cards(call.with_user(user))
        self.assertEqual(call.with_user(user).display_name, card["title"])
        return card

    def check(self, call, caller, called):
        """Both sides name the other in cards, pages, lists and notifications."""
        ends = {caller: (called, False), called: (caller, True)}
        for user, (other, is_incoming) in ends.items():
            number = other.telephony_extension_ids.number
            card = self.seen(call, user)
            with self.subTest(user=user.login):
                title = f"Internal call: {other.name} · {number}"
                self.assertEqual(card["title"], title)
                self.assertEqual(card["number"], number)
                self.assertEqual(card["colleague"], other.name)
                self.assertEqual(card["is_incoming"], is_incoming)
                pages = self.env["telephony.registration"].with_user(user)
                page = pages.browse(pages.open_for_call(call.id)["res_id"])
                self.assertEqual((page.title, page.number), (title, number))
                self.assertEqual(call.with_user(user).number_display, number)
                self.assertEqual(call.with_user(user).colleague, other.name)
                answer = self.answer_agent(call.with_user(user), claim=False)
                self.assertEqual(answer["title"], title)
        if call.state == "ended":
            for user, (other, _is_incoming_for) in ends.items():
                panel = self.env["telephony.client"].with_user(user).get_panel()
                [entry] = panel["recent"]
                self.assertEqual(
                    (entry["number"], entry["colleague"]),
                    (other.telephony_extension_ids.number, other.name),
                )

    def test_clicked(self):
        script = self.clicked()
        call = self.take(script)
        self.assertEqual(
            (call.direction, call.number, call.dialed_number, call.extension_id),
            ("internal", "1001", "1002", self.ext_bruno),
        )
        self.check(call, self.alice, self.bruno)
        self.check(self.take(script.answer("odoo-2", "c")), self.alice, self.bruno)
        script.hang_up("odoo-2", "c")
        self.check(self.take(script), self.alice, self.bruno)

    def test_from_the_click_on(self):
        """The row that the click makes names the other, too."""
        self.patch(type(self.pbx), "_has_leader", lambda pbx: True)
        client = self.env["telephony.client"].with_user(self.alice)
        answer = client.dial("1002")
        call = self.env["telephony.call"].browse(answer["call_id"])
        self.assertEqual((call.number, call.dialed_number), ("1001", "1002"))
        card = self.seen(call, self.alice)
        self.assertEqual(card["title"], f"Internal call: {self.bruno.name} · 1002")
        self.assertEqual(
            (card["leg_state"], card["progress"]), ("ringing", "own_phone")
        )
        self.assertEqual(answer["number_display"], "1002")

    def test_clicked_progress(self):
        script = Script(PLAN)
        script.tracker.originated("odoo-2", "1001", "1002")
        script.new("odoo-2", "PJSIP/1001-0a", number="1001")
        script.dial(None, "odoo-2", "1001")
        card = self.seen(self.take(script), self.alice)
        self.assertEqual(
            (card["leg_state"], card["progress"]), ("ringing", "own_phone")
        )
        script.state("odoo-2", "Up")
        self.assertEqual(
            self.seen(self.take(script), self.alice)["leg_state"], "ongoing"
        )
        script.new("c", "PJSIP/1002-0b", number="1002", linked="odoo-2")
        script.dial("odoo-2", "c", "1002")
        card = self.seen(self.take(script), self.alice)
        self.assertEqual(card["progress"], "calling")

    def test_dialed_by_hand(self):
        script = self.dialed()
        call = self.take(script)
        self.check(call, self.bruno, self.alice)
        caller, called = self.seen(call, self.bruno), self.seen(call, self.alice)
        self.assertEqual(
            (caller["progress"], called["leg_state"]), ("calling", "ringing")
        )
        self.assertIn("pickup", self.env["telephony.client"]._get_all_controls())
        self.assertNotIn("voicemail", caller["controls"], "they are not called")
        script.answer("a", "b").hang_up("a", "b")
        self.check(self.take(script), self.bruno, self.alice)

    def test_unanswered(self):
        script = self.dialed().dial_end("a", "b", "NOANSWER").hang_up("b", "a")
        call = self.take(script)
        self.check(call, self.bruno, self.alice)
        self.assertFalse(call.is_missed)
        self.assertFalse(call.handled_by_id)
        self.assertEqual(call.rung_user_ids, self.alice)

    def test_a_group(self):
        """Whom one calls is the group; those who are rung see who calls."""
        call = self.take(self.dialed(exten="600"))
        card = self.seen(call, self.bruno)
        self.assertEqual((card["title"], card["number"]), ("Internal call: 600", "600"))
        title = f"Internal call: {self.bruno.name} · 1002"
        self.assertEqual(self.seen(call, self.alice)["title"], title)

    def test_those_who_look_on_see_both(self):
        call = self.take(self.dialed())
        title = f"Internal call: {self.bruno.name} · 1002 → {self.alice.name} · 1001"
        self.assertEqual(call.with_user(self.supervisor).display_name, title)

    def test_a_phone_of_nobody_has_the_name_that_it_sends(self):
        self.ext_bruno.user_id = False
        script = Script(PLAN)
        name = {"CallerIDName": "Workshop"}
        script.new("a", "PJSIP/1002-1", "Ring", "1002", exten="1001", **name)
        script.new("b", "PJSIP/1001-2", number="1001", linked="a")
        call = self.take(script.dial("a", "b", "1001"))
        card = self.seen(call, self.alice)
        self.assertEqual(card["title"], "Internal call: Workshop · 1002")

    def test_the_own_name_is_not_the_others(self):
        script = Script(PLAN)
        name = {"CallerIDName": "Bruno's desk"}
        script.new("a", "PJSIP/1002-1", "Ring", "1002", exten="600", **name)
        script.new("b", "PJSIP/1001-2", number="1001", linked="a")
        card = self.seen(self.take(script.dial("a", "b", "1001")), self.bruno)
        self.assertEqual(card["title"], "Internal call: 600")
        self.assertFalse(card["caller_name"])

    def test_a_call_out_that_is_dialed_by_hand(self):
        """While the customer's phone rings, one's own does not."""
        script = Script(PLAN)
        script.new("a", "PJSIP/1001-1", "Ring", "1001", exten="0698765432")
        script.new("t", "PJSIP/trunk-2", linked="a")
        script.dial("a", "t", f"{CUSTOMER}@trunk")
        card = self.seen(self.take(script), self.alice)
        self.assertEqual((card["progress"], card["is_incoming"]), ("calling", False))

    def test_a_call_out_that_is_clicked(self):
        script = Script(PLAN)
        script.tracker.originated("odoo-1", "1001", CUSTOMER)
        script.new("odoo-1", "PJSIP/1001-0a", number="1001")
        script.dial(None, "odoo-1", "1001")
        for progress, step in (
            ("own_phone", lambda: script.state("odoo-1", "Ringing")),
            ("calling", lambda: script.state("odoo-1", "Up")),
            ("calling", lambda: script.new("t", "PJSIP/trunk-1", linked="odoo-1")),
            ("calling", lambda: script.dial("odoo-1", "t", f"{CUSTOMER}@trunk")),
        ):
            step()
            card = self.seen(self.take_again(script), self.alice)
            self.assertEqual(card["progress"], progress)

    def take_again(self, script):
        call = self.take(script) if self.has_changes(script) else None
        return call or self.env["telephony.call"].search([("uniqueid", "=", "odoo-1")])

    def has_changes(self, script):
        known = self.env["telephony.call"].search([("pbx_id", "=", self.pbx.id)])
        last = max(call.revision for call in script.calls.values())
        return not known or known.source_revision < last
