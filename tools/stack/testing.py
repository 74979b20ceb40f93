"""``make test`` and ``make e2e``."""

import shutil
import subprocess
import sys

from .odoo import LOGS, Odoo, OdooFailed
from .paths import ADDON, LOCAL, ROOT, SCREENSHOTS
from .postgres import Postgres
from .say import say

NOTHING_COLLECTED = 5
AGENT = "agent"


def run_flows(args):
    """Run the ways of a call, end to end, alone.

    :param args: for pytest.
    :return: the exit status for the shell.
    """
    return _cross_process_tests(None, ["-m", "flow", *args], bool(_paths(args)))


def _paths(args):
    names = [arg.split("::")[0] for arg in args]
    return [name for name in names if (ROOT / name).exists()]


def run(args):
    """Run the addon's and the agent's own tests and then those across processes.

    :param args: for pytest, as ``["-k", "lead"]``; naming a file runs that alone.
    :return: the exit status for the shell.
    """
    postgres = Postgres()
    try:
        runs = [_addon_tests, _agent_tests, _cross_process_tests]
        if paths := _paths(args):
            places = {ADDON: _addon_tests, AGENT: _agent_tests}
            place = paths[0].partition("/")[0]
            runs = [places.get(place, _cross_process_tests)]
        results = [test(postgres, args, bool(paths)) for test in runs]
    except OdooFailed as error:
        say(f"The addon's installation failed: {error}")
        return 1
    finally:
        postgres.stop()
    if args:  # an expression may pick tests of one kind alone
        results = [code for code in results if code != NOTHING_COLLECTED] or results
    return max(results)


def _addon_tests(postgres, args, chosen):
    say("Tests of the addon, in a database that has it …")
    odoo = Odoo(postgres, "test")
    odoo.create()
    odoo.install()
    options = [f"--odoo-config={odoo.config}", "--odoo-http"]
    return _pytest(*options, *args, *([] if chosen else [f"{ADDON}/tests"]))


def _agent_tests(_postgres, args, chosen):
    say("Tests of the desktop agent …")
    return _pytest("-p", "no:odoo", *args, *([] if chosen else [f"{AGENT}/tests"]))


def _cross_process_tests(_postgres, args, chosen):
    say("Tests across processes …")
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    # Without Odoo's plugin: these tests talk to Odoo, they do not run in it.
    return _pytest("-p", "no:odoo", *args, *([] if chosen else ["tests"]))


def _pytest(*args):
    command = [sys.executable, "-m", "pytest", *args]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def clean():
    """Remove databases, logs and screenshots; end the PostgreSQLs that hold them."""
    for name in ("postgres", "chaos-postgres"):
        if (LOCAL / name).exists():
            Postgres(LOCAL / name).stop()
            shutil.rmtree(LOCAL / name)
    for name in ("odoo-data", "conf", "screenshots", "pytest_cache"):
        shutil.rmtree(LOCAL / name, ignore_errors=True)
    shutil.rmtree(LOGS, ignore_errors=True)
    for run_directory in LOCAL.glob("asterisk-*"):
        shutil.rmtree(run_directory)
