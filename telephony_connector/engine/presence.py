"""Whether people can be called: the language between telephone systems and Odoo."""

from dataclasses import dataclass
from enum import StrEnum

# The reason by which an agent who wraps up a call is paused in queues.
WRAP_UP = "wrap-up"


class Availability(StrEnum):
    """What an extension's telephones are doing, all of them together."""

    IDLE = "idle"
    RINGING = "ringing"
    IN_USE = "in_use"
    ON_HOLD = "on_hold"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Membership:
    """An extension's place in a queue; a paused member gets no calls from it."""

    queue: str
    paused: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """An extension as it stands; ``availability`` is None where nothing tells it."""

    extension: str
    availability: Availability | None = None
    queues: tuple[Membership, ...] = ()
