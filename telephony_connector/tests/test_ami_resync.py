"""After the connection was lost: what is really there, and what cannot be true."""

from datetime import timedelta

from odoo.tests import BaseCase, tagged

from .ami_script import STATES, Script, describe

CALLER, DID = "+33612345678", "+33140000001"
NUMBER = "+33698765432"


def listed(uid, name, state="Up", app="Dial", age="00:10:00", bridge="", **more):
    """Return one channel as CoreShowChannels lists it."""
    return {
        "Event": "CoreShowChannel",
        "Channel": name,
        "ChannelState": STATES[state],
        "CallerIDNum": "<unknown>",
        "CallerIDName": "<unknown>",
        "Exten": "s",
        "Uniqueid": uid,
        "Linkedid": uid,
        "Application": app,
        "ApplicationData": "",
        "Duration": age,
        "BridgeId": bridge,
        **more,
    }


def caller(uid="a", **more):
    name = f"PJSIP/trunk-0000000{uid}"
    return listed(uid, name, **{"CallerIDNum": CALLER, "Exten": DID, **more})


def phone(uid, device, root="a", **more):
    more = {"app": "AppDial", "CallerIDNum": str(device), **more}
    return listed(uid, f"PJSIP/{device}-0000000{uid}", **more, Linkedid=root)


