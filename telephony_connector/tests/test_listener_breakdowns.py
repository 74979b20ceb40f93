"""A PBX that answers in part, refuses or changes its mind; faults of our own."""

import asyncio

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..ami.session import Session, Settings
from ..engine import errors
from ..listener import commands, connection
from .test_listener_runner import LOGGERS, LeaderCase

LISTS = {
    "CoreShowChannels": "CoreShowChannel",
    "ExtensionStateList": "ExtensionStatus",
    "DeviceStateList": "DeviceStateChange",
    "QueueStatus": "QueueMember",
}
ROWS = {
    "CoreShowChannels": "Uniqueid: 1.1\nLinkedid: 1.1\nChannel: PJSIP/trunk-00000001\n"
    "ChannelState: 4\nCallerIDNum: +33612345678\nExten: +33140000001\n",
    "ExtensionStateList": "Exten: 1002\nStatus: 1\nContext: default\n",
    "DeviceStateList": "Device: PJSIP/1001\nState: NOT_INUSE\n",
    "QueueStatus": "Queue: support\nLocation: PJSIP/1001\nPaused: 0\n",
}
ALLOWED = "Response: Success\n" + "".join(f"{name}: a list\n" for name in LISTS)
REFUSED = "Response: Error\nMessage: No such thing\n"
BUSY = "Event: DeviceStateChange\nDevice: PJSIP/1001\nState: BUSY\n\n"
OWN_CHANNEL = (
    "Uniqueid: odoo-1\nLinkedid: odoo-1\nChannel: PJSIP/1001-00000001\n"
    "ChannelState: 5\nCallerIDNum: 1001\nExten: \n"
)
RINGS_LATE = f"Event: Newchannel\n{OWN_CHANNEL}\n"
PICKED_UP = (
    "Event: OriginateResponse\nActionID: odoo-1\nResponse: Success\nReason: 4\n"
    "Uniqueid: odoo-1\n\n"
)
DENIED = "Response: Error\nMessage: Permission denied\n"


def listing(name, row=None):
    """Return how a PBX answers one of the lists."""
    row = ROWS[name] if row is None else row

    def answer(action):
        number = action["ActionID"]
        rows = f"Event: {LISTS[name]}\nActionID: {number}\n{row}\n" if row else ""
        return (
            f"Response: Success\nEventList: start\n\n{rows}"
            f"Event: {name}Complete\nActionID: {number}\nEventList: Complete\n"
        )

    return answer


nothing = listing("CoreShowChannels", "")
ringing = listing("CoreShowChannels", f"{OWN_CHANNEL}Application: AppDial2\n")


