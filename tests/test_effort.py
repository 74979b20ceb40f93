"""How many clicks the main jobs take, counted in the browser."""

import logging

import pytest
from playwright.sync_api import expect

from .support.records import contact, international, new_number

DID = "+33140001001"
COUNT = """
window.clicks = 0;
window.addEventListener("click", (ev) => (window.clicks += ev.isTrusted), true);
"""
_figures = logging.getLogger("telephony_connector.figures")


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture
def agent_page(web_client):
    """The agent's browser, at the web client's first page."""
    return web_client("agent")


def count_clicks(client):
    """Count from now on what the user of a page clicks."""
    client.page.evaluate(COUNT)


def read_clicks(client, job):
    """
    :return: the clicks since `count_clicks`, which are printed with the job's name.
    """
    clicks = client.page.evaluate("window.clicks")
    _figures.info("clicks, %s: %s", job, clicks)
    return clicks


def test_from_the_ring_to_a_saved_lead(stack, agent_page, number):
    count_clicks(agent_page)
    call = stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.field("new_phone")).to_have_value(international(number))
    name = agent_page.field("new_contact_name")
    name.click()
    name.press_sequentially(f"Saved {number}")
    agent_page.save_registration()
    assert read_clicks(agent_page, "from the ring to a saved lead") <= 2
    lead = stack.admin.one("crm.lead", [("contact_name", "=", f"Saved {number}")])
    stack.wait_for_call(number, object_ref=f"crm.lead,{lead['id']}")
    call.hang_up()


def test_from_a_number_to_its_ring(stack, agent_page, number):
    res_id = contact(stack, f"Clicked {number}", number)
    agent_page.open_record("res.partner", res_id)
    count_clicks(agent_page)
    agent_page.call_button.filter(visible=True).first.click()
    stack.phone("1001").incoming().answer()
    theirs = stack.phone("public").incoming()
    assert theirs.number == number
    assert read_clicks(agent_page, "from a number to its ring") == 1
    theirs.answer()
    theirs.hang_up()
