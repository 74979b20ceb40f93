"""Shapes of calls with chan_sip, whose devices are named by long numbers, and with
Local channels between: written from Asterisk's documentation of its events."""

from odoo.tests import BaseCase, tagged

from ..ami.dialplan import Dialplan
from .ami_script import Script

CALLER, DID, MOBILE = "+33612345678", "+33140000001", "0698765432"
DEVICES = {f"SIP/15001000{n}": f"20{n}" for n in (1, 2, 3)}
NUMBERS = {number: device.partition("/")[2] for device, number in DEVICES.items()}
PLAN = Dialplan(devices=DEVICES, internal_numbers=frozenset((*NUMBERS, "400")))


class SipScript(Script):
    """A PBX whose telephones are 201, 202 and 203."""

    def __init__(self):
        super().__init__(PLAN)

    def inbound(self, uid="a"):
        self.new(uid, "SIP/trunk-00000001", number=CALLER, exten=DID)
        return self.state(uid, "Ring")

    def halves(self, uid, number, context, linked):
        """Both halves of a Local channel, ``uid``1 and ``uid``2."""
        name = f"Local/{number}@{context}-0000000{uid}"
        for half in ("1", "2"):
            self.new(uid + half, f"{name};{half}", exten=number, linked=linked)
        return self.state(uid + "2", "Ring")

    def ring(self, source, uid, number, linked="a"):
        """A telephone is dialed, and rings."""
        self.new(uid, f"SIP/{NUMBERS[number]}-{uid}", number=number, linked=linked)
        return self.dial(source, uid, NUMBERS[number]).state(uid, "Ringing")

    def consult(self, number="203", answer=True):
        """201 calls a colleague besides: channels c and e."""
        self.new("c", f"SIP/{NUMBERS['201']}-c", number="201", exten=number)
        self.state("c", "Ring").ring("c", "e", number, linked="c").wait(1)
        return self.answer("c", "e", "second").wait(1) if answer else self

    def join(self, transferer, transferee, target="", **more):
        """201 transfers by REFER with Replaces."""
        return self.event(
            "AttendedTransfer",
            Result="Success",
            OrigTransfererUniqueid=transferer,
            SecondTransfererUniqueid="c",
            TransfereeUniqueid=transferee,
            TransferTargetUniqueid=target,
            **more,
        )

    def without(self, header):
        """Return the log where no event has that header."""
        other = SipScript()
        for event in self.events:
            kept = {k: v for k, v in event.items() if not k.endswith(header)}
            other.tracker.feed(kept)
            for call in other.tracker.pop_changes():
                other.calls[call.uniqueid] = call
        return other.log


