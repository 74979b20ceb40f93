"""Records of other apps that have a phone are callers like any other."""

import json

import pytest

from tools.stack.odoo import Odoo
from tools.stack.paths import BASE

SCENARIO = """
import json
from odoo import fields

company = env["res.users"].browse(2).company_id
company.country_id = env.ref("base.fr")
pbx = env["telephony.pbx"].create({"name": "Apps", "provider": "softphone"})
agent = env["res.users"].create({
    "name": "Agent", "login": "agent",
    "group_ids": [(6, 0, [
        env.ref("telephony_connector.group_telephony_user").id,
        env.ref("base.group_partner_manager").id,
        env.ref("hr_recruitment.group_hr_recruitment_user").id,
        env.ref("mass_mailing.group_mass_mailing_user").id,
    ])],
})
env["telephony.extension"].create(
    {"number": "1001", "pbx_id": pbx.id, "user_id": agent.id})

applicant = env["hr.applicant"].create({
    "partner_name": "Paula Applicant", "partner_phone": "06 12 34 51 01",
    "user_id": agent.id,
    "interviewer_ids": [(4, agent.id)],
})
mailing = env["mailing.contact"].create(
    {"name": "Max Mailing", "mobile": "06 12 34 51 02",
     "country_id": company.country_id.id})
person = env["res.partner"].create({"name": "Pia Partner", "phone": "+33612345103"})
twin = env["mailing.contact"].create({"name": "Pia Mailing", "mobile": "+33612345103"})
env.flush_all()

def ring(uniqueid, number):
    now = fields.Datetime.now()
    call = env["telephony.call"]._apply([{
        "pbx_id": pbx.id, "uniqueid": uniqueid, "direction": "inbound",
        "state": "ringing", "number": number, "extension": "1001", "start_date": now}])
    return call.with_user(agent)

def end(uniqueid):
    now = fields.Datetime.now()
    env["telephony.call"]._apply([{
        "pbx_id": pbx.id, "uniqueid": uniqueid, "state": "ended", "outcome": "missed",
        "end_date": now}])

def look(uniqueid, number):
    call = ring(uniqueid, number)
    (card,) = call.env["telephony.card"].read_cards(call.ids)
    (details,) = call.env["telephony.card"].read_card_details(call.ids)
    action = env["telephony.registration"].with_user(agent).open_for_call(call.id)
    page = env["telephony.registration"].with_user(agent).search(
        [("call_id", "=", call.id)])
    seen = {
        "linked": call.sudo().res_model,
        "card": [match["name"] for match in card["matches"]],
        "object": card["object"] and card["object"]["name"],
        "details": details.get("salesperson"),
        "page": action["res_model"],
        "chosen": page.object_ref and page.object_ref.display_name,
        "choice": page.match_ids.mapped("kind"),
    }
    if page.object_ref:
        page.write({"note": "<p>asked for a date</p>"})
        page.action_next_call()
        page.action_save()
        record = page.object_ref
        seen["messages"] = sum("asked for a date" in (body or "") for body in
                               record.sudo().message_ids.mapped("body"))
        seen["calls"] = record.telephony_call_count
        seen["todo"] = env["mail.activity"].search(
            [("user_id", "=", agent.id)]).mapped("summary")
        action = record.action_view_telephony_calls()
        lines = env["telephony.record.call"].with_user(agent).with_context(
            **action["context"]).web_search_read([], {"number": {}, "note": {}})
        seen["lines"] = lines["length"]
    end(uniqueid)
    return seen

result = {
    "applicant": look("a1", "+33612345101"),
    "mailing": look("a2", "+33612345102"),
    "both": look("a3", "+33612345103"),
}
name = {"fields": {"display_name": {}}}
listed = env["telephony.call"].with_user(agent).web_search_read(
    [], {"object_ref": name, "contact_id": name, "note": {}})
result["listed"] = listed["length"]
view = env["hr.applicant"].with_user(agent).get_view(view_type="form")["arch"]
result["button"] = view.count('name="action_view_telephony_calls"')
plain = env["res.users"].create({
    "name": "Recruiter", "login": "recruiter",
    "group_ids": [(6, 0, [env.ref("hr_recruitment.group_hr_recruitment_user").id])]})
view = env["hr.applicant"].with_user(plain).get_view(view_type="form")["arch"]
result["button_without_right"] = view.count('name="action_view_telephony_calls"')
result["lookup"] = env["telephony.api"]._lookup(pbx, "+33612345101")["name"]
result["panel"] = [
    entry["object"] and entry["object"]["name"]
    for entry in env["telephony.client"].with_user(agent).get_panel()["recent"]]

def save_number(uniqueid, record, number):
    call = ring(uniqueid, number)
    pages = env["telephony.registration"].with_user(agent)
    pages.open_for_call(call.id)
    page = pages.search([("call_id", "=", call.id)])
    page.object_ref = f"{record._name},{record.id}"
    seen = {"offered": page.offers_save_number, "text": page.save_number_text}
    page.save_number = True
    try:
        with env.cr.savepoint():
            page.action_save()
    except Exception as error:
        seen["error"] = str(error)
    end(uniqueid)
    return seen

empty = env["hr.applicant"].create(
    {"partner_name": "Eva Empty", "interviewer_ids": [(4, agent.id)]})
result["save_applicant"] = save_number("s1", empty, "+33612345104")
result["saved"] = empty.partner_phone
result["save_mailing"] = save_number("s2", mailing, "+33612345105")
result["kept"] = mailing.mobile

def click(record, field):
    answer = env["telephony.client"].with_user(agent).dial(
        record[field], record._name, record.id, field, True)
    call = env["telephony.call"].browse(answer["call_id"])
    return [call.number, call._get_object().display_name]

result["clicks"] = [click(applicant, "partner_phone"), click(mailing, "mobile")]
print("RESULT " + json.dumps(result))
"""
# An administrator has further fields indexed, then the addon that owns them goes.
CHOSEN = """
import json

def choose(model, name):
    field = env["ir.model.fields"]._get(model, name)
    env["telephony.phone.field"].create(
        {"model_id": field.model_id.id, "field_id": field.id})

env["hr.applicant"].search([], limit=1).email_cc = "+33612345111"
env["hr.applicant.category"].create({"name": "06 12 34 51 12 +33612345112"})
choose("hr.applicant", "email_cc")
choose("hr.applicant.category", "name")
env["telephony.number.source"]._cron_build()
numbers = env["telephony.number"]
env.cr.commit()
print("RESULT " + json.dumps([
    [match.record._name for match in numbers.match(number)]
    for number in ("+33612345111", "+33612345112")]))
env["ir.module.module"].search(
    [("name", "=", "hr_recruitment")]).button_immediate_uninstall()
"""
LEFT = """
import json
numbers = env["telephony.number"]
found = [
    [match.record._name for match in numbers.match(number)]
    for number in ("+33612345101", "+33612345111", "+33612345112", "+33612345103")]
cron = env.ref("telephony_connector.ir_cron_telephony_number_index")
woken = env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
env["telephony.number.source"]._cron_build()
rows = numbers.search_count([("res_model", "=like", "hr.applicant%")])
agent = env["res.users"].search([("login", "=", "agent")])
calls = env["telephony.call"].with_user(agent).web_search_read(
    [], {"object_ref": {"fields": {"display_name": {}}}})["records"]
print("RESULT " + json.dumps({
    "found": found, "woken": bool(woken), "rows": rows,
    "chosen": env["telephony.phone.field"].search_count([]),
    "objects": sorted({call["object_ref"]["display_name"] for call in calls
                       if call["object_ref"]})}))
"""


