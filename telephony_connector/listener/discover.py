"""What an Asterisk says of its extensions and queues, with least rights."""

import re
from dataclasses import dataclass

from ..ami import actions
from ..engine.errors import ActionRefused, PermissionMissing

EXTENSION = re.compile(r"[0-9]{1,8}")
# States of a device whose phone answers, and of a hint whose phone does not.
REACHABLE = ("NOT_INUSE", "INUSE", "BUSY", "RINGING", "RINGINUSE", "ONHOLD")
INVALID = "INVALID"
# Who made a context that stands in extensions.conf, and how contexts begin that no
# phone dials from.
WRITTEN = "pbx_config"
INNER = re.compile(r"(macro|func|sub|app)-")
UNAVAILABLE = ("4", "-1", "-2")
DEVICE = re.compile(r"(PJSIP|SIP|IAX2|SCCP)/([A-Za-z0-9_.@+-]+)")


@dataclass
class FoundExtension:
    """An extension that a PBX has: its number, its phones, and whose it may be."""

    number: str
    devices: tuple[str, ...] = ()
    name: str = ""
    email: str = ""
    # How many phones are registered; None where that can't be asked.
    phones: int | None = None
    is_reachable: bool = True


@dataclass
class Found:
    """What a PBX has: extensions by number, and the names of its queues."""

    extensions: dict[str, FoundExtension]
    queues: list[str]


async def discover(session, context):
    """Ask an open session what the PBX has.

    Hints name the extension of a device, queues, mailboxes and caller ids the person
    behind it. Where there are no hints, a device that is called as an extension is
    (``PJSIP/1001``) counts as one. What the account may not ask is left out, and so are
    hints of contexts that the own phones do not use, unless their phone is there: the
    samples that Asterisk comes with have some.

    :param str context: where the own phones dial from
    :rtype: Found
    """
    found = Found({}, [])
    states = {
        event.get("Device"): event.get("State")
        for event in await _list(session, "DeviceStateList")
    }
    used = await _find_used_contexts(session, context)
    hinted = set()
    for event in await _list(session, "ExtensionStateList"):
        number = event.get("Exten", "")
        devices = tuple(filter(DEVICE.fullmatch, _split_hint(event.get("Hint", ""))))
        hinted.update(devices)
        if not devices or not EXTENSION.fullmatch(number):
            continue
        is_reachable = _is_reachable(devices, states, event.get("Status"))
        is_foreign = used is not None and event.get("Context") not in used
        known = found.extensions.get(number)
        # The same number may have a hint in several contexts: one whose phone is there
        # counts.
        if (known and not is_reachable) or (is_foreign and not is_reachable):
            continue
        if not known or not known.is_reachable:
            found.extensions[number] = FoundExtension(
                number, devices, is_reachable=is_reachable
            )
    for name, state in states.items():
        device = DEVICE.fullmatch(name or "")
        is_new = device and name not in hinted and EXTENSION.fullmatch(device[2])
        if is_new and state != INVALID:
            extension = FoundExtension(
                device[2], (name,), is_reachable=state in REACHABLE
            )
            found.extensions.setdefault(device[2], extension)
    for event in await _list(session, "QueueStatus"):
        if event.get("Event") == "QueueParams":
            found.queues.append(event.get("Queue", ""))
        elif event.get("Event") == "QueueMember":
            _set_name(found, event)
    for event in await _list(session, "VoicemailUsersList"):
        extension = found.extensions.get(event.get("VoiceMailbox"))
        if extension:
            extension.name = event.get("Fullname") or extension.name
            extension.email = event.get("Email") or extension.email
    for extension in found.extensions.values():
        counts = [await count_phones(session, name) for name in extension.devices]
        known = [count for count in counts if count is not None]
        extension.phones = sum(known) if known else None
        extension.is_reachable |= bool(extension.phones)
        extension.name = extension.name or await _ask_name(session, extension)
    return found


def _split_hint(hint):
    """Return the devices of a hint; what follows a comma is no device."""
    return hint.partition(",")[0].split("&")


def _is_reachable(devices, states, status):
    known = [states[device] for device in devices if device in states]
    if known:
        return any(state in REACHABLE for state in known)
    return status not in UNAVAILABLE


async def _find_used_contexts(session, context):
    """Return the contexts that a context includes, with itself; None where that is not
    told, or where there is no such context."""
    includes = {}
    for event in await _list(session, "ShowDialPlan"):
        name = event.get("Context", "")
        found = includes.setdefault(name, set())
        if "IncludeContext" in event:
            # It may bear times: "night,18:00-8:00,*,*,*".
            found.add(event["IncludeContext"].partition(",")[0])
    if context not in includes:
        return None
    used, todo = set(), {context}
    while todo:
        name = todo.pop()
        used.add(name)
        todo |= includes.get(name, set()) - used
    return used


async def find_contexts(session):
    """Return the names of the contexts that an administrator wrote, those first from
    which other ones are reached.

    :rtype: tuple[str]
    """
    includes = {}
    for event in await _list(session, "ShowDialPlan"):
        name = event.get("Context", "")
        if event.get("Registrar", WRITTEN) == WRITTEN and not INNER.match(name):
            includes[name] = includes.get(name, 0) + ("IncludeContext" in event)
    names = sorted(filter(None, includes))
    return tuple(sorted(names, key=includes.get, reverse=True))


async def _ask_name(session, extension):
    """Return the name that the PBX presents for an extension's calls, empty if none."""
    for device in extension.devices:
        requests = actions.own_caller_id(device)
        values = [await _ask_value(session, request) for request in requests]
        name = actions.read_caller_id(values).name.strip()
        # Older FreePBX calls every device so.
        if name and name not in ("device", extension.number):
            return name
    return ""


async def _ask_value(session, request):
    try:
        answer = await session.action(request.name, **request.headers)
    except (ActionRefused, PermissionMissing):
        return ""
    return answer.get("Value") or ""


async def count_phones(session, device):
    """Return how many phones are registered on a device, None where that is not
    reported.

    It takes the permission “call” or “reporting” (write).

    :param device: as ``PJSIP/1001``
    """
    request = actions.registered_phones(device)
    if request is None:
        return None
    try:
        answer = await session.action(request.name, **request.headers)
    except (ActionRefused, PermissionMissing):
        return None
    return actions.count_phones(answer.get("Value") or "")


def _set_name(found, event):
    """Take the name of a queue's member for the extension that it is."""
    place, name = event.get("Location", ""), event.get("Name", "")
    for extension in found.extensions.values():
        is_member = place in extension.devices or re.match(
            rf"^Local/{extension.number}@", place
        )
        if is_member and name and "/" not in name:
            extension.name = extension.name or name


async def _list(session, action):
    try:
        answer = await session.action(action)
    except (ActionRefused, PermissionMissing):
        return []
    return answer.events
