"""How many requests one token or one address may make: a bucket that refills."""

import threading
from collections import OrderedDict

# More keys than this are kept by no process: the one unused longest goes first.
MAX_KEYS = 10_000


class RateLimiter:
    """Token buckets by key, for the threads of one process.

    A key may make ``burst`` requests at once; what it used up refills with its rate.

    :param clock: callable that returns seconds and never goes back
    :param int max_keys: how many keys are remembered
    """

    def __init__(self, clock, max_keys=MAX_KEYS):
        self._clock = clock
        self._max_keys = max_keys
        self._buckets = OrderedDict()
        self._lock = threading.Lock()

    def consume(self, key, per_minute, burst=None):
        """Count one request.

        :param key: whose request it is, anything hashable
        :param per_minute: how many requests a minute the key may make on the long run
        :param burst: how many at once, by default those of one minute
        :return: 0 where the request may pass, else after how many seconds the next may
        :rtype: float
        """
        rate, burst, now = per_minute / 60, burst or per_minute, self._clock()
        with self._lock:
            left, since = self._buckets.pop(key, (burst, now))
            left = min(burst, left + (now - since) * rate)
            wait = 0 if left >= 1 else (1 - left) / rate
            self._buckets[key] = (left if wait else left - 1), now
            if len(self._buckets) > self._max_keys:
                self._buckets.popitem(last=False)
        return wait
