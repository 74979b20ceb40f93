"""``python -m tools.chaos``: see the package."""

import argparse
import json
import sys
import traceback
from datetime import UTC, datetime

from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS, LOCAL, ROOT
from tools.stack.postgres import Postgres
from tools.stack.say import say

from .scenarios import SCENARIOS
from .stand import MODES, Stand, TooLate
from .traffic import Traffic

REPORT = LOCAL / "bench" / "failover.json"


def main():
    """
    :return: the exit status for the shell.
    """
    parser = argparse.ArgumentParser(prog="tools.chaos", description=__doc__)
    parser.add_argument("--mode", action="append", choices=MODES, dest="modes")
    parser.add_argument("--only", action="append", help="names of scenarios")
    parser.add_argument("--json", default=REPORT)
    args = parser.parse_args()
    results = []
    postgres = Postgres(LOCAL / "chaos-postgres")  # of its own: it is crashed
    try:
        template = Odoo(postgres, "chaos_template")
        template.create(ADDONS)
        template.install(ADDONS)
        for mode in args.modes or MODES:
            chosen = [
                each
                for each in SCENARIOS
                if mode in each[2] and (not args.only or each[0] in args.only)
            ]
            results += _play_all(postgres, template, mode, chosen)
    finally:
        postgres.stop()
    _write(results, args.json)
    failed = [result for result in results if not result["ok"]]
    say(f"\n{len(results)} scenarios, {len(failed)} failed; figures in {args.json}")
    return 1 if failed else 0


def _play_all(postgres, template, mode, chosen):
    say(f"\n== {mode}")
    results = []
    stand = None
    try:
        for name, text, _modes, function in chosen:
            if stand is None:
                stand = Stand(postgres, template, mode).__enter__()
            else:
                stand.mend()
                stand.until_quiet()
            result = _play(stand, name, text, function)
            results.append(result)
            _tell(result)
            if not result["ok"]:  # begin anew: what is broken shall break nothing else
                stand.__exit__(None, None, None)
                stand = None
    finally:
        if stand is not None:
            stand.__exit__(None, None, None)
    return results


def _play(stand, name, text, function):
    result = {"mode": stand.mode, "scenario": name, "text": text, "seconds": {}}
    result["bars"], result["wrong"], result["error"] = {}, {}, ""

    def note(what, seconds, bar):
        result["seconds"][what] = round(seconds, 2)
        if bar is not None:
            result["bars"][what] = bar

    try:
        traffic = Traffic(stand)
        function(stand, traffic, note)
        result["wrong"] = {k: v for k, v in traffic.judge().items() if v}
        result["calls"] = len(traffic.talks)
        result["clicks"] = len(traffic.clicks)
    except TooLate as error:
        result["error"] = str(error)
    except Exception:
        result["error"] = traceback.format_exc(limit=-3)
    late = [k for k, bar in result["bars"].items() if result["seconds"][k] > bar]
    result["ok"] = not (late or result["wrong"] or result["error"])
    return result


def _tell(result):
    say(f"{'pass' if result['ok'] else 'FAIL'}  {result['text']}")
    for what, seconds in result["seconds"].items():
        bar = result["bars"].get(what)
        limit = f"  (at most {bar:g} s)" if bar is not None else ""
        say(f"        {what:32} {seconds:7.2f} s{limit}")
    for kind, numbers in result["wrong"].items():
        say(f"        {kind}: {', '.join(numbers)}")
    if result["error"]:
        say(f"        {result['error'].strip()}")


def _write(results, path):
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "ok": all(result["ok"] for result in results),
        "results": results,
    }
    with open(ROOT / path, "w") as file:
        file.write(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
