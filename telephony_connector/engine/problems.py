"""What is wrong with a telephone system's connection: since when and how often."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from .texts import text

# Kinds: a fault of our own, an event that can't be read, a list of the PBX's that was
# refused or not answered.
FAULT, SKIPPED, LIST = "fault", "skipped", "list"
# Names may come from the network: so many of a kind are told apart.
MAX_NAMES = 20
OTHERS = "…"


@dataclass(slots=True)
class Problem:
    """One thing that is wrong; ``count`` says how often it was met."""

    kind: str
    name: str
    reason: dict
    count: int
    start_date: datetime
    last_date: datetime


class Problems:
    """The problems of one telephone system since somebody began to lead it.

    :param clock: returns the present, naive UTC
    """

    def __init__(self, clock: Callable[[], datetime]):
        self._clock = clock
        self._known = {}
        # There is one more or one less; one was met again.
        self.is_changed = True
        self.is_counted = False

    def count(self, kind: str, name: str, reason: dict) -> bool:
        """Count a problem.

        :param name: what it is about, as the name of an event
        :param reason: as of ``texts.text``
        :return: whether it was not known before
        """
        now = self._clock()
        name = str(name)[:64]
        of_kind = sum(known_kind == kind for known_kind, _name in self._known)
        if (kind, name) not in self._known and of_kind >= MAX_NAMES:
            name = OTHERS
        known = self._known.get((kind, name))
        if known is not None:
            known.count += 1
            known.reason, known.last_date = reason, now
            self.is_counted = True
            return False
        self._known[kind, name] = Problem(kind, name, reason, 1, now, now)
        self.is_changed = True
        return True

    def count_fault(self, name: str, error: BaseException) -> bool:
        """Count a fault of our own, see :meth:`count`."""
        description = f"{type(error).__name__}: {error}"
        return self.count(FAULT, name, text("fault", error=description))

    def clear(self, kind: str, name: str):
        """Record that a problem is over."""
        if self._known.pop((kind, name), None) is not None:
            self.is_changed = True

    def export(self) -> list[dict]:
        """Return all that is wrong, as plain dicts, and begin to note changes anew."""
        self.is_changed = self.is_counted = False
        return [asdict(problem) for problem in self._known.values()]
