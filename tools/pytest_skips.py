"""A pytest plugin: a skipped test is named, and on CI it fails the run.

What a test needs is brought by ``make setup``; there is nothing that CI may lack.
"""

import os

import pytest

_skipped = []


def pytest_runtest_logreport(report):
    """Note the tests that are skipped, and why."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append((report.nodeid, report.longrepr[2]))


def pytest_terminal_summary(terminalreporter):
    """Name the skipped tests."""
    for nodeid, reason in _skipped:
        terminalreporter.write_line(f"SKIPPED {nodeid}: {reason}")


def pytest_sessionfinish(session, exitstatus):
    """Let a run with skipped tests fail on CI."""
    if _skipped and exitstatus == pytest.ExitCode.OK and os.environ.get("CI"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
