"""How the simulated server posts its events."""

import queue
import secrets
import threading

import requests

# The server waits this long for an answer, and tries that often.
TIMEOUT = 8
TRIES = 3


class HandshakeFailed(Exception):
    """The address did not send the ``Echo`` header back."""


class Webhook:
    """Posts events to one address, in order, in a thread of its own."""

    def __init__(self):
        self.url = None
        self.sent = []  # (payload, HTTP status) of every attempt
        self._queue = queue.Queue()
        self._thread = None

    def connect(self, url):
        """Take a new address into use, after the handshake.

        :raise HandshakeFailed: the address is none of a webhook
        """
        echo = secrets.token_hex(8)
        answer = requests.post(url, headers={"Echo": echo}, timeout=60)
        if answer.headers.get("Echo") != echo or not answer.ok:
            raise HandshakeFailed(f"{answer.status_code} without the Echo header")
        self.url = url
        if not self._thread:
            self._thread = threading.Thread(target=self._deliver, daemon=True)
            self._thread.start()

    def post(self, payload):
        """Have an event delivered; where no address is in use it is lost."""
        if self.url:
            self._queue.put(payload)

    def post_now(self, payload, **headers):
        """Post a payload once, outside the queue.

        :return: the ``requests`` response
        """
        answer = requests.post(self.url, json=payload, headers=headers, timeout=60)
        self.sent.append((payload, answer.status_code))
        return answer

    def wait(self):
        """Wait until all events were delivered or given up."""
        self._queue.join()

    def stop(self):
        """End the thread, once all is delivered."""
        if self._thread:
            self._queue.put(None)
            self._thread.join()

    def _deliver(self):
        while (payload := self._queue.get()) is not None:
            for _try in range(TRIES):
                try:
                    answer = requests.post(self.url, json=payload, timeout=TIMEOUT)
                except requests.RequestException:
                    self.sent.append((payload, None))
                    continue
                self.sent.append((payload, answer.status_code))
                if answer.status_code < 500 and answer.status_code != 429:
                    break
            self._queue.task_done()
        self._queue.task_done()
