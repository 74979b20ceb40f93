"""Child processes that are stopped with us, whatever happens to us."""

import os
import re
import signal
import subprocess

from .paths import ROOT, shown
from .waiting import wait_for


class ProcessDied(RuntimeError):
    """A child ended that should run on; the message says where its log is."""


class Process:
    """One child in a session of its own, so that Ctrl-C reaches it through us alone.

    The kernel ends it when we are killed; :meth:`stop` ends it with its own children.

    :param name: what to call it in messages.
    :param command: its arguments, as for ``subprocess.Popen``.
    :param log: the file that gets what it prints; written anew.
    :param env: environment variables on top of ours.
    """

    def __init__(self, name, command, log, env=None):
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *map(str, command)],
                cwd=ROOT,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self):
        return self._popen.pid

    @property
    def is_running(self):
        return self._popen.poll() is None

    @property
    def status(self):
        """Its exit status; ``None`` while it runs."""
        return self._popen.poll()

    def check(self):
        """
        :raise ProcessDied: it runs no more.
        """
        if not self.is_running:
            raise ProcessDied(
                f"{self.name} ended with status {self._popen.returncode};"
                f" the end of {shown(self.log)}:\n{self.tail()}"
            )

    def tail(self, lines=15):
        """
        :return: the last ``lines`` lines of its log.
        """
        return "\n".join(self.read().splitlines()[-lines:])

    def read(self):
        """
        :return: all that it printed so far.
        """
        return self.log.read_text(errors="replace")

    def wait_for_log(self, pattern, timeout=60):
        """Wait until it prints something.

        :param pattern: a regular expression, looked for in all that it printed.
        :param timeout: seconds.
        :return: the match.
        :raise ProcessDied: it ended before that.
        :raise TimeoutError: it did not print it in time.
        """

        def found():
            match = re.search(pattern, self.read())
            if not match:
                self.check()
            return match

        return wait_for(
            found,
            timeout,
            what=lambda: f"{pattern!r} of {self.name}; its last lines:\n{self.tail()}",
        )

    def kill(self, sig=signal.SIGKILL):
        """Send a signal to it and to all its children."""
        try:
            os.killpg(self.pid, sig)
        except ProcessLookupError:
            return

    def stop(self, timeout=10):
        """End it: ask first, after ``timeout`` seconds insist."""
        self.kill(signal.SIGTERM)
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            self._popen.wait()
        self.kill()  # what it may have left behind
