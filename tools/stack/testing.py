"""``make test`` and ``make e2e``."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from .odoo import LOGS, Odoo, OdooFailed
from .paths import ADDONS, LOCAL, ROOT, SCREENSHOTS
from .postgres import Postgres
from .say import say

NOTHING_COLLECTED = 5
AGENT = "agent"
TOGETHER = LOGS / "test-together.log"


def run_flows(args):
    """Run the ways of a call, end to end, alone.

    :param args: for pytest.
    :return: the exit status for the shell.
    """
    places = [] if _paths(args) else ["tests"]
    return _cross_process_tests(["-m", "flow", *args, *places])


def run_fuzz(args):
    """Run the properties of the fuzz tests for ``FUZZ_MINUTES``.

    :param args: for pytest.
    :return: the exit status for the shell.
    """
    places = [] if _paths(args) else ["tests/fuzz"]
    # What runs for long says what it does.
    return _cross_process_tests(["-s", *args, *places])


def _paths(args):
    names = [arg.split("::")[0] for arg in args]
    return [name for name in names if (ROOT / name).exists()]


def run(args):
    """Run the addons' and the agent's own tests and then those across processes.

    Each addon is tested alone, beside what it depends on, and meanwhile all together;
    what those together say is shown at the end of it.

    :param args: for pytest, as ``["-k", "lead"]``; naming a file runs that alone, of an
        addon in a database with that addon; naming files of several, with all of them.
    :return: the exit status for the shell.
    """
    postgres = Postgres()
    try:
        results = (
            _run_chosen(postgres, args) if _paths(args) else _run_all(postgres, args)
        )
    except OdooFailed as error:
        say(f"An installation failed: {error}")
        return 1
    finally:
        postgres.stop()
    if args:  # an expression may pick tests of one kind alone
        results = [code for code in results if code != NOTHING_COLLECTED] or results
    return max(results)


def _run_chosen(postgres, args):
    named = {path.partition("/")[0] for path in _paths(args)}
    if addons := tuple(addon for addon in ADDONS if addon in named):
        return [_addon_tests(postgres, addons, args, fast=os.environ.get("FAST"))]
    return [_agent_tests(args) if AGENT in named else _cross_process_tests(args)]


def _run_all(postgres, args):
    TOGETHER.parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool, TOGETHER.open("w") as log:
        together = pool.submit(_together_tests, postgres, args, log)
        results = [
            _addon_tests(postgres, (addon,), [*args, f"{addon}/tests"])
            for addon in ADDONS
        ]
        results.append(_agent_tests([*args, f"{AGENT}/tests"]))
        results.append(together.result())
    say(TOGETHER.read_text())
    return [*results, _cross_process_tests([*args, "tests"])]


def _addon_tests(postgres, addons, args, output=None, fast=None):
    """
    :param output: a file for what pytest says.
    :param fast: to run in a database that is kept from one time to the next: ``yes`` as
        it is, ``upgrade`` after an upgrade of the addons.
    """
    name = addons[0] if len(addons) == 1 else "together"
    odoo = Odoo(postgres, f"fast_{name}" if fast else f"test_{name}")
    if fast and postgres.exists(odoo.database):
        if fast == "upgrade":
            odoo.upgrade(addons)
    else:
        say(f"Tests of {', '.join(addons)}, in a database that has no more …")
        odoo.create(addons)
        odoo.install(addons)
    try:
        options = [f"--odoo-config={odoo.config}", "--odoo-http"]
        return _pytest(*options, *args, output=output)
    finally:
        if not fast:
            postgres.drop(odoo.database)


def _together_tests(postgres, args, output):
    """What asks the database runs again where all addons are."""
    places = [f"{addon}/tests" for addon in ADDONS]
    options = ["-p", "tools.pytest_database_only", "-p", "no:cacheprovider"]
    return _addon_tests(postgres, ADDONS, [*options, *args, *places], output)


def _agent_tests(args):
    say("Tests of the desktop agent …")
    return _pytest("-p", "no:odoo", *args)


def _cross_process_tests(args):
    say("Tests across processes …")
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    # Without Odoo's plugin: these tests talk to Odoo, they do not run in it. The
    # example addon's do, and one of these runs them.
    return _pytest("-p", "no:odoo", "--ignore=tests/addons", *args)


def _pytest(*args, output=None):
    command = [sys.executable, "-m", "pytest", *args]
    return subprocess.run(command, cwd=ROOT, stdout=output, check=False).returncode


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
