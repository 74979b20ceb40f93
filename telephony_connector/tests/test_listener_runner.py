"""A leader against a PBX on loopback, while the database comes and goes."""

import asyncio
from dataclasses import replace
from pathlib import Path

import psycopg2

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..engine.presence import Presence
from ..listener import runner, writer
from ..listener.bridge import Unavailable
from .fake_pbx import SECRET, FakePbx
from .test_listener_parts import SETTINGS

TRANSCRIPT = Path(__file__).parent / "transcripts" / "01-inbound-answered.txt"
LOGGERS = [
    f"odoo.addons.telephony_connector.listener.{name}"
    for name in ("runner", "writer", "connection")
]


class Election:
    """The lock: whether it is held, and whether it can be had."""

    def __init__(self):
        self.is_free = self.is_held = True
        self.is_away = False
        self.lost = self.tries = 0

    def try_to_lead(self):
        self.tries += 1
        if self.is_away:
            raise psycopg2.OperationalError
        if not self.is_free:
            return False
        self.is_held = True
        return True

    def still_leads(self):
        self.lost += not self.is_held
        return self.is_held

    def resign(self):
        self.is_held = False


class Bridge:
    """A database that can be away; keeps what it is told."""

    dbname, dsn = "test", {}

    def __init__(self):
        self.away, self.refused = False, 0
        self.calls, self.states, self.presences = {}, [], []
        self.dropped, self.terms = [], []
        self.commands, self.outcomes = [], []
        self.told, self.queues = [], []
        self.problems, self.messages = [], []
        # Names of methods that have a fault.
        self.faulty = set()

    def __getattribute__(self, name):
        faulty = object.__getattribute__(self, "__dict__").get("faulty", ())
        if name in faulty:
            return self._fail
        return object.__getattribute__(self, name)

    def _fail(self, *_arguments):
        raise ValueError("a fault of ours")

    def _reach(self):
        if self.away:
            self.refused += 1
            raise Unavailable("away")

    def begin_term(self, pbx_id, goes_on=False):
        self._reach()
        self.terms.append(goes_on)
        return len(self.terms)

    def apply(self, changes):
        self._reach()
        self.calls |= {change["uniqueid"]: change for change in changes}
        return [len(self.calls)]

    def notify_watchers(self, pbx_id, call_ids):
        self._reach()
        self.told.append(call_ids)

    def add_queues(self, pbx_id, names):
        self._reach()
        self.queues += names

    def open_calls(self, pbx_id):
        self._reach()
        return []

    def set_connection(self, pbx_id, state, message=None, *_rest):
        self._reach()
        self.states.append(state)
        self.messages.append(message)

    def set_problems(self, pbx_id, problems):
        self._reach()
        self.problems = [(each["kind"], each["name"]) for each in problems]

    def set_presence(self, pbx_id, presences):
        self._reach()
        self.presences += presences

    def set_statistics(self, pbx_id, statistics):
        self._reach()
        self.dropped.append(statistics["dropped"])

    def claim_commands(self, pbx_id):
        self._reach()
        claimed, self.commands = self.commands, []
        return claimed

    def finish_command(self, command_id, *outcome):
        self.outcomes.append(outcome)


class LeaderCase(BaseCase):
    """Runs scenarios beside a leader that is connected with a PBX on loopback."""

    devices = SETTINGS.devices

    def setUp(self):
        super().setUp()
        self.election, self.bridge = Election(), Bridge()
        self.patch(runner, "Election", lambda dsn, pbx_id: self.election)
        for name in (
            "CANDIDATE_PAUSE",
            "CHECK_LEAD_EVERY",
            "ELECT_AGAIN_PAUSE",
            "TICK",
            "SHOW_STATISTICS_EVERY",
            "REPORT_PAUSE",
            "NOTIFY_WATCHERS_EVERY",
            "FAULT_PAUSE",
        ):
            self.patch(runner, name, 0.01)
        self.patch(writer, "DATABASE_PAUSE", 0.01)

    def lead(self, scenario, prepare=lambda pbx: None):
        """Run a scenario beside a leader that is connected with a PBX.

        :param prepare: called with the PBX before that
        """

        async def run():
            async with FakePbx() as pbx:
                allowed = "Response: Success\nCoreShowChannels: List the channels\n"
                pbx.answers["ListCommands"] = allowed
                prepare(pbx)
                settings = replace(
                    SETTINGS, port=pbx.port, secret=SECRET, devices=self.devices
                )
                leader = runner.PbxRunner(self.bridge, settings)
                task = asyncio.create_task(leader.run())
                try:
                    await self.until(lambda: "connected" in self.bridge.states)
                    await scenario(pbx, leader, task)
                finally:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)

        with mute_logger(*LOGGERS):
            asyncio.run(run())

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 (waits for what has no event)
                await asyncio.sleep(0.005)

    def play_a_call(self, pbx):
        pbx.send(TRANSCRIPT.read_text().replace("\r\n", "\n"))

    def click(self, leader):
        """Have the leader call somebody for 1001."""
        order = {
            "device": "PJSIP/1001",
            "extension": "1001",
            "number": "+33612340001",
            "context": "from-internal",
            "timeout": 30,
            "uniqueid": "odoo-1",
        }
        self.bridge.commands = [{"id": 1, "action": "dial", "payload": order}]
        leader.check_commands()

    async def until_heard(self, leader):
        await self.until(lambda: leader.writer.is_waiting("1795501889.0"))


