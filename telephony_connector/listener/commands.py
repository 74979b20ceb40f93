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
# two are told in no fixed order.
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
SIGN_WITHIN = 10


class Origin:
    """A call that Asterisk was asked to place, and what was heard of it."""

    def __init__(self):
        loop = asyncio.get_running_loop()
        self.answer = loop.create_future()
        self.cause = loop.create_future()
        self.has_channel = False
        self.forward = ""  # where the phone forwards the call to
        # That Asterisk began with it, or that it never will.
        self.sign = asyncio.Event()

    def hear(self, event):
        """Take note of an event of the call's own channel."""
        if event["Event"] == "DialEnd":
            self.forward = forwarding.number_of(event.get("Forward", ""))
            return
        self.has_channel = True
        self.sign.set()
        if event["Event"] == "Hangup" and not self.cause.done():
            self.cause.set_result(event.get("Cause"))

    def hear_answer(self, event):
        """Take note of the OriginateResponse."""
        self.sign.set()
        if not self.answer.done():
            self.answer.set_result(event)

    def disconnected(self):
        """Take note that nothing more will be heard."""
        self.sign.set()
        if not self.answer.done():
            self.answer.set_exception(ConnectionFailed("hung_up"))

    async def wait_for_sign(self):
        """Wait until something is heard, but no longer than it may take."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SIGN_WITHIN):
                await self.sign.wait()

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
    :param note_fault: called with a name and the exception that is being handled
    :param has_channel: coroutine function (unique id) that says whether the PBX has
        such a channel, ``None`` where it does not tell; the tracker knows it, too, then
    """

    def __init__(self, report, note_fault, has_channel):
        self._report, self._note_fault = report, note_fault
        self._has_channel = has_channel
        self._origins = {}

    def hear(self, event):
        """Take note of an AMI event that answers a command."""
        name = event.get("Event")
        if name == "OriginateResponse":
            origin = self._origins.get(event.get("ActionID"))
            if origin:
                origin.hear_answer(event)
        elif name in ("Newchannel", "Hangup"):
            origin = self._origins.get(event.get("Uniqueid"))
            if origin:
                origin.hear(event)
        elif name == "DialEnd" and event.get("Forward"):
            # The phone may be behind a Local channel, whose id is ours.
            origin = self._origins.get(event.get("DestLinkedid"))
            if origin:
                origin.hear(event)

    def disconnected(self):
        """No answer will come any more to what was asked before."""
        for origin in self._origins.values():
            origin.disconnected()

    async def carry_out(self, command, session, tracker):
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
            self._note_fault(command["action"], error)
            outcome = "failed", "error", None
        await self._report(command["id"], *outcome)

    async def _do_hangup(self, command, session, _tracker):
        return await self._send(session, actions.hangup(command["payload"]["channel"]))

    async def _do_transfer(self, command, session, _tracker):
        return await self._send(
            session, actions.blind_transfer(*self._get_way(command))
        )

    async def _do_redirect(self, command, session, _tracker):
        return await self._send(session, actions.redirect(*self._get_way(command)))

    async def _do_attended_transfer(self, command, session, _tracker):
        return await self._send(
            session, actions.attended_transfer(*self._get_way(command))
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
        order = command["payload"]
        return await self._send(
            session, actions.park(order["channel"], parker=order["parker"])
        )

    async def _do_pickup(self, command, session, _tracker):
        order = command["payload"]
        request = actions.originate(
            number=order["number"],
            **self._get_own_side(order),
        )
        return await self._send(session, request)

    async def _do_retrieve(self, command, session, tracker):
        return await self._do_pickup(command, session, tracker)

    async def _do_pause(self, command, session, tracker):
        order = command["payload"]
        extension, reason = order["extension"], order["reason"]
        tracker.expect_pause(extension, order["paused"], reason)
        return await self._for_each_member(
            session,
            tracker.get_interfaces(extension),
            lambda interface: actions.queue_pause(
                interface, order["paused"], reason=reason
            ),
        )

    async def _do_log_in(self, command, session, tracker):
        order = command["payload"]
        interface, state_interface = tracker.get_joining(
            order["extension"], order["queue"], order["device"]
        )
        return await self._for_each_member(
            session,
            [interface],
            lambda interface: actions.queue_add(
                order["queue"],
                interface,
                member=order["name"],
                state_interface=state_interface,
            ),
        )

    async def _do_log_out(self, command, session, tracker):
        order = command["payload"]
        return await self._for_each_member(
            session,
            tracker.get_interfaces(order["extension"], order["queue"]),
            lambda interface: actions.queue_remove(order["queue"], interface),
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
        # The tracker is not told: it is no call with anybody, and stands in no log.
        order = command["payload"]
        request = actions.originate(number=order["number"], **self._get_own_side(order))
        return await self._originate(session, request, order["timeout"])

    async def _send(self, session, request):
        await session.action(request.name, **request.headers)
        return "done", None, None

    def _get_own_side(self, order):
        """Return how a user's own phone is rung: arguments of `actions.originate`.

        What a web worker of the version before did not say, in the middle of an
        upgrade, is left out.
        """
        header = order.get("header")
        return {
            "device": order["device"],
            "context": order["context"],
            "channel_id": order["uniqueid"],
            "timeout": order["timeout"],
            "called_name": order.get("called_name", ""),
            "header": auto_answer.Header(*header) if header else None,
        }

    async def _get_caller(self, session, order):
        """Return whom the called party is to see, as far as the phone's own caller id
        on the PBX does not say it.

        A phone that Asterisk rings and that has no caller id there would call
        anonymously. Of a Local channel it is not asked: that takes over the caller id
        of the phone that is picked up.
        """
        if "is_internal" not in order:
            return actions.UNKNOWN
        if order["caller_id"]:
            return actions.Party(order["caller_id"])
        try:
            values = [
                (await session.action(request.name, **request.headers)).get("Value")
                for request in actions.own_caller_id(order["device"])
            ]
        except (ActionRefused, PermissionMissing):
            values = []
        own = actions.read_caller_id(values)
        if order["is_internal"]:
            name = "" if own.name else order["caller_name"]
            return actions.Party(order["extension"], name)
        return actions.Party("" if own.number else order["extension"])

    def _get_way(self, command):
        order = command["payload"]
        return order["channel"], order["number"], order["context"]

    async def _do_dial(self, command, session, tracker):
        order = command["payload"]
        uniqueid = order["uniqueid"]
        try:
            caller = await self._get_caller(session, order)
        except ActionTimeout:  # nothing was dialed, and nothing will be
            return "failed", "timeout", None
        request = actions.originate(
            number=order["number"],
            caller=caller,
            outside_number=order.get("caller_id", ""),
            **self._get_own_side(order),
        )
        tracker.originated(uniqueid, order["extension"], order["number"])
        try:
            return await self._originate(
                session,
                request,
                order["timeout"],
                lambda: tracker.not_originated(uniqueid, is_certain=False),
            )
        except TelephonyError:
            tracker.not_originated(uniqueid, is_certain=True)
            raise

    async def _originate(self, session, request, ring_timeout, doubt=lambda: None):
        """Have the PBX ring somebody's own phone, and wait for what comes of it.

        Where the PBX does not say whether it does, its channels tell.

        :param ring_timeout: seconds for which it rings
        :param doubt: called where it is not known whether the PBX took it
        """
        uniqueid = request.headers["ChannelId"]
        origin = self._origins[uniqueid] = Origin()
        try:
            try:
                await session.action(request.name, **request.headers)
                code = "silent"
                await origin.wait_for_sign()
            except ActionTimeout:
                code = "unanswered"
            if not origin.sign.is_set():
                doubt()
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
            doubt()
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
