"""The own phone of a click-to-call forwards it. All numbers are made up."""

from datetime import timedelta

from odoo.tests import BaseCase, tagged

from .ami_script import Script
from .test_ami_resync import listed

CUSTOMER, MOBILE = "+33698765432", "+33687000111"
FORWARD = f"Local/{MOBILE}@from-internal"
ANSWERED = (
    f"outbound answered {CUSTOMER} extension 1001 diverted_from 1001 "
    f"rang 5.0 talked 5.0: 1001 cancelled -> {MOBILE}, 1001 answered, "
    f"{CUSTOMER} answered"
)
UNANSWERED = (
    f"outbound cancelled {CUSTOMER} extension 1001 diverted_from 1001: "
    f"1001 cancelled -> {MOBILE}, 1001 missed"
)


class ForwardedScript(Script):
    """1001 diverts (302) to a mobile telephone; the PBX calls that by itself."""

    def ring_own(self, is_ours=True):
        if is_ours:
            self.tracker.originated("own", "1001", CUSTOMER)
        self.new("own", "PJSIP/1001-0000000a", number="1001")
        return self.dial(None, "own", "1001").state("own", "Ringing")

    def begin(self):
        """The Local channel that stands for the number exists and is dialed."""
        for half in "12":
            name = f"{FORWARD}-00000001;{half}"
            self.new(f"l{half}", name, exten=MOBILE, linked="l1")
        return self.dial(None, "l1", f"{MOBILE}@from-internal")

    def divert(self, forward=MOBILE):
        return self.dial_end(None, "own", "CANCEL", Forward=forward)

    def ring_mobile(self):
        self.new("m", "PJSIP/trunk-0000000b", linked="l1")
        return self.dial("l2", "m", f"{MOBILE}@trunk").state("m", "Ringing")

    def pick_up(self):
        self.wait(2).state("m", "Up").dial_end("l2", "m", "ANSWER")
        self.event("OriginateResponse", Response="Success", ActionID="own")
        self.dial_end(None, "l1", "ANSWER").enter("b1", "m", "l2")
        return self.new("t", "PJSIP/trunk-0000000c", linked="l1")

    def meet_customer(self):
        self.dial("l1", "t", f"{CUSTOMER}@trunk").wait(3).state("t", "Up")
        self.dial_end("l1", "t", "ANSWER").enter("b2", "t", "l1").wait(5)
        return self.hang_up("t", "l1", "l2", "m")

    def mark_unanswered(self, status="NOANSWER", cause="19"):
        self.wait(9).dial_end("l2", "m", status).hang_up("m", cause=cause)
        self.hang_up("l2", cause=cause).dial_end(None, "l1", status)
        self.hang_up("l1", cause=cause)
        return self.event(
            "OriginateResponse", Response="Failure", ActionID="own", Reason="3"
        )


