"""What a telephone system is asked because no event of it tells."""

import asyncio
import logging

from ..engine.errors import TelephonyError

_logger = logging.getLogger(__name__)

# Asked at once, so that what users want of the telephone system does not wait.
AT_ONCE = 20


class Inquiries:
    """Makes the tracker's inquiries, beside the events.

    :param tracker: what wants to know something
    :param wake: called whenever the tracker has learned something
    :param log_fault: called with a name and the exception that is being handled
    """

    def __init__(self, tracker, wake, log_fault):
        self._tracker = tracker
        self._wake = wake
        self._log_fault = log_fault
        self._tasks = set()
        self._turn = asyncio.Semaphore(AT_ONCE)

    def make(self, session):
        """Ask what the tracker wants to know.

        :param session: the open session; where there is none, nobody is asked
        """
        for inquiry in self._tracker.pop_inquiries():
            if session is None:
                self._tracker.process_no_answer(inquiry)
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
            self._tracker.process_no_answer(inquiry)
        except Exception as error:
            self._log_fault(request.name, error)
            self._tracker.process_no_answer(inquiry)
        else:
            self._tracker.process_answer(inquiry, answer)
        self._wake()
