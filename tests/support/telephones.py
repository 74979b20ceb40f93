"""Telephones for tests that are not asynchronous."""


class Line:
    """A telephone.

    :param phone: the :class:`tools.asterisk.sipphone.Phone`.
    :param background: the event loop that it lives in.
    """

    def __init__(self, phone, background):
        self._phone = phone
        self._background = background

    def call(self, number, caller=None, name=None):
        """Call a number.

        :param caller: the caller id; ``anonymous`` withholds it.
        :param name: the caller's name.
        :return: the :class:`Talk`.
        """

        async def place():
            return self._phone.call(number, caller=caller, name=name)

        return Talk(self._background.run(place()), self._background)

    def incoming(self):
        """Wait until it rings.

        :return: the :class:`Talk` to answer or reject.
        """
        call = self._background.run(self._phone.incoming(timeout=20))
        return Talk(call, self._background)

    @property
    def is_quiet(self):
        """Whether nobody called since the last :meth:`incoming`."""
        return self._phone.arrivals.empty()


class Talk:
    """One call as one telephone sees it; each method waits for what it says."""

    def __init__(self, call, background):
        self._call = call
        self._background = background

    @property
    def number(self):
        """The number that was dialed to reach this telephone."""
        return _user(self._call.headers["to"][0])

    @property
    def caller(self):
        """The caller id that the telephone shows."""
        return _user(self._call.headers["from"][0])

    @property
    def caller_name(self):
        """The caller's name that the telephone shows, empty where there is none."""
        return self._call.headers["from"][0].partition("<")[0].strip(' "')

    def header(self, name):
        """
        :return: the values of a header of the INVITE that made the telephone ring.
        """
        return self._call.headers.get(name.lower(), [])

    @property
    def state(self):
        """``ringing``, ``up`` or ``ended``."""
        return self._call.state

    def ringing(self):
        """Wait until the called side rings."""
        self._background.run(self._call.ringing())

    def answer(self):
        """Pick up."""
        self._background.run(self._call.answer())

    def answered(self):
        """Wait until the called side picks up."""
        self._background.run(self._call.answered())

    def talk(self):
        """Send silence until the call ends, so that a recording has a length."""
        self._background.run_now(self._call.talk)

    def reject(self, code=486, reason="Busy Here"):
        """Refuse the call."""
        self._background.run_now(self._call.reject, code, reason)

    def divert(self, number):
        """Have the caller sent to another number (302)."""
        self._background.run_now(self._call.divert, number)

    def transfer(self, number):
        """Transfer the other side to a number, blindly, and hang up."""
        self._background.run(self._call.refer(number))
        self.hang_up()

    def hold(self, on=True):
        """Put the other side on hold, or take it back."""
        self._background.run(self._call.hold(on))

    def hang_up(self):
        """End the call, whatever its state."""
        self._background.run(self._call.hangup())

    def ended(self):
        """Wait until the call is over."""
        self._background.run(self._call.ended())


def _user(address):
    return address.partition("sip:")[2].partition("@")[0]
