"""Flow B: a call from the public network, and the page that opens for it."""

import pytest
from playwright.sync_api import expect

from .support.records import contact, international, lead, new_number

DID = "+33140001001"

pytestmark = pytest.mark.flow


@pytest.fixture
def number():
    """The number of the caller."""
    return new_number()


@pytest.fixture
def agent_page(web_client):
    """The agent's browser, at the web client's first page."""
    return web_client("agent")


def test_b1_the_extension_rings(stack, number):
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    assert rings.state == "ringing"
    assert rings.caller == number
    call.hang_up()
    rings.ended()


def test_b2_server_and_browser_are_told_while_it_rings(stack, agent_page, number):
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    stack.wait_for_call(number, state="ringing", direction="inbound")
    expect(agent_page.card(number)).to_be_visible()
    assert rings.state == "ringing"

    call.hang_up()
    rings.ended()
    stack.wait_for_call(number, state="ended", outcome="missed")
    expect(agent_page.card(number)).to_have_count(0)


def test_b2_a_colleague_calls_by_hand(stack, agent_page):
    """The call comes in, from the colleague."""
    call = stack.phone("1002").call("1001")
    rings = stack.phone("1001").incoming()
    card = agent_page.page.locator(".o_telephony_card_ringing")
    expect(card).to_contain_text("Internal call: ")
    expect(card).to_contain_text("1002")
    expect(card.locator(".o_telephony_card_status")).to_have_text("Ringing")
    call.hang_up()
    rings.ended()
    expect(card).to_have_count(0)


def test_b2_who_was_missed_is_told_so(stack, agent_page, number):
    """A phone that declines is no answer: the next card tells of a missed call."""
    contact(stack, f"Missed {number}", number)
    stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming().reject(603, "Decline")
    stack.wait_for_call(number, state="ended", outcome="declined", is_missed=True)
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    last = agent_page.card(number).locator(".o_telephony_card_last")
    expect(last).to_contain_text("Missed ")
    agent_page.shot("card-of-a-missed-caller")
    call.hang_up()
    rings.ended()


def test_b2_an_answered_call_has_its_page_and_bar_for_a_card(stack, agent_page, number):
    call = stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming().answer()
    call.answered()
    agent = [stack.agent.uid, "Agent Test"]
    stack.wait_for_call(number, state="ongoing", user_id=agent)
    expect(agent_page.registration_title).to_contain_text(international(number))
    expect(agent_page.bar(number).get_by_role("timer")).to_be_visible()
    expect(agent_page.card(number)).to_have_count(0)
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_b2_a_ring_group_has_one_call_and_no_missed_one(stack, number):
    call = stack.phone("public").call("+33140000002", caller=number)
    loser = stack.phone("1001").incoming()
    stack.phone("1002").incoming().answer()
    call.answered()
    loser.ended()
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_b3_the_browser_opens_the_page(stack, agent_page, number):
    stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.registration).to_be_visible()
    expect(agent_page.registration_title).to_contain_text(
        f"Incoming call: {international(number)}"
    )


def test_b3_a_colleagues_browser_does_not(stack, web_client, agent_page, number):
    colleague = web_client("colleague")
    stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.registration).to_be_visible()
    assert colleague.registration.count() == 0
    assert colleague.card(number).count() == 0


def test_b4_one_object_is_filled_in(stack, agent_page, number):
    partner = contact(stack, f"Only {number}", number)
    leads = stack.admin.search_count("crm.lead", [])
    stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.customer).to_have_value(f"Only {number}")
    agent_page.shot("incoming-one")

    agent_page.save_registration()
    stack.wait_for_call(number, is_registered=True, object_ref=f"res.partner,{partner}")
    assert stack.admin.search_count("crm.lead", []) == leads


def test_b4_none_prepares_a_new_lead(stack, agent_page, number):
    leads = stack.admin.search_count("crm.lead", [])
    stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.field("new_phone")).to_have_value(international(number))
    agent_page.shot("incoming-none")
    assert stack.admin.search_count("crm.lead", []) == leads, "created before Save"

    agent_page.field("new_contact_name").fill(f"New {number}")
    agent_page.save_registration()
    new = stack.admin.one("crm.lead", [("contact_name", "=", f"New {number}")])
    stack.wait_for_call(number, is_registered=True, object_ref=f"crm.lead,{new['id']}")
    assert stack.admin.search_count("crm.lead", []) == leads + 1


def test_b4_several_are_listed_to_choose_from(stack, agent_page, number):
    contact(stack, f"First {number}", number)
    chosen = lead(stack, f"Second {number}", number)
    stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.matches).to_contain_text(f"First {number}")
    expect(agent_page.matches).to_contain_text(f"Second {number}")
    agent_page.shot("incoming-several")

    agent_page.matches.get_by_text(f"Second {number}").click()
    expect(agent_page.customer).to_have_value(f"Second {number}")
    agent_page.save_registration()
    stack.wait_for_call(number, is_registered=True, object_ref=f"crm.lead,{chosen}")


@pytest.mark.parametrize("spelling", ["%2B{}", "00{}", "+{}"])
def test_by_url_one(stack, agent_page, number, spelling):
    """A plus that is not escaped reaches the server as a space."""
    contact(stack, f"Linked {number}", number)
    agent_page.open_call_page(spelling.format(number.removeprefix("+")))
    expect(agent_page.registration_title).to_contain_text(international(number))
    expect(agent_page.customer).to_have_value(f"Linked {number}")


def test_by_url_none(agent_page, number):
    agent_page.open_call_page(f"%2B{number.removeprefix('+')}")
    expect(agent_page.registration_title).to_contain_text(international(number))
    expect(agent_page.field("new_phone")).to_have_value(international(number))


def test_by_url_several(stack, agent_page, number):
    contact(stack, f"Here {number}", number)
    contact(stack, f"There {number}", number)
    agent_page.open_call_page(f"%2B{number.removeprefix('+')}")
    expect(agent_page.matches).to_contain_text(f"Here {number}")
    expect(agent_page.matches).to_contain_text(f"There {number}")


def test_by_url_takes_no_call_into_the_log(stack, agent_page, number):
    """Whoever follows a link, or has a program fetch it, logs nothing by that."""
    agent_page.open_call_page(f"%2B{number.removeprefix('+')}")
    expect(agent_page.registration_title).to_contain_text(international(number))
    assert stack.calls(number) == []
