"""What must be asked for: where a recording goes, how long a message is."""

import asyncio
from dataclasses import replace
from functools import partial

from odoo.tests import BaseCase, tagged

from ..ami.actions import recording_file
from ..ami.session import Response
from ..ami.state import MAX_INQUIRIES
from ..engine.errors import PermissionMissing
from ..listener.inquiries import AT_ONCE, Inquiries
from .ami_script import START, Script

CALLER, DID = "+33612345678", "+33140000001"
MAILBOX = "1001@default"


class Pbx:
    """A session that answers as told, and what is woken by that."""

    def __init__(self, script, answer):
        self.tracker = script.tracker
        self.asked, self.wakes = [], 0
        self._answer = answer

    async def action(self, name, **headers):
        self.asked.append((name, headers))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def wake(self):
        self.wakes += 1


class SlowPbx(Pbx):
    """A session of which one sees how much it was asked at once."""

    open = most = 0

    async def action(self, name, **headers):
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0)
        self.open -= 1
        return await super().action(name, **headers)


def get_inquiries(pbx):
    """Return the inquiries of the script's tracker."""

    def fail(name, error):
        raise AssertionError(name) from error

    return Inquiries(pbx.tracker, pbx.wake, fail)


def message(left, seconds, folder="INBOX"):
    """Return one line of a mailbox's list; ``left`` in seconds after the start."""
    return {
        "Event": "VoicemailBoxDetail",
        "Folder": folder,
        "ID": f"{int(START) + left}-00000000",
        "Duration": str(seconds),
    }


