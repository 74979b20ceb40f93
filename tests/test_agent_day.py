"""What an agent does in the panel in the course of a day, on a real Asterisk."""

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.browser import WebClient
from .support.records import new_number

DID = "+33140001001"
QUEUE = "+33140000003"
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


@pytest.fixture
def wrap_up(stack):
    """Agents have an hour after a call: it ends by what somebody does alone."""
    company = stack.admin.one("telephony.pbx", [("id", "=", stack.pbx)], ["company_id"])

    def set_time(seconds):
        with stack.settings_changed():
            stack.admin.call(
                "res.company",
                "write",
                [company["company_id"][0]],
                {"telephony_wrap_up": seconds},
            )

    set_time(3600)
    yield set_time
    set_time(0)
    wait_for(lambda: "paused" not in members(stack, "support"), what="no pause")


def wait_for_pause(stack, reason):
    wait_for(
        lambda: f"paused:{reason}" in members(stack, "support"),
        what=f"the pause: {reason}",
    )


def wait_for_no_pause(stack):
    wait_for(lambda: "paused" not in members(stack, "support"), what="no pause")


def restart_listener(stack):
    stack.listener.kill()
    stack.start_listener()


def is_wrapping_up(stack):
    return stack.agent.call("telephony.agent", "get_state")["is_wrapping_up"]


def test_a_wrap_up_begins_during_the_talk_and_ends_with_a_click(
    stack, web_client, number, wrap_up
):
    client = web_client("agent")
    call = stack.phone("public").call(QUEUE, caller=number)
    own = stack.phone("1001").incoming()
    stack.phone("1002").incoming()
    own.answer()
    wait_for_pause(stack, "wrap-up")
    assert own.state == "up", "the pause is there before the hang-up"
    call.hang_up()
    stack.wait_for_call(number, state="ended")
    # The queue's next caller rings the colleague alone.
    second = stack.phone("public").call(QUEUE, caller=new_number())
    stack.phone("1002").incoming()
    assert stack.phone("1001").is_quiet
    second.hang_up()
    client.open("/odoo")
    own_state = open_panel(client).locator(".o_telephony_agent")
    expect(own_state).to_contain_text("Wrapping up a call")
    own_state.locator(".o_telephony_ready").click()
    wait_for_no_pause(stack)
    expect(own_state).to_contain_text("Ready for queue calls")


def test_a_wrap_up_outlives_the_listener_and_its_time_ends_it(stack, number, wrap_up):
    call = stack.phone("public").call(QUEUE, caller=number)
    stack.phone("1001").incoming().answer()
    wait_for_pause(stack, "wrap-up")
    call.hang_up()
    stack.wait_for_call(number, state="ended")
    restart_listener(stack)
    assert "paused:wrap-up" in members(stack, "support")
    wrap_up(1)
    wait_for_no_pause(stack)


def test_a_break_is_kept(stack, number, wrap_up):
    """A break before the call, and one that begins during the wrap-up."""
    reason = stack.admin.create("telephony.break.reason", name="Lunch")
    try:
        stack.agent.call("telephony.agent", "pause", reason)
        wait_for_pause(stack, "Lunch")
        call = stack.phone("public").call(DID, caller=number)
        stack.phone("1001").incoming().answer()
        stack.wait_for_call(number, state="ongoing")
        call.hang_up()
        stack.wait_for_call(number, state="ended")
        restart_listener(stack)
        wrap_up(1)
        assert "paused:Lunch" in members(stack, "support")
        stack.agent.call("telephony.agent", "resume")
        wait_for_no_pause(stack)

        wrap_up(3600)
        again = new_number()
        call = stack.phone("public").call(DID, caller=again)
        stack.phone("1001").incoming().answer()
        wait_for_pause(stack, "wrap-up")
        stack.agent.call("telephony.agent", "pause", reason)
        wait_for_pause(stack, "Lunch")
        call.hang_up()
        stack.wait_for_call(again, state="ended")
        wrap_up(1)
        restart_listener(stack)
        assert "paused:Lunch" in members(stack, "support")
    finally:
        stack.agent.call("telephony.agent", "resume")
        wait_for_no_pause(stack)
        stack.admin.call("telephony.break.reason", "unlink", [reason])


@pytest.mark.parametrize("size", SIZES)
def test_after_an_outgoing_call(stack, web_client, size):
    number = new_number()
    partner = stack.admin.create("res.partner", name=f"Ada {number}", phone=number)
    result = stack.admin.create("telephony.disposition", name=f"Sold {number}")
    client = web_client("agent")
    page = client.page
    page.set_viewport_size(SIZES[size])
    stack.agent.call("telephony.client", "dial", number)
    stack.phone("1001").incoming().answer()
    other = stack.phone("public").incoming()
    other.reject()
    card = page.locator(".o_telephony_wrap_up")
    expect(card).to_contain_text(f"Ada {number}")
    expect(card).to_contain_text("Busy")
    card.get_by_label("Note").fill("Try in May")
    card.get_by_label("Result").select_option(label=f"Sold {number}")
    client.shot(f"wrap-up-{size}")
    card.locator(".o_telephony_wrap_up_save").click()
    expect(card).to_have_count(0)
    kept = stack.agent.one(
        "telephony.call", [("number", "=", number)], ["note", "disposition_id"]
    )
    assert "Try in May" in kept["note"]
    assert kept["disposition_id"][0] == result
    stack.admin.call("res.partner", "unlink", [partner])


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