@tagged("telephony")
class TestForwarded(BaseCase):
    def test_the_mobile_answers(self):
        script = ForwardedScript().ring_own().begin().divert().ring_mobile()
        self.assertEqual(script.calls["own"].legs["m"].extension, "1001")
        script.hang_up("own", cause="23").pick_up().meet_customer()
        self.assertEqual(script.log, [ANSWERED])

    def test_nobody_answers(self):
        script = ForwardedScript().ring_own().begin().divert().ring_mobile()
        script.hang_up("own", cause="23").mark_unanswered()
        self.assertEqual(script.log, [UNANSWERED])

    def test_in_any_order(self):
        """The call may be placed before or after it is told why, and the phone be gone
        before or after that."""
        for steps in (
            ("begin", "ring_mobile", "divert", "gone"),
            ("divert", "begin", "ring_mobile", "gone"),
            ("divert", "gone", "begin", "ring_mobile"),
            ("begin", "divert", "gone", "ring_mobile"),
        ):
            for last, line in (
                (("pick_up", "meet_customer"), ANSWERED),
                (("mark_unanswered",), UNANSWERED),
            ):
                script = ForwardedScript().ring_own()
                script.gone = lambda script=script: script.hang_up("own", cause="23")
                for step in (*steps, *last):
                    getattr(script, step)()
                with self.subTest(steps=steps, last=last):
                    self.assertEqual(script.log, [line])
                    self.assertFalse(script.tracker._pbx.tracked_calls)
                    self.assertFalse(script.tracker._pbx.linkedids)

    def test_destinations_as_phones_name_them(self):
        for forward in (FORWARD, f"{FORWARD}/n", f"{MOBILE}@from-internal"):
            script = ForwardedScript().ring_own().begin().divert(forward)
            script.ring_mobile().hang_up("own").pick_up().meet_customer()
            with self.subTest(forward=forward):
                self.assertEqual(script.log, [ANSWERED])

    def test_straight_to_a_trunk(self):
        """chan_sip with promiscredir: no Local channel between."""
        script = ForwardedScript().ring_own()
        script.new("m", "SIP/trunk-0000000b").dial(None, "m", f"trunk/{MOBILE}")
        script.divert(f"SIP/trunk/{MOBILE}").hang_up("own").wait(2)
        script.state("m", "Up").dial_end(None, "m", "ANSWER")
        script.new("t", "SIP/trunk-0000000c", linked="m")
        script.dial("m", "t", f"trunk/{CUSTOMER}").wait(3).answer("m", "t", "b")
        script.wait(5).hang_up("t", "m")
        self.assertEqual(script.log, [ANSWERED])

    def test_behind_the_local_channel_of_the_extension(self):
        """``Local/1001@from-internal``: the dial plan dials the phone, and calls the
        number that it names."""
        for last, line in (
            (("pick_up", "meet_customer"), ANSWERED),
            (("mark_unanswered",), UNANSWERED),
        ):
            script = ForwardedScript()
            script.tracker.originated("k1", "1001", CUSTOMER)
            for half, uid in (("1", "k1"), ("2", "k2")):
                name = f"Local/1001@from-internal-00000001;{half}"
                script.new(uid, name, exten="1001", linked="k1")
            script.dial(None, "k1", "1001@from-internal")
            script.new("own", "PJSIP/1001-0000000a", number="1001", linked="k1")
            script.dial("k2", "own", "1001")
            for half in "12":
                name = f"{FORWARD}-00000002;{half}"
                script.new(f"l{half}", name, exten=MOBILE, linked="k1")
            script.dial("k2", "l1", FORWARD)
            script.dial_end("k2", "own", "CANCEL", Forward=FORWARD).hang_up("own")
            script.new("m", "PJSIP/trunk-0000000b", linked="k1")
            script.dial("l2", "m", f"{MOBILE}@trunk")
            if "pick_up" in last:
                script.wait(2).state("m", "Up").dial_end("l2", "m", "ANSWER")
                script.enter("b1", "m", "l2").dial_end("k2", "l1", "ANSWER")
                script.enter("b2", "l1", "k2").dial_end(None, "k1", "ANSWER")
                script.new("t", "PJSIP/trunk-0000000c", linked="k1")
                script.dial("k1", "t", f"{CUSTOMER}@trunk").wait(3).state("t", "Up")
                script.dial_end("k1", "t", "ANSWER").enter("b3", "t", "k1").wait(5)
                script.hang_up("t", "k1", "k2", "l1", "l2", "m")
            else:
                script.wait(9).dial_end("l2", "m", "NOANSWER").hang_up("m", cause="19")
                script.hang_up("l2", "l1", "k2", "k1", cause="19")
            with self.subTest(last=last):
                self.assertEqual(script.log, [line])

    def test_an_extension_that_is_a_mobile_telephone(self):
        """FreePBX's follow-me, or a dial plan: the phone is behind a Local channel."""
        script = Script()
        script.tracker.originated("k1", "1101", CUSTOMER)
        for half, uid in (("1", "k1"), ("2", "k2")):
            name = f"Local/1101@from-internal-00000001;{half}"
            script.new(uid, name, exten="1101", linked="k1")
        script.dial(None, "k1", "1101@from-internal")
        script.new("m", "PJSIP/trunk-0000000b", linked="k1")
        script.dial("k2", "m", f"{MOBILE}@trunk").wait(9)
        script.dial_end("k2", "m", "NOANSWER").hang_up("m", "k2", "k1", cause="19")
        self.assertEqual(
            script.log,
            [
                f"outbound cancelled {CUSTOMER} extension 1101 diverted_from 1101: "
                "1101 missed"
            ],
        )

    def test_to_a_colleague(self):
        """Who talks with the customer handles the call."""
        script = ForwardedScript().ring_own()
        for half in "12":
            name = f"Local/1002@from-internal-00000001;{half}"
            script.new(f"l{half}", name, exten="1002", linked="l1")
        script.dial(None, "l1", "1002@from-internal").divert("1002").hang_up("own")
        script.new("m", "PJSIP/1002-0000000b", number="1002", linked="l1")
        script.dial("l2", "m", "1002").pick_up().meet_customer()
        self.assertEqual(
            script.log,
            [
                f"outbound answered {CUSTOMER} extension 1002 diverted_from 1001 "
                "rang 5.0 talked 5.0: 1001 cancelled -> 1002, 1002 answered, "
                f"{CUSTOMER} answered"
            ],
        )

    def test_the_mobile_can_not_be_reached(self):
        for status, cause, outcome in (
            ("BUSY", "17", "cancelled"),
            ("NOANSWER", "21", "cancelled"),
            ("NOANSWER", "1", "failed"),
            ("CONGESTION", "34", "failed"),
        ):
            script = ForwardedScript().ring_own().begin().divert().ring_mobile()
            script.hang_up("own").mark_unanswered(status, cause)
            with self.subTest(status=status, cause=cause):
                self.assertEqual(len(script.log), 1)
                self.assertIn(f"outbound {outcome} {CUSTOMER} ext", script.log[0])

    def test_the_customer_is_busy(self):
        script = ForwardedScript().ring_own().begin().divert().ring_mobile()
        script.hang_up("own").pick_up().dial("l1", "t", f"{CUSTOMER}@trunk")
        script.dial_end("l1", "t", "BUSY").hang_up("t", "l1", "l2", "m", cause="17")
        self.assertEqual(len(script.log), 1)
        self.assertIn(f"outbound busy {CUSTOMER} extension 1001", script.log[0])

    def test_of_anothers_click(self):
        script = ForwardedScript().ring_own(is_ours=False)
        script.begin().ring_mobile().divert().hang_up("own").pick_up()
        script.meet_customer()
        self.assertEqual(script.log, [ANSWERED])
        self.assertEqual(script.calls["own"].dialed_number, CUSTOMER)

    def test_seen_again_after_the_connection_was_lost(self):
        script = ForwardedScript().ring_own().begin().divert().ring_mobile()
        script.hang_up("own").tracker.disconnected()
        script.tracker.begin_resync()
        own, dialed = {"Linkedid": "l1", "Exten": MOBILE}, {"Linkedid": "l1"}
        data = f"PJSIP/{MOBILE}@trunk,60"
        script.wait(4).tracker.resync(
            [
                listed("l1", f"{FORWARD}-00000001;1", "Down", app="AppDial2", **own),
                listed("l2", f"{FORWARD}-00000001;2", ApplicationData=data, **own),
                listed("m", "PJSIP/trunk-0000000b", app="AppDial", **dialed),
            ],
            script.clock(),
        )
        script.new("t", "PJSIP/trunk-0000000c", linked="l1")
        script.enter("b1", "m", "l2").meet_customer()
        self.assertEqual(len(script.log), 1)
        self.assertIn(f"outbound answered {CUSTOMER} extension 1001", script.log[0])

    def test_forwarded_while_nothing_was_heard(self):
        """The own phone is gone, and the PBX has begun one other call."""
        for answered in (False, True):
            script = ForwardedScript().ring_own()
            script.tracker.disconnected()
            script.tracker.begin_resync()
            first = {"app": "Dial", "Exten": CUSTOMER, "state": "Up"}
            if not answered:
                first = {"app": "AppDial2", "Exten": MOBILE, "state": "Down"}
            data = f"PJSIP/{MOBILE}@trunk,60"
            channels = [
                listed("l1", f"{FORWARD}-00000001;1", Linkedid="l1", **first),
                listed("l2", f"{FORWARD}-00000001;2", Linkedid="l1", Exten=MOBILE)
                | {"ApplicationData": data},
                listed("m", "PJSIP/trunk-0000000b", app="AppDial", Linkedid="l1"),
            ]
            script.wait(4).tracker.resync(channels, script.clock())
            script.channels = {each["Uniqueid"]: each for each in channels}
            script.pick_up().meet_customer()
            with self.subTest(answered=answered):
                self.assertEqual(len(script.log), 1)
                self.assertIn(
                    f"outbound answered {CUSTOMER} extension 1001 diverted_from 1001",
                    script.log[0],
                )

    def test_gone_while_nothing_was_heard(self):
        """Other calls that the PBX began are calls of their own."""
        for names in (
            ("PJSIP/trunk-0000000d",),
            (f"{FORWARD}-0000000d;1", "Local/1002@from-internal-0000000e;1"),
        ):
            script = ForwardedScript().ring_own()
            script.tracker.begin_resync()
            channels = [
                listed(name, name, "Ringing", app="AppDial2", Linkedid=name)
                for name in names
            ]
            script.wait(4).tracker.resync(channels, script.clock())
            for call in script.tracker.pop_changes():
                script.calls[call.uniqueid] = call
            with self.subTest(names=names):
                self.assertIn(f"outbound cancelled {CUSTOMER}", script.log[0])
                self.assertFalse(script.calls["own"].diverted_from)

    def test_follow_me_as_freepbx_dials_it(self):
        """The extension and a mobile telephone ring, each behind two Local channels."""
        script = Script()
        script.tracker.originated("k1", "1001", CUSTOMER)

        def halves(name, number, linked="k1"):
            for half in "12":
                local = f"Local/{number}@from-internal-{name};{half}"
                uid = f"{name}{half}"
                script.new(uid, local, exten=number, linked=linked)

        halves("k", "1001")
        script.dial(None, "k1", "1001@from-internal/n")
        for name, number in (("p", "FMPR-1001"), ("g", f"FMGL-{MOBILE}#")):
            halves(name, number)
            script.dial("k2", f"{name}1", f"{number}@from-internal")
        script.new("own", "PJSIP/1001-0000000a", number="1001", linked="k1")
        script.dial("p2", "own", "1001/sip:1001@192.0.2.7")
        script.new("m", "PJSIP/trunk-0000000b", linked="k1")
        script.dial("g2", "m", f"{MOBILE}@trunk").wait(2)
        script.dial_end("k2", "p1", "CANCEL").dial_end("p2", "own", "CANCEL")
        script.hang_up("own", "p1", "p2", cause="26").state("m", "Up")
        script.dial_end("g2", "m", "ANSWER").enter("b1", "m", "g2")
        script.dial_end("k2", "g1", "ANSWER").enter("b2", "g1", "k2")
        script.dial_end(None, "k1", "ANSWER").state("k1", "Up")
        script.new("t", "PJSIP/trunk-0000000c", linked="k1")
        script.dial("k1", "t", f"{CUSTOMER}@trunk").wait(3).answer("k1", "t", "b3")
        script.wait(5).hang_up("t", "k1", "k2", "g1", "g2", "m")
        [line] = script.log
        self.assertIn(f"outbound answered {CUSTOMER} extension 1001", line)
        self.assertIn(f"1001 cancelled, 1001 answered, {CUSTOMER} answered", line)

    def test_the_forwarded_call_is_never_placed(self):
        """The PBX says so, or it is not in its list, or nothing is heard of it."""
        for way in ("response", "list", "silence"):
            script = ForwardedScript().ring_own().divert().hang_up("own", cause="23")
            self.assertEqual(len(script.tracker.open_calls()), 1)
            if way == "response":
                script.event("OriginateResponse", Response="Failure", ActionID="own")
            elif way == "list":
                script.tracker.resync([], script.clock())
            else:
                now = script.clock() + timedelta(seconds=121)
                script.tracker.expire(now)
            for call in script.tracker.pop_changes():
                script.calls[call.uniqueid] = call
            with self.subTest(way=way):
                self.assertIn("outbound failed", script.log[0])
                self.assertFalse(script.tracker.open_calls())

    def test_other_calls_of_the_pbx_stay_calls_of_their_own(self):
        script = ForwardedScript().ring_own()
        script.new("x", "PJSIP/trunk-0000000d").dial(None, "x", "0655555555@trunk")
        script.begin().divert().ring_mobile()
        self.assertIn("outbound ringing 0655555555", script.log[-1], "told by now")
        script.hang_up("own").pick_up().meet_customer()
        script.dial_end(None, "x", "NOANSWER").hang_up("x", cause="19")
        self.assertEqual(
            script.log,
            [ANSWERED, "outbound missed 0655555555: 0655555555 missed"],
        )

    def test_what_ends_before_it_is_clear_is_told_too(self):
        script = ForwardedScript().ring_own()
        script.new("x", "PJSIP/trunk-0000000d").dial(None, "x", "0655555555@trunk")
        self.assertEqual(list(script.calls), ["own"])
        script.dial_end(None, "x", "BUSY").hang_up("x", cause="17")
        self.assertIn("outbound busy 0655555555: 0655555555 busy", script.log)