@tagged("post_install", "-at_install")
class TestBreakdowns(LeaderCase):
    devices = (("PJSIP/1001", "1001"), ("PJSIP/1002", "1002"))

    def setUp(self):
        super().setUp()
        self.patch(connection, "Session", self.open_session)
        self.patch(connection, "RESYNC_EVERY", 0.02)

    action_timeout = 0.2

    def open_session(self, settings, on_event):
        """Return a session that gives a PBX little time."""
        return Session(settings, on_event, action_timeout=self.action_timeout)

    def lead_a_pbx(self, scenario, **answers):
        """Run a scenario beside a leader; ``answers`` are the PBX's own."""

        def prepare(pbx):
            pbx.answers |= {name: listing(name) for name in LISTS}
            pbx.answers["ListCommands"] = ALLOWED
            pbx.answers |= answers

        self.lead(scenario, prepare)

    def logins(self):
        return self.bridge.states.count("connected")

    def told(self):
        """Return what is known by each of the lists."""
        presences = {each["extension"]: each for each in self.bridge.presences}
        return {
            "CoreShowChannels": "1.1" in self.bridge.calls,
            "ExtensionStateList": presences.get("1002", {}).get("availability"),
            "DeviceStateList": presences.get("1001", {}).get("availability"),
            "QueueStatus": presences.get("1001", {}).get("queues"),
        }

    def test_a_list_that_fails_costs_what_it_would_have_told(self):
        """Nobody logs in again for it, and once it is answered all is well."""
        for failing in LISTS:
            for answer in (None, REFUSED, DENIED):
                self.setUp()

                async def scenario(pbx, _leader, _task, failing=failing):
                    others = set(LISTS) - {failing}
                    await self.until(lambda: ("list", failing) in self.bridge.problems)
                    await self.until(lambda: all(self.told()[n] for n in others))
                    self.assertFalse(self.told()[failing])
                    asked = pbx.names.count(failing)
                    await self.until(lambda: pbx.names.count(failing) > asked + 1)
                    self.assertEqual(self.bridge.problems, [("list", failing)])
                    pbx.answers[failing] = listing(failing)
                    await self.until(lambda: not self.bridge.problems)
                    await self.until(lambda: self.told()[failing])
                    self.assertEqual(pbx.names.count("Login"), 1)
                    self.assertEqual(self.bridge.states[-1], "connected")

                with self.subTest(failing=failing, answer=answer):
                    self.lead_a_pbx(scenario, **{failing: answer})

    def test_users_can_call_while_a_list_is_not_answered(self):
        self.action_timeout = 60
        for name in ("ListCommands", *LISTS):
            self.setUp()

            async def scenario(pbx, leader, _task, name=name):
                await pbx.until(name)
                await self.until(lambda: self.bridge.states[-1] == "connected")
                self.click(leader)
                await pbx.until("Originate")

            with self.subTest(name=name):
                self.lead_a_pbx(scenario, **{name: None})

    def test_what_was_known_by_a_list_stays_while_events_come(self):
        async def scenario(pbx, leader, _task):
            await self.until(lambda: self.told()["QueueStatus"])
            pbx.answers["QueueStatus"] = REFUSED
            await self.until(lambda: ("list", "QueueStatus") in self.bridge.problems)
            self.assertEqual(leader.tracker.get_interfaces("1001"), ["PJSIP/1001"])
            pbx.cut()
            await self.until(lambda: not leader.tracker.get_interfaces("1001"))

        self.lead_a_pbx(scenario)

    def test_what_is_asked_first_may_stay_unanswered(self):
        for name, is_shown in (("CoreSettings", False), ("ListCommands", True)):
            for answer in (None, REFUSED):
                self.setUp()

                async def scenario(pbx, _leader, _task, name=name, is_shown=is_shown):
                    await self.until(lambda: all(self.told().values()))
                    if is_shown:
                        await self.until(lambda: self.bridge.problems)
                    expected = [("list", name)] if is_shown else []
                    self.assertEqual(self.bridge.problems, expected)
                    self.assertEqual(pbx.names.count("Login"), 1)

                with self.subTest(name=name, answer=answer):
                    self.lead_a_pbx(scenario, **{name: answer})

    def test_permissions_that_are_taken_away_and_given_back(self):
        async def scenario(pbx, _leader, _task):
            await self.until(lambda: all(self.told().values()))
            for answer, text in ((ALLOWED, "originate"), (everything, "nothing")):
                pbx.answers["ListCommands"] = answer
                await self.until(
                    lambda text=text: text in str(self.bridge.messages[-1] or "nothing")
                )
            self.assertEqual(set(self.bridge.states[1:]), {"connected"})
            self.assertEqual(pbx.names.count("Login"), 1)

        everything = ALLOWED + "Originate: x\nHangup: x\nQueuePause: x\n"
        self.lead_a_pbx(scenario, ListCommands=everything)

    def test_permissions_given_back_are_had_by_a_new_login(self):
        """Asterisk goes by what the account was allowed when it logged in."""

        async def scenario(pbx, leader, _task):
            await self.until(lambda: all(self.told().values()))
            pbx.answers["ListCommands"] = everything
            leader.reconnect()
            await self.until(lambda: pbx.names.count("Login") == 2)
            await self.until(lambda: self.bridge.messages[-1] is None)
            # Nothing is missing: there is no reason to log in once more.
            leader.reconnect()
            await self.until(lambda: self.bridge.states[-1] == "connected")
            asked = pbx.names.count("CoreShowChannels")
            await self.until(lambda: pbx.names.count("CoreShowChannels") > asked + 1)
            self.assertEqual(pbx.names.count("Login"), 2)

        everything = ALLOWED + "Originate: x\nHangup: x\nQueuePause: x\n"
        self.lead_a_pbx(scenario)

    def test_a_click_that_is_not_answered_or_of_which_nothing_comes(self):
        """It rings in the log no longer than it takes to ask; nobody dials again."""
        self.patch(commands, "PROGRESS_WITHIN", 0.05)
        for answer, code in ((None, "unanswered"), ("Response: Success\n", "silent")):
            for listed in (False, True):
                self.setUp()

                async def scenario(pbx, leader, _task, code=code, listed=listed):
                    if not listed:
                        pbx.answers["CoreShowChannels"] = nothing
                    self.click(leader)
                    if listed:
                        await pbx.until("Originate")
                        pbx.answers["CoreShowChannels"] = ringing
                        await self.until(lambda: leader.tracker._pbx.channels)
                        self.assertFalse(self.bridge.outcomes)
                        pbx.send(PICKED_UP)
                        await self.until(lambda: self.bridge.outcomes)
                        self.assertEqual(self.bridge.outcomes[0][0], "done")
                        return
                    await self.until(lambda: self.bridge.outcomes)
                    self.assertEqual(self.bridge.outcomes[0][:2], ("failed", code))
                    await self.until(lambda: self.call()["state"] == "ended")
                    self.assertEqual(self.call()["outcome"], "failed")
                    self.assertEqual(pbx.names.count("Originate"), 1)
                    # The PBX took it up after all, and no list says otherwise.
                    pbx.answers["CoreShowChannels"] = None
                    pbx.send(RINGS_LATE)
                    await self.until(lambda: self.call()["state"] == "ringing")
                    number = "+33612340001"
                    self.assertEqual(self.call()["number"], number)
                    self.assertEqual(self.call()["direction"], "outbound")

                with self.subTest(code=code, listed=listed):
                    self.lead_a_pbx(scenario, Originate=answer)

    def call(self):
        return self.bridge.calls.get("odoo-1", {})

    def test_a_fault_in_any_part_ends_nothing(self):
        """It is logged, shown, and the other parts go on."""
        for name in (
            "set_connection",
            "set_presence",
            "set_statistics",
            "add_queues",
            "notify_watchers",
            "claim_commands",
            "open_calls",
            "apply",
        ):
            self.setUp()

            async def scenario(pbx, leader, task, name=name):
                self.bridge.faulty = {name}
                pbx.send("Event: QueueParams\nQueue: support\n\n")
                leader.check_commands()
                pbx.cut()
                self.play_a_call(pbx)
                await self.until(lambda: pbx.names.count("Login") == 2)
                self.play_a_call(pbx)
                pbx.send(BUSY)
                await self.until(lambda: self.bridge.problems)
                self.assertEqual(self.bridge.problems[0][0], "fault")
                self.bridge.faulty = set()
                leader._connection.show_again()
                self.bridge.commands = [{"id": 1, "action": "reboot", "payload": {}}]
                leader.check_commands()
                await self.until(lambda: self.bridge.outcomes)
                await self.until(lambda: self.bridge.states[-1] == "connected")
                self.assertFalse(task.done())
                self.assertEqual(pbx.names.count("Login"), 2)

            with self.subTest(name=name), mute_logger(*LOGGERS):
                self.lead_a_pbx(scenario)

    def test_a_fault_in_the_connection_waits_before_it_is_met_again(self):
        delays = []

        async def scenario(_pbx, leader, task):
            self.patch(connection, "Session", lambda *_arguments: 1 / 0)
            leader._connection.session._finish(None)
            await self.until(lambda: ("fault", "connection") in self.bridge.problems)
            await self.until(lambda: delays[-1:] == ["error"])
            self.assertFalse(task.done())

        def delay(_backoff, error=None):
            delays.append(error and error.code)
            return 0.01

        self.patch(connection.Backoff, "delay", delay)
        self.lead_a_pbx(scenario)

    def test_a_session_that_ends_at_once_is_no_success(self):
        """Each attempt waits longer: a login makes nothing good."""
        resets = []
        self.patch(connection.Backoff, "delay", lambda *_arguments: 0.01)
        self.patch(connection.Backoff, "reset", lambda _backoff: resets.append(1))

        async def scenario(pbx, _leader, _task):
            for count in range(2, 6):
                pbx.hang_up()
                await pbx.until("Login", count)
            self.assertFalse(resets)
            self.patch(connection, "STEADY_AFTER", 0)
            # Again and again: what ends before the login was answered counts not.
            await self.until(lambda: pbx.hang_up() or resets)

        self.lead_a_pbx(scenario)

    def test_an_event_that_is_not_understood_reaches_nobody(self):
        async def scenario(pbx, leader, _task):
            with self.assertNoLogs("odoo.addons.telephony_connector", "ERROR"):
                for _time in range(3):
                    pbx.send("Event: Hangup\nUniqueid: 1.1\nUniqueid: 1.2\n\n")
                await self.until(lambda: ("skipped", "Hangup") in self.bridge.problems)
            [problem] = leader.problems.export()
            self.assertEqual(problem["count"], 3)

        self.lead_a_pbx(scenario)

    def test_a_new_leader_begins_without_problems(self):
        self.bridge.problems = [("fault", "of another")]

        async def scenario(_pbx, _leader, _task):
            await self.until(lambda: self.bridge.problems == [])

        self.lead_a_pbx(scenario)


@tagged("post_install", "-at_install")
class TestAddress(LeaderCase):
    def test_an_address_that_is_none(self):
        """What the network library says of it is no error of ours."""
        for host in ("x" * 70 + ".test", "pbx\0.test", ".test"):

            async def scenario(host=host):
                account = Settings(host=host, username="odoo", secret="x")
                with self.assertRaises(errors.TelephonyError):
                    await Session(account, print).open()

            with self.subTest(host=host):
                asyncio.run(scenario())
