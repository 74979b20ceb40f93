"""Calls that the PBX makes itself, and calls that become one. All numbers are made
up."""

from odoo.tests import BaseCase, tagged

from .ami_script import Script

CALLER, DID = "+33612345678", "+33140000001"
MOBILE = "+33698765432"
HOLDING = {"BridgeTechnology": "holding_bridge"}


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

    def test_a_customer_who_is_called_first_and_meets_nobody(self):
        """They picked up: it is our side that was not there, and never their fault."""
        for status, cause in (
            ("NOANSWER", "21"),
            ("NOANSWER", "19"),
            ("BUSY", "17"),
            ("CHANUNAVAIL", "20"),
            ("CANCEL", "26"),
            (None, "16"),
        ):
            script = Script()
            script.new("m", "PJSIP/trunk-00000001", number=MOBILE)
            script.dial(None, "m", f"{MOBILE}@trunk").wait(3).state("m", "Up")
            script.dial_end(None, "m", "ANSWER").wait(1)
            if status:
                script.new("b", "PJSIP/1001-00000002", number="1001", linked="m")
                script.dial("m", "b", "1001").wait(9).dial_end("m", "b", status)
                script.hang_up("b", cause=cause)
            script.hang_up("m", cause=cause)
            with self.subTest(status=status, cause=cause):
                self.assertIn(f"outbound cancelled {MOBILE}", script.log[0])
                self.assertIn(f": {MOBILE} answered", script.log[0])
                self.assertIsNone(script.calls["m"].answer_date, "nobody talked")

    def test_a_customer_who_is_called_first_by_a_local_channel(self):
        script = Script()
        for half in "12":
            name = f"Local/{MOBILE}@callback-00000001;{half}"
            script.new(f"l{half}", name, exten=MOBILE, linked="l1")
        script.dial(None, "l1", f"{MOBILE}@callback")
        script.new("m", "PJSIP/trunk-00000001", linked="l1")
        script.dial("l2", "m", f"{MOBILE}@trunk").wait(3).state("m", "Up")
        script.dial_end("l2", "m", "ANSWER").enter("b1", "m", "l2")
        script.dial_end(None, "l1", "ANSWER").state("l1", "Up")
        script.new("b", "PJSIP/1001-00000002", number="1001", linked="l1")
        script.dial("l1", "b", "1001").wait(9).dial_end("l1", "b", "NOANSWER")
        script.hang_up("b", "l1", "l2", "m", cause="19")
        self.assertEqual(
            script.log, [f"outbound cancelled {MOBILE}: {MOBILE} answered, 1001 missed"]
        )
        self.assertEqual(script.calls["l1"].dialed_number, MOBILE)

    def test_a_customer_who_is_called_first_and_does_not_pick_up(self):
        for status, cause, outcome in (
            ("NOANSWER", "19", "missed"),
            ("BUSY", "17", "busy"),
            ("NOANSWER", "21", "declined"),
        ):
            script = Script()
            script.new("m", "PJSIP/trunk-00000001")
            script.dial(None, "m", f"{MOBILE}@trunk").dial_end(None, "m", status)
            script.hang_up("m", cause=cause)
            self.assertIn(f"outbound {outcome} {MOBILE}: {MOBILE} ", script.log[0])

    def test_what_another_program_had_dialed(self):
        """The number that the dial plan was asked for, else the one that it dials."""
        for exten, dialed in (("00698765432", "00698765432"), ("s", "0698765432")):
            script = Script()
            script.new("a", "PJSIP/1001-00000001", number="1001", exten="")
            script.dial(None, "a", "1001").state("a", "Up")
            script.channels["a"]["Exten"] = exten
            script.dial_end(None, "a", "ANSWER")
            script.new("b", "PJSIP/trunk-00000002", linked="a")
            script.dial("a", "b", "0698765432@trunk")
            call = script.calls["a"]
            self.assertEqual((call.dialed_number, call.number), (dialed, "0698765432"))

    def test_what_another_program_had_dialed_within(self):
        script = Script()
        script.new("a", "PJSIP/1001-00000001", number="1001").dial(None, "a", "1001")
        script.state("a", "Up").new("b", "PJSIP/1002-00000002", linked="a")
        script.dial("a", "b", "1002")
        self.assertIn("internal ringing 1001 via 1002 extension 1002", script.log[0])
        script = Script()
        script.new("a", "PJSIP/1001-00000001", number="1001").dial(None, "a", "1001")
        script.state("a", "Up").on("QueueCallerJoin", "a", Queue="support", Exten="700")
        self.assertIn("internal ringing 1001 via 700 queue support", script.log[0])

    def test_the_phone_of_a_group_that_answers_makes_the_call(self):
        """A call-back that rings several phones first."""
        script = Script()
        for half in "12":
            name = f"Local/600@callback-00000001;{half}"
            script.new(f"l{half}", name, exten="600", linked="l1")
        script.dial(None, "l1", "600@callback")
        for uid, number in (("p", "1001"), ("q", "1002")):
            script.new(uid, f"PJSIP/{number}-00000002", number=number, linked="l1")
            script.dial("l2", uid, number)
        script.dial_end("l2", "p", "CANCEL").hang_up("p", cause="26")
        script.answer("l2", "q", "b1").dial_end(None, "l1", "ANSWER")
        script.new("t", "PJSIP/trunk-00000003", linked="l1")
        script.dial("l1", "t", f"{MOBILE}@trunk").answer("l1", "t", "b2")
        script.hang_up("t", "l1", "l2", "q")
        self.assertEqual(
            script.log,
            [
                f"outbound answered {MOBILE} extension 1002 rang 0.0 talked 0.0: "
                f"1001 cancelled, 1002 answered, {MOBILE} answered"
            ],
        )

    def test_a_click_to_call_within_the_company(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", "1002")
        script.new("tc-1", "PJSIP/1001-00000001", number="1001")
        script.dial(None, "tc-1", "1001").state("tc-1", "Up")
        script.new("b", "PJSIP/1002-00000002", linked="tc-1").dial("tc-1", "b", "1002")
        script.answer("tc-1", "b").hang_up("tc-1", "b")
        self.assertIn("internal answered 1001 via 1002 extension 1002", script.log[0])

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
        (call,) = script.tracker.pop_changes()
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

    def test_an_attended_transfer_into_a_queue(self):
        """Old chan_sip: a Local channel takes the place in the queue that 1001 had, and
        nobody is rung yet."""
        script = self.customer_with_1001(Script())
        script.new("c", "SIP/1001-00000003", "Ring", "1001", exten="700")
        script.state("c", "Up").on("QueueCallerJoin", "c", Queue="support").wait(1)
        for half in ("1", "2"):
            name = f"Local/_attended@transfer/m-00000001;{half}"
            script.new("x" + half, name, linked="a")
        script.event(
            "AttendedTransfer",
            Result="Success",
            OrigTransfererUniqueid="b",
            SecondTransfererUniqueid="c",
            TransfereeUniqueid="a",
            DestType="App",
            DestApp="Queue",
        )
        script.leave("b1", "b").enter("b1", "x1").hang_up("b", "c")
        script.new("d", "SIP/1002-00000004", linked="a").dial("x2", "d", "1002")
        script.wait(2).answer("x2", "d", "q").wait(2).hang_up("d", "x2", "x1", "a")
        self.assertEqual(
            script.log,
            [
                f"inbound answered {CALLER} via {DID} queue support extension 1002 "
                f"rang 1.0 talked 5.0: {CALLER} answered, 1001 answered -> 700, "
                "1002 answered",
                "internal cancelled 1001 via 700 queue support: 1001 ended",
            ],
        )

    def test_an_attended_transfer_by_the_pbxs_own_feature(self):
        """1001 dials a code: a Local channel calls whom they ask. They may transfer
        before anybody answers there, and the event need not say to whom."""
        target = {"TransferTargetUniqueid": "x1"}
        unknown = {**target, "TransferTargetCallerIDNum": "<unknown>"}
        name = {"TransferTargetChannel": "Local/700@from-internal-00000006;1"}
        for answered, into in ((False, "700"), (True, "1002")):
            for headers in ({}, unknown, name):
                for early in (False, True):
                    script = self.customer_with_1001(Script())
                    for half in "12":
                        local = f"Local/700@from-internal-00000006;{half}"
                        script.new("x" + half, local, exten="700", linked="a")
                    script.enter("b2", "x1").leave("b1", "b").enter("b2", "b")
                    script.on("QueueCallerJoin", "x2", Queue="support")
                    script.new("c", "PJSIP/1002-00000003", number="1002", linked="a")
                    script.dial("x2", "c", "1002")
                    if answered:
                        script.answer("x2", "c", "b3").state("x1", "Up")
                    if not early:
                        script.leave("b2", "x1", "b").enter("b1", "x1")
                    script.event(
                        "AttendedTransfer",
                        Result="Success",
                        OrigTransfererUniqueid="b",
                        SecondTransfererUniqueid="b",
                        TransfereeUniqueid="a",
                        DestType="Bridge",
                        **headers,
                    )
                    if early:
                        script.leave("b2", "x1", "b").enter("b1", "x1")
                    script.hang_up("b")
                    if not answered:
                        script.wait(2).answer("x2", "c", "b3")
                    script.wait(2).hang_up("c", "x2", "x1", "a")
                    with self.subTest(into=into, headers=headers, early=early):
                        self.assertEqual(len(script.log), 1)
                        self.assertIn("queue support extension 1002", script.log[0])
                        self.assertIn(
                            f"1001 answered -> {into}, 1002 answered", script.log[0]
                        )

    def test_an_attended_transfer_that_names_nobody(self):
        """Two talks of 1001's; the events may come before or after it is done."""
        for inbound in (True, False):
            for early in (True, False):
                script = Script()
                if inbound:
                    self.customer_with_1001(script)
                    first, other = "b", "a"
                else:
                    script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="1002")
                    script.new("b", "PJSIP/1002-00000002", number="1002", linked="a")
                    script.dial("a", "b", "1002").answer("a", "b", "b1")
                    first, other = "a", "b"
                script.new("c", "PJSIP/1001-00000003", "Ring", "1001", exten="1003")
                script.new("d", "PJSIP/1003-00000004", number="1003", linked="c")
                script.dial("c", "d", "1003").answer("c", "d", "b2").wait(2)
                if not early:
                    script.leave("b1", other).enter("b2", other)
                script.event(
                    "AttendedTransfer",
                    Result="Success",
                    OrigTransfererUniqueid=first,
                    SecondTransfererUniqueid="c",
                    DestType="Bridge",
                )
                if early:
                    script.leave("b1", other).enter("b2", other)
                script.leave("b2", "c").leave("b1", first).hang_up(first, "c")
                script.wait(3).hang_up("d", other)
                with self.subTest(inbound=inbound, early=early):
                    self.assertEqual(len(script.log), 2)
                    self.assertIn("extension 1003", script.log[0])
                    self.assertIn("1001 answered -> 1003", script.log[0])

    def test_an_agent_who_waits_for_long_still_gets_callers(self):
        """A channel that stays for days takes part in calls that end."""
        script = Script()
        script.new("g", "PJSIP/1001-00000001", "Ring", "1001", exten="*41001")
        script.state("g", "Up").enter("w", "g", BridgeCreator="AgentPool", **HOLDING)
        for number in (CALLER, "+33687654321"):
            script.wait(90000).tracker.expire(script.clock())
            script.new(number, "PJSIP/trunk-00000002", "Ring", number, exten=DID)
            script.leave("w", "g").enter("t", number, "g").wait(2)
            script.leave("t", "g").hang_up(number)
            script.enter("w", "g", BridgeCreator="AgentPool", **HOLDING)
        self.assertEqual(
            script.log,
            [
                f"inbound answered {number} via {DID} extension 1001 "
                f"rang 0.0 talked 2.0: {number} answered, 1001 answered"
                for number in (CALLER, "+33687654321")
            ],
        )
        (_first, second) = script.calls.values()
        self.assertEqual(second.legs["g"].start_date, second.start_date)
        script.leave("w", "g").hang_up("g")
        self.assertEqual(len(script.log), 2)

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
