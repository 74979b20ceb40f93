"""The people at the demo's telephones: who picks up, when, and who hangs up."""

import asyncio
import re

ANSWER_SECONDS = 8
PUBLIC_ANSWER_SECONDS = 3
TALK_SECONDS = 20
DIALED = {
    "600": "+33140000002",  # the ring group
    "700": "+33140000003",  # the queue
}
"""What the public network dials for a number that is not a single extension."""


class Exchange:
    """Answers the telephones of a demo, and calls from the public network.

    Every extension picks up after ``ANSWER_SECONDS`` (1002 a second later, so that two
    that ring together do not pick up at once) and talks until the other side hangs up;
    the public network picks up sooner and hangs up after ``TALK_SECONDS``.

    :param telephones: the connected :class:`~tools.stack.asterisk.Telephones`.
    :param tell: called with every line about what happens.
    """

    def __init__(self, telephones, tell):
        self._telephones = telephones
        self._tell = tell
        self._plans = {}  # caller: (seconds until the answer or None, who listens)
        self._tasks = set()

    def start(self):
        """Let everybody sit down at the telephones."""
        for number, phone in self._telephones.by_number.items():
            self._spawn(self._mind(number, phone))

    def _spawn(self, coroutine):
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _mind(self, number, phone):
        while True:
            call = await phone.incoming(timeout=None)
            attend = self._attend_public if number == "public" else self._attend
            self._spawn(attend(number, call))

    async def _attend(self, number, call):
        caller = _user(call.headers["from"][0])
        answer, tell = self._plans.get(caller, (ANSWER_SECONDS, self._tell))
        tell(f"{number} rings, {caller} calls")
        if answer is not None:
            answer += sorted(self._telephones.by_number).index(number)
        if not await self._rang_for(call, answer):
            taken = "200" in call.cancelled_for
            tell(f"{number} stops ringing" + (": taken elsewhere" if taken else ""))
            return
        await call.answer()
        tell(f"{number} answers")
        await call.ended(timeout=None)
        tell(f"{number} is free again")

    async def _attend_public(self, _number, call):
        dialed = _user(call.headers["to"][0])
        self._tell(f"{dialed} rings in the public network")
        if not await self._rang_for(call, PUBLIC_ANSWER_SECONDS):
            self._tell(f"{dialed} stops ringing")
            return
        await call.answer()
        self._tell(f"{dialed} answers")
        try:
            await call.ended(timeout=TALK_SECONDS)
            self._tell(f"{dialed}: the other side hung up")
        except TimeoutError:
            await call.hangup()
            self._tell(f"{dialed} hangs up")

    @staticmethod
    async def _rang_for(call, seconds):
        """
        :param seconds: how long to let it ring, ``None`` until the caller gives up.
        :return: whether it still rings then.
        """
        try:
            await call.ended(timeout=seconds)
            return False
        except TimeoutError:
            return True

    async def ring(
        self, caller, to, tell, answer=ANSWER_SECONDS, talk=TALK_SECONDS, gone=None
    ):
        """Call from the public network and tell what happens, until the call is over.

        :param caller: the caller id, as ``+33612345678``; ``anonymous`` withholds it.
        :param to: an extension, 600 (ring group), 700 (queue) or a DID.
        :param tell: called with every line about this call.
        :param answer: seconds after which the extension picks up, ``None`` for never.
        :param talk: seconds after which the caller hangs up.
        :param gone: an ``asyncio.Event``; when set, the caller hangs up at once.
        """
        gone = gone or asyncio.Event()
        if re.fullmatch(r"1\d{3}", to):
            dialed = f"+33140001{to[1:]}"
        else:
            dialed = DIALED.get(to, to)
        self._plans[caller] = (answer, tell)
        tell(f"{caller} dials {dialed}")
        call = self._telephones.public.call(dialed, caller=caller)
        try:
            await self._either(call.until("up", "ended", timeout=None), gone)
            if call.state != "ended" and not gone.is_set():
                await self._either(call.ended(timeout=talk), gone)
            if call.state == "ended":
                tell(f"ended: {_ending(call)}")
            else:
                await call.hangup()
                tell("ended: the caller hung up")
        finally:
            self._plans.pop(caller, None)

    async def _either(self, waiting, gone):
        """Wait for a call to come as far as ``waiting`` says, or the caller to go."""
        tasks = [self._spawn(waiting), self._spawn(gone.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _user(address):
    """
    :return: the user part of a SIP address, as ``+33612345678``.
    """
    return re.search(r"sip:([^@>;]+)", address)[1]


def _ending(call):
    if call.code and call.code >= 300:
        return f"nobody answered ({call.code} {call.reason})"
    return "the called side hung up"
