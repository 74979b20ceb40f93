"""What an Asterisk tells of its extensions and queues, with least rights."""

import re
from dataclasses import dataclass

from ..ami import actions
from ..engine.errors import ActionRefused, PermissionMissing

EXTENSION = re.compile(r"[0-9]{1,8}")
# The status of a hint whose phone is not there.
UNAVAILABLE = "4"
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


@dataclass
class Found:
    """What a PBX has: extensions by number, and the names of its queues."""

    extensions: dict[str, FoundExtension]
    queues: list[str]


async def discover(session):
    """Ask an open session what the PBX has.

    Hints name the extension of a device, queues and mailboxes the person behind it.
    Where there are no hints, a device that is called as an extension is
    (``PJSIP/1001``) counts as one. What the account may not ask is left out.

    :rtype: Found
    """
    found = Found({}, [])
    hints = await _list(session, "ExtensionStateList")
    # The same number may have a hint in several contexts, as in the samples that
    # Asterisk comes with: one whose phone is there counts.
    hints.sort(key=lambda event: event.get("Status") != UNAVAILABLE)
    for event in hints:
        devices = [
            name for name in event.get("Hint", "").split("&") if DEVICE.fullmatch(name)
        ]
        if devices and EXTENSION.fullmatch(event.get("Exten", "")):
            _get(found, event["Exten"]).devices = tuple(devices)
    hinted = {name for ext in found.extensions.values() for name in ext.devices}
    for event in await _list(session, "DeviceStateList"):
        device = DEVICE.fullmatch(event.get("Device", ""))
        if device and device[0] not in hinted and EXTENSION.fullmatch(device[2]):
            _get(found, device[2]).devices = (device[0],)
    for event in await _list(session, "QueueStatus"):
        if event.get("Event") == "QueueParams":
            found.queues.append(event.get("Queue", ""))
        elif event.get("Event") == "QueueMember":
            _note_name(found, event)
    for event in await _list(session, "VoicemailUsersList"):
        extension = found.extensions.get(event.get("VoiceMailbox"))
        if extension:
            extension.name = event.get("Fullname") or extension.name
            extension.email = event.get("Email") or extension.email
    for extension in found.extensions.values():
        counts = [await count_phones(session, name) for name in extension.devices]
        known = [count for count in counts if count is not None]
        extension.phones = sum(known) if known else None
    return found


async def count_phones(session, device):
    """Return how many phones are registered on a device, None where that is not told.

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


def _get(found, number):
    return found.extensions.setdefault(number, FoundExtension(number))


def _note_name(found, event):
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
