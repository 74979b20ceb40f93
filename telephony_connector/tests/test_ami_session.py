import asyncio

from odoo.tests import tagged

from ..ami.session import MAX_PENDING, Session, Settings
from ..engine import errors
from .ami_session_case import Seen, SessionCase

LOGGER = "odoo.addons.telephony_connector.ami.session"
EVENT = "Event: Newstate\nChannel: PJSIP/1001-00000001\nUniqueid: 1.1\n\n"


@tagged("telephony")
class TestActions(SessionCase):
    def test_a_list_is_collected_to_its_end(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.answers["CoreShowChannels"] = self._channels
            response = await session.action("CoreShowChannels")
            self.assertEqual(
                [event["Uniqueid"] for event in response.events], ["1.1", "1.2"]
            )
            self.assertEqual(response["Response"], "Success")
            self.assertFalse(seen, "what belongs to a list is no event")
            await session.close()

        self.run_async(scenario)

    def _channels(self, action):
        number = action["ActionID"]
        return (
            "Response: Success\nEventList: start\nMessage: Channels will follow\n\n"
            f"Event: CoreShowChannel\nActionID: {number}\nUniqueid: 1.1\n\n"
            f"Event: CoreShowChannel\nActionID: {number}\nUniqueid: 1.2\n\n"
            f"Event: CoreShowChannelsComplete\nActionID: {number}\n"
            "EventList: Complete\nListItems: 2\n"
        )

    def test_an_empty_list(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["QueueStatus"] = lambda action: (
                "Response: Success\nEventList: start\n\n"
                f"Event: QueueStatusComplete\nActionID: {action['ActionID']}\n"
                "EventList: Complete\n"
            )
            self.assertEqual((await session.action("QueueStatus")).events, [])
            await session.close()

        self.run_async(scenario)

    def test_adding_to_a_queue_is_done_at_its_answer(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["QueueAdd"] = (
                "Response: Success\nMessage: Added interface to queue\n"
            )
            await session.action("QueueAdd", Queue="support", Interface="PJSIP/1001")
            await session.close()

        self.run_async(scenario)

    def test_an_originate_response_is_an_event(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.answers["Originate"] = lambda action: (
                "Response: Success\nMessage: Originate successfully queued\n\n"
                f"Event: OriginateResponse\nActionID: {action['ActionID']}\n"
                "Response: Failure\nReason: 3\n"
            )
            response = await session.action("Originate", ActionID="tc-1", Async=True)
            self.assertEqual(response["Message"], "Originate successfully queued")
            await seen.until(1)
            self.assertEqual(seen[0]["Event"], "OriginateResponse")
            self.assertEqual(seen[0]["ActionID"], "tc-1")
            self.assertEqual((await pbx.until("Originate"))["Async"], "true")
            await session.close()

        self.run_async(scenario)

    def test_refusals(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["Hangup"] = "Response: Error\nMessage: No such channel\n"
            with self.assertRaises(errors.ActionRefused) as caught:
                await session.action("Hangup", Channel="PJSIP/1001-00000001")
            self.assertEqual(caught.exception.said, "No such channel")
            pbx.answers["Hangup"] = "Response: Error\nMessage: Permission denied\n"
            with self.assertRaises(errors.PermissionMissing):
                await session.action("Hangup", Channel="PJSIP/1001-00000001")
            await session.close()

        self.run_async(scenario)

    def test_no_line_break_gets_out(self):
        bad = [
            {"Exten": "1\r\n\r\nAction: Command"},
            {"Exten": "1\nX: y"},
            {"Exten": "1\rX: y"},
            {"Exten": "1\0"},
            {"Exten\r\nX": "1"},
            {"Exten: 1": "1"},
            {"Exten": ["1", "2\n"]},
            {"Exten": None},
            {"Exten": b"1"},
            {"Exten": "9" * 1100},
            {"Exten": "\ud800"},
            {"Variable": ["a=1"] * 200},
        ]

        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            before = list(pbx.names)
            for headers in bad:
                with (
                    self.subTest(headers=str(headers)[:50]),
                    self.assertRaises(errors.InvalidValue),
                ):
                    await session.action("Ping", **headers)
            with self.assertRaises(errors.InvalidValue):
                await session.action("Ping\r\nAction: Logoff")
            await session.action("Ping")
            self.assertEqual(pbx.names, [*before, "Ping"])
            await session.close()

        self.run_async(scenario)

    def test_an_answer_that_does_not_come(self):
        async def scenario(pbx):
            session = self.session(pbx, action_timeout=0.02)
            await session.open()
            pbx.answers["Originate"] = None
            for _attempt in range(3):
                with self.assertRaises(errors.ActionTimeout):
                    await session.action("Originate")
            self.assertFalse(session._connection.responses, "nothing piles up")
            late = pbx.received[-1]["ActionID"]
            pbx.send(f"Response: Success\nActionID: {late}\n\n")
            await session.action("Hangup")
            await session.close()

        self.run_async(scenario)

    def test_too_many_at_once_and_the_same_twice(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["Originate"] = None
            first = asyncio.create_task(session.action("Originate", ActionID="tc-1"))
            await pbx.until("Originate")
            with self.assertRaises(errors.InvalidValue):
                await session.action("Originate", ActionID="tc-1")
            await session.close()
            with self.assertRaises(errors.ConnectionFailed):
                await first

        self.run_async(scenario)

    def test_an_action_in_flight_dies_with_the_line_and_is_never_repeated(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["Originate"] = None
            pending = asyncio.create_task(session.action("Originate"))
            await pbx.until("Originate")
            pbx.cut()
            with self.assertRaises(errors.ConnectionFailed):
                await pending
            with self.assertRaises(errors.ConnectionFailed):
                await session.action("Originate")
            again = self.session(pbx)
            await again.open()
            await again.action("Ping")
            self.assertEqual(pbx.names.count("Originate"), 1)
            await again.close()
            await session.close()

        self.run_async(scenario)

    def test_an_action_before_the_login(self):
        async def scenario(pbx):
            with self.assertRaises(errors.ConnectionFailed):
                await self.session(pbx).action("Ping")

        self.run_async(scenario)


@tagged("telephony")
class TestStream(SessionCase):
    def test_events_in_any_pieces(self):
        text = (
            "Event: NewCallerid\nCallerIDName: Żółć 電話\nAccountCode: \nLanguage:\n"
            "ChanVariable: a=1\nChanVariable: b=2\nUniqueid: 1.1\n\n"
        )
        data = text.replace("\n", "\r\n").encode()

        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            for cut in range(1, len(data)):
                pbx.send(data[:cut])
                await pbx.drain()
                await asyncio.sleep(0)
                pbx.send(data[cut:])
            await seen.until(len(data) - 1)
            for event in seen:
                self.assertEqual(event["CallerIDName"], "Żółć 電話")
                self.assertEqual(event["AccountCode"], "")
                self.assertEqual(event["Language"], "")
                self.assertEqual(event["ChanVariable"], ["a=1", "b=2"])
            await session.close()

        self.run_async(scenario)

    def test_names_in_other_encodings(self):
        """What is no UTF-8 is read as Western European; what is stays."""

        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            for name in (
                "Schäfer".encode("latin-1"),
                "L’Œuvre – 5 €".encode("cp1252"),
                "Иван".encode("cp1251"),
                b"\x81\xe4",
            ):
                lines = b"Event: NewCallerid", b"CallerIDName: " + name
                other = "ConnectedLineName: Żółć".encode()
                pbx.send(b"\r\n".join([*lines, other, b"", b""]))
            await seen.until(4)
            self.assertEqual(
                [event["CallerIDName"] for event in seen],
                ["Schäfer", "L’Œuvre – 5 €", "Èâàí", "\ufffdä"],
            )
            self.assertEqual({event["ConnectedLineName"] for event in seen}, {"Żółć"})
            await session.close()

        self.run_async(scenario)

    def test_odd_ends_of_messages(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.send(b"\r\nEvent: One\r\nX: 1\r\n\r\n")
            pbx.send(b"Event: Two\r\nX: 2\r\n\nEvent: Three\r\nno header\r\n\r\n\r\n")
            pbx.send(b"Event: Four\r\nX: \xff\r\n\r\n")
            await seen.until(4)
            names = [event["Event"] for event in seen]
            self.assertEqual(names, ["One", "Two", "Three", "Four"])
            await session.close()

        self.run_async(scenario)

    def test_a_flood_is_drained_in_order(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            for first in range(0, 20000, 500):
                numbers = range(first, first + 500)
                pbx.send("".join(f"Event: E\nN: {number}\n\n" for number in numbers))
                await pbx.drain()
            await seen.until(20000)
            self.assertEqual(
                [event["N"] for event in seen], [str(number) for number in range(20000)]
            )
            await session.close()

        self.run_async(scenario)

    def test_an_answer_that_makes_no_sense_costs_no_connection(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.answers["Getvar"] = "Response: Error\nMessage: a\nMessage: b\n"
            pbx.send("Response: Success\nActionID: 1\nActionID: 2\n\n")
            with self.assertRaises(errors.ActionRefused):
                await session.action("Getvar", Variable="X")
            await session.action("Ping")
            await session.close()

        self.run_async(scenario)

    def test_a_message_without_an_end(self):
        async def scenario(pbx):
            session = self.session(pbx)
            await session.open()
            pbx.send(b"Event: E\r\nX: " + b"x" * (1 << 20) + b"\r\n")
            error = await session.wait_closed()
            self.assertIsInstance(error, errors.ConnectionFailed)
            await session.close()

        self.run_async(scenario)

    def test_a_listener_that_raises_loses_one_event_only(self):
        async def scenario(pbx):
            seen = Seen()

            def on_event(event):
                seen.append(event)
                if len(seen) == 1:
                    raise ValueError("a bug")

            session = self.session(pbx, on_event)
            await session.open()
            with self.assertLogs(LOGGER, "ERROR"):
                pbx.send(EVENT + EVENT)
                await seen.until(2)
            await session.close()

        self.run_async(scenario)


@tagged("telephony")
class TestEnd(SessionCase):
    def test_the_pbx_hangs_up(self):
        for how in ("hang_up", "cut"):

            async def scenario(pbx, how=how):
                session = self.session(pbx)
                await session.open()
                getattr(pbx, how)()
                error = await session.wait_closed()
                self.assertIsInstance(error, errors.ConnectionFailed)
                self.assertNotIsInstance(error, errors.NotResponding)
                await session.close()

            with self.subTest(how=how):
                self.run_async(scenario)

    def test_half_a_message_and_the_end(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            pbx.send(b"Event: Newstate\r\nUniq")
            await pbx.drain()
            pbx.hang_up()
            await session.wait_closed()
            self.assertFalse(seen)
            await session.close()

        self.run_async(scenario)

    def test_a_peer_that_falls_silent(self):
        async def scenario(pbx):
            session = self.session(pbx, ping_interval=0.01, ping_timeout=0.05)
            await session.open()
            await pbx.until("Ping")
            pbx.answers["Ping"] = None
            pbx.received.clear()
            error = await session.wait_closed()
            self.assertIsInstance(error, errors.NotResponding)
            self.assertLessEqual(pbx.names.count("Ping"), 2, "no second chance")
            self.assertTrue(error.retryable)
            await session.close()

        self.run_async(scenario)

    def test_actions_that_wait_keep_no_ping_back(self):
        """A PBX that falls silent leaves many without an answer, and is noticed."""

        async def scenario(pbx):
            session = self.session(pbx, ping_interval=0.01, ping_timeout=0.05)
            pbx.answers["Getvar"] = None
            await session.open()
            waiting = [
                asyncio.create_task(session.action("Getvar", Variable="X"))
                for _each in range(MAX_PENDING + 1)
            ]
            await pbx.until("Getvar", MAX_PENDING + 1)
            with self.assertRaises(errors.InvalidValue):
                await session.action("Getvar", Variable="X")
            pbx.received.clear()
            await pbx.until("Ping")
            pbx.answers["Ping"] = None
            self.assertIsInstance(await session.wait_closed(), errors.NotResponding)
            await session.close()
            await asyncio.gather(*waiting, return_exceptions=True)

        self.run_async(scenario)

    def test_a_fault_in_the_watch_ends_the_connection(self):
        """Nobody would notice a silent PBX any more: better to connect anew."""
        for fault in (ValueError("a fault"), errors.InvalidValue()):

            async def scenario(pbx, fault=fault):
                session = self.session(pbx, ping_interval=0.01)
                await session.open()

                async def fail(*_arguments, **_options):
                    raise fault

                with self.assertLogs(LOGGER, "ERROR") as logged:
                    session._send = fail
                    error = await session.wait_closed()
                self.assertIsInstance(error, errors.ConnectionFailed)
                self.assertIn(str(fault), logged.output[0])
                await session.close()

            with self.subTest(fault=fault):
                self.run_async(scenario)

    def test_by_default_silence_is_noticed_within_15_seconds(self):
        session = Session(Settings(host="pbx.test", username="odoo", secret="x"), print)
        self.assertLess(session._ping_interval + session._ping_timeout, 15)

    def test_events_without_answers_are_no_life_for_ever(self):
        async def scenario(pbx):
            session = self.session(pbx, ping_interval=0.01, ping_timeout=0.05)
            pbx.answers["Ping"] = None
            await session.open()

            async def chatter():
                while True:
                    pbx.send(EVENT)
                    await asyncio.sleep(0.01)

            chatting = asyncio.create_task(chatter())
            self.assertIsInstance(await session.wait_closed(), errors.NotResponding)
            self.assertGreater(pbx.names.count("Ping"), 1, "a flood is forgiven first")
            chatting.cancel()
            await asyncio.gather(chatting, return_exceptions=True)
            await session.close()

        self.run_async(scenario)

    def test_close_during_the_wait_for_the_next_ping(self):
        async def scenario(pbx):
            session = self.session(pbx, ping_interval=3600)
            await session.open()
            await session.close()
            await session.close()
            self.assertIsNone(await session.wait_closed())

        self.run_async(scenario)

    def test_no_event_after_close(self):
        async def scenario(pbx):
            seen = Seen()
            session = self.session(pbx, seen.append)
            await session.open()
            closing = asyncio.create_task(session.close())
            pbx.send(EVENT)
            await closing
            self.assertFalse(seen)

        self.run_async(scenario)
