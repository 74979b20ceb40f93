"""Shapes of calls that the recorded transcripts do not have, written by hand; all
numbers are made up."""

from odoo.tests import BaseCase, tagged

from ..ami.dialplan import Dialplan, dialled_number, is_withheld, parse_channel
from .ami_script import DIALPLAN, Script

CALLER, DID = "+33612345678", "+33140000001"
LOCAL = "Local/1001@from-internal-0000001f"
UNKNOWN = Dialplan()  # nothing is configured yet: all that is known are the events


@tagged("telephony")
class TestTechnologies(BaseCase):
    def test_sip_inbound_comes_down_before_it_rings(self):
        script = Script()
        script.new("a", "SIP/trunk-00000001", number=CALLER, exten=DID)
        self.assertEqual(script.log, [], "it may still be one that we dial")
        script.state("a", "Ring")
        self.assertEqual(
            script.log, [f"inbound ringing {CALLER} via {DID}: {CALLER} ringing"]
        )
        script.new("b", "SIP/1001-00000002", number="1001", linked="a")
        script.dial("a", "b", "1001").wait(3).answer("a", "b").wait(5)
        script.hang_up("b", "a")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} extension 1001 "
                f"rang 3.0 talked 5.0: {CALLER} answered, 1001 answered"
            ],
        )

    def test_sip_outbound_through_a_trunk(self):
        script = Script()
        script.new("a", "SIP/1001-00000001", "Ring", "1001", exten="00698765432")
        script.new("b", "SIP/trunk-00000002", linked="a")
        script.dial("a", "b", "trunk/0698765432").wait(2).answer("a", "b").wait(4)
        script.hang_up("b", "a")
        self.assertEqual(
            script.log,
            [
                "outbound answered 0698765432 via 00698765432 extension 1001 "
                "rang 2.0 talked 4.0: 1001 answered, 0698765432 answered"
            ],
        )

    def test_iax_between_two_of_our_pbxs(self):
        plan = Dialplan(internal_numbers=frozenset(("1001", "2001")))
        script = Script(plan)
        script.new("a", "IAX2/branch-1201", "Ring", "2001", exten="1001")
        script.new("b", "PJSIP/1001-00000001", number="1001", linked="a")
        script.dial("a", "b", "1001").answer("a", "b").hang_up("a", "b")
        self.assertEqual(
            script.log,
            [
                "internal answered 2001 via 1001 extension 1001 "
                "rang 0.0 talked 0.0: 2001 answered, 1001 answered"
            ],
        )

    def test_iax_to_a_colleague_at_the_other_pbx(self):
        plan = Dialplan(internal_numbers=frozenset(("1001", "2001")))
        script = Script(plan)
        script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="2001")
        script.new("b", "IAX2/branch-1202", linked="a")
        script.dial("a", "b", "branch:pw@pbx2.test/2001").answer("a", "b")
        script.hang_up("a", "b")
        self.assertIn("internal answered 1001 via 2001", script.log[0])

    def test_dahdi_analogue_line_and_telephone(self):
        plan = Dialplan(devices={"DAHDI/3": "203"})
        script = Script(plan)
        script.new("a", "DAHDI/1-1", "Ring", "0612345678", exten="s")
        script.new("b", "DAHDI/3-1", number="203", linked="a")
        script.dial("a", "b", "3").wait(1).answer("a", "b").hang_up("a", "b")
        self.assertEqual(
            script.log,
            [
                "inbound answered 0612345678 extension 203 "
                "rang 1.0 talked 0.0: 0612345678 answered, 203 answered"
            ],
        )

    def test_dahdi_telephone_dials_out_over_a_primary_rate_line(self):
        plan = Dialplan(devices={"DAHDI/3": "203"})
        script = Script(plan)
        script.new("a", "DAHDI/3-1", number="203", exten="0698765432")
        script.state("a", "Ring")
        script.new("b", "DAHDI/i1/0698765432-1a", linked="a")
        script.dial("a", "b", "g1/0698765432").dial_end("a", "b", "BUSY")
        script.hang_up("b", "a", cause="17")
        self.assertEqual(
            script.log,
            ["outbound busy 0698765432 extension 203: 203 ended, 0698765432 busy"],
        )

    def test_names_of_channels(self):
        for name, device, number in (
            ("PJSIP/1001-0000002a", "PJSIP/1001", ""),
            ("PJSIP/my-trunk-0000002a", "PJSIP/my-trunk", ""),
            ("IAX2/office-1234", "IAX2/office", ""),
            ("DAHDI/i1/0612345678-1a", "DAHDI/i1/0612345678", ""),
            (f"{LOCAL};2", LOCAL, "1001"),
            ("Console/dsp", "Console/dsp", ""),
            ("", "", ""),
        ):
            with self.subTest(name=name):
                parsed = parse_channel(name)
                self.assertEqual((parsed.device, parsed.number), (device, number))

    def test_numbers_in_dial_strings(self):
        for dial_string, number in (
            ("1001", "1001"),
            ("+33698765432@trunk", "+33698765432"),
            ("trunk/0698765432", "0698765432"),
            ("user:pw@host.test/0698765432", "0698765432"),
            ("g1/0698765432", "0698765432"),
            ("1001/sip:1001@192.0.2.7:5060", ""),
            ("", ""),
        ):
            with self.subTest(dial_string=dial_string):
                self.assertEqual(dialled_number(dial_string), number)

    def test_withheld_callers(self):
        for number in ("anonymous", "Anonymous", "<unknown>", "", "Restricted"):
            script = Script()
            script.new("a", "SIP/trunk-00000001", "Ring", number, exten=DID)
            self.assertEqual(
                script.log, [f"inbound ringing withheld via {DID}: ? ringing"]
            )
        self.assertFalse(is_withheld("0612345678"))


