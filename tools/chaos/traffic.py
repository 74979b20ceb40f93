"""Calls under way while something breaks, and what the call log must say of them."""

import asyncio
import contextlib
import itertools
import time

from tools.stack.rpc import RpcError

from .stand import TooLate

DID = "+33140001001"
SETTLE_SECONDS = 30
_numbers = itertools.count(1)


def new_number():
    """
    :return: a number that no call had yet, of those reserved for works of fiction.
    """
    return f"+3363998{next(_numbers):04d}"


class Talk:
    """A call from the public network to 1001, at both of its ends."""

    def __init__(self, stand):
        self.number = new_number()
        self.was_answered = False
        self._run = stand.background.run
        self._run(self._place(stand.phones))

    async def _place(self, phones):
        self.out = phones.public.call(DID, caller=self.number)
        self.own = await phones["1001"].incoming(timeout=20)

    def answer(self):
        """Pick up."""
        self._run(self.own.answer())
        self._run(self.out.answered())
        self.was_answered = True
        return self

    def hang_up(self):
        """End it, by the caller."""
        self._run(self.out.hangup())
        self._run(self.own.ended())


class Traffic:
    """What is going on during one scenario.

    :param stand: the :class:`~tools.chaos.stand.Stand`.
    """

    def __init__(self, stand):
        self.stand = stand
        self.talks, self.clicks, self.refused = [], [], 0
        stand.phones["1002"].policy = "answer"
        self._verdict = None
        self._rung_before = self._count_rings()

    def _count_rings(self):
        calls = self.stand.phones["1002"].calls.values()
        return sum(call.is_incoming for call in calls)

    def talk(self):
        """Begin a call and answer it."""
        self.talks.append(Talk(self.stand).answer())
        return self.talks[-1]

    def ring(self):
        """Begin a call that nobody answers for now."""
        self.talks.append(Talk(self.stand))
        return self.talks[-1]

    def click(self):
        """Have the user of 1002 call somebody from the web client, if Odoo lets them.

        :return: the number, ``None`` where Odoo said that it can't be done now.
        """
        number = new_number()
        self.clicks.append(number)
        try:
            # Asked or not: an earlier click may still ring the phone.
            self.stand.clicker.request("/telephony/call", number=number, confirmed=True)
        except (RpcError, OSError):
            self.refused += 1
            return None
        return number

    def begin(self):
        """Have a call that goes on, one that rings, one that will end unseen, and a
        click, of which the phone is rung at this moment."""
        self.long, self.ringing, self.short = self.talk(), self.ring(), self.talk()
        self.until_logged(self.long, "ongoing")
        self.until_logged(self.ringing, "ringing")
        self.until_logged(self.short, "ongoing")
        self.click()

    def meanwhile(self):
        """One call ends and another one begins while nobody can tell Odoo."""
        self.short.hang_up()
        self.talk()
        self.click()

    def finish(self):
        """What rings is answered, and all calls end.

        :return: how long a click took to ring a phone after it all, in seconds.
        """
        if self.ringing.own.state == "ringing":
            self.ringing.answer()
            self.until_logged(self.ringing, "ongoing")
        took = self.click_and_ring()
        self.hang_up()
        return took

    def click_and_ring(self):
        """Click until Odoo accepts it; it must ring the phone, and be put through.

        :return: the seconds from the accepted click to the other party's ringing.
        """
        clicked = []

        def click():
            clicked[:] = [time.monotonic(), self.click()]
            return clicked[1]

        self.stand.until("a click that is accepted", click, SETTLE_SECONDS)
        self.stand.until(
            "the clicked call to ring", lambda: self._put_through(clicked[1]), 20
        )
        return time.monotonic() - clicked[0]

    def _put_through(self, number):
        calls = self.stand.phones.public.calls.values()
        found = [call for call in calls if call.is_incoming and number in call.local]
        return len(found)

    def hang_up(self):
        """End all calls, at the phones and in Asterisk."""
        for talk in self.talks:
            if talk.own.state in ("ringing", "up") and talk.out.state != "ended":
                talk.hang_up()
        asterisk = self.stand.asterisk

        def quiet():
            """Ask again for what a click began meanwhile."""
            asterisk.console("channel request hangup all")
            return not asterisk.channels()

        self.stand.until("Asterisk to be quiet", quiet, 20)

    def until_logged(self, talk, state, seconds=SETTLE_SECONDS):
        """Wait until the log knows a call in a state."""
        try:
            return self.stand.until(
                f"the log to say that {talk.number} is {state}",
                lambda: [row[0] for row in self.rows(talk.number)] == [state],
                seconds,
            )
        except TooLate as error:
            found = self.rows(talk.number)
            phones = f"the phones {talk.out.state}, {talk.own.state}"
            raise TooLate(f"{error}: the log says {found}, {phones}") from error

    def rows(self, number):
        """
        :return: state and outcome of what the log has of a number.
        """
        return self.stand.sql(
            """
            SELECT state, outcome FROM telephony_call
             WHERE number = %s AND pbx_id = %s
            """,
            (number, self.stand.pbx),
        )

    def judge(self):
        """Compare the log with what was played, once it has settled.

        :return: what is wrong by kind, each a list of numbers; empty lists are good.
        """
        if self._verdict is None:
            self.settle()
        return self._verdict

    def settle(self):
        """Judge the calls now: later their log is out of reach."""
        numbers = [talk.number for talk in self.talks] + self.clicks

        def settled():
            return not any(
                row[0] != "ended" for number in numbers for row in self.rows(number)
            )

        with contextlib.suppress(TooLate):  # told below as calls that are left open
            self.stand.until(
                "all calls to be ended in the log", settled, SETTLE_SECONDS
            )
        found = {number: self.rows(number) for number in numbers}
        answered = [talk.number for talk in self.talks if talk.was_answered]
        put_through = {number: self._put_through(number) for number in self.clicks}
        twice = [number for number, times in put_through.items() if times > 1]
        if self._count_rings() - self._rung_before > len(self.clicks) - self.refused:
            twice.append("1002")
        self._verdict = {
            "lost": [
                n for n in answered if not any(row[1] == "answered" for row in found[n])
            ],
            "doubled": [n for n in numbers if len(found[n]) > 1],
            "left open": [n for n in numbers if any(r[0] != "ended" for r in found[n])],
            "dialed twice": twice,
        }


async def _forget(call):
    """End a call that the other side knows nothing of any more."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            await call.hangup()
    call.set_state("ended")


def forget_all(stand):
    """End all calls at the phones: Asterisk died, and does not answer."""

    async def forget():
        phones = stand.phones.by_number.values()
        calls = [call for phone in phones for call in phone.calls.values()]
        await asyncio.gather(*(_forget(c) for c in calls if c.state != "ended"))

    stand.background.run(forget())
