"""What we ask of a PBX, checked before it goes out.

Each function returns a :class:`Request` for ``Session.action(request.name,
**request.headers)`` and raises ``InvalidValue``. Numbers come from users and are
digits only; contexts, dial strings and queues come from the PBX's settings. No
``Application``, ``Data`` or free variable is ever sent: whoever may set those may run
programs. Free texts are reduced (``pbx_text.name_text``). The variables that an
Originate sets are those of ``_get_variables``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..engine import auto_answer, pbx_text
from ..engine.errors import InvalidValue

_CHANNEL_ID = re.compile(r"[A-Za-z0-9._-]{1,140}")
# No leading slash (Hangup takes /…/ for a pattern), no comma, no ampersand.
_CHANNEL = re.compile(r"[A-Za-z0-9]{2,20}/[A-Za-z0-9_.@+*#:;/-]{1,150}")
_QUEUE = re.compile(r"[\w. -]{1,79}")
_HINT = re.compile(r"hint:[0-9*#+]{1,32}@[A-Za-z0-9_-]{1,79}")
_MAILBOX = re.compile(r"[A-Za-z0-9_-]{1,79}@[A-Za-z0-9_-]{1,79}")
_LOT = re.compile(r"[A-Za-z0-9_-]{1,79}")
# An endpoint or peer by its name alone, as in PJSIP/1001; not through a trunk
# (PJSIP/+33…@trunk), whose caller id says nothing of the telephone behind it.
_ENDPOINT = re.compile(r"(PJSIP|SIP)/([A-Za-z0-9_.+-]{1,80})")
_MOMENT = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_CALLER_ID = re.compile(r'(?:"?(?P<name>.*?)"? *)?<(?P<number>[^<>]*)>')


class Request(NamedTuple):
    """An action that may be sent as it is."""

    name: str
    headers: dict


def check_number(number: str) -> str:
    """Return the number if a PBX may be asked to dial it.

    :raise InvalidValue: it holds more than digits, ``*``, ``#`` and one leading ``+``
    """
    return _check(pbx_text.NUMBER, number, "not_a_number")


class Party(NamedTuple):
    """Somebody as a telephone shows them. What is empty is not known."""

    number: str = ""
    name: str = ""


UNKNOWN = Party()


def originate(
    *,
    device: str,
    number: str,
    context: str,
    channel_id: str,
    called_name: str = "",
    caller: Party = UNKNOWN,
    outside_number: str = "",
    header: auto_answer.Header | None = None,
    timeout: float = 30,
) -> Request:
    """Ring an extension's telephone and, once it is picked up, call the number.

    :param device: the telephone, as ``PJSIP/1001`` or ``Local/1001@from-internal``
    :param context: where the number is dialed from, as ``from-internal``
    :param channel_id: our id of the call; an OriginateResponse bears it as ActionID
    :param called_name: what the rung telephone shows beside the number
    :param caller: whom the called party sees; what is empty is left to the PBX
    :param outside_number: for dial plans that set the caller id themselves
    :param header: by which the rung telephone, and no other, picks up by itself
    :param timeout: seconds for which it rings
    """
    check_number(number)
    variables = _get_variables(
        _check_device(device),
        # By a trunk rings a telephone in the network: its provider accepts numbers of
        # ours alone.
        Party(caller.number if _is_beyond_trunk(device) else number, called_name),
        caller,
        outside_number,
        header,
    )
    headers = {
        "ActionID": _check(_CHANNEL_ID, channel_id, "not_a_channel_id"),
        "ChannelId": channel_id,
        "Channel": device,
        "Context": _check_context(context),
        "Exten": number,
        "Priority": 1,
        "Timeout": int(timeout * 1000),
        # No CallerID: the rung telephone would show it, and the called party, too.
        "Variable": [f"{name}={value}" for name, value in variables if value],
        "Async": True,
    }
    return Request("Originate", headers)


def _get_variables(
    device: str,
    called: Party,
    caller: Party,
    outside_number: str,
    header: auto_answer.Header | None,
) -> Iterator[tuple[str, str]]:
    """Yield all that an Originate sets, name and value.

    ``i`` keeps the connected line from being sent on. Asterisk gives the variables of
    a Local channel to its other half, which rings the telephone, and none of those
    without underscores further on: the called party gets no header.
    """
    yield "CONNECTEDLINE(num,i)", _check_if_any(called.number)
    yield "CONNECTEDLINE(name,i)", pbx_text.name_text(called.name)
    yield "CALLERID(num)", _check_if_any(caller.number)
    yield "CALLERID(name)", pbx_text.name_text(caller.name)
    yield "__TELEPHONY_CALLERID", _check_if_any(outside_number)
    if header is None:
        return
    try:
        auto_answer.check_header(header)
    except ValueError as error:
        raise InvalidValue(
            "not_a_header", value=f"{header.name}: {header.value}"[:40]
        ) from error
    technology = device.partition("/")[0]
    if technology == "PJSIP":
        yield f"PJSIP_HEADER(add,{header.name})", header.value
    elif technology == "SIP":
        yield "SIPADDHEADER01", f"{header.name}: {header.value}"
    elif technology == "Local":
        yield "TELEPHONY_HEADER", header.name
        yield "TELEPHONY_HEADER_VALUE", header.value


def _is_beyond_trunk(device):
    return "@" in device and not device.startswith("Local/")


def own_caller_id(device: str) -> list[Request]:
    """Ask what a PBX presents for a telephone's calls.

    :return: requests whose answers' ``Value`` go to `read_caller_id`; none where it
        can't be asked, as of a Local channel
    """
    match = _ENDPOINT.fullmatch(device)
    if match is None:
        return []
    technology, name = match.groups()
    if technology == "PJSIP":
        return [_get_value(f"PJSIP_ENDPOINT({name},callerid)")]
    return [
        _get_value(f"SIPPEER({name},callerid_name)"),
        _get_value(f"SIPPEER({name},callerid_num)"),
    ]


def read_caller_id(values: list[str | None]) -> Party:
    """Return whom a PBX presents, by what it answered to `own_caller_id`."""
    if len(values) == 2:
        name, number = values
        return Party(number or "", name or "")
    match = _CALLER_ID.fullmatch(values[0] or "") if values else None
    if match is None or match["number"] == "unknown":
        return UNKNOWN
    return Party(match["number"], match["name"] or "")


def registered_phones(device: str) -> Request | None:
    """Ask where a PJSIP endpoint is registered; `count_phones` reads the answer's
    ``Value``. None for other devices: of those a registration is one telephone."""
    match = _ENDPOINT.fullmatch(device)
    if match is None or match[1] != "PJSIP":
        return None
    return _get_value(f"PJSIP_DIAL_CONTACTS({match[2]})")


def count_phones(value: str) -> int:
    """Return how many telephones an answer to `registered_phones` names."""
    return len([place for place in value.split("&") if place])


def _get_value(function):
    return Request("Getvar", {"Variable": function})


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
    """Give up an attended transfer: the one who transfers is back with the other party.

    :param channel: of the one who transfers
    """
    return Request("CancelAtxfer", {"Channel": _check_channel(channel)})


def conference_code(channel: str) -> Request:
    """Ask for the code that joins all parties of an attended transfer when the one who
    transfers dials it; `dial_code` takes the answer's ``Value``."""
    headers = {"Channel": _check_channel(channel)}
    return Request("Getvar", {**headers, "Variable": "FEATURE(atxferthreeway)"})