@tagged("telephony")
class TestUnknownDevices(BaseCase):
    """Without a list of extensions, sane guesses."""

    def test_a_short_device_that_is_called_is_an_extension(self):
        script = Script(UNKNOWN)
        script.new("a", "PJSIP/provider-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", number="1001", linked="a")
        script.dial("a", "b", "1001/sip:1001@192.0.2.7:5060").answer("a", "b")
        self.assertIn("extension 1001", script.log[0])

    def test_a_short_device_with_its_own_caller_id_calls_from_within(self):
        script = Script(UNKNOWN)
        script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="0698765432")
        script.new("b", "PJSIP/provider-00000002", linked="a")
        script.dial("a", "b", "0698765432@provider")
        self.assertIn("outbound ringing 0698765432 extension 1001", script.log[0])

    def test_a_trunk_named_by_number_stays_outside(self):
        script = Script(UNKNOWN)
        script.new("a", "PJSIP/54321-00000001", "Ring", CALLER, exten=DID)
        self.assertIn(f"inbound ringing {CALLER}", script.log[0])
        script = Script(UNKNOWN)
        script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="0698765432")
        script.new("b", "PJSIP/54321-00000002", linked="a")
        script.dial("a", "b", "0698765432@54321")
        self.assertIn("outbound ringing 0698765432", script.log[0])

    def test_devices_named_by_a_pattern(self):
        plan = Dialplan(
            internal_numbers=frozenset(("1001",)), dial_string="PJSIP/desk-{number}-a"
        )
        script = Script(plan)
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/desk-1001-a-00000002", linked="a")
        script.dial("a", "b", "desk-1001-a").answer("a", "b")
        self.assertIn("extension 1001", script.log[0])


