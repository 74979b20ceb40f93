"""An addon comes into a database without a complaint and goes without a trace.

Each is tried alone, beside what it depends on, and all together.
"""

import pytest

from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS, BASE, manifest, texts

from .support.logs import complaints
from .support.schema import columns, constraints, relations, traces

TOGETHER = "together"
CALL = """
pbx = env["telephony.pbx"].create({"name": "Life", "provider": "softphone"})
call = env["telephony.call"]._apply([{
    "pbx_id": pbx.id, "uniqueid": "1", "direction": "inbound", "state": "ended",
    "outcome": "answered", "number": "+33612340001",
}])
"""
"""A call."""
RECORDING = """
call._store_recording(b"only here", "audio/wav")
call._message_log(body="held")
call.message_subscribe(env.user.partner_id.ids)
"""
"""What Odoo's own tables hold of it."""
CONTENT = {BASE: CALL, "telephony_recording": RECORDING}
"""What is made of an addon's records before it is uninstalled, where it has any."""
LEAVES = {
    "telephony_recording": (
        "attachment: telephony.call",
        "message: telephony.call",
        "follower: telephony.call",
    )
}
"""Beginnings of what the content leaves in Odoo's tables, to be cleared away."""


@pytest.fixture(scope="module", params=[*ADDONS, TOGETHER])
def life(postgres, request):
    """What a database was like before and after an installation, and its uninstall."""
    odoo = Odoo(postgres, "lifecycle")
    try:
        yield request.param, *_live(odoo, request.param)
    finally:
        postgres.drop(odoo.database)


def _live(odoo, name):
    """
    :return: the logs of each step and the snapshots between them, by name.
    """
    addons = ADDONS if name == TOGETHER else (name,)
    odoo.create(addons)
    if needed := set(manifest(addons[0])["depends"]) & set(ADDONS):
        odoo.install(sorted(needed))
    if manifest(addons[0]).get("auto_install"):
        _uninstall(odoo, addons[0])  # it came with what it needs
    snapshots = {"before": _snapshot(odoo)}
    logs = {"install": odoo.install(addons), "upgrade": odoo.upgrade(addons)}
    logs["content"] = odoo.shell("".join(_content(addons)))
    snapshots["installed"] = _snapshot(odoo)
    logs["uninstall"] = _uninstall(odoo, addons[0])
    snapshots["after"] = _snapshot(odoo)
    return logs, snapshots


def _uninstall(odoo, addon):
    return odoo.shell(
        f"env['ir.module.module'].search([('name', '=', '{addon}')])"
        ".button_immediate_uninstall()"
    )


def _content(addons):
    if BASE not in addons:
        yield CONTENT[BASE]  # for what they add to it
    for addon in addons:
        yield CONTENT.get(addon, "")


def _snapshot(odoo):
    reads = (relations, columns, constraints, traces)
    return {read.__name__: read(odoo.postgres, odoo.database) for read in reads}


@pytest.mark.parametrize("step", ["install", "upgrade", "content", "uninstall"])
def test_log_holds_no_complaint(life, step):
    _name, logs, _snapshots = life
    assert complaints(logs[step]) == []


def test_installation_leaves_traces(life):
    """Without them the comparison after the uninstall would say nothing."""
    name, _logs, snapshots = life
    made = snapshots["installed"]["traces"] - snapshots["before"]["traces"]
    for addon in ADDONS if name == TOGETHER else (name,):
        assert any(trace.startswith(f"external id: {addon}.") for trace in made)
        for beginning in LEAVES.get(addon, ()):
            assert any(trace.startswith(beginning) for trace in made), beginning


@pytest.mark.parametrize("what", ["relations", "columns", "constraints", "traces"])
def test_uninstall_leaves_nothing(life, what):
    _name, _logs, snapshots = life
    assert snapshots["after"][what] ^ snapshots["before"][what] == set()


@pytest.mark.parametrize("addon", ADDONS)
def test_template_of_the_translations_is_up_to_date(installed, addon):
    assert installed.export_texts(addon) == texts(addon).read_text(), "run make i18n"