def dial_code(channel: str, code: str) -> list[Request]:
    """Have a code processed as if it was dialed during a call on the telephone.

    :param channel: of that telephone
    :param code: digits, ``*`` and ``#``
    """
    _check(pbx_text.CODE, code, "not_a_number")
    headers = {"Channel": _check_channel(channel), "Receive": True}
    return [Request("PlayDTMF", {**headers, "Digit": digit}) for digit in code]


def park(
    channel: str, *, parker: str = "", lot: str = "", timeout: float | None = None
) -> Request:
    """Let a channel wait in a parking space.

    :param parker: the channel that learns of the space and gets the call back
    :param timeout: seconds after which it is given back; the PBX's own if None
    """
    headers = {"Channel": _check_channel(channel)}
    if parker:
        headers["TimeoutChannel"] = _check_channel(parker)
        headers["AnnounceChannel"] = parker
    if lot:
        headers["Parkinglot"] = _check(_LOT, lot, "not_a_parking_lot")
    if timeout is not None:
        headers["Timeout"] = int(timeout * 1000)
    return Request("Park", headers)


def list_commands() -> Request:
    """List the actions that the account may use, by name."""
    return Request("ListCommands", {})


def core_show_channels() -> Request:
    """List all channels, for :meth:`Tracker.resync`."""
    return Request("CoreShowChannels", {})


def parked_calls() -> Request:
    """List the calls that are parked, for :meth:`Tracker.resync`."""
    return Request("ParkedCalls", {})


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
        headers["StateInterface"] = _check(_HINT, state_interface, "not_a_hint")
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


def call_record(channel: str) -> dict[str, Request]:
    """Ask when a channel began and when it was picked up, as its call record (CDR) has
    it; `read_moment` reads the answers' ``Value``.

    A telephone that was dialed keeps its own record, also of a caller who waited in a
    queue. It takes the permission “call” (write) and that Asterisk keeps records,
    which it does as it is installed.

    :return: the requests, by ``start`` and ``answer``
    """
    _check_channel(channel)
    return {
        name: Request("Getvar", {"Channel": channel, "Variable": f"CDR({name},u)"})
        for name in ("start", "answer")
    }


def read_moment(value: str) -> float:
    """Return a moment of a `call_record`, in seconds since 1970; 0 if there is none."""
    return float(value) if _MOMENT.fullmatch(value) else 0.0


def voicemail_messages(mailbox: str) -> Request:
    """List the messages of a mailbox, written as ``1001@default``."""
    _check(_MAILBOX, mailbox, "not_a_mailbox")
    number, _at, context = mailbox.partition("@")
    return Request("VoicemailBoxSummary", {"Mailbox": number, "Context": context})


def ping() -> Request:
    """Ask for a sign of life."""
    return Request("Ping", {})


def _check(pattern, value, refusal):
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidValue(refusal, value=str(value)[:40])
    return value


def _check_context(context):
    return _check(pbx_text.CONTEXT, context, "not_a_context")


def _check_channel(channel):
    return _check(_CHANNEL, channel, "not_a_channel")


def _check_device(device):
    return _check(pbx_text.DEVICE, device, "not_a_device")


def _check_queue(queue):
    return _check(_QUEUE, queue, "not_a_queue")


def _to(channel, number, context):
    return {
        "Channel": _check_channel(channel),
        "Context": _check_context(context),
        "Exten": check_number(number),
    }


def _check_if_any(number):
    return check_number(number) if number else ""
