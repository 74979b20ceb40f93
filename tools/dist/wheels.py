"""The packages: a wheel for each addon, and one for the desktop agent."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.stack.paths import ADDONS, LOCAL, ROOT

AGENT = "agent"
PACKAGES = (*ADDONS, AGENT)
"""Directories that are a package each, with a ``pyproject.toml``."""
WHEELS = LOCAL / "dist"
_PIP = LOCAL / "packaging" / "bin" / "pip"


class Failed(RuntimeError):
    """A command ended with an error; the message holds the end of what it printed."""


def run(*command, **options):
    """Run a command.

    :param options: for ``subprocess.run``.
    :return: what it printed.
    :raise Failed: it failed.
    """
    done = subprocess.run(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-30:])
        raise Failed(f"{command[0]} ended with {done.returncode}:\n{end}")
    return done.stdout


def tracked(directory):
    """
    :return: the paths below a directory of this repository that git knows or would add,
        as text, relative to the top: nothing that a run has left there.
    """
    listed = run(
        "git",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        directory,
        cwd=ROOT,
    )
    return sorted(
        path for path in set(listed.split("\0")) if path and (ROOT / path).is_file()
    )


def build(target=WHEELS):
    """Build all packages anew, from a copy: building leaves files of its own behind.

    :param target: the directory for them; what was in it is removed.
    :return: the paths of the wheels, sorted.
    :raise Failed: one could not be built.
    """
    shutil.rmtree(target, ignore_errors=True)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", target]
    # Not within the repository: there, whool would ask git for the files
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory)
        for path in (path for package in PACKAGES for path in tracked(package)):
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, source / path)
        run(_PIP, "wheel", *options, *(source / package for package in PACKAGES))
    return sorted(target.glob("*.whl"))


def is_agent(wheel):
    """
    :return: whether a wheel is the desktop agent's.
    """
    return wheel.name.startswith("telephony_agent-")


def create_environment(directory):
    """Make an empty virtual environment, in place of one that is there.

    :return: the path of its Python.
    """
    run(sys.executable, "-m", "venv", "--clear", directory)
    return directory / "bin" / "python"
