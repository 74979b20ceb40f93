"""The agent itself: learns of calls and opens their pages."""

import logging
import threading
import time
from collections import OrderedDict

from . import desktop
from .backoff import Backoff
from .errors import AgentError, ConnectionFailed, TokenRefused

# Seconds that an open tab of Odoo has to take the page before the agent does: a tab in
# the background waits for half a second itself.
HEAD_START = 1.0
# A line that lasted so long (seconds) was a good one: the next pause is a short one.
GOOD_LINE = 30
TRIES = 3
REMEMBERED = 500

_logger = logging.getLogger(__name__)


class Agent:
    """Runs until it is stopped, or the token is refused.

    :param server: a :class:`~telephony_agent.server.Server`
    :param config: a :class:`~telephony_agent.config.Config`
    :param desktop: with ``open_page`` and ``notify``
    """

    def __init__(self, server, config, desktop=desktop, head_start=HEAD_START):
        self._server = server
        self._config = config
        self._desktop = desktop
        self._head_start = head_start
        self._backoff = Backoff()
        self._stop = threading.Event()
        self._last = None
        self._done = OrderedDict()
        self._lock = threading.Lock()

    def stop(self):
        """Have ``run`` return when the line breaks or its pause is over."""
        self._stop.set()

    def run(self):
        """Listen, and connect again whenever the line breaks.

        :raise AgentError: where there is no use in trying again
        """
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                self._listen()
            except ConnectionFailed as error:
                if time.monotonic() - started > GOOD_LINE:
                    self._backoff.reset()
                pause = self._backoff.pause()
                _logger.warning("%s; next try in %.0f s", error, pause)
                self._stop.wait(pause)

    def _listen(self):
        hello = self._server.hello()
        if self._last is None:
            self._last = hello["last"]
        with self._server.listen(self._last) as notifications:
            _logger.info("Connected with %s as %s", self._server.url, hello["user"])
            # Calls that began while nobody listened.
            for payload in hello["calls"]:
                self._dispatch(payload)
            for number, kind, payload in notifications:
                self._last = number
                if kind == "telephony.agent/revoked":
                    raise TokenRefused("The token was revoked in Odoo.")
                if kind == "telephony.agent/call":
                    self._dispatch(payload)
                if self._stop.is_set():
                    return

    # -- calls --

    def _dispatch(self, payload):
        """Do what a message asks for, beside the line: it must go on being read."""
        threading.Thread(target=self._handle, args=(payload,), daemon=True).start()

    def _handle(self, payload):
        try:
            call_id = payload["call"]
            if payload["state"] == "ringing" and self._config.notify:
                self._once(("notify", call_id), self._notify)
            if payload["open_page"]:
                self._once(("open", call_id), self._open)
        except (ConnectionFailed, AgentError) as error:
            _logger.warning("Call %s: %s", payload.get("call"), error)
        except (KeyError, TypeError, OSError):
            _logger.exception("Call %s", payload)

    def _once(self, key, action):
        """Do something for a call, unless that was done; a failure may be repeated."""
        with self._lock:
            if key in self._done:
                return
            self._done[key] = True
            while len(self._done) > REMEMBERED:
                self._done.popitem(last=False)
        try:
            action(key[1])
        except BaseException:
            with self._lock:
                self._done.pop(key, None)
            raise

    def _notify(self, call_id):
        answer = self._ask(call_id, claim=False)
        threading.Thread(
            target=self._desktop.notify, args=(answer["title"],), daemon=True
        ).start()

    def _open(self, call_id):
        self._stop.wait(self._head_start)
        answer = self._ask(call_id, claim=True)
        if not answer["open"]:
            _logger.info("Call %s: its page is open already, or not wanted", call_id)
            return
        path = answer["path"]
        if not path.startswith("/") or path.startswith("//"):
            raise ConnectionFailed("Odoo names a page that is not its own")
        _logger.info("Call %s: opening its page", call_id)
        self._desktop.open_page(self._server.url + path, self._config.browser)

    def _ask(self, call_id, claim):
        """Ask the server, more than once where it does not answer.

        An answer that got lost may have claimed the page: then nobody opens it, which
        is better than opening it twice.
        """
        for left in reversed(range(TRIES)):
            try:
                return self._server.call(call_id, claim)
            except ConnectionFailed:
                if not left or self._stop.wait(self._head_start):
                    raise
        raise AssertionError("unreachable")
