"""How long to wait before the next attempt to connect; the chance is passed in."""

import random
from collections.abc import Callable

from ..engine.errors import TelephonyError

FIRST = 1.0
LIMIT = 30.0
# A refused login mends only by a person's hand, and a PBX may ban who keeps trying.
REFUSED_FIRST = 15.0
REFUSED_LIMIT = 300.0


class Backoff:
    """Delays that double from attempt to attempt, each spread by chance so that many
    listeners do not come back at the same instant."""

    def __init__(self, chance: Callable[[], float] = random.random):
        """:param chance: returns a number from 0 to below 1"""
        self._chance = chance
        self._failures = 0
        self._refused = False

    def delay(self, error: TelephonyError | None = None) -> float:
        """Return the seconds to wait after one more failure.

        :param error: what went wrong; what cannot be retried soon is retried slowly
        """
        refused = error is not None and not error.retryable
        if refused != self._refused:
            self._failures, self._refused = 0, refused
        first, limit = (REFUSED_FIRST, REFUSED_LIMIT) if refused else (FIRST, LIMIT)
        base = min(limit, first * 2 ** min(self._failures, 10))
        self._failures += 1
        return base * (0.5 + 0.5 * self._chance())

    def reset(self):
        """To be called when a session stands: the next failure is a first one again."""
        self._failures = 0
        self._refused = False
