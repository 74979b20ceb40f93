"""How long to wait before trying again."""

import random

FIRST = 1.0
LONGEST = 60.0


class Backoff:
    """Pauses that grow with each failure, at random, so that not all agents of a
    company come back in the same second when Odoo does.

    :param rand: returns a number between 0 and 1
    """

    def __init__(self, rand=random.random):
        self._rand = rand
        self._failures = 0

    def reset(self):
        """Begin with short pauses again."""
        self._failures = 0

    def pause(self):
        """Note a failure.

        :return: seconds to wait: at least half of what has grown, at most a minute
        :rtype: float
        """
        longest = min(LONGEST, FIRST * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        return longest * (0.5 + self._rand() / 2)
