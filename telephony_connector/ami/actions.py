"""What we ask of a PBX, checked before it goes out.

Each function returns a :class:`Request` for ``Session.action(request.name,
**request.headers)`` and raises ``InvalidValue``. Numbers come from users and are
digits only; contexts, dial strings and queues come from the PBX's settings. No
``Application``, ``Data`` or free variable is ever sent: whoever may set those may run
programs. Free texts are reduced (``pbx_text.name_text``).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ..engine import pbx_text
from ..engine.errors import InvalidValue

_CHANNEL_ID = re.compile(r"[A-Za-z0-9._-]{1,140}")
# No leading slash (Hangup takes /…/ for a pattern), no comma, no ampersand.
_CHANNEL = re.compile(r"[A-Za-z0-9]{2,20}/[A-Za-z0-9_.@+*#:;/-]{1,150}")
_QUEUE = re.compile(r"[\w. -]{1,79}")
_HINT = re.compile(r"hint:[0-9*#+]{1,32}@[A-Za-z0-9_-]{1,79}")
_MAILBOX = re.compile(r"[A-Za-z0-9_-]{1,79}@[A-Za-z0-9_-]{1,79}")
_LOT = re.compile(r"[A-Za-z0-9_-]{1,79}")
_VARIABLE = re.compile(r"_{0,2}TELEPHONY_[A-Z_]{1,32}")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9 ._@+-]{0,100}")


class Request(NamedTuple):
    """An action that may be sent as it is."""

    name: str
    headers: dict


def check_number(number: str) -> str:
    """Return the number if a PBX may be asked to dial it.

    :raise InvalidValue: it holds more than digits, ``*``, ``#`` and one leading ``+``
    """
    return _check(pbx_text.NUMBER, number, "a number that can be dialled")


def originate(
    *,
    device: str,
    number: str,
    context: str,
    channel_id: str,
    caller_name: str = "",
    timeout: float = 30,
    variables: Mapping[str, str] | None = None,
) -> Request:
    """Ring an extension's telephone and, once it is picked up, call the number.

    :param device: the telephone, as ``PJSIP/1001`` or ``Local/1001@from-internal``
    :param context: where the number is dialled from, as ``from-internal``
    :param channel_id: our id of the call; an OriginateResponse bears it as ActionID
    :param caller_name: what the rung telephone shows beside the number
    :param timeout: seconds for which it rings
    :param variables: for the dial plan, named ``TELEPHONY_…`` only
    """
    check_number(number)
    headers = {
        "ActionID": _check(_CHANNEL_ID, channel_id, "an id of a channel"),
        "ChannelId": channel_id,
        "Channel": _check_device(device),
        "Context": _check_context(context),
        "Exten": number,
        "Priority": 1,
        "Timeout": int(timeout * 1000),
        "CallerID": _caller_id(caller_name, number),
        "Async": True,
    }
    if variables:
        headers["Variable"] = [_variable(*pair) for pair in variables.items()]
    return Request("Originate", headers)


def pickup(
    *,
    device: str,
    ringing: str,
    code: str,
    context: str,
    channel_id: str,
) -> Request:
    """Let an extension take the call that rings at another.

    Asterisk has no action for it: the own telephone is rung and then dials the PBX's
    pick-up code (``*8`` or ``**``) followed by the ringing extension.
    """
    check_number(code)
    check_number(ringing)
    return originate(
        device=device,
        number=code + ringing,
        context=context,
        channel_id=channel_id,
    )


def hangup(channel: str) -> Request:
    """End a channel, and with it what hangs on it."""
    return Request("Hangup", {"Channel": _check_channel(channel), "Cause": 16})


def redirect(channel: str, number: str, context: str) -> Request:
    """Send a channel to another number, whether it rings or talks."""
    return Request("Redirect", {**_to(channel, number, context), "Priority": 1})


def blind_transfer(channel: str, number: str, context: str) -> Request:
    """Send whoever talks with that channel to another number.

    :param channel: of the one who transfers
    """
    return Request("BlindTransfer", _to(channel, number, context))


def attended_transfer(channel: str, number: str, context: str) -> Request:
    """Call a number to talk with it first, while the other party waits.

    :param channel: of the one who transfers; it is done when that one hangs up
    """
    return Request("Atxfer", _to(channel, number, context))


def cancel_attended_transfer(channel: str) -> Request:
    """Give an attended transfer up and go back to the waiting party."""
    return Request("CancelAtxfer", {"Channel": _check_channel(channel)})


def park(
    channel: str, *, parker: str = "", lot: str = "", timeout: float | None = None
) -> Request:
    """Let a channel wait in a parking space.

    :param parker: the channel that hears of the space and gets the call back
    :param timeout: seconds after which it is given back; the PBX's own if None
    """
    headers = {"Channel": _check_channel(channel)}
    if parker:
        headers["TimeoutChannel"] = _check_channel(parker)
        headers["AnnounceChannel"] = parker
    if lot:
        headers["Parkinglot"] = _check(_LOT, lot, "the name of a parking lot")
    if timeout is not None:
        headers["Timeout"] = int(timeout * 1000)
    return Request("Park", headers)


def core_show_channels() -> Request:
    """List all channels, for :meth:`Tracker.resync`."""
    return Request("CoreShowChannels", {})


def extension_state_list() -> Request:
    """List all hints, for :meth:`Tracker.resync_presence`."""
    return Request("ExtensionStateList", {})


def device_state_list() -> Request:
    """List all devices, for :meth:`Tracker.resync_presence`."""
    return Request("DeviceStateList", {})


def queue_status(queue: str = "") -> Request:
    """List the members and callers of one queue or all."""
    return Request("QueueStatus", {"Queue": _check_queue(queue)} if queue else {})


def queue_pause(
    interface: str, paused: bool, *, queue: str = "", reason: str = ""
) -> Request:
    """Let a member of one queue, or of all, have a break or end it."""
    headers = {"Interface": _check_device(interface), "Paused": paused}
    if queue:
        headers["Queue"] = _check_queue(queue)
    if reason := pbx_text.name_text(reason):
        headers["Reason"] = reason
    return Request("QueuePause", headers)


def queue_add(
    queue: str,
    interface: str,
    *,
    member: str = "",
    penalty: int = 0,
    state_interface: str = "",
) -> Request:
    """Make a device a member of a queue.

    :param state_interface: by what the queue knows whether the member is busy, where
        it is not the interface itself
    """
    headers = {
        "Queue": _check_queue(queue),
        "Interface": _check_device(interface),
        "Penalty": int(penalty),
    }
    if member := pbx_text.name_text(member):
        headers["MemberName"] = member
    if state_interface:
        headers["StateInterface"] = _check(
            _HINT, state_interface, "an extension's hint"
        )
    return Request("QueueAdd", headers)


def queue_remove(queue: str, interface: str) -> Request:
    """Take a device out of a queue."""
    interface = _check_device(interface)
    headers = {"Queue": _check_queue(queue), "Interface": interface}
    return Request("QueueRemove", headers)


def recording_file(channel: str) -> Request:
    """Ask for the file that MixMonitor records a channel to: no event names it."""
    headers = {"Channel": _check_channel(channel), "Variable": "MIXMONITOR_FILENAME"}
    return Request("Getvar", headers)


def voicemail_messages(mailbox: str) -> Request:
    """List the messages of a mailbox, written as ``1001@default``."""
    _check(_MAILBOX, mailbox, "the name of a mailbox")
    number, _at, context = mailbox.partition("@")
    return Request("VoicemailBoxSummary", {"Mailbox": number, "Context": context})


def ping() -> Request:
    """Ask for a sign of life."""
    return Request("Ping", {})


def _check(pattern, value, what):
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidValue(f"{str(value)[:40]!r} is not {what}.")
    return value


def _check_context(context):
    return _check(pbx_text.CONTEXT, context, "the name of a context")


def _check_channel(channel):
    return _check(_CHANNEL, channel, "the name of a channel")


def _check_device(device):
    return _check(pbx_text.DEVICE, device, "the name of a telephone")


def _check_queue(queue):
    return _check(_QUEUE, queue, "the name of a queue")


def _to(channel, number, context):
    return {
        "Channel": _check_channel(channel),
        "Context": _check_context(context),
        "Exten": check_number(number),
    }


def _caller_id(name, number):
    name = pbx_text.name_text(name)
    return f'"{name}" <{number}>' if name else f"<{number}>"


def _variable(name, value):
    _check(_VARIABLE, name, "a variable that may be set")
    return f"{name}={_check(_VARIABLE_VALUE, value, 'a value for a variable')}"
