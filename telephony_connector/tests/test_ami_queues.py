from datetime import timedelta

from odoo.tests import BaseCase, tagged

from .ami_script import Script, transcript
from .test_ami_resync import caller

TRUNK = "PJSIP/trunk-00000001"


@tagged("telephony")
class TestWaiting(BaseCase):
    """Since when a caller waits in a queue, and until when."""

    def setUp(self):
        super().setUp()
        self.script = Script()
        self.script.new("a", TRUNK, "Up", "+33612345678", "400")

    @property
    def call(self):
        return self.script.calls["a"]

    def join(self, queue="support"):
        return self.script.on("QueueCallerJoin", "a", Queue=queue)

    def resync(self, *entries, before=lambda: None):
        tracker = self.script.tracker
        tracker.begin_resync()
        before()
        tracker.resync_presence(
            [{"Event": "QueueEntry", "Queue": "support", **entry} for entry in entries],
            self.script.clock(),
        )
        for call in tracker.pop_changes():
            self.script.calls[call.uniqueid] = call

    def test_from_joining_to_leaving(self):
        self.script.wait(20)  # in a menu
        self.join()
        self.assertEqual(self.call.queue_date, self.script.clock())
        self.script.wait(10).on("QueueCallerLeave", "a", Queue="support")
        self.assertIsNone(self.call.queue_date)
        self.assertEqual(self.call.queue, "support")

    def test_a_second_queue(self):
        self.join()
        self.script.on("QueueCallerLeave", "a", Queue="support").wait(5)
        self.join("sales")
        self.assertEqual(self.call.queue, "sales")
        self.assertEqual(self.call.queue_date, self.script.clock())

    def test_who_hangs_up_waits_no_more(self):
        self.join().hang_up("a")
        self.assertIsNone(self.call.queue_date)

    def test_who_waits_already(self):
        self.resync({"Uniqueid": "a", "Wait": "90"})
        self.assertEqual(
            self.call.queue_date, self.script.clock() - timedelta(seconds=90)
        )
        self.assertEqual(self.call.queue, "support")

    def test_who_waited_before_the_connection_stood(self):
        script = self.script = Script()
        script.tracker.begin_resync()
        script.new("x", "PJSIP/1002-00000002")  # meanwhile
        listed = caller(app="Queue", ApplicationData="support,tr,,,60")
        script.tracker.resync([listed], script.clock())
        entry = {"Event": "QueueEntry", "Queue": "support", "Uniqueid": "a"}
        script.tracker.resync_presence([{**entry, "Wait": "90"}], script.clock())
        [call] = script.tracker.pop_changes()
        self.assertEqual(call.queue_date, script.clock() - timedelta(seconds=90))

    def test_who_waits_is_not_dated_anew(self):
        self.join()
        since = self.script.clock()
        self.script.wait(30)
        self.resync({"Uniqueid": "a", "Wait": "29"})
        self.assertEqual(self.call.queue_date, since)

    def test_who_went_on_to_another_queue_unheard(self):
        self.join("sales").wait(60)
        self.resync({"Uniqueid": "a", "Wait": "20"})
        since = self.script.clock() - timedelta(seconds=20)
        self.assertEqual((self.call.queue, self.call.queue_date), ("support", since))

    def test_a_colleague_who_joined_unheard(self):
        self.script.new("b", "PJSIP/1001-00000002", "Ring", "1001", "700")
        self.resync({"Uniqueid": "b", "Wait": "5"})
        call = self.script.calls["b"]
        self.assertEqual(
            (call.direction, call.number, call.queue), ("internal", "1001", "support")
        )

    def test_who_left_unheard(self):
        self.join()
        self.resync()
        self.assertIsNone(self.call.queue_date)

    def test_what_is_heard_meanwhile_is_newer_than_the_list(self):
        self.resync(before=self.join)
        self.assertIsNotNone(self.call.queue_date)
        leave = self.script.on
        self.resync(
            {"Uniqueid": "a", "Wait": "5"},
            before=lambda: leave("QueueCallerLeave", "a", Queue="support"),
        )
        self.assertIsNone(self.call.queue_date)

    def test_what_makes_no_sense_is_skipped(self):
        self.join()
        self.resync({"Uniqueid": "a", "Wait": "long"}, {"Wait": "1"})
        self.assertIsNotNone(self.call.queue_date)

    def test_recorded_calls(self):
        """Abandoned, answered, sent on: all of them wait, and in the end no more."""
        for name in (
            "05-queue-answered",
            "07-queue-abandoned",
            "queue-timeout",
            "queue-by-local",
        ):
            script, waited = Script(), set()
            for event in transcript(name):
                script.tracker.feed(event)
                for call in script.tracker.pop_changes():
                    script.calls[call.uniqueid] = call
                    waited.add(call.queue_date is not None)
                    if call.state == "ongoing":
                        self.assertIsNone(call.queue_date, name)
            self.assertEqual(waited, {True, False}, name)
            for call in script.calls.values():
                self.assertIsNone(call.queue_date, name)
