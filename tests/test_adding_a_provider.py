"""Whoever follows docs/adding-a-provider.md has a telephone system that works."""

import re

import pytest

from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS_PATH, ROOT

from .support.logs import complaints

ADDON = "telephony_example"
FOLDER = ROOT / "tests" / "addons"
BLOCK = re.compile(r'^```\w+ title="(\S+/\S+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CALLS = """
pbx = env["telephony.pbx"].create({
    "name": "E", "provider": "example", "host": "example.com", "secret": "s",
    "example_line": "1", "active": False})
env["telephony.call"]._apply([{
    "pbx_id": pbx.id, "uniqueid": "1", "direction": "inbound", "state": "ended",
    "outcome": "missed", "number": "+33612340001"}])
module = env["ir.module.module"].search([("name", "=", "telephony_example")])
module.button_immediate_uninstall()
"""
AFTER = """
pbx = env["telephony.pbx"].with_context(active_test=False).search([])
calls = env["telephony.call"].search([])
print("LEFT", pbx.provider, pbx.active, len(calls), "example_line" in pbx._fields)
"""


@pytest.fixture(scope="module")
def odoo(postgres):
    """A database with the addon, whose own tests ran while it was installed."""
    path = ",".join([ADDONS_PATH, str(FOLDER)])
    odoo = Odoo(postgres, "example", addons_path=path)
    try:
        odoo.create()
        odoo.install()
        yield odoo
    finally:
        postgres.drop(odoo.database)


def test_every_step_of_the_page_is_a_file_of_the_addon():
    page = (ROOT / "docs" / "adding-a-provider.md").read_text()
    steps = dict(BLOCK.findall(page))
    files = {
        path.relative_to(FOLDER).as_posix(): path.read_text()
        for path in (FOLDER / ADDON).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert steps == files


def test_addon_is_installed_and_keeps_the_contract(odoo):
    log = odoo.run("install", "-i", ADDON, "--test-tags", f"/{ADDON}")
    assert complaints(log) == []
    assert "0 failed, 0 error(s) of 16 tests" in log


def test_uninstall_leaves_the_calls_to_the_api(odoo):
    assert complaints(odoo.shell(CALLS)) == []
    assert "LEFT api False 1 False" in odoo.shell(AFTER)
