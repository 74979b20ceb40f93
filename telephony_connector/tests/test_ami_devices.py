"""Telephones, trunks and PBXs of all kinds: who is who, whatever it is called. All
numbers are made up."""

from odoo.tests import BaseCase, tagged

from ..ami.dialplan import Dialplan, is_withheld, parse_channel, parse_dialed_number
from .ami_script import Script

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
                self.assertEqual(parse_dialed_number(dial_string), number)

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
