"""How the listener carries out what web workers ask of a telephone system."""

import asyncio
import contextlib
import logging

from ..ami import actions, forwarding
from ..engine import auto_answer
from ..engine.errors import (
    ActionRefused,
    ActionTimeout,
    ConnectionFailed,
    InvalidValue,
    PermissionMissing,
    TelephonyError,
)

_logger = logging.getLogger(__name__)

# What Asterisk's OriginateResponse gives as its reason, where the phone was not picked
# up: the control frame that ended it (include/asterisk/frame.h).
ORIGINATE_REASONS = {
    "0": "phone_offline",
    "1": "phone_unanswered",
    "3": "phone_unanswered",
    "5": "phone_busy",
    "8": "phone_offline",
}
# The phone's own answer (Q.850), where Asterisk gives no more of a reason than 0.
HANGUP_CAUSES = {
    "17": "phone_busy",
    "19": "phone_unanswered",
    "21": "phone_declined",
}
# It rang and was hung up from Odoo or on the PBX: there is nothing to complain of.
HUNG_UP = "16"
# Seconds in which a phone's channel is gone after Asterisk said that it failed: the
# two are reported in no fixed order.
HANGUP_WITHIN = 1.0
# What Asterisk answers where a member or a queue is not as was believed.
QUEUE_REFUSALS = {
    "Already there": "member_exists",
    "Not there": "not_member",
    "Interface not found": "not_member",
    "No such queue": "no_queue",
    "Member not dynamic": "member_fixed",
}
# Seconds beyond a phone's own ringing time in which Asterisk must have said something.
GRACE = 10
# Seconds after Asterisk accepted a call in which it must have begun with it.
PROGRESS_WITHIN = 10


