"""Run a property with generated inputs: a fixed few, or for as long as there is time.

``FUZZ_MINUTES`` is the time of a whole run, of which each property takes its share.
Without it each runs with the same few inputs every time.
"""

import json
import os
import signal
import sys
import time
from contextlib import contextmanager

from hypothesis import HealthCheck, Phase, given, note, settings

from tools.stack.paths import LOCAL

RESULT = LOCAL / "bench" / "fuzz.json"
# Inputs after which the time is looked at.
ROUND = 200
# Whoever is busy with one input for so many seconds hangs: ended with a traceback.
HANGS = 120


def explore(name, strategy, check, *, examples, share):
    """Check a property with inputs that a strategy makes.

    :param name: of the property, for the figures
    :param strategy: hypothesis's, of one argument
    :param check: takes an input, raises AssertionError where the property fails
    :param examples: how many inputs a short run tries
    :param share: of the time of a long run, 0 to 1
    """
    count = 0

    def run(max_examples, is_fixed):
        @settings(
            max_examples=max_examples,
            derandomize=is_fixed,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def property_holds(value):
            nonlocal count
            count += 1
            with _ended_where_it_hangs():
                check(value)

        property_holds()

    minutes = os.environ.get("FUZZ_MINUTES")
    began = time.monotonic()
    try:
        if minutes is None:
            run(examples, is_fixed=True)
            return
        until = began + float(minutes) * 60 * share
        while True:
            run(ROUND, is_fixed=False)
            if time.monotonic() >= until:
                break
    finally:
        _write(name, count, time.monotonic() - began)


@contextmanager
def _ended_where_it_hangs():
    def fail(_signal, _frame):
        raise AssertionError(f"it hangs: busy with one input for {HANGS} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(HANGS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def at_most(steps, what):
    """A context that takes no more than so many calls of Python functions."""
    count = 0

    def tally(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(tally)
    try:
        yield
    finally:
        sys.setprofile(before)
    if count > steps:
        note(f"{count} steps")
        raise AssertionError(f"{what} takes {count} steps, more than {steps}")


def _write(name, count, seconds):
    """Keep the figures of the last run of each property."""
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    known[name] = {
        "inputs": count,
        "seconds": round(seconds, 1),
        "date": time.strftime("%Y-%m-%d"),
    }
    RESULT.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
