"""The addon comes into a database without a complaint and goes without a trace."""

import pytest

from tools.stack.odoo import Odoo
from tools.stack.paths import ADDON, TEXTS

from .support.logs import complaints
from .support.schema import columns, constraints, relations, remnants

CONTENT = """
pbx = env["telephony.pbx"].create({"name": "Life", "provider": "softphone"})
call = env["telephony.call"]._apply([{
    "pbx_id": pbx.id, "uniqueid": "1", "direction": "inbound", "state": "ended",
    "outcome": "answered", "number": "+33612340001",
}])
call._store_recording(b"only here", "audio/wav")
call._message_log(body="held")
env.cr.commit()
"""
"""A call with a recording and a chatter."""

EXTENDED = ("res_partner", "crm_lead", "res_users", "res_company", "mail_message")
"""Tables of other modules that the addon works with."""


@pytest.fixture(scope="module")
def life(postgres):
    """What a database was like before and after an installation, and its uninstall."""
    odoo = Odoo(postgres, "lifecycle")
    odoo.create()
    try:
        yield _live(odoo)
    finally:
        postgres.drop(odoo.database)


def _live(odoo):
    """
    :return: the logs of each step and the snapshots between them, by name.
    """
    snapshots = {"before": _snapshot(odoo)}
    logs = {"install": odoo.install(), "upgrade": odoo.upgrade()}
    logs["content"] = odoo.shell(CONTENT)
    snapshots["installed"] = _snapshot(odoo)
    logs["uninstall"] = odoo.shell(
        f"env['ir.module.module'].search([('name', '=', '{ADDON}')])"
        ".button_immediate_uninstall()"
    )
    snapshots["after"] = _snapshot(odoo)
    return logs, snapshots


def _snapshot(odoo):
    postgres, database = odoo.postgres, odoo.database
    return {
        "relations": relations(postgres, database),
        "columns": columns(postgres, database, *EXTENDED),
        "constraints": constraints(postgres, database, *EXTENDED),
        "remnants": remnants(postgres, database),
    }


@pytest.mark.parametrize("step", ["install", "upgrade", "content", "uninstall"])
def test_log_holds_no_complaint(life, step):
    logs, _snapshots = life
    assert complaints(logs[step]) == []


def test_installation_makes_the_models(life):
    """Without it the comparison after the uninstall would say nothing."""
    _logs, snapshots = life
    assert "telephony_call" in snapshots["installed"]["relations"]
    remnants = str(snapshots["installed"]["remnants"])
    assert "attachment: " in remnants
    assert "message: " in remnants


@pytest.mark.parametrize("what", ["relations", "columns", "constraints", "remnants"])
def test_uninstall_leaves_nothing(life, what):
    _logs, snapshots = life
    if what == "remnants":
        assert snapshots["after"][what] == []
    else:
        assert snapshots["after"][what] ^ snapshots["before"][what] == set()


def test_template_of_the_translations_is_up_to_date(installed):
    assert installed.export_texts() == TEXTS.read_text(), "run make i18n"
