"""What the demo promises: whoever calls is found, and scheduled actions run."""

import json

import pytest

from tools.stack.demo import OPTIONS, choose_scheduled_actions
from tools.stack.demo_callers import CALLERS, STRANGERS, create_callers
from tools.stack.demo_data import create_pbx
from tools.stack.odoo import Odoo
from tools.stack.rpc import OdooClient
from tools.stack.waiting import wait_for

WHO = """
import json
pbx = env["telephony.pbx"].search([])
numbers = env["telephony.number"].with_user(env.ref("base.user_admin"))
found = {number: numbers.match(number, pbx) for number in %r}
print("RESULT " + json.dumps({
    number: [[match.record._name, match.record.display_name, match.reason]
             for match in matches.callers or matches]
    for number, matches in found.items()}))
"""
SAME = "Same number"
EXPECTED = {
    "+33612345678": [["res.partner", "Camille Laurent", SAME]],
    "+33612340002": [["res.partner", "Nadia Fournier", SAME]],
    "+33612340003": [["res.partner", "Louis Garnier", SAME]],
    "+33612340004": [["res.partner", "Emma Roche", SAME]],
    "+33612340005": [["res.partner", "Victor Renard", f"{SAME} · Archived"]],
    "+33199000041": [
        ["res.partner", "Claire Dumas", SAME],
        ["res.partner", "Hugo Dumas", SAME],
    ],
    "+33199000042": [
        ["res.partner", "Atelier Moreau", SAME],
        ["res.partner", "Atelier Moreau, Paul Moreau", SAME],
        ["crm.lead", "Kitchen for Atelier Moreau", SAME],
    ],
    "+493023125678": [["res.partner", "Werft Petersen", "Company's number"]],
    "+33612340006": [["event.registration", "Sarah Petit", SAME]],
    "+33612340007": [["hr.employee", "Thomas Girard", SAME]],
    "+33639981234": [],
    "anonymous": [],
}


@pytest.fixture(scope="module")
def demo(postgres, installed):
    """The demo's Odoo, but for Odoo's own demo data, and its administrator."""
    odoo = Odoo(postgres, "demo_test", **OPTIONS)
    odoo.copy(installed)
    try:
        choose_scheduled_actions(postgres, odoo.database)
        server = odoo.start()
        yield odoo, OdooClient(odoo.url, odoo.database, "admin")
        server.stop()
    finally:
        postgres.drop(odoo.database)


def test_whoever_calls_is_known_as_it_is_said(demo, stack):
    odoo, client = demo
    create_pbx(client, stack.asterisk.host, stack.asterisk.port)
    assert create_callers(client) == {**CALLERS, **STRANGERS}
    create_callers(client)  # as the next start does
    output = odoo.shell(WHO % (list(EXPECTED),))
    (line,) = [line for line in output.splitlines() if line.startswith("RESULT ")]
    found = json.loads(line.removeprefix("RESULT "))
    assert found == EXPECTED
    assert set(EXPECTED) == {*CALLERS, *STRANGERS}


def test_scheduled_actions_of_telephony_alone_run(demo):
    """The index is built by itself; nothing is sent to anybody."""
    _odoo, client = demo

    def unfinished():
        return client.search_count("telephony.number.source", [("is_done", "=", False)])

    wait_for(lambda: not unfinished(), what="the index of numbers")
    assert client.search_count("telephony.number.source", []) > 2
    active = client.search_read("ir.cron", [], ["name"])
    names = {cron["name"] for cron in active}
    assert "Telephony: follow up on missed calls" in names
    assert "Mail: Email Queue Manager" not in names
    assert not any("SMS" in name or "Digest" in name for name in names)
