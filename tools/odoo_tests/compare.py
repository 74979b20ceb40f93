"""What two runs of the same tests have in common, and what not."""

import json

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
NOT_RUN = "not run"


def read_results(path):
    """Return what a run wrote down.

    :return: dict id → values of the test, ``None`` where the run did not come to its
        end (or never was)
    """
    if not path.exists():
        return None
    results = {}
    ended = False
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        if values.get("end"):
            ended = True
        elif results.get(values["id"], {}).get("status") != FAILED:
            results[values["id"]] = values
    return results if ended else None


def get_broken(without, with_addon):
    """Return the tests that do not pass with the addon, though they do without it.

    A failure of what ran in one run alone (the setup of a class) counts, too.

    :return: dict id → what became of it
    """
    broken = {}
    for id_ in {**without, **with_addon}:
        before = without.get(id_, {}).get("status")
        after = with_addon.get(id_, {}).get("status", NOT_RUN)
        if after in (FAILED, SKIPPED, NOT_RUN) and (
            before == PASSED or (before is None and after == FAILED)
        ):
            broken[id_] = after
    return broken


def confirm(broken, without, with_addon):
    """Return what is still broken when it is run once more.

    Only what passes with the addon now, or fails without it, too, is let off.

    :param broken: as of :func:`get_broken`
    :return: dict id → what became of it
    """
    confirmed = {}
    for id_ in broken:
        after = with_addon.get(id_, {}).get("status", NOT_RUN)
        if after != PASSED and without.get(id_, {}).get("status") != FAILED:
            confirmed[id_] = after
    return confirmed


def summarize(without, with_addon):
    """Return the figures of a part.

    :rtype: dict
    """
    both = without.keys() & with_addon.keys()
    failed = [
        {id_ for id_, values in run.items() if values["status"] == FAILED}
        for run in (without, with_addon)
    ]
    return {
        "tests": len(with_addon),
        "failed_in_both": sorted(failed[0] & failed[1]),
        "failed_only_without": sorted(failed[0] - failed[1]),
        "skipped": sum(v["status"] == SKIPPED for v in with_addon.values()),
        "seconds": [_sum(run, run, "seconds") for run in (without, with_addon)],
        "queries": [_sum(run, both, "queries") for run in (without, with_addon)],
    }


def _sum(run, ids, key):
    return round(sum(run[id_].get(key, 0) for id_ in ids), 1)
