"""``python -m tools.odoo_tests``: see the package."""

import argparse
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tools.stack.odoo import Odoo, filestore
from tools.stack.paths import ADDONS, BASE, LOCAL, ODOO_BIN, ROOT, dependencies, shown
from tools.stack.postgres import Postgres
from tools.stack.say import say

from .compare import confirm, get_broken, read_results, summarize
from .parts import PARTS, PRESETS, WORLDS, Part

RESULTS = LOCAL / "odoo-tests"
REPORT = RESULTS / "result.json"
HERE = Path(__file__).parent
WITHOUT, WITH = "without", "with"
# A part takes minutes, the longest half an hour on two cores.
MAX_SECONDS = 4 * 3600


def main():
    """
    :return: the exit status for the shell.
    """
    parser = argparse.ArgumentParser(prog="tools.odoo_tests", description=__doc__)
    names = [part.name for part in PARTS]
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(names)}; none: all")
    parser.add_argument("--tags", help="other tests of the part, for --test-tags")
    parser.add_argument(
        "--again", action="store_true", help="run what is known without the addon, too"
    )
    args = parser.parse_args()
    if unknown := set(args.parts) - set(names):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {names}")
    chosen = [part for part in PARTS if not args.parts or part.name in args.parts]
    if args.tags:
        chosen = [Part(part.name, args.tags, part.world) for part in chosen]
    if args.again:
        shutil.rmtree(RESULTS, ignore_errors=True)
    postgres = Postgres()
    runner = Runner(postgres)
    try:
        report = {part.name: runner.compare(part) for part in chosen}
    finally:
        runner.clean()
        postgres.stop()
    return write_report(report)


def get_addons(world):
    """Return the addons that a world has all for: others would bring more modules."""
    there = {*dependencies([BASE]), *WORLDS[world]}
    return [addon for addon in ADDONS if there.issuperset(dependencies([addon]))]


class Runner:
    """Runs parts in databases of its own.

    What a part comes to without the addon is kept in ``.local/odoo-tests``: it changes
    with Odoo, its Python packages, the browser and the tests that are chosen alone.
    """

    def __init__(self, postgres):
        self.postgres = postgres
        self._databases = {}
        self._state = get_odoo_state()

    def compare(self, part):
        """Run a part on both sides, and once more what does not pass with the addon.

        :return: dict of its figures, with ``broken`` (id → what became of it) and
            ``unsteady``, which passed when it was run once more
        """
        say(f"{part.name} …")
        without = self._run_known(part)
        with_addon = self._run(part, WITH, RESULTS / WITH / f"{part.name}.jsonl")
        broken = get_broken(without, with_addon)
        figures = summarize(without, with_addon)
        figures["date"] = datetime.now(UTC).isoformat(timespec="seconds")
        confirmed = self._repeat(part, broken) if broken else {}
        figures["broken"] = confirmed
        figures["unsteady"] = sorted(broken.keys() - confirmed.keys())
        figures["texts"] = {id_: with_addon.get(id_, {}).get("text") for id_ in broken}
        say(
            f"    {figures['tests']} tests, {len(confirmed)} broken by the addon, "
            f"{len(figures['failed_in_both'])} fail in both, "
            "{} s without and {} s with it".format(*figures["seconds"])
        )
        for id_, status in confirmed.items():
            say(f"    {status}: {id_}")
        return figures

    def _run_known(self, part):
        key = hashlib.sha256(
            json.dumps([self._state, part.tags, ",".join(WORLDS[part.world])]).encode()
        ).hexdigest()[:12]
        path = RESULTS / WITHOUT / f"{part.name}-{key}.jsonl"
        known = read_results(path)
        return self._run(part, WITHOUT, path) if known is None else known

    def _repeat(self, part, broken):
        """Run tests once more, on both sides.

        :return: those of ``broken`` that differ again
        """
        runs = []
        for side in (WITHOUT, WITH):
            path = RESULTS / "again" / f"{part.name}-{side}.jsonl"
            runs.append(self._run(part, side, path, only=broken))
        return confirm(broken, *runs)

    def _run(self, part, side, path, only=None):
        """Run a part, or some of its tests, in a fresh database.

        :raise SystemExit: the run did not come to its end
        """
        odoo = Odoo(self.postgres, "odoo_tests_run")
        odoo.copy(self._get_database(part.world, side))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        order = {"out": str(path)}
        if only is not None:
            order |= select(only)
        log = odoo.log(f"{part.name}-{side}")
        start = time.monotonic()
        with log.open("w") as output:
            subprocess.run(
                [
                    *("setpriv", "--pdeathsig", "TERM", "--"),
                    *(sys.executable, "-m", "tools.odoo_tests.inside"),
                    json.dumps(order),
                    *("-c", odoo.config, "--test-tags", part.tags, "--stop-after-init"),
                ],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=MAX_SECONDS,
                check=False,
            )
        results = read_results(path)
        if results is None:
            raise SystemExit(f"{part.name} broke off: see {shown(log)}")
        say(f"    {side}: {len(results)} in {time.monotonic() - start:.0f} s")
        return results

    # -- databases --

    def _get_database(self, world, side):
        """Return a database to copy; made once a run."""
        name = f"odoo_tests_{world}_{side}"
        if name not in self._databases:
            odoo = Odoo(self.postgres, name)
            if side == WITH:
                odoo.copy(self._get_database(world, WITHOUT))
                odoo.install(get_addons(world))
            else:
                odoo.create()
                if WORLDS[world]:
                    odoo.install(WORLDS[world])
            # Else each part would make the web client's bundles anew.
            odoo.shell("env['ir.qweb']._pregenerate_assets_bundles()")
            self._databases[name] = odoo
        return self._databases[name]

    def clean(self):
        """Drop the databases."""
        for name in (*self._databases, "odoo_tests_run"):
            self.postgres.drop(name)
            shutil.rmtree(filestore(name), ignore_errors=True)