class Origin:
    """A call that Asterisk was asked to place, and what events reported of it."""

    def __init__(self):
        loop = asyncio.get_running_loop()
        self.answer = loop.create_future()
        self.cause = loop.create_future()
        self.has_channel = False
        self.forward = ""  # where the phone forwards the call to
        # That Asterisk began with it, or that it never will.
        self.progress = asyncio.Event()

    def handle_event(self, event):
        """Process an event of the call's own channel."""
        if event["Event"] == "DialEnd":
            self.forward = forwarding.number_of(event.get("Forward", ""))
            return
        self.has_channel = True
        self.progress.set()
        if event["Event"] == "Hangup" and not self.cause.done():
            self.cause.set_result(event.get("Cause"))

    def handle_response(self, event):
        """Process the OriginateResponse."""
        self.progress.set()
        if not self.answer.done():
            self.answer.set_result(event)

    def disconnected(self):
        """Handle the end of the connection: nothing more arrives."""
        self.progress.set()
        if not self.answer.done():
            self.answer.set_exception(ConnectionFailed("hung_up"))

    async def wait_for_progress(self):
        """Wait until something is heard, but no longer than it may take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PROGRESS_WITHIN):
                await self.progress.wait()

    async def get_cause(self):
        """Return why the phone was hung up, ``None`` where it never rang."""
        if not self.has_channel:
            return None
        try:
            async with asyncio.timeout(HANGUP_WITHIN):
                return await self.cause
        except TimeoutError:
            return None


class Commands:
    """Carries out the commands of one telephone system, each of them once.

    :param report: coroutine function (command id, state, code, answer)
    :param log_fault: called with a name and the exception that is being handled
    :param has_channel: coroutine function (unique id) that says whether the PBX has
        such a channel, ``None`` where it does not tell; the tracker knows it, too, then
    """

    def __init__(self, report, log_fault, has_channel):
        self._report, self._log_fault = report, log_fault
        self._has_channel = has_channel
        self._origins = {}

    def handle_event(self, event):
        """Process an AMI event that answers a command."""
        name = event.get("Event")
        if name == "OriginateResponse":
            origin = self._origins.get(event.get("ActionID"))
            if origin:
                origin.handle_response(event)
        elif name in ("Newchannel", "Hangup"):
            origin = self._origins.get(event.get("Uniqueid"))
            if origin:
                origin.handle_event(event)
        elif name == "DialEnd" and event.get("Forward"):
            # The phone may be behind a Local channel, whose id is ours.
            origin = self._origins.get(event.get("DestLinkedid"))
            if origin:
                origin.handle_event(event)

    def disconnected(self):
        """No answer will come any more to what was asked before."""
        for origin in self._origins.values():
            origin.disconnected()

    async def execute(self, command, session, tracker):
        """Carry out one claimed command and report what came of it.

        :param dict command: as of ``telephony.command._claim``
        :param session: the open session, ``None`` where there is none
        :param tracker: learns of the calls that are placed
        """
        try:
            if session is None:
                await self._report(command["id"], "failed", "unreachable", None)
                return
            handler = getattr(self, f"_do_{command['action']}", None)
            if handler is None:
                raise InvalidValue("unknown_command", action=command["action"])
            outcome = await handler(command, session, tracker)
        except ActionTimeout:
            outcome = "failed", "unanswered", None
        except ConnectionFailed:
            outcome = "failed", "unknown", None
        except TelephonyError as error:
            _logger.info("%s: %s", command["action"], error)
            outcome = "failed", error.code, error.said
        except Exception as error:
            self._log_fault(command["action"], error)
            outcome = "failed", "error", None
        await self._report(command["id"], *outcome)

    async def _do_hangup(self, command, session, _tracker):
        return await self._send(session, actions.hangup(command["payload"]["channel"]))

    async def _do_transfer(self, command, session, _tracker):
        return await self._send(
            session, actions.blind_transfer(*self._get_destination(command))
        )

    async def _do_redirect(self, command, session, _tracker):
        return await self._send(
            session, actions.redirect(*self._get_destination(command))
        )

    async def _do_attended_transfer(self, command, session, _tracker):
        return await self._send(
            session, actions.attended_transfer(*self._get_destination(command))
        )

    async def _do_complete_transfer(self, command, session, _tracker):
        # The one who transfers leaves: the PBX joins the other two.
        return await self._send(session, actions.hangup(command["payload"]["channel"]))

    async def _do_cancel_transfer(self, command, session, _tracker):
        channel = command["payload"]["channel"]
        return await self._send(session, actions.cancel_attended_transfer(channel))

    async def _do_conference(self, command, session, _tracker):
        channel = command["payload"]["channel"]
        request = actions.conference_code(channel)
        answer = await session.action(request.name, **request.headers)
        for request in actions.dial_code(channel, answer.get("Value") or ""):
            await self._send(session, request)
        return "done", None, None

    async def _do_park(self, command, session, _tracker):
        payload = command["payload"]
        return await self._send(
            session, actions.park(payload["channel"], parker=payload["parker"])
        )

    async def _do_pickup(self, command, session, _tracker):
        payload = command["payload"]
        request = actions.originate(
            number=payload["number"],
            **self._get_own_side(payload),
        )
        return await self._send(session, request)

    async def _do_retrieve(self, command, session, tracker):
        return await self._do_pickup(command, session, tracker)

    async def _do_pause(self, command, session, tracker):
        payload = command["payload"]
        extension, reason = payload["extension"], payload["reason"]
        tracker.expect_pause(extension, payload["paused"], reason)
        return await self._for_each_member(
            session,
            tracker.get_interfaces(extension),
            lambda interface: actions.queue_pause(
                interface, payload["paused"], reason=reason
            ),
        )

    async def _do_log_in(self, command, session, tracker):
        payload = command["payload"]
        interface, state_interface = tracker.get_joining(
            payload["extension"], payload["queue"], payload["device"]
        )
        return await self._for_each_member(
            session,
            [interface],
            lambda interface: actions.queue_add(
                payload["queue"],
                interface,
                member=payload["name"],
                state_interface=state_interface,
            ),
        )

    async def _do_log_out(self, command, session, tracker):
        payload = command["payload"]
        return await self._for_each_member(
            session,
            tracker.get_interfaces(payload["extension"], payload["queue"]),
            lambda interface: actions.queue_remove(payload["queue"], interface),
        )

    async def _for_each_member(self, session, interfaces, get_request):
        """Send a request for each interface by which somebody is in a queue."""
        if not interfaces:
            return "failed", "not_member", None
        try:
            for interface in interfaces:
                await self._send(session, get_request(interface))
        except ActionRefused as error:
            for text, code in QUEUE_REFUSALS.items():
                if text in error.said:
                    return "failed", code, error.said
            raise
        return "done", None, None

    async def _do_dial_code(self, command, session, _tracker):
        # It is not for the tracker: it is no call with anybody, and stands in no log.
        payload = command["payload"]
        request = actions.originate(
            number=payload["number"], **self._get_own_side(payload)
        )
        return await self._originate(session, request, payload["timeout"])

    async def _send(self, session, request):
        await session.action(request.name, **request.headers)
        return "done", None, None

    def _get_own_side(self, payload):
        """Return how a user's own phone is rung: arguments of `actions.originate`.

        What a web worker of the version before did not say, in the middle of an
        upgrade, is left out.
        """
        header = payload.get("header")
        return {
            "device": payload["device"],
            "context": payload["context"],
            "channel_id": payload["uniqueid"],
            "timeout": payload["timeout"],
            "called_name": payload.get("called_name", ""),
            "header": auto_answer.Header(*header) if header else None,
        }

    async def _get_caller(self, session, payload):
        """Return whom the called party is to see, as far as the phone's own caller id
        on the PBX does not say it.

        A phone that Asterisk rings and that has no caller id there would call
        anonymously. Of a Local channel it is not asked: that takes over the caller id
        of the phone that is picked up.
        """
        if "is_internal" not in payload:
            return actions.UNKNOWN
        if payload["caller_id"]:
            return actions.Party(payload["caller_id"])
        try:
            values = [
                (await session.action(request.name, **request.headers)).get("Value")
                for request in actions.own_caller_id(payload["device"])
            ]
        except (ActionRefused, PermissionMissing):
            values = []
        own = actions.read_caller_id(values)
        if payload["is_internal"]:
            name = "" if own.name else payload["caller_name"]
            return actions.Party(payload["extension"], name)
        return actions.Party("" if own.number else payload["extension"])

    def _get_destination(self, command):
        payload = command["payload"]
        return payload["channel"], payload["number"], payload["context"]

    async def _do_dial(self, command, session, tracker):
        payload = command["payload"]
        uniqueid = payload["uniqueid"]
        try:
            caller = await self._get_caller(session, payload)
        except ActionTimeout:  # nothing was dialed, and nothing will be
            return "failed", "timeout", None
        request = actions.originate(
            number=payload["number"],
            caller=caller,
            outside_number=payload.get("caller_id", ""),
            **self._get_own_side(payload),
        )
        tracker.originated(uniqueid, payload["extension"], payload["number"])
        try:
            return await self._originate(
                session,
                request,
                payload["timeout"],
                lambda: tracker.not_originated(uniqueid, is_certain=False),
            )
        except TelephonyError:
            tracker.not_originated(uniqueid, is_certain=True)
            raise

    async def _originate(
        self, session, request, ring_timeout, on_unconfirmed=lambda: None
    ):
        """Have the PBX ring somebody's own phone, and wait for what comes of it.

        Where the PBX does not say whether it does, its channels tell.

        :param ring_timeout: seconds for which it rings
        :param on_unconfirmed: called where it is not known whether the PBX took it
        """
        uniqueid = request.headers["ChannelId"]
        origin = self._origins[uniqueid] = Origin()
        try:
            try:
                await session.action(request.name, **request.headers)
                code = "silent"
                await origin.wait_for_progress()
            except ActionTimeout:
                code = "unanswered"
            if not origin.progress.is_set():
                on_unconfirmed()
                if not await self._has_channel(uniqueid):
                    return "failed", code, None
                origin.has_channel = True
            async with asyncio.timeout(ring_timeout + GRACE):
                answer = await origin.answer
            if answer.get("Response") == "Success":
                return "done", None, None
            if origin.forward:
                return "failed", "phone_forwarded", origin.forward
            return self._explain(answer, await origin.get_cause())
        except TimeoutError:  # there is a channel: the call tells what became of it
            return "done", None, None
        except ConnectionFailed:
            if origin.has_channel:  # it rings or was picked up: the call tells
                return "done", None, None
            on_unconfirmed()
            return "failed", "unknown", None
        finally:
            del self._origins[uniqueid]

    def _explain(self, answer, cause):
        """Return why the own phone was not picked up."""
        if cause == HUNG_UP:
            return "done", None, None
        reason = answer.get("Reason")
        code = ORIGINATE_REASONS.get(reason, "phone_offline")
        if reason == "0":
            code = HANGUP_CAUSES.get(cause, code)
        return "failed", code, reason
