"""``odoo telephony check`` on a real Asterisk, and the filter of its events."""

import re

import pytest

from tools.stack.demo_data import create_pbx
from tools.stack.odoo import OdooFailed
from tools.stack.paths import ROOT
from tools.stack.waiting import wait_for

POOR = {"username": "poor", "secret": "poor-test-secret", "context": "nowhere"}
FILTER = re.compile(r"^eventfilter\(name\((\w+)\)\) =", re.MULTILINE)


def test_nothing_is_wrong(stack):
    found = stack.odoo.telephony("check")
    assert "ok   login as “odoo”" in found
    assert "ok   permission “call” (read)" in found
    assert "ok   context “from-internal”" in found
    assert re.search(r"ok   extension 1001: PJSIP/1001 \(\w+\)", found)


def test_what_an_account_lacks(stack):
    poor = create_pbx(
        stack.admin, "127.0.0.1", stack.asterisk.port, name="Poor", **POOR
    )
    try:
        with pytest.raises(OdooFailed) as failed:
            stack.odoo.telephony("check")
        for text in (
            "permission “originate” (write) is missing: no calling from Odoo",
            "permission “agent” (write) is missing: no pausing agents",
            "permission “call” (read) is missing: no incoming calls",
            "context “nowhere” is not in the dial plan",
        ):
            assert f"FAIL {text}" in str(failed.value)

        def form():
            fields = ["connection_state", "connection_message"]
            return stack.admin.one("telephony.pbx", [("id", "=", poor)], fields)

        def is_told():
            return "calling from Odoo" in (form()["connection_message"] or "")

        wait_for(is_told, what=lambda: f"the form to tell it: {form()}")
    finally:
        stack.admin.call("telephony.pbx", "unlink", [poor])


def test_what_the_proposed_filter_lets_through_is_let_through_here(stack):
    """So that all tests on this Asterisk try it."""
    france = stack.admin.one("res.country", [("code", "=", "FR")])["id"]
    setup = stack.admin.create("telephony.pbx.setup", country_id=france)
    [proposed] = stack.admin.search_read(
        "telephony.pbx.setup", [("id", "=", setup)], ["manager_conf"]
    )
    tested = (ROOT / "tools/asterisk/conf/manager.conf").read_text()
    proposed = set(FILTER.findall(proposed["manager_conf"]))
    assert "Newchannel" in proposed
    assert proposed <= set(FILTER.findall(tested))
