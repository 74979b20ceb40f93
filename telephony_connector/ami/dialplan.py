"""Who is who on a PBX: channel names, devices, extensions and numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..engine import number_text

# Channels that no telephone stands behind.
PSEUDO = frozenset(
    ("Announcer", "AsyncGoto", "Bridge", "CBAnn", "CBRec", "Message", "MulticastRTP")
    + ("Recorder", "Snoop", "Surrogate", "UnicastRTP", "Audiosocket", "Rtp")
)
# Technologies whose devices are named by whoever configures them, often by number.
# (A DAHDI device is numbered by its place in the machine, which says nothing.)
NAMED = frozenset(("PJSIP", "SIP", "IAX2", "SCCP", "Skinny"))

_SHORT = re.compile(r"[0-9]{1,6}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_FEATURE_CODE = re.compile(r"[*#]")
# What Asterisk writes where it has no number, beside the words that networks use
# (`number_text`).
NO_NUMBER = frozenset(("", "<unknown>", "asserted", "invalid", "nobody"))


class ChannelName(NamedTuple):
    """``PJSIP/1001-0000002a`` taken apart.

    ``device`` is ``PJSIP/1001``; for a Local channel ``device`` is the name without its
    half, shared by both halves, and ``number`` what it calls.
    """

    technology: str
    device: str
    number: str = ""

    @property
    def is_local(self) -> bool:
        return self.technology == "Local"

    @property
    def is_pseudo(self) -> bool:
        return self.technology in PSEUDO


def parse_channel(name: str) -> ChannelName:
    """Take the name of a channel apart, whatever it looks like."""
    technology, _, rest = name.partition("/")
    if technology == "Local":
        device = name.partition(";")[0]
        return ChannelName(technology, device, rest.partition("@")[0])
    return ChannelName(technology, name.rpartition("-")[0] or name)


def parse_device(name: str) -> ChannelName:
    """Take the name of a device (``PJSIP/1001``) apart."""
    return ChannelName(name.partition("/")[0], name)


def parse_interface(name: str) -> ChannelName:
    """Take the interface of a queue's member apart: a device or a Local channel
    (``Local/1001@from-queue/n``)."""
    return parse_channel(name) if name.startswith("Local/") else parse_device(name)


def is_withheld(number: str) -> bool:
    """Whether that is how a PBX presents a caller who hides the number."""
    return number.lower() in NO_NUMBER or number_text.is_withheld(number)


def known(value: str) -> str:
    """The value, empty where Asterisk writes that it has none."""
    return "" if value == "<unknown>" else value


def is_feature_code(number: str) -> bool:
    """Whether that is a service of the PBX (``*8``), not somebody to talk to."""
    return bool(_FEATURE_CODE.match(number))


def is_dialable(text: str) -> bool:
    """Whether that is a number that somebody may have dialed, not the name of a step
    in a dial plan (``s``, ``h``)."""
    return bool(_NUMBER.fullmatch(text))


def parse_dialed_number(dial_string: str) -> str:
    """Return the telephone number in a Dial()'s argument for a trunk, or nothing.

    ``+33…@trunk`` (PJSIP), ``trunk/+33…`` (SIP), ``user@host/+33…`` (IAX2), ``g1/06…``
    (DAHDI).
    """
    for part in (dial_string.rpartition("/")[2], dial_string.partition("@")[0]):
        if _NUMBER.fullmatch(part):
            return part
    return ""


@dataclass(frozen=True)
class Dialplan:
    """What is known beforehand of the numbering of one PBX.

    ``devices`` maps a device (``PJSIP/1001``) to its extension's number, several to one
    where a person has several telephones. ``internal_numbers`` are extensions, queues,
    groups and the like: what is dialed without leaving the company. ``dial_string`` is
    how an extension is called; from it, devices that are not listed are recognized.
    """

    devices: Mapping[str, str] = field(default_factory=dict)
    internal_numbers: frozenset[str] = frozenset()
    dial_string: str = "PJSIP/{number}"

    def is_internal(self, number: str) -> bool:
        """Whether the number is one within the company."""
        return number in self.internal_numbers

    def extension_of(self, name: ChannelName) -> str:
        """Return the extension that a channel's device surely is, or nothing."""
        found = self.devices.get(name.device)
        if found is not None:
            return found
        before, _, after = self.dial_string.partition("{number}")
        if name.device.startswith(before) and name.device.endswith(after):
            number = name.device[len(before) : len(name.device) - len(after)]
            if number in self.internal_numbers:
                return number
        return ""

    def guess_caller(self, name: ChannelName, caller_number: str) -> str:
        """Return the extension of an unlisted device that calls, or nothing.

        A short number as the device's name, with a caller id from within.
        """
        number = _device_number(name)
        if number and (caller_number == number or self.is_internal(caller_number)):
            return number
        return ""

    def guess_called(self, name: ChannelName, dial_string: str) -> str:
        """Return the extension of an unlisted device that is dialed, or nothing.

        A short number as the device's name, dialed as a telephone (``1001``), not as a
        trunk that leads on to a number (``+33…@1001``).
        """
        number = _device_number(name)
        through_trunk = parse_dialed_number(dial_string) not in ("", number)
        return "" if through_trunk else number

    def may_be_extension(self, number: str) -> bool:
        """Whether a number may be somebody's extension.

        All short numbers may where the internal ones are not listed.
        """
        if self.internal_numbers:
            return number in self.internal_numbers
        return bool(_SHORT.fullmatch(number))

    def extension_of_device(self, name: ChannelName) -> str:
        """Return the extension of a device, listed or named by a short number."""
        return self.extension_of(name) or _device_number(name)


def _device_number(name):
    number = name.device.partition("/")[2]
    return number if name.technology in NAMED and _SHORT.fullmatch(number) else ""
