"""Flow A: the user clicks a number and Asterisk connects the two telephones."""

import pytest
from playwright.sync_api import expect

from .support.records import contact, international, new_number

pytestmark = pytest.mark.flow


@pytest.fixture
def number():
    """The number of the contact that is called."""
    return new_number()


@pytest.fixture
def agent_page(stack, web_client, number):
    """The agent's browser, at the contact's form."""
    client = web_client("agent")
    client.open_record("res.partner", contact(stack, f"Called {number}", number))
    expect(client.call_button.first).to_be_visible()
    return client


def test_a1_click_asks_the_server_and_the_page_stays(stack, agent_page):
    page = agent_page.page
    page.evaluate("window.isSamePage = true")
    url = page.url
    with page.expect_request("**/telephony/call") as request:
        agent_page.call_button.first.click()
    assert request.value.resource_type in ("fetch", "xhr")
    stack.phone("1001").incoming()
    assert page.evaluate("window.isSamePage")
    assert page.url == url


def test_a2_asterisk_rings_the_users_own_extension(stack, agent_page):
    agent_page.call_button.first.click()
    own = stack.phone("1001").incoming()
    assert own.state == "ringing"
    assert stack.phone("1002").is_quiet, "a colleague's telephone rings"
    assert stack.phone("public").is_quiet, "the customer rings before the user answers"


def test_a3_the_extension_is_connected_with_the_number(stack, agent_page, number):
    agent_page.call_button.first.click()
    own = stack.phone("1001").incoming()
    own.answer()
    theirs = stack.phone("public").incoming()
    assert theirs.number == number
    stack.wait_for_call(number, state="ringing", direction="outbound")
    expect(agent_page.card(number)).to_contain_text(f"Called {number}")

    theirs.answer()
    agent = [stack.agent.uid, "Agent Test"]
    stack.wait_for_call(number, state="ongoing", user_id=agent)
    assert own.state == theirs.state == "up"
    agent_page.shot("outgoing-call")

    theirs.hang_up()
    own.ended()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_a3_the_call_belongs_to_the_clicked_record(stack, agent_page, number):
    """Even though another record has the number, too."""
    clicked = int(agent_page.page.url.rpartition("/")[2])
    contact(stack, f"Namesake {number}", number)
    agent_page.call_button.first.click()
    stack.phone("1001").incoming()
    stack.wait_for_call(
        number, direction="outbound", object_ref=f"res.partner,{clicked}"
    )


def test_a3_the_user_who_declines_calls_nobody(stack, agent_page, number):
    agent_page.call_button.first.click()
    stack.phone("1001").incoming().reject(603, "Decline")
    stack.wait_for_call(number, state="ended", outcome="cancelled")
    expect(agent_page.card(number)).to_contain_text("declined on your own phone")
    assert stack.phone("public").is_quiet


def test_a3_dialed_by_hand(stack, agent_page, number):
    """The user's own phone does not ring: the customer's does."""
    stack.phone("1001").call(number.replace("+33", "0"))
    theirs = stack.phone("public").incoming()
    expect(agent_page.card(number)).to_contain_text("Calling")
    theirs.answer()
    expect(agent_page.bar(number).get_by_role("timer")).to_be_visible()
    expect(agent_page.card(number)).to_have_count(0)
    theirs.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_a3_the_users_phone_forwards_the_call(stack, agent_page, number):
    """It is one call, with the customer and not with the user's own mobile phone."""
    mobile = new_number()
    agent_page.call_button.first.click()
    stack.phone("1001").incoming().divert(mobile)
    own = stack.phone("public").incoming()
    assert own.number == mobile
    own.answer()
    theirs = stack.phone("public").incoming()
    assert theirs.number == number
    expect(agent_page.card(number)).to_contain_text("Calling")
    theirs.answer()
    stack.wait_for_call(number, state="ongoing", diverted_from="1001")
    theirs.hang_up()
    own.ended()
    agent = [stack.agent.uid, "Agent Test"]
    stack.wait_for_call(number, state="ended", outcome="answered", handled_by_id=agent)
    calls = [("number", "=", mobile)]
    assert not stack.admin.search_read("telephony.call", calls, ["number"])


def test_a3_the_users_phone_forwards_the_call_to_nobody(stack, agent_page, number):
    mobile = new_number()
    agent_page.call_button.first.click()
    stack.phone("1001").incoming().divert(mobile)
    stack.phone("public").incoming().reject(603, "Decline")
    stack.wait_for_call(number, state="ended", outcome="cancelled")
    expect(agent_page.card(number)).to_contain_text(
        "Your own phone forwards its calls to "
        f"{international(mobile)}, where nobody answered."
    )
    calls = [("number", "=", mobile)]
    assert not stack.admin.search_read("telephony.call", calls, ["number"])


def test_a3_the_user_hangs_up_on_the_card(stack, agent_page, number):
    agent_page.call_button.first.click()
    own = stack.phone("1001").incoming()
    agent_page.card(number).get_by_role("button", name="Hang up").click()
    own.ended()
    stack.wait_for_call(number, state="ended", outcome="cancelled")
    expect(agent_page.card(number)).to_contain_text("Cancelled")
    assert stack.phone("public").is_quiet
