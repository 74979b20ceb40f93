"""Which extensions are free, ring, talk, and in which queues they are paused."""

from collections.abc import Collection, Iterable

from ..engine.presence import Availability, Membership, Presence
from .dialplan import Dialplan, parse_device, parse_interface

_HINT_RINGING, _HINT_UNAVAILABLE, _HINT_IN_USE, _HINT_ON_HOLD = 8, 4, 3, 16
_DEVICE_STATES = {
    "NOT_INUSE": Availability.IDLE,
    "RINGING": Availability.RINGING,
    "INUSE": Availability.IN_USE,
    "BUSY": Availability.IN_USE,
    "RINGINUSE": Availability.IN_USE,
    "ONHOLD": Availability.ON_HOLD,
    "UNAVAILABLE": Availability.UNAVAILABLE,
    "INVALID": Availability.UNAVAILABLE,
}
# Of several telephones of one extension, the busiest speaks for it.
_ORDER = (
    Availability.IN_USE,
    Availability.ON_HOLD,
    Availability.RINGING,
    Availability.IDLE,
    Availability.UNAVAILABLE,
)
# Limits of what no PBX comes near, but what calls itself one may: extensions, queues,
# and the hints, the devices and the places in queues of one extension.
MAX_EXTENSIONS = 20_000
MAX_OF_EXTENSION = 200
# The lists that begin the board anew.
HINTS, DEVICES, QUEUES = "ExtensionStateList", "DeviceStateList", "QueueStatus"
HANDLERS = {
    "ExtensionStatus": "_on_extension",
    "DeviceStateChange": "_on_device",
    "QueueParams": "_on_queue",
    "QueueMember": "_on_member",
    "QueueMemberStatus": "_on_member",
    "QueueMemberAdded": "_on_member",
    "QueueMemberPause": "_on_member",
    "QueueMemberRemoved": "_on_member_removed",
}