@tagged("telephony")
class TestResync(BaseCase):
    def resync(self, script, *channels):
        script.tracker.resync(channels, script.clock())
        for call in script.tracker.pop_changes():
            script.calls[call.uniqueid] = call
        return script.calls

    def test_a_talk_that_went_on_unseen(self):
        script = Script()
        channels = phone("b", 1001, age="00:09:00", bridge="x"), caller(bridge="x")
        call = self.resync(script, *channels)["a"]
        now = script.clock()
        self.assertEqual(call.state, "ongoing")
        self.assertEqual(call.start_date, now - timedelta(minutes=10))
        self.assertEqual(call.answer_date, now - timedelta(minutes=9))
        self.assertEqual(
            describe(call),
            f"inbound ongoing {CALLER} via {DID} extension 1001 incomplete "
            f"rang 60.0 talked 0.0: {CALLER} ongoing, 1001 ongoing",
        )
        script.channels["b"] = phone("b", 1001)
        script.channels["a"] = caller()
        script.wait(60).hang_up("b", "a")
        self.assertIn("inbound answered", script.log[0])
        self.assertIn("talked 600.0", script.log[0])

    def answer_inquiries(self, script, **told):
        """Tell of each channel (start, answer) as CDR has them, where it has."""
        for inquiry in script.tracker.pop_inquiries():
            headers = inquiry.request.headers
            uid = headers["Channel"][-1]
            named = {"CDR(start,u)": 0, "CDR(answer,u)": 1}
            if headers["Variable"] not in named:
                continue
            if uid in told:
                value = told[uid][named[headers["Variable"]]]
                script.tracker.process_answer(inquiry, {"Value": f"{value:.6f}"})
            else:
                script.tracker.process_no_answer(inquiry)
        for call in script.tracker.pop_changes():
            script.calls[call.uniqueid] = call

    def test_when_an_unseen_talk_began_is_asked(self):
        """The caller waited in a menu, which picks up for nobody."""
        script = Script()
        channels = phone("b", 1001, age="00:09:00", bridge="x"), caller(bridge="x")
        call = self.resync(script, *channels)["a"]
        self.assertIsNone(call.changes()["answer_date"], "asked for, not known yet")
        self.assertEqual(call.changes()["state"], "ongoing")
        now = script.clock()
        # Both by the PBX's clock, which is an hour ahead of ours.
        pbx = script.seconds + 3600
        self.answer_inquiries(
            script, a=(pbx - 600, pbx - 599), b=(pbx - 540, pbx - 525)
        )
        changes = script.calls["a"].changes()
        self.assertEqual(changes["start_date"], now - timedelta(minutes=10))
        self.assertEqual(changes["answer_date"], now - timedelta(seconds=525))
        self.assertEqual(
            [leg["answer_date"] for leg in changes["legs"]],
            [now - timedelta(seconds=599), now - timedelta(seconds=525)],
        )
        self.assertTrue(all(leg["answered_unseen"] for leg in changes["legs"]))
        self.resync(script, *channels)
        self.assertFalse(script.tracker.pop_inquiries(), "asked once")

    def test_when_it_began_is_not_told(self):
        """Then the younger channel dates it: no call waits for what never comes."""
        for told in ({}, {"a": (0, 0), "b": (0, 0)}, {"b": (9e18, 9e18)}):
            with self.subTest(told=told):
                script = Script()
                channels = (
                    phone("b", 1001, age="00:09:00", bridge="x"),
                    caller(bridge="x"),
                )
                self.resync(script, *channels)
                self.answer_inquiries(script, **told)
                self.assertEqual(
                    script.calls["a"].changes()["answer_date"],
                    script.clock() - timedelta(minutes=9),
                )

    def test_one_that_ends_before_that_is_told(self):
        script = Script()
        channels = phone("b", 1001, age="00:09:00", bridge="x"), caller(bridge="x")
        self.resync(script, *channels)
        script.channels = {each["Uniqueid"]: each for each in channels}
        script.wait(60).hang_up("b", "a")
        began = script.clock() - timedelta(minutes=10)
        self.assertEqual(script.calls["a"].changes()["answer_date"], began)
        self.answer_inquiries(script, b=(1000, 1005))
        changes = script.calls["a"].changes()
        self.assertEqual(changes["state"], "ended")
        self.assertEqual(changes["answer_date"], began + timedelta(seconds=5))

    def test_one_of_which_the_middle_is_heard_first(self):
        """It began long before the first event, as the list says."""
        script = Script()
        for uid, more in (("a", caller()), ("b", phone("b", 1001))):
            script.channels[uid] = more
        script.on("Hold", "b").on("Hold", "a").wait(1).tracker.begin_resync()
        channels = phone("b", 1001, bridge="b"), caller(bridge="b")
        call = self.resync(script, *channels)["a"]
        self.assertEqual(call.start_date, script.clock() - timedelta(minutes=10))

    def test_one_that_is_answered_before_the_list_comes(self):
        """The log knows it by its first channel, of which no event told yet."""
        script = Script()
        for uid, more in (("a", caller(state="Ring")), ("b", phone("b", 1001))):
            script.channels[uid] = more
        script.answer("a", "b")
        [call] = script.calls.values()
        self.assertEqual((call.uniqueid, call.incomplete), ("a", True))
        script.wait(1)
        channels = phone("b", 1001, bridge="b"), caller(bridge="b")
        self.assertEqual(list(self.resync(script, *channels)), ["a"])
        [call] = script.tracker.open_calls()
        self.assertEqual((call.uniqueid, call.state), ("a", "ongoing"))
        script.hang_up("b", "a")
        self.assertEqual(list(script.calls), ["a"])
        self.assertEqual(script.calls["a"].outcome, "answered")

    def test_one_that_rings(self):
        script = Script()
        channels = caller(state="Ring"), phone("b", 1001, state="Ringing")
        call = self.resync(script, *channels)["a"]
        self.assertIn("inbound ringing", describe(call))
        self.assertIn("extension 1001", describe(call))
        self.assertIsNone(call.answer_date)

    def test_one_that_waits_in_a_queue(self):
        call = self.resync(
            Script(), caller(app="Queue", ApplicationData="support,tr,,,60")
        )["a"]
        self.assertEqual((call.state, call.queue), ("ringing", "support"))

    def test_one_dialed_on_a_telephone(self):
        channels = (
            phone("b", 1001, root="b", app="Dial", Exten="0698765432", bridge="x"),
            listed(
                "t",
                "PJSIP/trunk-00000001",
                app="AppDial",
                CallerIDNum="0698765432",
                Linkedid="b",
                bridge="x",
            ),
        )
        call = self.resync(Script(), *channels)["b"]
        self.assertIn("outbound ongoing 0698765432 extension 1001", describe(call))

    def test_those_behind_local_channels(self):
        local = "Local/1001@from-internal-00000001"
        channels = (
            caller(bridge="x"),
            listed("l1", f"{local};1", app="AppDial", bridge="x", Linkedid="a"),
            listed("l2", f"{local};2", bridge="y", Linkedid="a"),
            phone("b", 1001, bridge="y"),
        )
        call = self.resync(Script(), *channels)["a"]
        self.assertEqual((call.state, call.extension), ("ongoing", "1001"))

    def test_those_who_wait_or_confer(self):
        parked = (
            caller("p", app="Park", bridge="lot"),
            caller("q", app="Park", bridge="lot"),
        )
        calls = self.resync(Script(), *parked)
        self.assertEqual({call.state for call in calls.values()}, {"ringing"})
        room = [caller(uid, app="ConfBridge", bridge="room") for uid in "pqr"]
        calls = self.resync(Script(), *room)
        self.assertEqual([call.state for call in calls.values()], ["ongoing"] * 3)

    def talking(self):
        script = Script()
        script.new("a", "PJSIP/trunk-0000000a", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-0000000b", linked="a").dial("a", "b", "1001")
        return script.wait(1).answer("a", "b", "x")

    def test_a_talk_that_ended_unseen(self):
        script = self.talking().wait(3).on("Hold", "b").wait(3600)
        call = self.resync(script)["a"]
        self.assertEqual(
            describe(call),
            f"inbound answered {CALLER} via {DID} extension 1001 incomplete "
            f"rang 1.0 talked 3.0: {CALLER} answered, 1001 answered",
        )

    def test_a_talk_that_simply_went_on(self):
        script = self.talking().wait(60)
        self.resync(script, caller(bridge="x"), phone("b", 1001, bridge="x"))
        call = script.calls["a"]
        self.assertFalse(call.incomplete)
        self.assertEqual(
            script.hang_up("b", "a").log[0].split(":")[0][-11:], "talked 60.0"
        )

    def test_one_answered_unseen(self):
        script = Script()
        script.new("a", "PJSIP/trunk-0000000a", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-0000000b", linked="a").dial("a", "b", "1001")
        script.wait(2).state("b", "Ringing").wait(30)
        call = self.resync(script, caller(bridge="x"), phone("b", 1001, bridge="x"))[
            "a"
        ]
        self.assertEqual(call.state, "ongoing")
        self.assertTrue(call.incomplete)
        self.assertEqual(call.answer_date - call.start_date, timedelta(seconds=2))
        self.answer_inquiries(script, a=(50, 71), b=(50, 71))
        call = script.calls["a"]
        self.assertEqual(call.answer_date - call.start_date, timedelta(seconds=21))

    def test_transferred_unseen(self):
        script = self.talking().wait(30)
        channels = caller(bridge="y"), phone("c", 1002, bridge="y", age="00:00:20")
        call = self.resync(script, *channels)["a"]
        self.assertEqual((call.state, call.extension), ("ongoing", "1002"))
        self.assertTrue(call.incomplete)
        self.assertEqual(call.legs["b"].state, "ended")

    def test_what_was_heard_since_the_question_is_newer_than_the_list(self):
        script = self.talking()
        script.tracker.begin_resync()
        script.new("n", "PJSIP/trunk-0000000c", "Ring", "0687654321", exten=DID)
        script.hang_up("b", "a")
        self.resync(script, caller(bridge="x"), phone("b", 1001, bridge="x"))
        self.assertEqual(script.calls["a"].state, "ended")
        self.assertFalse(script.calls["a"].incomplete)
        self.assertEqual(script.calls["n"].state, "ringing", "not in the list yet")
        self.assertEqual(len(script.tracker.open_calls()), 1, "nothing dead adopted")

    def test_a_channel_younger_than_its_event(self):
        """The list may be ahead of the event that a channel exists."""
        script = Script()
        self.resync(script, listed("t", "PJSIP/trunk-1", "Down", age="00:00:00"))
        self.assertFalse(script.calls, "who calls whom is not known yet")
        self.resync(script, caller(state="Ring", age="00:00:01"))
        self.assertFalse(script.calls["a"].incomplete)

    def test_a_click_to_call_in_flight_survives(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", "0698765432")
        self.resync(script)
        self.assertEqual(script.tracker.open_calls()[0].state, "ringing")

    def test_a_click_to_call_that_the_pbx_refused(self):
        script = Script()
        script.tracker.originated("odoo-1", "1001", "+33698765432")
        script.tracker.not_originated("odoo-1", is_certain=True)
        [call] = script.tracker.pop_changes()
        self.assertEqual((call.state, call.outcome), ("ended", "failed"))

    def test_a_click_to_call_that_the_connection_ended_upon(self):
        """Asterisk had taken it, and may have been restarted since."""
        script = Script()
        script.tracker.originated("tc-1", "1001", "0698765432")
        script.tracker.disconnected()
        self.assertTrue(script.tracker.open_calls(), "the list of channels tells")
        script.tracker.resync([], script.clock())
        (call,) = script.tracker.pop_changes()
        self.assertEqual((call.outcome, call.incomplete), ("failed", True))

    def test_a_click_to_call_of_which_it_is_not_known_whether_it_was_taken(self):
        """The next list of channels tells."""
        for channels, state in (
            ((), "ended"),
            ((phone("odoo-1", 1001, root="odoo-1", app="AppDial2"),), "ringing"),
        ):
            with self.subTest(state=state):
                script = Script()
                script.tracker.originated("odoo-1", "1001", "+33698765432")
                script.tracker.not_originated("odoo-1", is_certain=False)
                self.assertEqual(script.tracker.pop_changes()[0].state, "ringing")
                script.wait(15)
                call = self.resync(script, *channels)["odoo-1"]
                self.assertEqual(call.state, state)

    def test_durations_of_any_length_and_kind(self):
        script = Script()
        calls = self.resync(
            script,
            caller("p", state="Ring", age="100:00:01"),
            caller("q", state="Ring", age="a while"),
        )
        now = script.clock()
        self.assertEqual(now - calls["p"].start_date, timedelta(hours=100, seconds=1))
        self.assertEqual(calls["q"].start_date, now)

    def lost_dialing(self, **trunk):
        """1001 dials out; the connection is lost before it is told whom the PBX
        dials."""
        script = Script()
        script.new("a", "PJSIP/1001-0000000a", "Ring", "1001", exten="0698765432")
        script.new("t", "PJSIP/trunk-0000000b", linked="a")
        script.tracker.disconnected()
        script.tracker.begin_resync()
        data = f"PJSIP/{NUMBER}@trunk,60,T"
        more = {"app": "Dial", "state": "Ring", "Exten": "0698765432"}
        if not trunk:
            more["ApplicationData"] = data
        self.resync(
            script.wait(5),
            phone("a", 1001, **more),
            listed("t", "PJSIP/trunk-0000000b", "Ringing", app="AppDial", Linkedid="a")
            | trunk,
        )
        return script

    def test_dialing_that_was_not_heard(self):
        """What the list tells of channels that were known before is taken, too."""
        for trunk in ({}, {"CallerIDNum": NUMBER}):
            script = self.lost_dialing(**trunk)
            call = script.calls["a"]
            self.assertIn(f"outbound ringing {NUMBER} via 0698765432", describe(call))
            script.wait(3).answer("a", "t").wait(2).hang_up("t", "a")
            self.assertEqual(
                script.log,
                [
                    f"outbound answered {NUMBER} via 0698765432 extension 1001 "
                    f"rang 8.0 talked 2.0: 1001 answered, {NUMBER} answered"
                ],
            )

    def test_a_caller_whose_first_ring_was_not_heard(self):
        script = Script()
        script.new("a", "SIP/trunk-0000000a")
        script.tracker.begin_resync()
        call = self.resync(
            script.wait(2),
            listed("a", "SIP/trunk-0000000a", "Ring", CallerIDNum=CALLER, Exten=DID),
        )["a"]
        self.assertIn(f"inbound ringing {CALLER} via {DID}", describe(call))

    def test_a_name_that_was_found_unheard(self):
        script = Script()
        script.new("a", "PJSIP/trunk-0000000a", "Ring", "0612345678", exten=DID)
        script.tracker.begin_resync()
        self.resync(script.wait(1), caller(state="Ring", CallerIDName="Azure"))
        call = script.calls["a"]
        self.assertEqual((call.number, call.caller_name), (CALLER, "Azure"))

    def test_an_own_phone_that_was_picked_up_unheard(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", NUMBER)
        script.new("tc-1", "PJSIP/1001-0000000a", number="1001")
        script.dial(None, "tc-1", "1001").tracker.begin_resync()
        self.resync(
            script.wait(4),
            phone("tc-1", 1001, root="tc-1", app="Dial", Exten=NUMBER),
            listed("t", "PJSIP/trunk-1", "Ringing", app="AppDial", Linkedid="tc-1"),
        )
        self.assertIn("1001 ongoing", script.log[0])

    def test_behind_local_channels_after_a_new_start(self):
        """The own phone of another program's click, and the group that rings out."""
        local = "Local/1001@from-internal-00000001"
        channels = [
            caller(state="Ring", ApplicationData="Local/1001@from-internal,20"),
            listed("l1", f"{local};1", "Ringing", app="AppDial", Linkedid="a"),
            listed("l2", f"{local};2", "Ring", Linkedid="a", Exten="1001")
            | {"ApplicationData": "PJSIP/1001&PJSIP/1002,20"},
            phone("b", 1001, state="Ringing"),
            phone("c", 1002, state="Ringing"),
        ]
        script = Script()
        self.resync(script, *channels)
        script.channels = {each["Uniqueid"]: each for each in channels}
        script.wait(9).dial_end("a", "l1", "NOANSWER").hang_up("l1", cause="0")
        for uid in "bc":
            script.dial_end("l2", uid, "CANCEL").hang_up(uid, cause="0")
        script.hang_up("l2", "a", cause="0")
        self.assertIn("1001 missed, 1002 missed", script.log[0])


@tagged("telephony")
class TestExpiry(BaseCase):
    def expire(self, script):
        script.tracker.expire(script.clock())
        for call in script.tracker.pop_changes():
            script.calls[call.uniqueid] = call
        return [(call.outcome, call.incomplete) for call in script.calls.values()]

    def test_nobody_rings_for_ever(self):
        script = Script(max_ringing=timedelta(minutes=30))
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.wait(1800)
        self.assertEqual(self.expire(script), [(None, False)])
        script.wait(1)
        self.assertEqual(self.expire(script), [("missed", True)])
        self.assertFalse(script.tracker._pbx.channels)

    def test_nobody_talks_for_ever(self):
        script = Script(max_ringing=timedelta(0), max_ongoing=timedelta(hours=4))
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        script.answer("a", "b").wait(4 * 3600)
        self.assertEqual(self.expire(script), [(None, False)])
        script.wait(1)
        self.assertEqual(self.expire(script), [("answered", True)])

    def test_a_click_to_call_of_which_nothing_was_seen(self):
        script = Script()
        script.tracker.originated("tc-1", "1001", "0698765432")
        script.wait(121)
        self.assertEqual(self.expire(script), [("failed", True)])

    def test_a_pbx_whose_clock_is_wrong(self):
        """Ages are measured by our clock, whatever the PBX's says."""
        script = Script(max_ringing=timedelta(minutes=30))
        script.new(
            "a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID, Timestamp="1"
        )
        self.assertEqual(self.expire(script), [(None, False)])

    def test_memory_is_bounded(self):
        script = Script()
        for number in range(6000):
            uid = str(number)
            script.new(uid, f"PJSIP/trunk-{number:08x}", "Ring", CALLER, exten=DID)
            script.event("BridgeCreate", BridgeUniqueid=uid)
            script.hang_up(uid)
        self.expire(script)
        pbx = script.tracker._pbx
        left = pbx.channels, pbx.tracked_calls, pbx.linkedids, pbx.bridges, pbx.changed
        self.assertFalse(any(left))
        self.assertLessEqual(len(pbx.gone), 5000)
