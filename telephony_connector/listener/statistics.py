"""How a connection does: counted in memory, shown on the PBX's form now and then."""


class Statistics:
    """Counters of one telephone system between two looks at them.

    :param clock: returns the present, naive UTC
    :param timer: returns seconds that only grow
    """

    def __init__(self, clock, timer):
        self._clock, self._timer = clock, timer
        self._since = timer()
        self._events = 0
        self._last_event = None
        self._first_unwritten = None
        self._delays = self._written = 0
        self.dropped = 0

    def count_event(self):
        """Count an event."""
        self._events += 1
        if self._first_unwritten is None:
            self._first_unwritten = self._timer()

    def committed(self):
        """Record that all that was heard is in the database now."""
        if self._first_unwritten is not None:
            self._delays += self._timer() - self._first_unwritten
            self._written += 1
            self._first_unwritten = None

    def nothing_to_write(self):
        """Record that what was heard changed no call."""
        self._first_unwritten = None

    def pop(self):
        """Return what there was since the last time, and begin anew.

        :return: dict as of ``telephony.pbx._set_statistics``
        """
        now = self._timer()
        minutes = max(now - self._since, 1) / 60
        if self._events:
            self._last_event = self._clock()
        taken = {
            "events_per_minute": round(self._events / minutes),
            "delay": round(self._delays * 1000 / self._written) if self._written else 0,
            "dropped": self.dropped,
        }
        if self._last_event:
            taken["last_event_date"] = self._last_event.replace(microsecond=0)
        self._since, self._events, self.dropped = now, 0, 0
        self._delays = self._written = 0
        return taken

    def restore(self, taken):
        """Count again what was dropped: it could not be shown."""
        self.dropped += taken["dropped"]