class PresenceTracker:
    """The extensions of one PBX.

    A hint (the dial plan's own word on an extension, which may include "do not
    disturb") counts for more than the devices. Several contexts may have one for the
    same number, as the samples that Asterisk comes with: the busiest counts.
    """

    def __init__(self, dialplan: Dialplan):
        self.dialplan = dialplan
        self._hints = {}  # extension → {context: availability}
        self._devices = {}  # extension → {device: availability}
        self._queues = {}  # extension → {(queue, interface): membership}
        self.queue_names = set()
        self._published = {}
        self._touched = {}
        self._is_full = False
        self.handlers = {
            name: getattr(self, method) for name, method in HANDLERS.items()
        }

    def resync(self, events: Iterable[dict], missing: Collection[str] = ()):
        """Begin anew from what ExtensionStateList, DeviceStateList and QueueStatus
        list.

        :param missing: of which of these what they reported before stays
        """
        known = set(self._hints) | set(self._devices) | set(self._queues)
        self._touched.update(dict.fromkeys(known))
        if HINTS not in missing:
            self._hints = {}
        if DEVICES not in missing:
            self._devices = {}
        if QUEUES not in missing:
            self._queues = {}
        for event in events:
            handler = self.handlers.get(event.get("Event"))
            if handler is not None:
                handler(event)

    def pop_is_full(self) -> bool:
        """Return whether a limit was reached since the last time."""
        is_full, self._is_full = self._is_full, False
        return is_full

    def pop_changes(self) -> list[Presence]:
        """Return the extensions that changed since the last time, as they stand."""
        changes = []
        for extension in self._touched:
            presence = self._presence(extension)
            if self._published.get(extension) != presence:
                self._published[extension] = presence
                changes.append(presence)
        self._touched = {}
        return changes

    def get_interfaces(self, extension: str, queue: str = "") -> list[str]:
        """Return the interfaces of an extension in a queue, or in any of them."""
        found = {
            interface: None
            for name, interface in self._queues.get(extension, {})
            if queue in ("", name)
        }
        return list(found)

    def get_memberships(self) -> dict[str, dict[tuple[str, str], Membership]]:
        """Return the places in queues: extension → {(queue, interface): membership}."""
        return {
            extension: dict(places)
            for extension, places in self._queues.items()
            if places
        }

    def expect_pause(self, extension: str, paused: bool, reason: str):
        """Take for granted what is asked of the PBX, until it tells what it did."""
        for key, member in self._queues.get(extension, {}).items():
            reason = reason if paused else ""
            self._queues[extension][key] = Membership(member.queue, paused, reason)

    def get_joining(self, extension: str, queue: str, device: str) -> tuple[str, str]:
        """Return by what an extension joins a queue, see the tracker's."""
        if not parse_interface(device).is_local:
            return device, ""
        _availability, context = self._get_hint(extension)
        return (
            self._join_like_others(extension, queue) or device,
            f"hint:{extension}@{context}" if context else "",
        )

    def _join_like_others(self, extension, queue):
        for other, places in self._queues.items():
            for name, interface in places:
                if name == queue and parse_interface(interface).is_local:
                    return interface.replace(f"/{other}@", f"/{extension}@", 1)
        return None

    def _presence(self, extension):
        availability, _context = self._get_hint(extension)
        if availability is None:
            states = set(self._devices.get(extension, {}).values())
            availability = next((each for each in _ORDER if each in states), None)
        queues = {m.queue: m for m in self._queues.get(extension, {}).values()}
        ordered = tuple(queues[name] for name in sorted(queues))
        return Presence(extension, availability, ordered)

    def _get_hint(self, extension):
        """Return what the extension's hint says, and its context."""
        hints = self._hints.get(extension)
        if not hints:
            return None, ""
        context = min(hints, key=lambda name: _ORDER.index(hints[name]))
        return hints[context], context

    def _on_extension(self, event):
        number, status = event.get("Exten", ""), _whole(event.get("Status"))
        if not self.dialplan.may_be_extension(number):
            return
        is_gone = status is None or status < 0
        availability = None if is_gone else _of_hint(status)
        self._put(self._hints, number, event.get("Context", ""), availability)

    def _on_device(self, event):
        device = event.get("Device", "")
        extension = self.dialplan.extension_of_device(parse_device(device))
        if not extension:
            return
        state = _DEVICE_STATES.get(event.get("State"))
        self._put(self._devices, extension, device, state)

    def _put(self, table, extension, key, value):
        """Store what is known of one thing of an extension, ``None`` to forget it."""
        if value is None:
            table.get(extension, {}).pop(key, None)
        elif extension not in table and len(table) >= MAX_EXTENSIONS:
            self._is_full = True
            return
        else:
            known = table.setdefault(extension, {})
            if key not in known and len(known) >= MAX_OF_EXTENSION:
                self._is_full = True
                return
            known[key] = value
        if extension in table:
            self._touched[extension] = None

    def _on_queue(self, event):
        if len(self.queue_names) < MAX_EXTENSIONS:
            self.queue_names.add(event.get("Queue", ""))
        else:
            self._is_full = True

    def _on_member(self, event):
        extension, key = self._member(event)
        if extension:
            paused = event.get("Paused") == "1"
            reason = event.get("PausedReason", "") if paused else ""
            member = Membership(key[0], paused, reason)
            self._put(self._queues, extension, key, member)

    def _on_member_removed(self, event):
        extension, key = self._member(event)
        if extension:
            self._put(self._queues, extension, key, None)

    def _member(self, event):
        interface = event.get("Interface") or event.get("Location") or ""
        name = parse_interface(interface)
        key = event.get("Queue", ""), interface
        if name.is_local:
            number = name.number if self.dialplan.may_be_extension(name.number) else ""
            return number, key
        return self.dialplan.extension_of_device(name), key


def _of_hint(status):
    if status & _HINT_IN_USE:
        return Availability.IN_USE
    if status & _HINT_ON_HOLD:
        return Availability.ON_HOLD
    if status & _HINT_RINGING:
        return Availability.RINGING
    if status & _HINT_UNAVAILABLE:
        return Availability.UNAVAILABLE
    return Availability.IDLE


def _whole(text):
    try:
        return int(text)
    except (TypeError, ValueError):
        return None
