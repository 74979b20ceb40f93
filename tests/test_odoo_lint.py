"""The lint tests that Odoo keeps its own addons to (``test_lint``)."""

import re

from tools.stack.odoo import Odoo, OdooFailed
from tools.stack.paths import ADDONS

# Not the conflict markers: those are looked for beside the addon, too.
CLASSES = (
    "ManifestLinter",
    "RoutesLinter",
    "TestDunderinit",
    "TestI18n",
    "TestIndex",
    "TestJsTranslations",
    "TestLintOverrideSignatures",
    "TestNaming",
    "TestOnchangeDomains",
)


def test_odoo_lint(postgres, installed):
    odoo = Odoo(postgres, "lint")
    odoo.copy(installed)
    tags = ",".join(f"/test_lint:{name}" for name in CLASSES)
    try:
        log = odoo.run("lint", "-i", "test_lint", "--test-tags", tags)
    except OdooFailed:
        log = odoo.log("lint").read_text()
    finally:
        postgres.drop(odoo.database)
    failures = re.findall(r"^(?:AssertionError|\w*Error): .*", log, re.M)
    assert failures == []
    started = set(re.findall(r"Starting (\w+)\.", log))
    assert started >= set(CLASSES), f"{ADDONS} were not looked at by all of them"