def select(ids):
    """Return the part of an order that names tests.

    :param ids: of a part's results: of Odoo's tests and of those in the browser
    """
    hoot = [id_ for id_ in ids if id_.partition(": ")[0] in PRESETS]
    methods = {PRESETS[id_.partition(": ")[0]] for id_ in hoot}
    suites = {
        f"odoo.addons.web.tests.test_js.{method.partition(':')[2]}"
        for method in methods
    }
    order = {"only": sorted(suites | (set(ids) - set(hoot)))}
    if hoot:
        order["hoot"] = [id_.partition(": ")[2] for id_ in hoot]
    return order


def get_odoo_state():
    """Return what tells one installation of Odoo from another.

    :rtype: str
    """
    state = hashlib.sha256()
    package = Path(ODOO_BIN).parents[1] / "root/usr/lib/python3/dist-packages/odoo"
    for path in sorted(package.rglob("*")):
        if path.suffix in (".py", ".js", ".xml", ".csv"):
            line = f"{path.relative_to(package)} {path.stat().st_size}\n"
            state.update(line.encode())
    state.update((ROOT / "tools/odoo/requirements.txt").read_bytes())
    for name in ("inside.py", "results.py"):
        state.update((HERE / name).read_bytes())
    return f"{state.hexdigest()} {platform.python_version()}"


def write_report(report):
    """Write the figures down, and say what they come to.

    :return: the exit status for the shell.
    """
    known = json.loads(REPORT.read_text())["parts"] if REPORT.exists() else {}
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps({"parts": known | report}, indent=2) + "\n")
    say(
        f"\n{'':22}{'tests':>7}{'broken':>8}{'unsteady':>10}{'both fail':>11}"
        f"{'seconds':>16}{'queries':>20}"
    )
    for name, part in report.items():
        say(
            f"{name:22}{part['tests']:7}{len(part['broken']):8}"
            f"{len(part['unsteady']):10}{len(part['failed_in_both']):11}"
            + "{:>9.0f}{:>7.0f}".format(*part["seconds"])
            + "{:>12.0f}{:>8.0f}".format(*part["queries"])
        )
    broken = [
        f"{status}: {id_}"
        for part in report.values()
        for id_, status in part["broken"].items()
    ]
    if broken:
        say("\nPass without the addon, and not with it:")
        for line in broken:
            say(f"  {line}")
    say(f"\nFigures and texts are in {shown(REPORT)}")
    return 1 if broken else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