@tagged("telephony")
class TestSip(BaseCase):
    def inbound_talk(self):
        script = SipScript().inbound().ring("a", "b", "201").wait(2)
        return script.answer("a", "b", "first").wait(3)

    def test_asked_and_transferred(self):
        script = self.inbound_talk().consult().join("b", "a", "e", DestType="Bridge")
        script.leave("second", "e", "c").leave("first", "b").enter("first", "e")
        script.hang_up("c", "b").wait(4).hang_up("a", "e")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} extension 203 "
                f"rang 2.0 talked 9.0: {CALLER} answered, 201 answered -> 203, "
                "203 answered",
                "internal answered 201 via 203 extension 203 rang 1.0 talked 1.0: "
                "201 answered, 203 answered",
            ],
        )

    def blonde(self):
        """201 transfers while 203 still rings: a Local channel dials on instead."""
        script = self.inbound_talk().consult(answer=False)
        script.halves("x", "_attended", "transfer/m", linked="a")
        script.join("b", "a", DestType="App", DestApp="Dial")
        return script.leave("first", "b").enter("first", "x1").hang_up("b", "c").wait(2)

    def test_transferred_before_the_answer(self):
        script = self.blonde().state("e", "Up").dial_end("x2", "e", "ANSWER")
        script.enter("next", "e", "x2").leave("first", "a", "x1").enter("next", "a")
        script.leave("next", "x2").hang_up("x1", "x2").wait(3).hang_up("a", "e")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} extension 203 "
                f"rang 2.0 talked 9.0: {CALLER} answered, 201 answered -> 203, "
                "203 answered",
                "internal cancelled 201 via 203 extension 203: "
                "201 ended, 203 cancelled",
            ],
        )

    def test_transferred_before_the_answer_that_does_not_come(self):
        script = self.blonde().dial_end("x2", "e", "NOANSWER").hang_up("e", cause="19")
        script.hang_up("x2", "x1", "a")
        self.assertIn("201 answered -> 203, 203 missed", script.log[0])
        self.assertIn("extension 201 rang 2.0", script.log[0])

    def test_a_colleague_picks_up(self):
        """The colleague's channel takes the place of the one that rang."""
        script = SipScript().inbound().ring("a", "b", "201").wait(2)
        script.new("c", f"SIP/{NUMBERS['202']}-c", number="202", exten="*8201")
        script.state("c", "Ring").wait(1).event("Pickup", Uniqueid="c")
        script.state("c", "Up").dial_end("a", "b", "ANSWER").hang_up("b", cause="26")
        script.state("a", "Up").enter("first", "c", "a").wait(3).hang_up("a", "c")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} extension 202 "
                f"rang 3.0 talked 3.0: {CALLER} answered, 201 cancelled, 202 answered"
            ],
        )

    def test_a_telephone_that_diverts_to_a_mobile(self):
        """302: a Local channel calls the number that the telephone named."""
        script = SipScript().inbound().ring("a", "b", "201").wait(1)
        forward = f"Local/{MOBILE}@from-internal"
        script.halves("f", MOBILE, "from-internal", linked="a")
        script.dial_end("a", "b", "CONTINUE", Forward=forward).dial("a", "f1", forward)
        script.hang_up("b", cause="0").new("t", "SIP/trunk-00000009", linked="a")
        script.dial("f2", "t", f"trunk/{MOBILE}").wait(3).answer("f2", "t", "b1")
        script.dial_end("a", "f1", "ANSWER").enter("b2", "f1", "a").wait(5)
        script.hang_up("a", "f1", "f2", "t")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} diverted_from 201 "
                f"rang 4.0 talked 5.0: {CALLER} answered, 201 cancelled -> {MOBILE}, "
                f"{MOBILE} answered"
            ],
        )

    def test_behind_two_local_channels(self):
        script = SipScript().inbound().halves("l", "ID1", "route", linked="a")
        script.dial("a", "l1", "ID1@route/n").halves("m", "ID2", "account", linked="a")
        script.dial("l2", "m1", "ID2@account/n").ring("m2", "b", "201").wait(3)
        script.answer("m2", "b", "b1").dial_end("l2", "m1", "ANSWER")
        script.enter("b2", "m1", "l2").dial_end("a", "l1", "ANSWER")
        self.assertIn("inbound ringing", script.log[0], "not up to the caller yet")
        script.enter("b3", "l1", "a").wait(4).hang_up("a", "l1", "l2", "m1", "m2", "b")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} extension 201 "
                f"rang 3.0 talked 4.0: {CALLER} answered, 201 answered"
            ],
        )
        self.assertEqual(script.without("Linkedid"), script.log)

    def test_a_click_of_somebody_elses_by_a_local_channel(self):
        script = SipScript().halves("l", "201", "click", linked="l1")
        script.dial(None, "l1", "201@click").ring("l2", "p", "201", linked="l1").wait(1)
        script.answer("l2", "p", "b1").dial_end(None, "l1", "ANSWER").state("l1", "Up")
        script.new("t", "SIP/trunk-00000002", linked="l1")
        script.dial("l1", "t", f"trunk/{MOBILE}").wait(2).answer("l1", "t", "b2")
        script.leave("b2", "l1").enter("b2", "p").leave("b1", "p", "l2")
        script.hang_up("l1", "l2").wait(2).hang_up("t", "p")
        self.assertEqual(
            script.log,
            [
                f"outbound answered {MOBILE} extension 201 rang 3.0 talked 2.0: "
                f"201 answered, {MOBILE} answered"
            ],
        )


