"""Runs in Odoo's process: its test runner, each test's result as a line of JSON.

    python -m tools.odoo_tests.inside ORDER [options of odoo]

``ORDER`` is JSON: ``out`` names the file to write, ``only`` the tests to run, by their
ids, where it is not all that ``--test-tags`` chooses.

Tests that Odoo runs while a module is installed run afterwards instead: they would run
before the addon is loaded, and prove nothing about it.
"""

import json
import logging
import re
import sys
from functools import partial

import odoo.cli
from odoo.service import server

# As the browser's tests report themselves in the console; the name is written in JSON.
HOOT_RESULT = re.compile(
    r'\[HOOT\] (?:%c )?Test ("(?:[^"\\]|\\.)*") (passed|failed)(.*)', re.DOTALL
)


class Record:
    """The file with the results."""

    def __init__(self, path):
        self._file = open(path, "w", encoding="utf-8")
        self.preset = None

    def write(self, **values):
        self._file.write(json.dumps(values) + "\n")
        self._file.flush()


class HootHandler(logging.Handler):
    """Reads the results of the browser's tests from its console."""

    def __init__(self, record):
        super().__init__(logging.INFO)
        self.record = record

    def emit(self, record):
        match = HOOT_RESULT.search(record.getMessage())
        if match and self.record.preset:
            name, status, text = match.groups()
            self.record.write(
                id=f"{self.record.preset}: {json.loads(name)}",
                status=status,
                text=text if status == "failed" else "",
            )


def prepare(order):
    """Have Odoo's runner run what was ordered, and write down what comes of it."""
    # Only here: Odoo's tests need its configuration when they are imported.
    from odoo.tests import loader

    from .results import RecordingResult

    record = RecordingResult.record = Record(order["out"])
    loader.OdooTestResult = RecordingResult
    loader.make_suite = partial(make_suite, loader, order.get("only"))
    run_suite = loader.run_suite

    def run_recorded(suite, global_report=None):
        if order.get("hoot"):
            choose_hoot(order["hoot"])
        result = run_suite(suite, global_report)
        record.write(end=True)
        return result

    loader.run_suite = run_recorded
    logging.getLogger("odoo").addHandler(HootHandler(record))


def make_suite(loader, only, module_names, position="at_install"):
    """Do what Odoo's function of that name does, wherever tests are to run."""
    if position == "at_install":
        return loader.OdooSuite([])
    selector = loader.TagsSelector(loader.tools.config["test_tags"])
    tests = [
        test
        for name in module_names
        for module in loader.get_test_modules(name)
        for test in loader.get_module_test_cases(module)
        if selector.check(test) and (only is None or test.id() in only)
    ]
    return loader.OdooSuite(
        sorted(tests, key=lambda test: getattr(test, "test_sequence", 0))
    )


def choose_hoot(names):
    """Have the browser run these tests alone."""
    from odoo.addons.web.tests.test_js import HOOTCommon

    def get_hoot_filters(self):
        return "".join(f"&id={self._generate_hash(name)}" for name in names)

    HOOTCommon.get_hoot_filters = get_hoot_filters


def main():
    order = json.loads(sys.argv[1])
    preload = server.preload_registries

    def preload_prepared(dbnames):
        prepare(order)
        return preload(dbnames)

    server.preload_registries = preload_prepared
    sys.argv = ["odoo", *sys.argv[2:]]
    odoo.cli.main()


if __name__ == "__main__":
    main()
