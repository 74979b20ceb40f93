"""The parts of the listener that need neither a PBX nor a database."""

import asyncio
from datetime import datetime
from unittest.mock import Mock

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..engine.call import Call
from ..engine.errors import (
    ActionRefused,
    ActionTimeout,
    ConnectionFailed,
    PermissionMissing,
)
from ..engine.texts import in_english
from ..listener import commands, writer
from ..listener.bridge import Unavailable
from ..listener.commands import Commands
from ..listener.permissions import describe_missing, get_missing
from ..listener.settings import PbxSettings
from ..listener.statistics import Statistics

SETTINGS = PbxSettings(
    id=7,
    name="Test",
    host="127.0.0.1",
    port=1,
    username="odoo",
    secret="hidden-secret",
    use_tls=False,
    tls_verify=True,
    tls_ca="",
    dial_string="PJSIP/{number}",
    context="from-internal",
    devices=(("PJSIP/1001", "1001"),),
)


class Source:
    """A tracker that tells what it is given."""

    def __init__(self):
        self.calls, self.open = [], []

    def pop_changes(self):
        calls, self.calls = self.calls, []
        return calls

    def open_calls(self):
        return self.open


class Door:
    """A database that can be away, and that refuses some calls."""

    def __init__(self):
        self.written, self.away, self.poison = [], 0, ()
        self.done = asyncio.Event()

    async def apply(self, changes):
        if self.away:
            self.away -= 1
            raise Unavailable("away")
        if any(change["uniqueid"] in self.poison for change in changes):
            raise ValueError("refused")
        self.written += changes
        self.done.set()


@tagged("post_install", "-at_install")
class TestWriter(BaseCase):
    def setUp(self):
        super().setUp()
        self.faults = []

    def run_writer(self, scenario):
        async def run():
            source, door = Source(), Door()
            statistics = Statistics(lambda: datetime(2026, 1, 1), lambda: 0.0)
            written = writer.Writer(
                SETTINGS,
                3,
                source,
                door.apply,
                statistics,
                lambda *fault: self.faults.append(fault),
            )
            task = asyncio.create_task(written.run())
            try:
                async with asyncio.timeout(20):
                    await scenario(source, door, written, statistics)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        self.patch(writer, "DATABASE_PAUSE", 0.01)
        asyncio.run(run())

    async def until(self, condition):
        while not condition():  # noqa: ASYNC110 (waits for what has no event)
            await asyncio.sleep(0.005)

    def test_calls_are_written_with_their_term(self):
        async def scenario(source, door, written, _statistics):
            source.calls = [Call("a", revision=1)]
            written.wake()
            await door.done.wait()
            self.assertEqual(door.written[0]["term"], 3)
            self.assertEqual(door.written[0]["pbx_id"], 7)
            await self.until(lambda: not written.is_waiting("a"))

        self.run_writer(scenario)

    @mute_logger("odoo.addons.telephony_connector.listener.writer")
    def test_nothing_is_lost_while_the_database_is_away(self):
        async def scenario(source, door, written, _statistics):
            door.away = 3
            source.calls = [Call("a", revision=1), Call("b", revision=2)]
            written.wake()
            await self.until(lambda: door.away == 2)
            source.calls = [Call("a", revision=3)]
            await self.until(lambda: not written.is_waiting("a") and door.written)
            revisions = {
                change["uniqueid"]: change["revision"] for change in door.written
            }
            self.assertEqual(revisions, {"a": 3, "b": 2}, "the last of each call")

        self.run_writer(scenario)

    @mute_logger("odoo.addons.telephony_connector.listener.writer")
    def test_a_new_term_counts_for_what_waits_and_what_is_open(self):
        async def scenario(source, door, written, _statistics):
            door.away = 10**9
            source.calls, source.open = [Call("a")], [Call("b")]
            written.wake()
            await self.until(lambda: written.is_waiting("a"))
            written.put({"uniqueid": "part", "pbx_id": 7})
            written.lead_on(4)
            door.away = 0
            await self.until(lambda: len(door.written) == 3)
            terms = {change["uniqueid"]: change.get("term") for change in door.written}
            self.assertEqual(terms, {"a": 4, "b": 4, "part": None})

        self.run_writer(scenario)

    @mute_logger("odoo.addons.telephony_connector.listener.writer")
    def test_a_call_that_is_refused_keeps_no_other_out(self):
        async def scenario(source, door, written, _statistics):
            door.poison = ("bad",)
            source.calls = [Call("a"), Call("bad"), Call("b")]
            written.wake()
            await self.until(lambda: len(door.written) == 2)
            await self.until(lambda: not written.is_waiting("bad"))
            self.assertEqual({c["uniqueid"] for c in door.written}, {"a", "b"})
            [(name, error)] = self.faults
            self.assertEqual((name, str(error)), ("call log", "refused"))

        self.run_writer(scenario)

    @mute_logger("odoo.addons.telephony_connector.listener.writer")
    def test_overflow_is_bounded_and_counted(self):
        self.patch(writer, "MAX_WAITING", 2)

        async def scenario(_source, door, written, statistics):
            door.away = 10**9
            for name in ("a", "b", "c", "b"):
                written.put({"uniqueid": name, "pbx_id": 7})
            self.assertFalse(written.is_waiting("a"))
            self.assertTrue(written.is_waiting("b") and written.is_waiting("c"))
            self.assertEqual(statistics.pop()["dropped"], 1)

        self.run_writer(scenario)


