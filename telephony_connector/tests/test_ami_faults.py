"""What the tracker can't read: skipped or a fault of ours, counted and logged once."""

from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from ..ami import tracker
from .ami_script import Script

LOGGER = "odoo.addons.telephony_connector.ami.tracker"


def fail(*_arguments):
    raise ZeroDivisionError("a fault")


@tagged("telephony")
class TestFaults(BaseCase):
    def problems(self, script):
        found = script.tracker.problems.export()
        return [(each["kind"], each["name"], each["count"]) for each in found]

    def test_a_fault_is_logged_once_for_each_kind_of_event(self):
        script = Script()
        handlers = {"Newchannel": fail, "Hangup": fail}
        with (
            patch.dict(tracker.HANDLERS, handlers),
            self.assertLogs(LOGGER, "ERROR") as logged,
        ):
            for number in range(3):
                script.new(f"a{number}", "PJSIP/1001-1")
            script.hang_up("a0")
        self.assertEqual(len(logged.records), 2)
        self.assertIn("Newchannel", logged.output[0])
        self.assertIn("Traceback", logged.output[0])
        self.assertIn("ZeroDivisionError", logged.output[0])
        self.assertEqual(
            self.problems(script), [("fault", "Newchannel", 3), ("fault", "Hangup", 1)]
        )
        script.new("b", "PJSIP/trunk-1", "Ring", "+33612345678", exten="1001")
        self.assertIn("b", script.calls, "what comes later is read")

    def test_a_fault_anywhere_else_is_noted_as_well(self):
        for name, run, place in (
            (
                "CoreShowChannels",
                lambda each: each.resync([], each._pbx.clock()),
                (tracker.resync, "resync"),
            ),
            (
                "QueueStatus",
                lambda each: each.resync_presence([], None),
                (tracker.queues, "resync"),
            ),
            (
                "expiry",
                lambda each: each.expire(each._pbx.clock()),
                (tracker.agents, "is_waiting"),
            ),
            ("Getvar", learn_what_fails, (tracker.resync, "resync")),
        ):
            script = Script(max_ringing=-Script().clock().resolution)
            script.new("a", "PJSIP/trunk-1", "Ring", "+33612345678", exten="1001")
            with (
                self.subTest(name=name),
                patch.object(*place, fail),
                self.assertLogs(LOGGER, "ERROR"),
            ):
                script.wait(1)
                run(script.tracker)
                run(script.tracker)
                self.assertEqual(self.problems(script), [("fault", name, 2)])

    def test_a_header_that_stands_twice_makes_an_event_void(self):
        """Which of the two is meant nobody knows."""
        script = Script()
        with self.assertNoLogs(LOGGER, "INFO"):
            for _time in range(2):
                script.event("Newchannel", Channel="PJSIP/1001-1", Uniqueid=["a", "b"])
        self.assertEqual(self.problems(script), [("skipped", "Newchannel", 2)])
        self.assertFalse(script.tracker._pbx.channels)

    def test_variables_may_stand_several_times(self):
        script = Script()
        script.new("a", "PJSIP/t-1", "Ring", "0612345678", ChanVariable=["x=1", "y=2"])
        self.assertEqual(self.problems(script), [])
        self.assertIn("a", script.calls)

    def test_an_event_that_nobody_reads_is_no_problem(self):
        script = Script()
        script.event("TestEvent", State=["a", "b"])
        script.tracker.feed({"Response": "Success"})
        self.assertEqual(self.problems(script), [])

    def test_the_kinds_are_bounded(self):
        """Names come from the network."""
        script = Script()
        for number in range(1000):
            script.tracker.problems.count("skipped", f"E{number}", {})
        self.assertLess(len(self.problems(script)), 100)


def learn_what_fails(each):
    from ..ami.actions import recording_file
    from ..ami.entities import Inquiry

    each.process_answer(Inquiry(recording_file("PJSIP/1001-1"), fail), {})