@tagged("post_install", "-at_install")
class TestRunner(LeaderCase):
    def test_the_leader_goes_on_after_the_database_was_away(self):
        """What happened meanwhile is written, and the PBX noticed nothing."""

        async def scenario(pbx, leader, _task):
            self.bridge.away = True
            self.election.is_held = False
            self.play_a_call(pbx)
            await self.until_heard(leader)
            await self.until(lambda: self.election.lost)
            self.bridge.away = False
            await self.until(lambda: self.bridge.calls)
            await self.until(lambda: len(self.bridge.terms) == 2)
            self.assertEqual(self.bridge.terms, [False, True])
            self.assertEqual(leader.writer.term, 2)
            self.assertEqual(pbx.names.count("Login"), 1)
            [call] = self.bridge.calls.values()
            self.assertEqual(call["outcome"], "answered")
            await self.until(lambda: self.bridge.states.count("connected") > 1)

        self.lead(scenario)

    def test_what_waited_is_told_as_of_the_new_term(self):
        """Somebody else may have led in between: what bears the old term is skipped."""

        async def scenario(pbx, leader, _task):
            self.bridge.away = self.election.is_away = True
            self.election.is_held = False
            self.play_a_call(pbx)
            await self.until_heard(leader)
            await self.until(lambda: self.election.lost)
            self.bridge.away = False
            tries = self.election.tries
            await self.until(lambda: self.election.tries > tries + 10)
            self.assertFalse(self.bridge.calls, "nothing while somebody else may lead")
            self.election.is_away = False
            await self.until(lambda: self.bridge.calls)
            [call] = self.bridge.calls.values()
            self.assertEqual((call["term"], call["outcome"]), (2, "answered"))
            await self.until(lambda: pbx.names.count("CoreShowChannels") > 1)

        self.lead(scenario)

    def test_a_click_that_the_connection_ended_upon(self):
        """Asterisk took it, and then it was killed: no event will tell of it."""

        async def scenario(pbx, leader, _task):
            self.click(leader)
            await self.until(lambda: "odoo-1" in self.bridge.calls)
            await pbx.until("Originate")
            pbx.cut()
            await self.until(lambda: self.bridge.outcomes)
            [(state, code, _answer)] = self.bridge.outcomes
            self.assertEqual((state, code), ("failed", "unknown"))
            await self.until(lambda: self.bridge.calls["odoo-1"]["state"] == "ended")
            self.assertEqual(pbx.names.count("Originate"), 1)

        self.lead(scenario)

    def test_a_write_that_failed_makes_the_lead_doubtful(self):
        async def scenario(pbx, leader, _task):
            self.bridge.away = True
            self.election.is_held = False
            self.play_a_call(pbx)
            await self.until(lambda: self.election.lost)

        self.patch(runner, "CHECK_LEAD_EVERY", 1000)
        self.lead(scenario)

    def test_a_change_of_extensions_takes_effect_in_mid_connection(self):
        async def scenario(pbx, leader, _task):
            self.play_a_call(pbx)
            await self.until(lambda: self.bridge.calls)
            [call] = self.bridge.calls.values()
            self.assertEqual(call["extension"], "1001")
            devices = (("PJSIP/1001", "2001"),)
            leader.update(replace(leader.settings, devices=devices))
            text = TRANSCRIPT.read_text().replace("1795501889.", "1795501900.")
            pbx.send(text.replace("\r\n", "\n"))
            await self.until(lambda: len(self.bridge.calls) == 2)
            await self.until(lambda: not leader.writer.is_waiting("1795501900.0"))
            self.assertEqual(self.bridge.calls["1795501900.0"]["extension"], "2001")
            self.assertEqual(pbx.names.count("Login"), 1)

        self.lead(scenario)

    def test_the_phone_of_a_new_extension_is_asked_for_at_once(self):
        def on_list(action):
            number = action["ActionID"]
            return (
                "Response: Success\nEventList: start\n\n"
                f"Event: DeviceStateChange\nActionID: {number}\n"
                "Device: PJSIP/desk\nState: NOT_INUSE\n\n"
                f"Event: DeviceStateListComplete\nActionID: {number}\n"
            )

        async def scenario(pbx, leader, _task):
            pbx.answers["ListCommands"] += "DeviceStateList: List the devices\n"
            pbx.answers["DeviceStateList"] = on_list
            pbx.cut()
            await self.until(lambda: self.bridge.states.count("connected") > 1)
            self.assertEqual(self.bridge.presences, [])
            devices = (*leader.settings.devices, ("PJSIP/desk", "1002"))
            leader.update(replace(leader.settings, devices=devices))
            await self.until(lambda: self.bridge.presences)

        self.lead(scenario)
        [presence] = self.bridge.presences
        self.assertEqual(
            (presence["extension"], presence["availability"]), ("1002", "idle")
        )

    def test_the_file_of_a_recording_is_asked_for(self):
        recorded = TRANSCRIPT.with_name("27-recorded.txt")

        async def scenario(pbx, _leader, _task):
            pbx.answers["Getvar"] = "Response: Success\nValue: /monitor/1.wav\n"
            pbx.send(recorded.read_text().replace("\r\n", "\n"))
            asked = await pbx.until("Getvar")
            self.assertEqual(asked["Variable"], "MIXMONITOR_FILENAME")
            await self.until(
                lambda: any(
                    call["recording_file"] == "/monitor/1.wav"
                    for call in self.bridge.calls.values()
                )
            )

        self.lead(scenario)

    def test_recordings_that_began_before_the_connection_are_asked_for(self):
        def on_list(action):
            number = action["ActionID"]
            return (
                "Response: Success\nEventList: start\n\n"
                f"Event: CoreShowChannel\nActionID: {number}\nUniqueid: 1.1\n"
                "Linkedid: 1.1\nChannel: PJSIP/trunk-00000001\nChannelState: 4\n"
                "CallerIDNum: +33612345678\nExten: +33140000001\n\n"
                f"Event: CoreShowChannelsComplete\nActionID: {number}\n"
            )

        async def scenario(pbx, _leader, _task):
            pbx.answers["Getvar"] = "Response: Success\nValue: /monitor/1.wav\n"
            pbx.answers["CoreShowChannels"] = on_list
            pbx.cut()
            await self.until(
                lambda: any(
                    call["recording_file"] == "/monitor/1.wav"
                    for call in self.bridge.calls.values()
                )
            )

        self.lead(scenario)

    def test_who_is_followed_writes_what_is_known(self):
        async def scenario(pbx, leader, _task):
            self.bridge.away = True
            self.play_a_call(pbx)
            await self.until_heard(leader)
            self.election.is_free = self.election.is_held = False
            self.bridge.away = False
            await self.until(lambda: self.bridge.calls)
            await self.until(lambda: not leader.writer.is_waiting("1795501889.0"))

        self.patch(writer, "DATABASE_PAUSE", 1000)
        self.lead(scenario)
        self.assertNotIn("stopped", self.bridge.states, "another one leads")

    def test_who_is_stopped_writes_what_is_known(self):
        async def scenario(pbx, leader, task):
            self.bridge.away = True
            self.play_a_call(pbx)
            await self.until_heard(leader)
            self.bridge.away = False
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self.patch(writer, "DATABASE_PAUSE", 1000)
        self.lead(scenario)
        self.assertEqual(len(self.bridge.calls), 1)
        self.assertEqual(self.bridge.states[-1], "stopped")
        self.assertFalse(self.election.is_held)

    def test_boards_are_told_of_many_calls_at_once(self):
        async def scenario(pbx, leader, _task):
            self.bridge.away = True
            leader._changed_calls = {3, 1}
            leader._calls_changed.set()
            refused = self.bridge.refused
            await self.until(lambda: self.bridge.refused > refused)
            leader._changed_calls.add(2)
            leader._calls_changed.set()
            self.bridge.away = False
            await self.until(lambda: self.bridge.told)
            self.assertEqual(self.bridge.told, [[1, 2, 3]])
            self.play_a_call(pbx)
            await self.until(lambda: self.bridge.told[1:])

        self.lead(scenario)

    def test_queues_are_taken_up(self):
        async def scenario(pbx, _leader, _task):
            pbx.send("Event: QueueParams\nQueue: support\n\n")
            await self.until(lambda: self.bridge.queues)

        self.lead(scenario)
        self.assertEqual(self.bridge.queues, ["support"])

    def test_what_could_not_be_shown_is_shown_later(self):
        """The state of the connection, the phones' and the count of dropped calls."""

        async def scenario(pbx, leader, _task):
            self.bridge.away = True
            leader.statistics.dropped = 3
            presences = [Presence("1001")]

            def pop_presences():
                taken, presences[:] = presences[:], []
                return taken

            leader.tracker.pop_presences = pop_presences
            refused = self.bridge.refused
            pbx.cut()
            await self.until(lambda: pbx.names.count("Login") > 1)
            await self.until(lambda: self.bridge.refused > refused + 10)
            self.bridge.away = False
            await self.until(lambda: 3 in self.bridge.dropped)
            await self.until(lambda: self.bridge.presences)
            await self.until(lambda: self.bridge.states.count("connected") > 1)

        self.lead(scenario)
        self.assertEqual(sum(self.bridge.dropped), 3)