@tagged("telephony")
class TestSipQueue(BaseCase):
    def answered(self):
        """Two members behind Local channels ring; 201 answers, the Local stays."""
        script = SipScript().inbound().state("a", "Up")
        script.on("QueueCallerJoin", "a", Queue="support")
        for uid, number in (("l", "201"), ("m", "202")):
            script.halves(uid, number, "from-queue", linked="a")
            script.dial("a", uid + "1", f"{number}@from-queue/n")
            script.ring(uid + "2", uid + "p", number)
        script.wait(3).answer("l2", "lp", "b1").dial_end("a", "m1", "CANCEL")
        script.dial_end("m2", "mp", "CANCEL").dial_end("m2", "mp", "CANCEL")
        script.hang_up("m1", "mp", "m2", cause="26").dial_end("a", "l1", "ANSWER")
        interface = "Local/201@from-queue/n"
        script.on("AgentConnect", "a", Queue="support", Interface=interface)
        return script.enter("q", "l1", "a").wait(2)

    def line(self, extension, rest):
        return (
            f"inbound answered {CALLER} via {DID} queue support extension {extension} "
            f"rang 3.0 talked {rest}"
        )

    def test_the_local_channel_vanishes(self):
        script = self.answered().leave("q", "l1").leave("b1", "lp").enter("q", "lp")
        script.leave("b1", "l2").hang_up("l1", "l2").wait(3)
        script.on("AgentComplete", "a", Queue="support", Reason="caller")
        script.hang_up("a", "lp")
        parties = f"{CALLER} answered, 201 answered, 202 cancelled"
        self.assertEqual(script.log, [self.line("201", f"5.0: {parties}")])
        self.assertEqual(script.without("Linkedid"), script.log)

    def test_asked_and_transferred(self):
        script = self.answered().consult().join("lp", "l2", "e", DestType="Bridge")
        script.leave("b1", "lp").leave("second", "e", "c").enter("b1", "e")
        script.on("AgentComplete", "a", Queue="support", Reason="transfer")
        script.hang_up("c", "lp").wait(4).hang_up("a", "e", "l1", "l2")
        parties = f"{CALLER} answered, 201 answered -> 203, 202 cancelled, 203 answered"
        self.assertEqual(script.log[0], self.line("203", f"8.0: {parties}"))

    def test_transferred_blindly(self):
        script = self.answered().event(
            "BlindTransfer",
            Result="Success",
            TransfererUniqueid="lp",
            TransfereeUniqueid="l2",
            Extension="203",
        )
        script.leave("b1", "lp", "l2").hang_up("lp").ring("l2", "e", "203").wait(3)
        script.answer("l2", "e", "b9").wait(4).hang_up("e", "l2", "l1", "a")
        parties = f"{CALLER} answered, 201 answered -> 203, 202 cancelled, 203 answered"
        self.assertEqual(script.log, [self.line("203", f"9.0: {parties}")])

    def test_a_member_lets_it_ring_and_the_caller_gives_up(self):
        script = SipScript().inbound().state("a", "Up")
        script.on("QueueCallerJoin", "a", Queue="support").ring("a", "b", "201").wait(9)
        script.dial_end("a", "b", "NOANSWER").hang_up("b", cause="19")
        script.on("AgentRingNoAnswer", "a", Interface=f"SIP/{NUMBERS['201']}").wait(5)
        script.on("QueueCallerAbandon", "a", Queue="support").hang_up("a", cause="0")
        self.assertEqual(
            script.log,
            [
                f"inbound missed {CALLER} via {DID} queue support extension 201: "
                f"{CALLER} ended, 201 missed"
            ],
        )