def result(output):
    """
    :return: what a script printed as its result.
    """
    (line,) = [line for line in output.splitlines() if line.startswith("RESULT ")]
    return json.loads(line.removeprefix("RESULT "))


@pytest.fixture(scope="module")
def apps(postgres):
    """A database with recruitment and text messages for mailing contacts."""
    odoo = Odoo(postgres, "other_apps")
    odoo.create()
    try:
        odoo.install([BASE, "hr_recruitment", "mass_mailing_sms"])
        yield odoo
    finally:
        postgres.drop(odoo.database)


@pytest.fixture(scope="module")
def seen(apps):
    """What an agent sees of calls from an applicant and from mailing contacts."""
    return result(apps.shell(SCENARIO))


def test_only_one_record(seen):
    """An applicant or a mailing contact alone is the caller, on card and page."""
    applicant, mailing = seen["applicant"], seen["mailing"]
    assert applicant["linked"] == "hr.applicant"
    assert applicant["object"] == applicant["chosen"] == "Paula Applicant"
    assert applicant["details"] == "Agent"
    assert applicant["page"] == mailing["page"] == "telephony.registration"
    assert mailing["linked"] == "mailing.contact"
    assert mailing["object"] == mailing["chosen"] == "Max Mailing"


def test_saved(seen):
    """A call is registered on them: note, next step and the list of their calls."""
    for caller in (seen["applicant"], seen["mailing"]):
        assert caller["messages"] == 1
        assert caller["calls"] == caller["lines"] == 1
    assert "Max Mailing" in seen["mailing"]["todo"]


def test_several(seen):
    """A contact and a mailing contact with one number are to choose from."""
    assert seen["both"]["card"] == ["Pia Partner", "Pia Mailing"]
    assert seen["both"]["page"] == "telephony.registration.match"
    assert seen["both"]["choice"] == ["Contact", "Mailing Contact"]


def test_lists(seen):
    """The log, the panel and the dial plan's lookup show such calls."""
    assert seen["listed"] == 3
    assert seen["panel"] == [False, "Max Mailing", "Paula Applicant"]
    assert seen["lookup"] == "Paula Applicant"


def test_button(seen):
    """Their forms have the button of calls, for those who telephone."""
    assert seen["button"] == 1
    assert seen["button_without_right"] == 0


def test_saved_numbers(seen):
    """A number goes where the model has its phone; where that is filled and there are
    no other phone numbers, it is said."""
    assert seen["save_applicant"]["offered"]
    assert seen["saved"] == "+33 6 12 34 51 04"
    assert not seen["save_mailing"]["offered"]
    assert "cannot have another one" in seen["save_mailing"]["text"]
    assert seen["save_mailing"]["error"] == seen["save_mailing"]["text"]
    assert seen["kept"] == "06 12 34 51 02"


def test_clicks(seen):
    """What is clicked is dialed and belongs to the record."""
    assert seen["clicks"] == [
        ["+33612345101", "Paula Applicant"],
        ["+33612345102", "Max Mailing"],
    ]


def test_app_that_goes(seen, apps):
    """Where an app is uninstalled its records are found no more, chosen fields and rows
    go with it, and calls of its records stay in the log."""
    assert result(apps.shell(CHOSEN)) == [["hr.applicant"], ["hr.applicant.category"]]
    left = result(apps.shell(LEFT))
    assert left["found"] == [[], [], [], ["res.partner", "mailing.contact"]]
    assert left["woken"]
    assert (left["rows"], left["chosen"]) == (0, 0)
    assert left["objects"] == ["Max Mailing"]
