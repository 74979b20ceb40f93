"""How calls go, and what is told of them. All numbers are made up."""

from odoo.tests import BaseCase, tagged

from .ami_script import DIALPLAN, Script

CALLER, DID = "+33612345678", "+33140000001"


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

    def test_several_phones_of_one_extension(self):
        """One that rings out makes it missed, in whatever order they are dialed and
        end."""
        for said, outcome in (
            (("BUSY", "NOANSWER"), "missed"),
            (("NOANSWER", "BUSY"), "missed"),
            (("BUSY", "CANCEL"), "missed"),
            (("CANCEL", "BUSY"), "missed"),
            (("CHANUNAVAIL", "NOANSWER", "BUSY"), "missed"),
            (("BUSY", "BUSY"), "busy"),
            (("CHANUNAVAIL", "BUSY"), "busy"),
        ):
            for order in (1, -1):
                script = Script()
                script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
                phones = {f"b{at}": status for at, status in enumerate(said)}
                for uid in phones:
                    script.new(uid, f"PJSIP/1001-0000000{uid}", linked="a")
                    script.dial("a", uid, "1001/sip:1001@192.0.2.7")
                for uid, status in list(phones.items())[::order]:
                    script.dial_end("a", uid, status).hang_up(uid, cause="0")
                script.hang_up("a")
                with self.subTest(said=said, order=order):
                    self.assertEqual(script.calls["a"].outcome, outcome)

    def test_a_phone_that_forwarded_says_nothing_of_its_own(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        script.dial_end("a", "b", "CANCEL", Forward="1002").hang_up("b")
        script.new("c", "PJSIP/1002-00000003", linked="a").dial("a", "c", "1002")
        script.dial_end("a", "c", "BUSY").hang_up("c", "a", cause="17")
        self.assertIn("inbound busy", script.log[0])

    def behind_local_channels(self, *outer, deep=False, early=False):
        """The caller rings 1001, 1002, … by Local channels, which end as told; the
        phones behind are always told that it was cancelled."""
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        inner = {}
        for at, status in enumerate(outer, 1):
            number, source = f"100{at}", "a"
            for name in (f"l{at}", f"m{at}")[: 1 + deep]:
                for half in "12":
                    channel = f"Local/{number}@from-internal-{name};{half}"
                    script.new(name + half, channel, exten=number, linked="a")
                script.dial(source, f"{name}1", f"{number}@from-internal")
                source = f"{name}2"
            script.new(f"p{at}", f"PJSIP/{number}-{at}", linked="a")
            script.dial(source, f"p{at}", number)
            inner[f"p{at}"] = source, f"l{at}", status
        script.wait(20)
        for phone, (source, name, status) in inner.items():
            if early:
                script.dial_end(source, phone, "CANCEL").hang_up(phone, cause="0")
            script.dial_end("a", f"{name}1", status)
            script.dial_end("a", f"{name}1", "CANCEL")  # a queue says it twice
            if not early:
                script.dial_end(source, phone, "CANCEL").hang_up(phone, cause="0")
            at = name[1:]
            for each in (name, f"m{at}")[: 1 + deep]:
                script.hang_up(f"{each}1", f"{each}2", cause="0")
        return script.hang_up("a").log

    def test_who_lets_it_ring_behind_a_local_channel(self):
        for options in ({}, {"deep": True}, {"early": True}):
            with self.subTest(**options):
                [line] = self.behind_local_channels("NOANSWER", "NOANSWER", **options)
                self.assertIn("inbound missed", line)
                self.assertIn("1001 missed, 1002 missed", line)

    def follow_me(self, gives_up=False, winner=False):
        """FollowMe calls 1001 and 1002 by Local channels and does not tell how that
        ends."""
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.state("a", "Up")
        for at in "12":
            for half in "12":
                name = f"Local/100{at}@from-internal-0000000{at};{half}"
                script.new(f"l{at}{half}", name, exten=f"100{at}", linked="a")
            script.dial("a", f"l{at}1", f"100{at}@from-internal/m")
            script.new(f"p{at}", f"PJSIP/100{at}-{at}", linked="a")
            script.dial(f"l{at}2", f"p{at}", f"100{at}")
        script.wait(9)
        if gives_up:
            script.on("HangupRequest", "a", Cause="16")
        if winner:
            script.answer("l22", "p2", "b1").state("l21", "Up")
        for at in "1" if winner else "12":
            script.hang_up(f"l{at}1", cause="0").dial_end(f"l{at}2", f"p{at}", "CANCEL")
            script.hang_up(f"l{at}2", f"p{at}", cause="0")
        if winner:
            script.enter("b2", "l21", "a").hang_up("p2", "l22", "l21")
        [line] = script.hang_up("a", cause="19").log
        return line

    def test_who_lets_it_ring_behind_follow_me(self):
        self.assertIn("1001 missed, 1002 missed", self.follow_me())
        given_up = self.follow_me(gives_up=True)
        self.assertIn("1001 cancelled, 1002 cancelled", given_up)
        answered = self.follow_me(winner=True)
        self.assertIn("1001 cancelled, 1002 answered", answered)

    def test_a_caller_who_gives_up_behind_local_channels(self):
        [line] = self.behind_local_channels("CANCEL", "CANCEL")
        self.assertIn("1001 cancelled, 1002 cancelled", line)

    def test_who_is_busy_behind_a_local_channel(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        for half in "12":
            script.new(f"l{half}", f"Local/1001@x-1;{half}", exten="1001", linked="a")
        script.dial("a", "l1", "1001@x").new("p", "PJSIP/1001-1", linked="a")
        script.dial("l2", "p", "1001").dial_end("l2", "p", "BUSY").hang_up("p")
        script.dial_end("a", "l1", "NOANSWER").hang_up("l1", "l2", "a")
        self.assertIn("inbound busy", script.log[0])

    def test_the_last_way_out_that_led_somewhere_tells(self):
        for said, outcome in (
            (("CONGESTION", "BUSY"), "busy"),
            (("BUSY", "CONGESTION"), "busy"),
            (("NOANSWER", "CHANUNAVAIL"), "missed"),
            (("CONGESTION", "CHANUNAVAIL"), "failed"),
        ):
            script = Script()
            script.new("a", "PJSIP/1001-00000001", "Ring", "1001", exten="0698765432")
            for at, status in enumerate(said):
                script.new(f"t{at}", f"PJSIP/trunk{at}-00000002", linked="a")
                script.dial("a", f"t{at}", f"0698765432@trunk{at}")
                script.dial_end("a", f"t{at}", status).hang_up(f"t{at}", cause="0")
            script.hang_up("a")
            with self.subTest(said=said):
                self.assertEqual(script.calls["a"].outcome, outcome)

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

    def test_one_dialed_under_a_foreign_linkedid_belongs_to_who_dials(self):
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
        self.assertEqual(script.tracker.pop_changes(), [])
        script.on("DialState", "a").on("Newexten", "a").on("Registry", "a")
        self.assertEqual(script.tracker.pop_changes(), [])

    def test_times_without_time_stamps(self):
        script = Script()
        script.seconds += 3
        event = {**script.channels.get("a", {}), "Event": "Newchannel", "Uniqueid": "a"}
        event |= {"Channel": "PJSIP/trunk-00000001", "ChannelState": "4"}
        script.tracker.feed(event)
        self.assertEqual(script.tracker.pop_changes()[0].start_date, script.clock())
