"""Time after a call in which queues give an agent no other one.

The pause is set while the agent still talks: a queue that rings at once would be faster
than anything done at the hang-up. All that decides is what the telephone system tells
of its queues, so that whoever leads next goes on where this leader was cut off. A pause
with any other reason is somebody's break, and stays.
"""

import logging

from ..ami import actions
from ..engine.errors import TelephonyError
from ..engine.presence import WRAP_UP

_logger = logging.getLogger(__name__)


class WrapUp:
    """The agents of one telephone system who wrap up their calls.

    :param tracker: knows who talks, and who is paused in which queue
    :param clock: returns seconds that only grow
    """

    def __init__(self, tracker, clock):
        self._tracker, self._clock = tracker, clock
        self._ends = {}  # extension → when its time is over

    def get_requests(self, seconds):
        """Return what the telephone system is to be asked now.

        :param float seconds: that agents have after a call; 0: none
        :return: list of `actions.Request`
        """
        now, talking = self._clock(), self._tracker.get_handlers()
        requests = []
        members = self._tracker.get_memberships()
        for extension, places in members.items():
            is_talking = bool(seconds) and extension in talking
            if is_talking:
                self._ends.pop(extension, None)
                requests += [
                    actions.queue_pause(interface, True, queue=queue, reason=WRAP_UP)
                    for (queue, interface), place in places.items()
                    if not place.paused
                ]
                continue
            own = [key for key, place in places.items() if place.reason == WRAP_UP]
            if not own:
                self._ends.pop(extension, None)
            elif now >= self._ends.setdefault(extension, now + seconds):
                requests += [
                    actions.queue_pause(interface, False, queue=queue)
                    for queue, interface in own
                ]
        self._ends = {each: end for each, end in self._ends.items() if each in members}
        return requests

    async def review(self, session, seconds):
        """Begin and end the time after calls, as far as that is due.

        :param session: the open session, ``None`` where there is none
        :param float seconds: see `get_requests`
        """
        if session is None:
            return
        for request in self.get_requests(seconds):
            try:
                await session.action(request.name, **request.headers)
            except TelephonyError as error:
                # The member may be gone; what is still due is tried again.
                _logger.debug("wrap-up: %s", error)
