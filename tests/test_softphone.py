"""Flows C and D with a softphone: links to it, and pages that it opens."""

import re

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.browser import WebClient
from .support.records import contact, international, lead, new_number
from .support.softphone import Computer, Softphone

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def _softphone(_session_stack):
    return Softphone(_session_stack)


@pytest.fixture
def softphone(stack, _softphone):
    """The telephone system of the softphones."""
    return _softphone


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture
def agent_page(softphone, web_client):
    """The agent's browser, at the web client's first page."""
    return web_client("sp_agent")


@pytest.fixture
def computer(stack, playwright, tmp_path):
    """The agent's computer, with a softphone on it."""
    made = Computer(playwright, tmp_path, stack.odoo.url)
    yield made
    made.browser.close()


def test_c1_a_click_hands_the_number_over_and_opens_the_page(
    stack, softphone, computer, number
):
    partner = contact(stack, f"Called {number}", number)
    agent_page = WebClient(computer.browser.new_page(), stack.odoo.url)
    agent_page.log_in(softphone.agent)
    agent_page.open_record("res.partner", partner)
    agent_page.page.evaluate("window.isSamePage = true")
    agent_page.call_button.first.click()
    expect(agent_page.registration_title).to_contain_text(
        f"Outgoing call: {international(number)}"
    )
    expect(agent_page.customer).to_have_value(f"Called {number}")
    wait_for(lambda: computer.dialed == [f"tel:{number}"], what="the softphone")
    assert agent_page.page.evaluate("window.isSamePage"), "the page was left"
    agent_page.shot("softphone-outgoing")

    agent_page.save_registration()
    call = stack.wait_for_call(number, object_ref=f"res.partner,{partner}")
    [logged] = stack.calls(number, "state", "outcome", "direction", "incomplete")
    assert logged["id"] == call["id"], "one call, saved once"
    assert logged["direction"] == "outbound"
    assert (logged["state"], logged["outcome"]) == ("ended", "unknown")
    assert logged["incomplete"], "nobody told of its end"
    assert agent_page.errors == []


def test_d2_one_is_filled_in(stack, softphone, agent_page, number):
    partner = contact(stack, f"Only {number}", number)
    agent_page.open(softphone.incoming(number, Guid=f"one-{number}"))
    expect(agent_page.registration_title).to_contain_text(
        f"Incoming call: {international(number)}"
    )
    expect(agent_page.customer).to_have_value(f"Only {number}")
    agent_page.save_registration()
    stack.wait_for_call(number, object_ref=f"res.partner,{partner}")


def test_d2_none_prepares_a_new_lead(stack, softphone, agent_page, number):
    before = stack.admin.search_count("crm.lead", [])
    agent_page.open(softphone.incoming(number, name="Jeanne"))
    expect(agent_page.registration_title).to_contain_text(international(number))
    expect(agent_page.field("new_contact_name")).to_have_value("Jeanne")
    assert stack.admin.search_count("crm.lead", []) == before, "created before Save"
    agent_page.save_registration()
    stack.wait_for_call(number, is_registered=True)
    assert stack.admin.search_count("crm.lead", []) == before + 1


def test_d2_several_are_listed_to_choose_from(stack, softphone, agent_page, number):
    contact(stack, f"First {number}", number)
    user = softphone.agent.uid
    chosen = lead(stack, f"Second {number}", number)
    stack.admin.call("crm.lead", "write", [chosen], {"user_id": user})
    agent_page.open(softphone.incoming(number))
    expect(agent_page.matches).to_contain_text(f"First {number}")
    agent_page.matches.get_by_text(f"Second {number}").click()
    expect(agent_page.customer).to_have_value(f"Second {number}")
    agent_page.save_registration()
    stack.wait_for_call(number, object_ref=f"crm.lead,{chosen}")


@pytest.mark.parametrize("parameters", [{}, {"Guid": "7"}], ids=["ref", "id"])
def test_a_reload_leads_to_the_same_call(
    stack, softphone, agent_page, number, parameters
):
    contact(stack, f"Only {number}", number)
    parameters = {key: f"{value}-{number}" for key, value in parameters.items()}
    page = agent_page.page
    visited = []
    page.on("request", lambda request: visited.append(request.url))
    agent_page.open(softphone.incoming(number, **parameters))
    expect(agent_page.registration_title).to_contain_text(international(number))
    # The address that stands for this call: of two redirects the last one.
    asked = [url for url in visited if "/telephony/incoming" in url][-1]
    expect(page).to_have_url(re.compile(r"/call-registration/\d+$"))
    first = page.url
    agent_page.save_registration()
    stack.wait_for_call(number, is_registered=True)

    page.goto(asked)
    agent_page.wait_until_ready()
    expect(agent_page.registration_title).to_contain_text(international(number))
    expect(page).to_have_url(first)
    agent_page.save_registration()
    assert len(stack.calls(number)) == 1


def test_the_same_id_of_a_colleague_leads_to_another_page(
    stack, softphone, agent_page, web_client, number
):
    contact(stack, f"Only {number}", number)
    path = softphone.incoming(number, Guid="1")
    agent_page.open(path)
    agent_page.registration.locator(
        ".o_field_widget[name='note'] .odoo-editor-editable"
    ).fill("for my eyes")
    agent_page.save_registration()
    colleague = web_client("sp_colleague")
    colleague.open(path)
    expect(colleague.registration_title).to_contain_text(international(number))
    expect(colleague.registration).not_to_contain_text("for my eyes")
    [call] = stack.calls(number, "user_ids")
    assert call["user_ids"] == [softphone.agent.uid]


def test_following_the_link_writes_nothing(stack, softphone, number):
    """As a program does that fetches what links lead to."""
    models = (
        "telephony.call",
        "telephony.registration",
        "telephony.call.leg",
        "res.partner",
        "crm.lead",
        "mail.message",
    )
    tables = [model.replace(".", "_") for model in models]

    def count():
        query = "SELECT " + ", ".join(f"(SELECT count(*) FROM {t})" for t in tables)
        return stack.odoo.postgres.query(query, database=stack.odoo.database)

    before = count()
    for path in (softphone.incoming(number), softphone.incoming(number, Guid="9")):
        answer = softphone.agent.get(path)
        assert answer.status_code == 200
        assert "/odoo/telephony-call" in answer.url
    wait_for(lambda: count() == before, what=f"{before}, not {count()}")
