"""What an agent does in the panel in the course of a day, on a real Asterisk."""

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.browser import WebClient
from .support.records import new_number

DID = "+33140001001"
SIZES = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 390, "height": 844},
}


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture
def talk(stack, number):
    """The caller's and the agent's side of a call that both are in."""
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    own.answer()
    stack.wait_for_call(number, state="ongoing")
    return call, own


def open_panel(client):
    """Open the panel of a web client.

    :return: its locator.
    """
    panel = client.page.locator(".o_telephony_panel")
    # A page that opens by itself takes the panel's focus, and closes it.
    client.page.locator(".o_telephony_menu button").click()
    expect(panel).to_be_visible()
    return panel


@pytest.mark.parametrize("size", SIZES)
def test_an_attended_transfer_in_all_tabs(stack, web_client, talk, size):
    call, _own = talk
    client = web_client("agent")
    client.page.set_viewport_size(SIZES[size])
    tab = WebClient(client.page.context.new_page(), client.url)
    tab.open("/odoo/contacts")
    other = open_panel(tab)
    client.page.bring_to_front()
    panel = open_panel(client)
    panel.locator("[data-control=attended_transfer]").click()
    panel.locator(".o_telephony_target input").fill("Colleague")
    callee = panel.locator(".o_telephony_callee").first
    expect(callee).to_contain_text("1002")
    client.shot(f"transfer-search-{size}")
    callee.click()
    target = stack.phone("1002").incoming()
    expect(panel.locator(".o_telephony_consultation")).to_have_text(
        "Colleague Test: ringing"
    )
    client.shot(f"transfer-ringing-{size}")
    target.answer()
    for each in (panel, other):
        expect(each.locator(".o_telephony_consultation")).to_have_text(
            "Colleague Test: talking"
        )
    client.shot(f"transfer-talking-{size}")
    panel.locator("[data-control=cancel_transfer]").click()
    target.ended()
    for each in (panel, other):
        expect(each.locator(".o_telephony_consultation")).to_have_count(0)
    call.hang_up()


@pytest.mark.parametrize("size", SIZES)
def test_a_blind_transfer_and_a_parked_call_in_the_panel(
    stack, web_client, number, talk, size
):
    call, own = talk
    client = web_client("agent")
    client.page.set_viewport_size(SIZES[size])
    panel = open_panel(client)
    panel.locator("[data-control=park]").click()
    own.ended()
    parked = panel.locator(".o_telephony_parked li")
    expect(parked).to_contain_text("by Agent Test")
    client.shot(f"parked-{size}")
    parked.locator(".o_telephony_retrieve").click()
    again = stack.phone("1001").incoming()
    again.answer()
    wait_for(
        lambda: not stack.agent.call("telephony.client", "get_parked"),
        what="the call to be retrieved",
    )
    panel = open_panel(client)
    expect(panel.locator(".o_telephony_parked")).to_have_count(0)
    panel.locator("[data-control=transfer]").click()
    panel.locator(".o_telephony_target input").fill("1002")
    panel.locator(".o_telephony_callee").first.click()
    client.shot(f"transfer-confirm-{size}")
    panel.locator(".o_telephony_confirm").click()
    target = stack.phone("1002").incoming()
    again.ended()
    expect(client.card(number)).to_contain_text(
        "Transferred to Colleague Test: ringing"
    )
    client.shot(f"transferred-{size}")
    target.answer()
    expect(client.card(number)).to_contain_text(
        "Transferred to Colleague Test: answered"
    )
    call.hang_up()


@pytest.fixture
def self_service(stack):
    """The queue “sales” is one that agents log into; “support” stays as it is."""
    domain = [("name", "=", "sales"), ("pbx_id", "=", stack.pbx)]
    [queue] = wait_for(
        lambda: stack.admin.call("telephony.queue", "search", domain),
        what="the queue to be known",
    )
    stack.admin.call("telephony.queue", "write", [queue], {"is_self_service": True})
    reason = stack.admin.create("telephony.break.reason", name="Lunch")
    yield queue
    stack.admin.call("telephony.break.reason", "unlink", [reason])
    stack.admin.call("telephony.queue", "write", [queue], {"is_self_service": False})


def members(stack, queue):
    """What Asterisk itself says of a queue."""
    return stack.asterisk.console(f"queue show {queue}")


@pytest.mark.parametrize("size", SIZES)
def test_the_own_state_in_all_tabs(stack, web_client, self_service, size):
    wait_for(
        lambda: stack.agent.call("telephony.agent", "get_state")["in_queues"],
        what="the agent's queues",
    )
    client = web_client("agent")
    client.page.set_viewport_size(SIZES[size])
    tab = WebClient(client.page.context.new_page(), client.url)
    tab.open("/odoo")
    other = open_panel(tab).locator(".o_telephony_agent")
    client.page.bring_to_front()
    own = open_panel(client).locator(".o_telephony_agent")
    expect(own).to_contain_text("Ready for queue calls")
    own.locator(".o_telephony_break").click()
    client.shot(f"break-reasons-{size}")
    own.locator(".o_telephony_reason").click()
    for each in (own, other):
        expect(each).to_contain_text("On a break: Lunch")
    assert "paused:Lunch" in members(stack, "support")
    own.locator(".o_telephony_queues").click()
    client.shot(f"on-a-break-{size}")
    own.locator(".o_telephony_ready").click()
    for each in (own, other):
        expect(each).to_contain_text("Ready for queue calls")
    assert "paused" not in members(stack, "support")


def test_a_queue_is_entered_and_left(stack, web_client, self_service):
    """By somebody whose telephone is in none of its own accord."""
    with stack.settings_changed():
        extension = stack.admin.create(
            "telephony.extension", number="1003", pbx_id=stack.pbx
        )
    colleague = stack.client("colleague")
    domain = [("number", "=", "1002"), ("pbx_id", "=", stack.pbx)]
    [theirs] = stack.admin.call("telephony.extension", "search", domain)
    try:
        for each, user in ((theirs, False), (extension, colleague.uid)):
            stack.admin.call("telephony.extension", "write", [each], {"user_id": user})
        client = web_client("colleague")
        own = open_panel(client).locator(".o_telephony_agent")
        expect(own).to_contain_text("In no queue")
        own.locator(".o_telephony_queues").click()
        switch = own.get_by_label("sales")
        switch.click()
        expect(switch).to_be_checked()
        assert "PJSIP/1003" in members(stack, "sales")
        expect(own).to_contain_text("Ready for queue calls")
        switch.click()
        expect(switch).not_to_be_checked()
        assert "PJSIP/1003" not in members(stack, "sales")
    finally:
        stack.admin.call(
            "telephony.extension", "write", [theirs], {"user_id": colleague.uid}
        )
        with stack.settings_changed():
            stack.admin.call("telephony.extension", "unlink", [extension])