@tagged("telephony")
class TestFreePbx(BaseCase):
    def test_a_queue_of_local_members(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.state("a", "Up").on("QueueCallerJoin", "a", Queue="400").wait(1)
        for half, state in (("l1", "Down"), ("l2", "Ring")):
            name = f"Local/1001@from-queue-00000001;{half[1]}"
            script.new(half, name, state, CALLER, exten="1001", linked="a")
        script.dial("a", "l1", "1001@from-queue/n")
        script.new("b", "PJSIP/1001-00000002", number="1001", linked="a")
        script.dial("l2", "b", "1001/sip:1001@192.0.2.7:5060")
        self.assertEqual(
            script.log,
            [
                f"inbound ringing {CALLER} via {DID} queue 400 extension 1001: "
                f"{CALLER} ringing, 1001 ringing"
            ],
        )
        script.wait(4).answer("l2", "b", "b1")
        self.assertIn("ringing", script.log[0], "a Local channel is nobody to talk to")
        script.dial_end("a", "l1", "ANSWER").enter("b2", "a", "l1").wait(7)
        script.hang_up("b", "l2", "l1", "a")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} queue 400 extension 1001 "
                f"rang 5.0 talked 7.0: {CALLER} answered, 1001 answered"
            ],
        )

    def test_local_halves_vanish_while_the_talk_goes_on(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        for half, state in (("l1", "Down"), ("l2", "Ring")):
            name = f"Local/1001@from-internal-00000001;{half[1]}"
            script.new(half, name, state, exten="1001", linked="a")
        script.dial("a", "l1").new("b", "PJSIP/1001-00000002", linked="a")
        script.dial("l2", "b", "1001").answer("l2", "b", "b1")
        script.dial_end("a", "l1", "ANSWER").enter("b2", "l1", "a").wait(1)
        script.leave("b1", "b", "l2").enter("b2", "b").leave("b2", "l1")
        script.hang_up("l1", "l2").wait(9)
        self.assertEqual(script.tracker.open_calls()[0].state, "ongoing")
        script.hang_up("b", "a")
        self.assertIn("talked 10.0", script.log[0])

    def test_click_to_call_by_a_local_channel(self):
        """The extension's two telephones ring; the second is picked up."""
        plan = Dialplan(devices={"PJSIP/1001": "1001", "PJSIP/991001": "1001"})
        script = Script(plan)
        script.tracker.originated("tc-7", "1001", "0698765432")
        for half, uid in (("1", "tc-7"), ("2", "tc-7;2")):
            name = f"Local/1001@from-internal-00000001;{half}"
            state = "Down" if half == "1" else "Ring"
            script.new(uid, name, state, exten="1001", linked="tc-7")
        script.dial(None, "tc-7", "1001@from-internal")
        script.new("p", "PJSIP/1001-00000001", number="1001", linked="tc-7")
        script.new("q", "PJSIP/991001-00000002", number="1001", linked="tc-7")
        script.dial("tc-7;2", "p", "1001").dial("tc-7;2", "q", "991001")
        script.dial_end("tc-7;2", "p", "CANCEL").hang_up("p", cause="26")
        script.answer("tc-7;2", "q", "b1").dial_end(None, "tc-7", "ANSWER")
        script.state("tc-7", "Up")
        script.new("t", "PJSIP/trunk-00000003", linked="tc-7")
        script.dial("tc-7", "t", "0698765432@trunk")
        self.assertEqual(
            script.log,
            [
                "outbound ringing 0698765432 extension 1001: 1001 cancelled, "
                "1001 ongoing, 0698765432 ringing"
            ],
        )
        script.wait(3).answer("tc-7", "t", "b2").wait(2)
        script.hang_up("t", "tc-7", "tc-7;2", "q")
        self.assertEqual(
            script.log,
            [
                "outbound answered 0698765432 extension 1001 rang 3.0 talked 2.0: "
                "1001 cancelled, 1001 answered, 0698765432 answered"
            ],
        )

    def test_voicemail_of_a_busy_extension(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        script.dial_end("a", "b", "BUSY").hang_up("b", cause="17")
        script.state("a", "Up").wait(9)
        script.on("MessageWaiting", "a", Mailbox="1001@default", New="1", Old="0")
        script.hang_up("a")
        self.assertEqual(
            script.log,
            [
                f"inbound missed {CALLER} via {DID} extension 1001 voicemail: "
                f"{CALLER} ended, 1001 busy"
            ],
        )

    def test_the_dial_plan_finds_the_callers_name(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", "0612345678", exten=DID)
        script.on("NewCallerid", "a", CallerIDNum=CALLER, CallerIDName="Azure Interior")
        call = script.calls["a"]
        self.assertEqual((call.number, call.caller_name), (CALLER, "Azure Interior"))
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        script.answer("a", "b").on("NewCallerid", "a", CallerIDNum="1001")
        self.assertEqual(script.calls["a"].number, CALLER, "a transfer changes it, too")

    def test_a_mobile_in_a_ring_group(self):
        """One inside and one outside are rung; the mobile answers."""
        script = Script()
        script.new("a", "PJSIP/1002-00000001", "Ring", "1002", exten="600")
        script.new("b", "PJSIP/trunk-00000002", linked="a")
        script.new("c", "PJSIP/1001-00000003", linked="a")
        script.dial("a", "b", "0698765432@trunk").dial("a", "c", "1001")
        script.dial_end("a", "c", "CANCEL").hang_up("c", cause="26")
        script.answer("a", "b").hang_up("a", "b")
        self.assertEqual(
            script.log,
            [
                "internal answered 1002 via 600 rang 0.0 talked 0.0: "
                "1002 answered, 0698765432 answered, 1001 cancelled"
            ],
        )


@tagged("telephony")
class TestOutcomes(BaseCase):
    """Who said what decides, not the cause alone."""

    def ring(self, *endings, queue=False):
        """The caller rings 1001, 1002, …; each ends as told (status, cause)."""
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        if queue:
            script.on("QueueCallerJoin", "a", Queue="support")
        for number, (status, cause) in enumerate(endings, 1):
            uid, device = f"b{number}", 1000 + number
            script.new(uid, f"PJSIP/{device}-0000000{number}", linked="a")
            script.dial("a", uid, str(device)).dial_end("a", uid, status)
            script.hang_up(uid, cause=cause)
        script.hang_up("a", cause="16")
        return script.calls["a"]

    def test_outcomes_of_inbound_calls(self):
        for endings, outcome in (
            ([("NOANSWER", "0")], "missed"),
            ([("NOANSWER", "19")], "missed"),
            ([("NOANSWER", "21")], "declined"),
            ([("BUSY", "17")], "busy"),
            ([("CANCEL", "127")], "missed"),
            ([("CANCEL", "16")], "missed"),
            ([("CHANUNAVAIL", "20")], "missed"),
            ([("BUSY", "17"), ("BUSY", "17")], "busy"),
            ([("BUSY", "17"), ("NOANSWER", "21")], "declined"),
            ([("BUSY", "17"), ("NOANSWER", "0")], "missed"),
            ([("NOANSWER", "21"), ("NOANSWER", "0")], "missed"),
            ([("BUSY", "17"), ("CHANUNAVAIL", "20")], "busy"),
            ([], "missed"),
        ):
            with self.subTest(endings=endings):
                self.assertEqual(self.ring(*endings).outcome, outcome)

    def test_in_a_queue_unanswered_is_missed(self):
        for ending in (("BUSY", "17"), ("NOANSWER", "21"), ("CANCEL", "0")):
            self.assertEqual(self.ring(ending, queue=True).outcome, "missed")

    def test_losers_of_a_ring_group_have_no_missed_call(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        for uid, device in (("b", 1001), ("c", 1002)):
            script.new(uid, f"PJSIP/{device}-00000002", linked="a")
            script.dial("a", uid, str(device))
        script.hang_up("b", cause="26").answer("a", "c").hang_up("c", "a")
        self.assertIn("1001 cancelled, 1002 answered", script.log[0])

    def test_outcomes_of_outbound_calls(self):
        for status, cause, outcome in (
            ("NOANSWER", "19", "missed"),
            ("NOANSWER", "21", "declined"),
            ("NOANSWER", "1", "failed"),
            ("BUSY", "17", "busy"),
            ("CANCEL", "127", "cancelled"),
            ("CONGESTION", "34", "failed"),
            ("CHANUNAVAIL", "3", "failed"),
        ):
            script = Script()
            script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="0698765432")
            script.new("b", "PJSIP/trunk-00000002", linked="a")
            script.dial("a", "b", "0698765432@trunk").dial_end("a", "b", status)
            script.hang_up("b", "a", cause=cause)
            with self.subTest(status=status, cause=cause):
                self.assertEqual(script.calls["a"].outcome, outcome)

    def test_the_second_trunk_answers(self):
        script = Script()
        script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="0698765432")
        script.new("b", "PJSIP/trunk-00000002", linked="a")
        script.dial("a", "b", "0698765432@trunk").dial_end("a", "b", "CONGESTION")
        script.hang_up("b", cause="34").new("c", "PJSIP/backup-00000003", linked="a")
        script.dial("a", "c", "0698765432@backup").answer("a", "c").hang_up("a", "c")
        self.assertIn("outbound answered 0698765432 extension 1001", script.log[0])

    def test_no_trunk_takes_the_call(self):
        script = Script()
        script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="0698765432")
        script.hang_up("a", cause="34")
        self.assertEqual(
            script.log, ["outbound failed 0698765432 extension 1001: 1001 ended"]
        )

    def test_services_of_the_pbx_are_no_calls(self):
        for exten in ("*97", "*8", "#1"):
            script = Script()
            script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten=exten)
            script.hang_up("a", cause="16")
            self.assertEqual(script.log, [])

    def test_whoever_picked_up_and_met_nobody(self):
        """The callee answers in the instant in which the caller is gone."""
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        script.state("b", "Up").dial_end("a", "b", "ANSWER").hang_up("a", "b")
        self.assertIn("inbound missed", script.log[0])


