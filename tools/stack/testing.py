"""``make test`` and ``make e2e``."""

import shutil
import subprocess
import sys
from functools import partial

from .odoo import LOGS, Odoo, OdooFailed
from .paths import ADDONS, LOCAL, ROOT, SCREENSHOTS
from .postgres import Postgres
from .say import say

NOTHING_COLLECTED = 5
AGENT = "agent"


def run_flows(args):
    """Run the ways of a call, end to end, alone.

    :param args: for pytest.
    :return: the exit status for the shell.
    """
    places = [] if _paths(args) else ["tests"]
    return _cross_process_tests(None, ["-m", "flow", *args, *places])


def _paths(args):
    names = [arg.split("::")[0] for arg in args]
    return [name for name in names if (ROOT / name).exists()]


def run(args):
    """Run the addons' and the agent's own tests and then those across processes.

    Each addon is tested alone, beside what it depends on, and then all together.

    :param args: for pytest, as ``["-k", "lead"]``; naming a file runs that alone, of an
        addon in a database with that addon; naming files of several, with all of them.
    :return: the exit status for the shell.
    """
    postgres = Postgres()
    try:
        results = [test(postgres) for test in _choose(args)]
    except OdooFailed as error:
        say(f"An installation failed: {error}")
        return 1
    finally:
        postgres.stop()
    if args:  # an expression may pick tests of one kind alone
        results = [code for code in results if code != NOTHING_COLLECTED] or results
    return max(results)


def _choose(args):
    """
    :return: what to run: functions of a :class:`Postgres` that return a status.
    """
    named = {path.partition("/")[0] for path in _paths(args)}
    addons = tuple(addon for addon in ADDONS if addon in named)
    if addons:
        return [partial(_addon_tests, addons=addons, args=args)]
    if AGENT in named:
        return [partial(_agent_tests, args=args)]
    if named:
        return [partial(_cross_process_tests, args=args)]
    return [
        *(
            partial(_addon_tests, addons=(addon,), args=[*args, f"{addon}/tests"])
            for addon in ADDONS
        ),
        partial(_together_tests, args=args),
        partial(_agent_tests, args=[*args, f"{AGENT}/tests"]),
        partial(_cross_process_tests, args=[*args, "tests"]),
    ]


def _addon_tests(postgres, addons, args):
    say(f"Tests of {', '.join(addons)}, in a database that has no more …")
    odoo = Odoo(postgres, f"test_{addons[0]}" if len(addons) == 1 else "test_together")
    odoo.create(addons)
    odoo.install(addons)
    try:
        return _pytest(f"--odoo-config={odoo.config}", "--odoo-http", *args)
    finally:
        postgres.drop(odoo.database)


def _together_tests(postgres, args):
    """What asks the database runs again where all addons are."""
    if len(ADDONS) == 1:
        return 0
    places = [f"{addon}/tests" for addon in ADDONS]
    options = ["-p", "tools.pytest_database_only"]
    return _addon_tests(postgres, ADDONS, [*options, *args, *places])


def _agent_tests(_postgres, args):
    say("Tests of the desktop agent …")
    return _pytest("-p", "no:odoo", *args)


def _cross_process_tests(_postgres, args):
    say("Tests across processes …")
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    # Without Odoo's plugin: these tests talk to Odoo, they do not run in it.
    return _pytest("-p", "no:odoo", *args)


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