@tagged("telephony")
class TestInquiries(BaseCase):
    def ask(self, script, answer=None, pbx=None):
        """Have the script's inquiries made; return what the PBX was asked."""
        pbx = pbx or Pbx(script, answer)

        async def run():
            inquiries = get_inquiries(pbx)
            inquiries.make(pbx)
            await asyncio.gather(*inquiries._tasks)

        asyncio.run(run())
        for call in script.tracker.pop_changes():
            script.calls[call.uniqueid] = call
        return pbx

    def recorded(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        return script.answer("a", "b").on("MixMonitorStart", "a")

    def with_message(self, mailbox=MAILBOX):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        script.new("b", "PJSIP/1001-00000002", linked="a").dial("a", "b", "1001")
        script.dial_end("a", "b", "NOANSWER").hang_up("b", cause="19")
        script.state("a", "Up").wait(30)
        script.on("MessageWaiting", "a", Mailbox=mailbox, New="2", Old="0")
        return script.hang_up("a")

    def test_recording_is_known_at_once_and_its_file_when_told(self):
        script = self.recorded()
        self.assertTrue(script.calls["a"].recorded)
        path = "/var/spool/asterisk/monitor/2026/03/02/in-1.wav"
        pbx = self.ask(script, Response({"Value": path}))
        headers = {"Channel": "PJSIP/trunk-00000001", "Variable": "MIXMONITOR_FILENAME"}
        self.assertEqual(pbx.asked, [("Getvar", headers)])
        self.assertEqual(script.calls["a"].recording_file, path)
        self.assertEqual(pbx.wakes, 1)
        self.assertEqual(script.tracker.pop_inquiries(), [], "asked once")

    def test_answer_after_the_end_still_reaches_the_call(self):
        script = self.recorded().hang_up("b", "a")
        before = script.calls["a"]
        self.assertEqual(before.state, "ended")
        self.ask(script, Response({"Value": "in-1.wav"}))
        after = script.calls["a"]
        self.assertEqual(after.recording_file, "in-1.wav")
        self.assertGreater(after.revision, before.revision)
        self.assertEqual(
            replace(after, recording_file="", revision=before.revision), before
        )

    def test_recording_that_began_while_nobody_listened(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        listed = {"Event": "CoreShowChannel", "Channel": "PJSIP/trunk-00000001"}
        listed |= {"Uniqueid": "a", "Linkedid": "a", "ChannelState": "4"}

        def resync():
            script.tracker.resync([listed], script.clock())
            return self.ask(script, Response({"Value": "in-1.wav"})).asked

        headers = {"Channel": "PJSIP/trunk-00000001", "Variable": "MIXMONITOR_FILENAME"}
        self.assertEqual(resync(), [("Getvar", headers)])
        call = script.calls["a"]
        self.assertEqual((call.recorded, call.recording_file), (True, "in-1.wav"))
        script.tracker.disconnected()
        self.assertEqual(resync(), [], "its file is known")

    def test_call_without_a_recording(self):
        script = self.recorded().hang_up("b", "a")
        script.new("c", "PJSIP/trunk-00000003", "Ring", CALLER, exten=DID)
        listed = {"Event": "CoreShowChannel", "Channel": "PJSIP/trunk-00000003"}
        listed |= {"Uniqueid": "c", "Linkedid": "c", "ChannelState": "4"}
        script.tracker.pop_inquiries()
        for _again in range(2):
            script.tracker.resync([listed], script.clock())
            asked = self.ask(script, Response({"Value": ""})).asked
            self.assertEqual(len(asked), 0 if _again else 1, "after a connection alone")
        self.assertFalse(script.calls["c"].recorded)
        script.tracker.disconnected()
        script.tracker.resync([listed], script.clock())
        self.assertEqual(len(self.ask(script, Response({"Value": ""})).asked), 1)

    def test_message_is_the_newest_of_the_mailbox(self):
        script = self.with_message()
        self.assertEqual(script.calls["a"].voicemail_duration, None)
        answer = Response(
            {}, [message(12, 23), message(-900, 5), message(40, 4, "Old")]
        )
        pbx = self.ask(script, answer)
        headers = {"Mailbox": "1001", "Context": "default"}
        self.assertEqual(pbx.asked, [("VoicemailBoxSummary", headers)])
        call = script.calls["a"]
        self.assertTrue(call.voicemail)
        self.assertEqual(call.outcome, "missed")
        self.assertEqual(call.voicemail_duration, 23)
        self.assertEqual(call.voicemail_file, "default/1001/INBOX/msg0001")

    def test_older_message_is_not_this_call_s(self):
        script = self.with_message()
        self.ask(script, Response({}, [message(-900, 5)]))
        self.assertEqual(script.calls["a"].voicemail_duration, None)
        self.assertEqual(script.calls["a"].voicemail_file, "")

    def test_what_the_pbx_does_not_tell(self):
        for answer in (
            PermissionMissing(),
            Response({}, [{"ID": "x", "Duration": "y", "Folder": "INBOX"}]),
            Response({}, [{}]),
            Response({}),
        ):
            with self.subTest(answer=answer):
                script = self.with_message()
                self.ask(script, answer)
                self.assertEqual(script.calls["a"].voicemail_duration, None)
                script = self.recorded()
                self.ask(script, answer)
                self.assertEqual(script.calls["a"].recording_file, "")

    def test_hostile_mailbox_is_not_asked_for(self):
        script = self.with_message("1001\r\nAction: Logoff@default")
        self.assertEqual(self.ask(script, Response({})).asked, [])
        self.assertTrue(script.calls["a"].voicemail)

    def test_nobody_is_asked_without_a_session(self):
        script = self.recorded()
        leader = Pbx(script, None)
        get_inquiries(leader).make(None)
        self.assertEqual(leader.asked, [])

    def test_what_waits_for_an_answer_goes_on_without(self):
        """Refused, without a connection, or one question too many."""
        gave_up = []
        script = self.recorded()
        pbx, leader = script.tracker._pbx, Pbx(script, PermissionMissing())
        pbx.inquiries.clear()
        pbx.inquire(recording_file("PJSIP/1001-1"), None, lambda: gave_up.append(1))
        self.ask(script, PermissionMissing())
        self.assertEqual(gave_up, [1])
        pbx.inquire(recording_file("PJSIP/1001-1"), None, lambda: gave_up.append(2))
        get_inquiries(leader).make(None)
        self.assertEqual(gave_up, [1, 2])
        for number in range(3, MAX_INQUIRIES + 4):
            pbx.inquire(
                recording_file("PJSIP/1001-1"), None, partial(gave_up.append, number)
            )
        self.assertEqual(gave_up, [1, 2, MAX_INQUIRIES + 3])

    def test_silent_pbx_is_not_flooded(self):
        script = Script()
        script.new("a", "PJSIP/trunk-00000001", "Ring", CALLER, exten=DID)
        for _again in range(MAX_INQUIRIES + 1):
            script.on("MixMonitorStart", "a")
        self.assertEqual(len(script.tracker.pop_inquiries()), MAX_INQUIRIES)

    def test_pbx_is_asked_little_at_once(self):
        script = Script()
        for number in range(AT_ONCE + 5):
            script.new(f"{number}", f"PJSIP/trunk-{number:08}", "Ring", CALLER)
            script.on("MixMonitorStart", f"{number}")
        pbx = SlowPbx(script, Response({"Value": "in-1.wav"}))
        self.ask(script, pbx=pbx)
        self.assertEqual((len(pbx.asked), pbx.most), (AT_ONCE + 5, AT_ONCE))
