"""Waiting for what happens instead of for a while."""

import random
import socket
import time

_handed_out = set()


def wait_for(condition, timeout=20, what=None, interval=0.05):
    """Call ``condition`` until its result is true.

    :param condition: a callable without arguments; an ``AssertionError`` of its own
        counts as "not yet".
    :param timeout: seconds, after which waiting is given up.
    :param what: what is waited for, for the message; a callable is called then.
    :return: the first true result.
    :raise TimeoutError: nothing true came in time.
    """
    end = time.monotonic() + timeout
    while True:
        reason = None
        try:
            if result := condition():
                return result
        except AssertionError as error:
            reason = error
        if time.monotonic() > end:
            what = what() if callable(what) else what
            raise TimeoutError(
                f"waited {timeout} s for {what or condition}"
            ) from reason
        time.sleep(interval)


def free_port(kind=socket.SOCK_STREAM, host="127.0.0.1"):
    """
    :param kind: ``socket.SOCK_STREAM`` for TCP, ``socket.SOCK_DGRAM`` for UDP.
    :return: a port that nobody listens on, from below the range that the kernel hands
        out to outgoing connections: it stays free until its server has started.
    """
    for _ in range(200):
        port = random.randrange(10000, 20000)
        if port in _handed_out:
            continue
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
        _handed_out.add(port)
        return port
    raise RuntimeError("no free port between 10000 and 20000")