@tagged("post_install", "-at_install")
class TestListenerParts(BaseCase):
    def test_statistics(self):
        now = [0.0]
        statistics = Statistics(
            lambda: datetime(2026, 1, 1, 9, 0, 0, 5), lambda: now[0]
        )
        for _ in range(10):
            statistics.count_event()
        now[0] = 0.25
        statistics.committed()
        now[0] = 60.0
        self.assertEqual(
            statistics.pop(),
            {
                "events_per_minute": 10,
                "delay": 250,
                "dropped": 0,
                "last_event_date": datetime(2026, 1, 1, 9),
            },
        )
        self.assertEqual(statistics.pop()["events_per_minute"], 0)

    def test_secret_is_in_no_repr(self):
        self.assertNotIn("hidden-secret", repr(SETTINGS))

    def test_missing_permissions_in_words(self):
        everything = {"Originate", "Hangup", "CoreShowChannels", "QueuePause"}
        self.assertIsNone(describe_missing(everything))
        text = in_english(describe_missing(everything - {"Originate"}))
        self.assertIn("“originate”", text)
        self.assertIn("calling from Odoo", text)
        self.assertEqual(len(get_missing(set())), 4)

    def execute(
        self,
        action,
        payload,
        answer=None,
        error=None,
        before=(),
        after=(),
        is_cut=False,
        presented=(),
        has_channel=None,
    ):
        """Carry a command out with a session that answers; return what is reported.

        :param presented: what the PBX presents for a telephone, as it is asked
        :param is_cut: whether the session ends when it has taken the command
        :param before: events that are heard before the answer
        :param after: events that are heard a moment later
        :param has_channel: whether the PBX lists the call's channel when it is asked
        """
        reported = []
        presented = None if presented is None else list(presented)

        class Session:
            def __init__(self):
                self.all = []

            async def action(self, name, **headers):
                self.sent = name, headers
                self.all.append(self.sent)
                if name == "Getvar" and presented is not None:
                    return {"Value": presented.pop(0)}
                for event in before:
                    carrier.handle_event(event)
                if error:
                    raise error
                if answer:
                    carrier.handle_event({"ActionID": headers["ActionID"], **answer})
                later = asyncio.get_running_loop().call_later
                for event in after:
                    later(0.01, carrier.handle_event, event)
                if is_cut:
                    later(0.01, carrier.disconnected)
                return {}

        class Tracker:
            def originated(self, *arguments):
                self.announced = arguments

            def get_interfaces(self, extension, queue=""):
                return [] if extension == "1009" else ["PJSIP/1001", "Local/1001@q/n"]

            expect_pause = Mock()

            def get_joining(self, extension, queue, device):
                if device.startswith("Local/"):
                    return f"Local/{extension}@{queue}/n", f"hint:{extension}@q"
                return device, ""

            def not_originated(self, uniqueid, is_certain):
                self.taken_back = uniqueid, is_certain

        async def report(*outcome):
            reported.append(outcome)

        async def list_channels(uniqueid):
            self.assertEqual(uniqueid, payload["uniqueid"])
            return has_channel

        carrier = Commands(report, lambda *fault: self.fail(fault), list_channels)
        session, tracker = Session(), Tracker()
        command = {"id": 1, "action": action, "payload": payload}
        asyncio.run(carrier.execute(command, session, tracker))
        return reported, session, tracker

    def dial(self, order=None, **kwargs):
        payload = {
            "device": "PJSIP/1001",
            "extension": "1001",
            "number": "+33612340001",
            "context": "from-internal",
            "timeout": 30,
            "uniqueid": "odoo-1",
            **(order or {}),
        }
        return self.execute("dial", payload, **kwargs)

    def get_variables(self, presented=(), **order):
        """Return what the Originate of such an order sets, by name."""
        order = {"is_internal": False, "caller_id": "", "caller_name": "Bo"} | order
        answer = {"Event": "OriginateResponse", "Response": "Success"}
        _reported, session, _tracker = self.dial(
            order, answer=answer, presented=presented
        )
        name, headers = session.sent
        self.assertEqual(name, "Originate")
        return dict(each.split("=", 1) for each in headers["Variable"])

    def test_whom_the_called_party_sees(self):
        """The number that is set, else what the PBX has for the telephone, else the
        extension's; never that of the called party."""
        own = '"Alice" <+33140000101>'
        for presented, order, expected in (
            ((), {"caller_id": "+33140000001"}, ("+33140000001", None)),
            ([own], {}, (None, None)),
            (["<unknown>"], {}, ("1001", None)),
            ([own], {"is_internal": True}, ("1001", None)),
            (["<1001>"], {"is_internal": True}, ("1001", "Bo")),
            (["Alice", "1001"], {"device": "SIP/1001"}, (None, None)),
            (["", ""], {"device": "SIP/1001"}, ("1001", None)),
            ((), {"device": "Local/1001@x"}, ("1001", None)),
            ((), {"device": "IAX2/1001"}, ("1001", None)),
            (
                (),
                {"device": "Local/1001@x", "is_internal": True},
                ("1001", "Bo"),
            ),
        ):
            with self.subTest(presented=presented, order=order):
                found = self.get_variables(presented, **order)
                number, name = found.get("CALLERID(num)"), found.get("CALLERID(name)")
                self.assertEqual((number, name), expected)
                self.assertEqual(found["CONNECTEDLINE(num,i)"], "+33612340001")

    def test_what_the_own_telephone_is_given(self):
        found = self.get_variables(
            ["<1001>"], called_name="Camille", header=["X-Answer", "now"]
        )
        self.assertEqual(found["CONNECTEDLINE(name,i)"], "Camille")
        self.assertEqual(found["PJSIP_HEADER(add,X-Answer)"], "now")

    def test_an_order_of_the_version_before(self):
        answer = {"Event": "OriginateResponse", "Response": "Success"}
        reported, session, _tracker = self.dial(answer=answer)
        self.assertEqual(reported, [(1, "done", None, None)])
        self.assertEqual([name for name, _headers in session.all], ["Originate"])

    def test_dial_tells_what_asterisk_answered(self):
        for answer, expected in (
            ({"Response": "Success", "Reason": "4"}, ("done", None, None)),
            ({"Response": "Failure", "Reason": "0"}, ("failed", "phone_offline", "0")),
            (
                {"Response": "Failure", "Reason": "3"},
                ("failed", "phone_unanswered", "3"),
            ),
            ({"Response": "Failure", "Reason": "5"}, ("failed", "phone_busy", "5")),
        ):
            with self.subTest(answer=answer):
                event = {"Event": "OriginateResponse", **answer}
                reported, session, tracker = self.dial(answer=event)
                self.assertEqual(reported, [(1, *expected)])
                self.assertEqual(session.sent[0], "Originate")
                self.assertEqual(tracker.announced, ("odoo-1", "1001", "+33612340001"))

    def test_dial_tells_what_the_own_phone_answered(self):
        """Asterisk gives 0 for whatever keeps a phone from being picked up."""
        for cause, expected in (
            ("16", ("done", None, None)),
            ("17", ("failed", "phone_busy", "0")),
            ("19", ("failed", "phone_unanswered", "0")),
            ("20", ("failed", "phone_offline", "0")),
            ("21", ("failed", "phone_declined", "0")),
        ):
            with self.subTest(cause=cause):
                other = {"Event": "Hangup", "Uniqueid": "other", "Cause": "16"}
                own = {"Event": "Hangup", "Uniqueid": "odoo-1", "Cause": cause}
                answer = {
                    "Event": "OriginateResponse",
                    "Response": "Failure",
                    "Reason": "0",
                }
                reported, *_rest = self.dial(answer=answer, before=[own, other])
                self.assertEqual(reported, [(1, *expected)])
                new = {"Event": "Newchannel", "Uniqueid": "odoo-1"}
                reported, *_rest = self.dial(answer=answer, before=[new], after=[own])
                self.assertEqual(reported, [(1, *expected)], "the other way round")

    def test_an_own_phone_that_forwards_the_call(self):
        """Also one behind the Local channel that was placed. The words say where to."""
        response = {"Event": "OriginateResponse", "Response": "Failure", "Reason": "3"}
        forward = "Local/+33687000111@from-internal"
        for uniqueid in ("odoo-1", "other"):
            for cause in ("16", "23"):
                ended = {
                    "Event": "DialEnd",
                    "DestUniqueid": uniqueid,
                    "DestLinkedid": "odoo-1",
                    "DialStatus": "CANCEL",
                    "Forward": forward,
                }
                gone = {"Event": "Hangup", "Uniqueid": "odoo-1", "Cause": cause}
                reported, *_rest = self.dial(answer=response, before=[ended, gone])
                self.assertEqual(
                    reported, [(1, "failed", "phone_forwarded", "+33687000111")]
                )

    def test_a_call_that_was_not_placed_is_taken_back(self):
        """At once where the PBX said no; else its list of channels tells."""
        for error, is_certain, code in (
            (ActionRefused("no"), True, "refused"),
            (PermissionMissing(), True, "permission"),
            (ActionTimeout(), False, "unanswered"),
            (ConnectionFailed(), False, "unknown"),
        ):
            with self.subTest(error=error):
                reported, _session, tracker = self.dial(error=error)
                self.assertEqual(reported[0][1:3], ("failed", code))
                self.assertEqual(tracker.taken_back, ("odoo-1", is_certain))

    def test_a_connection_that_ends_before_the_phone_is_picked_up(self):
        new = {"Event": "Newchannel", "Uniqueid": "odoo-1"}
        for before, expected in (
            ([], ("failed", "unknown")),
            ([new], ("done", None)),
        ):
            reported, *_rest = self.dial(before=before, is_cut=True)
            self.assertEqual(reported[0][1:3], expected)

    def test_a_call_that_was_accepted_and_of_which_nothing_is_heard(self):
        """The PBX's channels tell whether it rings."""
        self.patch(commands, "PROGRESS_WITHIN", 0.05)
        self.patch(commands, "GRACE", 0.05)
        for error, code in ((None, "silent"), (ActionTimeout(), "unanswered")):
            for has_channel, expected in (
                (True, ("done", None)),
                (False, ("failed", code)),
                (None, ("failed", code)),
            ):
                with self.subTest(code=code, has_channel=has_channel):
                    reported, session, tracker = self.dial(
                        {"timeout": 0}, error=error, has_channel=has_channel
                    )
                    self.assertEqual([r[1:3] for r in reported], [expected])
                    self.assertEqual(tracker.taken_back, ("odoo-1", False))
                    self.assertEqual(len(session.all), 1)

    def test_what_is_heard_counts_also_where_the_answer_fails(self):
        answer = {
            "Event": "OriginateResponse",
            "ActionID": "odoo-1",
            "Response": "Failure",
            "Reason": "5",
        }
        reported, _session, tracker = self.dial(error=ActionTimeout(), before=[answer])
        self.assertEqual(reported[0][1:3], ("failed", "phone_busy"))
        self.assertFalse(hasattr(tracker, "taken_back"))

    def test_nothing_is_dialed_where_the_phone_can_not_be_asked_for(self):
        reported, session, tracker = self.dial(
            {"is_internal": False, "caller_id": "", "caller_name": ""},
            error=ActionTimeout(),
            presented=None,
        )
        self.assertEqual(reported[0][1:3], ("failed", "timeout"))
        self.assertEqual([name for name, _headers in session.all], ["Getvar"])
        self.assertFalse(hasattr(tracker, "announced"))

    def test_of_what_was_sent_it_is_not_said_that_nothing_was_done(self):
        for error, code in (
            (ActionTimeout(), "unanswered"),
            (ConnectionFailed(), "unknown"),
        ):
            payload = {"channel": "PJSIP/1001-1"}
            reported, *_rest = self.execute("hangup", payload, error=error)
            self.assertEqual(reported[0][1:3], ("failed", code))

    def agent(self, action, error=None, **payload):
        payload = {"extension": "1001", "queue": "support", "device": "PJSIP/1001"} | (
            payload
        )
        return self.execute(action, {**payload, "name": "Alice"}, error=error)

    def test_a_break_in_every_queue(self):
        reported, session, tracker = self.agent("pause", paused=True, reason="Lunch")
        tracker.expect_pause.assert_called_with("1001", True, "Lunch")
        self.assertEqual(reported, [(1, "done", None, None)])
        expected = {"Paused": True, "Reason": "Lunch"}
        self.assertEqual(
            session.all,
            [
                ("QueuePause", {"Interface": "PJSIP/1001", **expected}),
                ("QueuePause", {"Interface": "Local/1001@q/n", **expected}),
            ],
        )

    def test_queues_are_entered_by_the_device_and_left_by_what_is_in_them(self):
        _reported, session, _tracker = self.agent("log_in")
        [(name, headers)] = session.all
        self.assertEqual((name, headers["Interface"]), ("QueueAdd", "PJSIP/1001"))
        self.assertNotIn("StateInterface", headers)
        _reported, session, _tracker = self.agent("log_in", device="Local/1001@q")
        [(_name, headers)] = session.all
        self.assertEqual(headers["Interface"], "Local/1001@support/n")
        self.assertEqual(headers["StateInterface"], "hint:1001@q")
        _reported, session, _tracker = self.agent("log_out")
        self.assertEqual(
            [(name, headers["Interface"]) for name, headers in session.all],
            [("QueueRemove", "PJSIP/1001"), ("QueueRemove", "Local/1001@q/n")],
        )

    def test_refusals_of_queues_are_told_apart(self):
        for action, text, code in (
            ("log_in", "Unable to add interface: Already there", "member_exists"),
            (
                "log_in",
                "Unable to add interface to queue: No such queue",
                "no_queue",
            ),
            ("log_out", "Unable to remove interface: Not there", "not_member"),
            ("log_out", "Member not dynamic", "member_fixed"),
            ("log_out", "Out of memory", "refused"),
        ):
            with self.subTest(text=text):
                reported, *_rest = self.agent(action, ActionRefused(text))
                self.assertEqual(reported, [(1, "failed", code, text)])
        reported, *_rest = self.agent("log_out", extension="1009")
        self.assertEqual(reported, [(1, "failed", "not_member", None)])

    def test_listening_is_no_call(self):
        payload = {
            "device": "PJSIP/1009",
            "extension": "1009",
            "number": "*5511001",
            "context": "from-internal",
            "timeout": 30,
            "uniqueid": "odoo-code-1",
        }
        answer = {"Event": "OriginateResponse", "Response": "Failure", "Reason": "3"}
        reported, session, tracker = self.execute("dial_code", payload, answer=answer)
        self.assertEqual(reported, [(1, "failed", "phone_unanswered", "3")])
        [(name, headers)] = session.all
        self.assertEqual((name, headers["Exten"]), ("Originate", "*5511001"))
        self.assertFalse(hasattr(tracker, "announced"))

    def test_hostile_payload_is_never_sent(self):
        reported, session, _tracker = self.execute(
            "hangup", {"channel": "PJSIP/1\r\nAction: Command"}
        )
        self.assertEqual(reported[0][1:3], ("failed", "invalid"))
        self.assertFalse(hasattr(session, "sent"))

    def test_unknown_command(self):
        reported, *_rest = self.execute("reboot", {})
        self.assertEqual(reported[0][1:3], ("failed", "invalid"))

    def test_without_a_session(self):
        reported = []

        async def report(*outcome):
            reported.append(outcome)

        command = {"id": 1, "action": "hangup", "payload": {"channel": "PJSIP/1-1"}}
        asyncio.run(Commands(report, print, print).execute(command, None, None))
        self.assertEqual(reported[0][1:3], ("failed", "unreachable"))