@tagged("telephony")
class TestLinks(BaseCase):
    def test_a_linkedid_that_changes_does_not_matter(self):
        script = Script()
        script.new("b0", "PJSIP/1001-00000001", "Ring", "1001", exten="1002")
        script.new("b1", "PJSIP/1002-00000002", linked="b0").dial("b0", "b1", "1002")
        script.channels["b1"]["Linkedid"] = "something-older"
        script.answer("b0", "b1").hang_up("b1", "b0")
        self.assertEqual(len(script.log), 1)
        self.assertIn("internal answered 1001 via 1002 extension 1002", script.log[0])

    def test_one_dialled_under_a_foreign_linkedid_belongs_to_who_dials(self):
        """In a conference all channels take the oldest Linkedid."""
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("c", "PJSIP/trunk-00000002", "Ring", "0687654321", exten=DID)
        script.new("b", "PJSIP/1001-00000003", linked="a").dial("c", "b", "1001")
        script.answer("c", "b").hang_up("b", "c", "a")
        self.assertEqual(script.calls["c"].extension, "1001")
        self.assertEqual(script.calls["a"].outcome, "missed")

    def test_late_events_of_an_ended_call_are_ignored(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID).hang_up("a")
        self.assertIn("inbound missed", script.log[0])
        script.state("a", "Up").on("QueueCallerJoin", "a", Queue="support")
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        self.assertFalse(script.tracker.open_calls())

    def test_a_call_whose_beginning_was_not_heard(self):
        script = Script()
        script.channels["a"] = {
            **{"Channel": "PJSIP/trunk-00000001", "Uniqueid": "a", "Linkedid": "a"},
            **{"ChannelState": "6", "CallerIDNum": CALLER, "Exten": DID},
        }
        script.channels["b"] = {
            **{"Channel": "PJSIP/1001-00000002", "Uniqueid": "b", "Linkedid": "a"},
            **{"ChannelState": "6", "CallerIDNum": "1001"},
        }
        script.state("a", "Up").enter("x", "a", "b").hang_up("a", "b")
        self.assertIn(f"inbound answered {CALLER}", script.log[0])

    def test_a_long_wait_does_not_pile_up_legs(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.on("QueueCallerJoin", "a", Queue="support")
        for number in range(500):
            uid = f"b{number}"
            script.new(uid, f"PJSIP/1001-{number:08x}", linked="a")
            script.dial("a", uid, "1001").dial_end("a", uid, "NOANSWER")
            script.hang_up(uid, cause="0")
        self.assertEqual(len(script.calls["a"].legs), 100)
        self.assertIn("a", script.calls["a"].legs, "the caller's stays")


@tagged("telephony")
class TestOriginated(BaseCase):
    def test_a_call_that_the_pbx_makes_on_its_own(self):
        """Somebody else's click-to-call: known once the number is called."""
        script = Script()
        script.new("a", "PJSIP/1001-00000001", number="1001").dial(None, "a", "1001")
        self.assertEqual(script.log, [])
        script.state("a", "Ringing").state("a", "Up").dial_end(None, "a", "ANSWER")
        script.new("b", "PJSIP/trunk-00000002", linked="a")
        script.dial("a", "b", "0698765432@trunk").answer("a", "b").hang_up("b", "a")
        self.assertIn("outbound answered 0698765432 extension 1001", script.log[0])

    def test_a_customer_is_called_first(self):
        """A call-back: the PBX calls the customer and then a queue."""
        script = Script()
        script.new("a", "PJSIP/trunk-00000001").dial(None, "a", "0698765432@trunk")
        self.assertIn("outbound ringing 0698765432", script.log[0])
        script.state("a", "Up").dial_end(None, "a", "ANSWER").wait(2)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        script.answer("a", "b").hang_up("a", "b")
        self.assertIn("outbound answered 0698765432 extension 1001", script.log[0])

    def test_a_click_to_call_within_the_company(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", "1002")
        script.new("tc-1", "PJSIP/1001-00000001", number="1001")
        script.dial(None, "tc-1", "1001").state("tc-1", "Up")
        script.new("b", "PJSIP/1002-00000002", linked="tc-1").dial("tc-1", "b", "1002")
        script.answer("tc-1", "b").hang_up("tc-1", "b")
        self.assertIn("internal answered 1002 extension 1002", script.log[0])

    def test_the_own_telephone_is_known_whatever_its_name(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", "0698765432")
        script.new("tc-1", "SIP/front-desk-00000001").dial(None, "tc-1", "front-desk")
        script.dial_end(None, "tc-1", "NOANSWER").hang_up("tc-1", cause="19")
        self.assertEqual(
            script.log, ["outbound cancelled 0698765432 extension 1001: 1001 missed"]
        )

    def test_it_is_told_at_once_and_dated_by_the_pbx(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", "0698765432")
        (call,) = script.tracker.take()
        self.assertEqual((call.direction, call.state), ("outbound", "ringing"))
        script.wait(5).new("tc-1", "PJSIP/1001-00000001", number="1001")
        self.assertEqual(script.calls["tc-1"].start_date, script.clock())

    def test_a_failure_without_a_channel_ends_it(self):
        """Asterisk names the id that we gave, in ActionID or Uniqueid."""
        for header in ("ActionID", "Uniqueid"):
            script = Script()
            script.tracker.originated("tc-1", "1001", "0698765432")
            response = {"Response": "Failure", "Reason": "0", header: "tc-1"}
            script.event("OriginateResponse", **response)
            self.assertIn("outbound failed 0698765432", script.log[0])

    def test_a_failure_of_anothers_originate(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", "0698765432")
        script.event("OriginateResponse", Response="Failure", Uniqueid="<unknown>")
        self.assertEqual(script.tracker.open_calls()[0].state, "ringing")


@tagged("telephony")
class TestJoining(BaseCase):
    def customer_with_1001(self, script):
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        return script.wait(1).answer("a", "b", "b1")

    def test_joined_without_a_word_of_the_transfer(self):
        """The event of the transfer was lost, or an AMI Bridge did it."""
        script = self.customer_with_1001(Script())
        script.new("c", "PJSIP/1001-00000003", "Ring", "1001", exten="1002")
        script.new("d", "PJSIP/1002-00000004", linked="c").dial("c", "d", "1002")
        script.answer("c", "d", "b2").wait(1)
        script.leave("b1", "a", "b").leave("b2", "d").enter("b3", "a", "d")
        script.hang_up("b", "c").wait(3).hang_up("a", "d")
        self.assertEqual(
            [line.split(":")[0] for line in script.log],
            [
                f"inbound answered {CALLER} via {DID} extension 1002 "
                "rang 1.0 talked 4.0",
                "internal answered 1001 via 1002 extension 1002 rang 0.0 talked 1.0",
            ],
        )

    def test_three_in_one_talk(self):
        """Threeway: the one who transfers stays; all of it is one call."""
        script = self.customer_with_1001(Script())
        script.new("c", "PJSIP/1001-00000003", "Ring", "1001", exten="1002")
        script.new("d", "PJSIP/1002-00000004", linked="c").dial("c", "d", "1002")
        script.answer("c", "d", "b2").leave("b2", "d", "c").leave("b1", "a", "b")
        script.enter("b3", "a", "b", "d").wait(2).hang_up("c", "b").wait(2)
        self.assertEqual(len(script.tracker.open_calls()), 1)
        script.hang_up("d", "a")
        self.assertIn("extension 1002", script.log[0])
        self.assertIn(f"{CALLER} answered, 1001 answered, 1002 answered", script.log[0])

    def test_a_conference_joins_no_calls(self):
        script = Script()
        for uid, number in (("a", CALLER), ("b", "0687654321"), ("c", "0611111111")):
            script.new(uid, f"PJSIP/trunk-0000000{uid}", "Ring", number, exten=DID)
            script.state(uid, "Up")
            script.enter("conf", uid, BridgeCreator="ConfBridge").wait(1)
        self.assertEqual(len(script.tracker.open_calls()), 3)
        self.assertEqual(
            [call.answer_date is not None for call in script.calls.values()], [True] * 3
        )
        script.new("x", "CBAnn/800-00000001;1").enter("conf", "x")
        script.hang_up("a", "b", "c")
        self.assertEqual(len(script.log), 3)

    def test_alone_in_a_conference_is_no_answer(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.state("a", "Up").enter("conf", "a", BridgeCreator="ConfBridge")
        script.hang_up("a")
        self.assertIn("inbound missed", script.log[0])

    def test_two_who_wait_do_not_talk(self):
        """Parked callers share a holding bridge."""
        script = Script()
        for uid in ("a", "b"):
            script.new(uid, f"PJSIP/trunk-0000000{uid}", "Ring", CALLER, exten=DID)
            script.enter("lot", uid, BridgeTechnology="holding_bridge")
        script.hang_up("a", "b")
        self.assertEqual([line.split()[1] for line in script.log], ["missed"] * 2)

    def test_a_transfer_to_someone_outside(self):
        script = self.customer_with_1001(Script())
        script.event(
            "BlindTransfer",
            Result="Success",
            TransfererUniqueid="b",
            Extension="0698765432",
        )
        script.leave("b1", "a", "b").hang_up("b")
        script.new("t", "PJSIP/trunk-00000009", linked="a")
        script.dial("a", "t", "0698765432@trunk").answer("a", "t", "b2")
        script.hang_up("a", "t")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} extension 1001 "
                "rang 1.0 talked 0.0: "
                f"{CALLER} answered, 1001 answered -> 0698765432, 0698765432 answered"
            ],
        )

    def test_a_failed_transfer_is_none(self):
        script = self.customer_with_1001(Script())
        script.event(
            "BlindTransfer", Result="Fail", TransfererUniqueid="b", Extension="1002"
        )
        self.assertNotIn("->", script.log[0])

    def test_a_customer_who_was_called_is_handed_on(self):
        """Outbound: 1001 calls a customer, asks 1002 and transfers."""
        script = Script()
        script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="0698765432")
        script.new("t", "PJSIP/trunk-00000002", linked="a")
        script.dial("a", "t", "0698765432@trunk").answer("a", "t", "b1")
        script.new("c", "PJSIP/1001-00000003", "Ring", "1001", exten="1002")
        script.new("d", "PJSIP/1002-00000004", linked="c").dial("c", "d", "1002")
        script.answer("c", "d", "b2")
        script.event(
            "AttendedTransfer",
            Result="Success",
            OrigTransfererUniqueid="a",
            SecondTransfererUniqueid="c",
            TransferTargetUniqueid="d",
        )
        script.leave("b2", "d", "c").leave("b1", "a").enter("b1", "d")
        script.hang_up("a", "c").wait(2).hang_up("t", "d")
        self.assertEqual(
            script.log,
            [
                "outbound answered 0698765432 extension 1002 rang 0.0 talked 2.0: "
                "1001 answered -> 1002, 0698765432 answered, 1002 answered",
                "internal answered 1001 via 1002 extension 1002 rang 0.0 talked 0.0: "
                "1001 answered, 1002 answered",
            ],
        )


@tagged("telephony")
class TestTaking(BaseCase):
    def test_what_is_taken_is_a_copy(self):
        script = Script(DIALPLAN)
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        taken = script.calls["a"]
        taken.legs["a"].number = taken.number = "forged"
        (open_call,) = script.tracker.open_calls()
        self.assertEqual((open_call.number, open_call.legs["a"].number), (CALLER,) * 2)

    def test_nothing_new_nothing_taken(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        self.assertEqual(script.tracker.take(), [])
        script.on("DialState", "a").on("Newexten", "a").on("Registry", "a")
        self.assertEqual(script.tracker.take(), [])

    def test_times_without_time_stamps(self):
        script = Script()
        script.seconds += 3
        event = {**script.channels.get("a", {}), "Event": "Newchannel", "Uniqueid": "a"}
        event |= {"Channel": "PJSIP/trunk-00000001", "ChannelState": "4"}
        script.tracker.feed(event)
        self.assertEqual(script.tracker.take()[0].start_date, script.clock())
