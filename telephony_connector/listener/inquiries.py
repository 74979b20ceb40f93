"""What a telephone system is asked because no event of it tells."""

import asyncio
import logging

from ..engine.errors import TelephonyError

_logger = logging.getLogger(__name__)

# Asked at once, so that what users want of the telephone system does not wait.
AT_ONCE = 20


class Inquiries:
    """Makes the tracker's inquiries, beside the events.

    :param leader: the `PbxRunner` that leads; its ``tracker`` and ``writer`` are used
    """

    def __init__(self, leader):
        self._leader = leader
        self._tasks = set()
        self._turn = asyncio.Semaphore(AT_ONCE)

    def make(self, session):
        """Ask what the tracker wants to know.

        :param session: the open session; where there is none, nobody is asked
        """
        for inquiry in self._leader.tracker.take_inquiries():
            if session is None:
                self._leader.tracker.give_up(inquiry)
                continue
            task = asyncio.create_task(self._ask(session, inquiry))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def stop(self):
        """Ask no more."""
        for task in self._tasks:
            task.cancel()

    async def _ask(self, session, inquiry):
        request = inquiry.request
        try:
            async with self._turn:
                answer = await session.action(request.name, **request.headers)
        except TelephonyError as error:
            _logger.debug("%s: %s", request.name, error)
            self._leader.tracker.give_up(inquiry)
        except Exception as error:
            self._leader.note_fault(request.name, error)
            self._leader.tracker.give_up(inquiry)
        else:
            self._leader.tracker.learn(inquiry, answer)
        self._leader.writer.wake()
