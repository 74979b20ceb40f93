"""Odoo's automation rules (`base_automation`) see calls come in through the door."""

import json

import pytest

from tools.stack.odoo import Odoo

AUTOMATION = "telephony_base_automation"
SCENARIO = """
import json
from odoo import fields

env["res.users"].browse(2).company_id.country_id = env.ref("base.fr")
pbx = env["telephony.pbx"].create({"name": "Rules", "provider": "softphone"})
env["telephony.extension"].create(
    {"number": "1001", "pbx_id": pbx.id, "user_id": env.ref("base.user_admin").id}
)
model = env["ir.model"]._get("telephony.call")
tag = env["res.partner.category"].create({"name": "Called"})

def rule(name, trigger, domain, fields_=(), **action):
    return env["base.automation"].create({
        "name": name,
        "model_id": model.id,
        "trigger": trigger,
        "filter_domain": domain,
        "trigger_field_ids": [
            (4, env["ir.model.fields"]._get("telephony.call", name).id)
            for name in fields_
        ],
        "action_server_ids": [(0, 0, {"name": name, "model_id": model.id, **action})],
    })

def send(uniqueid, state, outcome=None, **values):
    now = fields.Datetime.now()
    return env["telephony.call"]._apply([{
        "pbx_id": pbx.id, "uniqueid": uniqueid, "direction": "inbound",
        "state": state, "outcome": outcome, "number": "+33612340001",
        "extension": "1001", "start_date": now,
        "end_date": now if state == "ended" else None, **values,
    }])

def code(text):
    return {"state": "code", "code": text}

SEEN = "env['ir.config_parameter'].set_param('%s', record.number)"
rule("came in", "on_create", "[('direction', '=', 'inbound')]",
     **code(SEEN % "seen.created"))
rule("missed", "on_write", "[('outcome', '=', 'missed')]", ["outcome"],
     **code(SEEN % "seen.missed"))
rule("long", "on_write", "[('duration', '>', 300)]", ["duration"],
     **code(SEEN % "seen.long"))
send("a1", "ringing")
created = env["ir.config_parameter"].get_param("seen.created")
early = env["ir.config_parameter"].get_param("seen.missed")
send("a1", "ended", "missed")
missed = env["ir.config_parameter"].get_param("seen.missed")
later = fields.Datetime.add(fields.Datetime.now(), minutes=6)
send("a2", "ended", "answered", answer_date=fields.Datetime.now(), end_date=later)
send("a2", "ended", "answered")
long = env["ir.config_parameter"].get_param("seen.long")

dialer = rule("call back", "on_write", "[('outcome', '=', 'missed')]", ["outcome"],
               state="telephony_dial")
send("b1", "ringing")
send("b1", "ended", "missed")
dialed = env["telephony.call"].search([("direction", "=", "outbound")])
dialer.active = False

broken = rule("broken", "on_create_or_write", "[]", **code("1 / 0"))
call = send("c1", "ringing")
public = env.ref("base.public_user")
broken.active = True
webhook = env(user=public.id)["telephony.call"].sudo()._apply([{
    "pbx_id": pbx.id, "uniqueid": "c2", "state": "ringing", "number": "+33612340002"}])
print("RESULT " + json.dumps({
    "created": created, "early": early, "missed": missed, "long": long,
    "dialed": dialed.mapped("number"), "dialed_by": dialed.mapped("user_id.login"),
    "logged": call.exists().mapped("state"), "broken_active": broken.active,
    "webhook": webhook.exists().mapped("number"),
    "told": env["mail.message"].search_count([
        ("subject", "=", "Automation rule switched off")]),
}))
"""


@pytest.fixture(scope="module")
def result(postgres):
    """What rules did in a database that has both addons."""
    odoo = Odoo(postgres, "automation")
    odoo.create([AUTOMATION])
    try:
        odoo.install([AUTOMATION])
        printed = odoo.shell(SCENARIO)
        [line] = [line for line in printed.splitlines() if line.startswith("RESULT ")]
        yield json.loads(line.removeprefix("RESULT "))
    finally:
        postgres.drop(odoo.database)


def test_rule_on_new_calls(result):
    assert result["created"] == "+33612340001"


def test_rule_on_what_became_of_a_call(result):
    assert result["early"] is False, "the call still rang"
    assert result["missed"] == "+33612340001"


def test_rule_on_a_computed_field(result):
    assert result["long"] == "+33612340001"


def test_rule_dials_for_its_user(result):
    assert result["dialed"] == ["+33612340001"]
    assert result["dialed_by"] == ["admin"]


def test_failing_rule_loses_no_call(result):
    assert result["logged"] == ["ringing"]
    assert result["webhook"] == ["+33612340002"]
    assert result["broken_active"] is False
    assert result["told"] == 2
