"""What agents see of calls: in two tabs, as two agents, and while they work."""

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.browser import WebClient
from .support.records import contact, new_number

DID = "+33140001001"
RING_GROUP = "+33140000002"


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture
def agent_page(web_client):
    """The agent's browser, at the web client's first page."""
    return web_client("agent")


def missed_count(stack):
    """
    :return: how many missed calls wait for the agent.
    """
    return stack.agent.call("telephony.call", "get_phone_state")["missed_count"]


def test_one_tab_of_two_opens_the_page(stack, agent_page, number):
    tab = WebClient(agent_page.page.context.new_page(), agent_page.url)
    tab.open("/odoo")
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    tabs = (agent_page, tab)
    for one in tabs:
        expect(one.card(number)).to_be_visible()
    wait_for(
        lambda: any(one.registration.count() for one in tabs), what="a page in a tab"
    )
    call.hang_up()
    rings.ended()
    for one in tabs:
        expect(one.card(number)).to_have_count(0)
    assert sum(one.registration.count() for one in tabs) == 1
    assert tab.errors == []


def test_the_card_goes_when_a_colleague_answers(stack, web_client, agent_page, number):
    colleague = web_client("colleague")
    call = stack.phone("public").call(RING_GROUP, caller=number)
    stack.phone("1001").incoming()
    theirs = stack.phone("1002").incoming()
    expect(agent_page.card(number)).to_be_visible()
    expect(colleague.card(number)).to_be_visible()
    theirs.answer()
    call.answered()
    expect(agent_page.card(number)).to_contain_text("Answered by Colleague Test")
    expect(agent_page.card(number)).to_have_count(0)
    expect(colleague.card(number)).to_have_count(0)
    call.hang_up()


def test_a_call_does_not_disturb_who_types(stack, agent_page, number):
    agent_page.open("/odoo/contacts")
    search = agent_page.page.locator(".o_searchview_input")
    search.press_sequentially("Ada")
    call = stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.card(number)).to_be_visible()
    search.press_sequentially(" Example")
    expect(search).to_be_focused()
    expect(search).to_have_value("Ada Example")
    assert agent_page.registration.count() == 0
    agent_page.shot("incoming-card")

    agent_page.card(number).locator(".o_telephony_card_open").click()
    expect(agent_page.registration).to_be_visible()
    call.hang_up()


def test_the_badge_counts_missed_calls_until_they_are_called_back(
    stack, agent_page, number
):
    before = missed_count(stack)
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    call.hang_up()
    rings.ended()
    badge = agent_page.page.locator(".o_telephony_badge")
    expect(badge).to_have_text(str(before + 1))

    agent_page.page.locator(".o_telephony_menu button").click()
    agent_page.page.locator("[data-tab='missed']").click()
    # Known callers and those who tried again stand first in the list.
    pairs = [number[place : place + 2] for place in range(4, len(number), 2)]
    shown = " ".join([number[:3], number[3], *pairs])
    row = agent_page.page.locator(".o_telephony_entry", has_text=shown)
    row.locator(".o_telephony_call_back").click()
    stack.phone("1001").incoming().answer()
    theirs = stack.phone("public").incoming()
    assert theirs.number == number
    theirs.answer()
    expect(badge).to_have_text(str(before)) if before else expect(badge).to_have_count(
        0
    )
    theirs.hang_up()


def test_the_dial_box_finds_by_name_and_dials_with_enter(stack, agent_page, number):
    contact(stack, f"Boxed {number}", number)
    page = agent_page.page
    page.keyboard.press("Alt+Shift+P")
    box = page.locator(".o_telephony_search input")
    expect(box).to_be_focused()
    box.press_sequentially("Boxed")
    expect(page.locator(".o_telephony_callee")).to_contain_text(f"Boxed {number}")
    agent_page.shot("dial-box")
    box.press("ArrowDown")
    box.press("Enter")
    expect(agent_page.card(number)).to_contain_text("Ringing your phone")
    stack.phone("1001").incoming().answer()
    expect(agent_page.card(number)).to_contain_text("Calling")
    theirs = stack.phone("public").incoming()
    theirs.answer()
    expect(agent_page.card(number)).to_contain_text("On the phone")
    expect(page.locator(".o_telephony_menu .o_telephony_timer")).to_be_visible()
    theirs.hang_up()
    expect(agent_page.card(number)).to_contain_text("Call ended")


def test_a_busy_number_is_said_to_be_busy(stack, agent_page, number):
    page = agent_page.page
    page.keyboard.press("Alt+Shift+P")
    box = page.locator(".o_telephony_search input")
    box.fill(number)
    box.press("Enter")
    stack.phone("1001").incoming().answer()
    stack.phone("public").incoming().reject()
    expect(agent_page.card(number)).to_contain_text("Busy")
