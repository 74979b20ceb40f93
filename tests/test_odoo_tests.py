"""What ``make test-odoo`` calls broken."""

import json

import pytest

from tools.odoo_tests.__main__ import select
from tools.odoo_tests.compare import confirm, get_broken, read_results, summarize


def run(**statuses):
    return {id_: {"id": id_, "status": status} for id_, status in statuses.items()}


@pytest.mark.parametrize(
    ("without", "with_addon", "broken"),
    [
        ("passed", "passed", False),
        ("passed", "failed", True),
        ("passed", "skipped", True),
        ("passed", None, True),
        ("failed", "failed", False),
        ("failed", "passed", False),
        ("skipped", "skipped", False),
        (None, "failed", True),
        (None, "passed", False),
    ],
)
def test_broken_is_what_passes_without_the_addon_alone(without, with_addon, broken):
    runs = [run(a=status) if status else {} for status in (without, with_addon)]
    assert bool(get_broken(*runs)) is broken


@pytest.mark.parametrize(
    ("without", "with_addon", "confirmed"),
    [
        ("passed", "failed", True),
        ("passed", None, True),
        (None, None, True),
        ("passed", "passed", False),
        ("failed", "failed", False),
    ],
)
def test_broken_is_confirmed_by_another_run(without, with_addon, confirmed):
    runs = [run(a=status) if status else {} for status in (without, with_addon)]
    assert bool(confirm({"a": "failed"}, *runs)) is confirmed


def test_a_run_that_broke_off_has_no_results(tmp_path):
    path = tmp_path / "part.jsonl"
    assert read_results(path) is None
    lines = [{"id": "a", "status": "failed"}, {"id": "a", "status": "passed"}]
    path.write_text("\n".join(map(json.dumps, lines)))
    assert read_results(path) is None
    path.write_text("\n".join(map(json.dumps, [*lines, {"end": True}])))
    assert read_results(path)["a"]["status"] == "failed", "what failed once, failed"


def test_summary_counts_queries_of_what_ran_on_both_sides():
    without = {"a": {"status": "passed", "queries": 5, "seconds": 1}}
    with_addon = {
        "a": {"status": "passed", "queries": 7, "seconds": 2},
        "b": {"status": "failed", "queries": 100, "seconds": 1},
    }
    figures = summarize(without, with_addon)
    assert figures["queries"] == [5, 7]
    assert figures["tests"] == 2
    assert figures["failed_in_both"] == []


def test_browser_tests_are_run_again_by_their_names():
    order = select(
        ["desktop: @web/core/a, b", "odoo.addons.crm.tests.test_x.TestX.test_y"]
    )
    assert order == {
        "only": [
            "odoo.addons.crm.tests.test_x.TestX.test_y",
            "odoo.addons.web.tests.test_js.WebSuite.test_unit_desktop",
        ],
        "hoot": ["@web/core/a, b"],
    }
