"""Flows C and D: MightyCall's server, simulated, over HTTP, and a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.mightycall import connected
from .support.records import contact, international, new_number

pytestmark = pytest.mark.flow


@pytest.fixture(scope="module")
def _account(_session_stack):
    with connected(_session_stack) as account:
        yield account


@pytest.fixture
def mightycall(stack, _account, request):
    """The simulated account; the family of its event names is the test's to choose."""
    _account.reset(getattr(request, "param", "call"))
    yield _account
    for call in list(_account.emulator.calls.values()):
        if not call.end:
            call.complete()
    _account.emulator.webhook.wait()


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture
def agent_page(web_client):
    """The agent's browser, at the web client's first page."""
    return web_client("mc_agent")


@pytest.fixture
def contact_page(stack, web_client, number):
    """The agent's browser, at the form of the contact with the number."""
    client = web_client("mc_agent")
    client.open_record("res.partner", contact(stack, f"Called {number}", number))
    expect(client.call_button.first).to_be_visible()
    return client


both_families = pytest.mark.parametrize("mightycall", ["call", "agent"], indirect=True)


def placed(mightycall, number):
    """
    :return: the call that makecall began, once the simulated server has it.
    """
    return wait_for(
        lambda: next(
            (
                call
                for call in mightycall.emulator.calls.values()
                if call.client == number
            ),
            None,
        ),
        what="makecall",
    )


def test_c1_a_click_registers_the_call_and_opens_its_page(
    stack, mightycall, contact_page, number
):
    contact_page.call_button.first.click()
    expect(contact_page.registration_title).to_contain_text(
        f"Outgoing call: {international(number)}"
    )
    expect(contact_page.customer).to_have_value(f"Called {number}")
    contact_page.shot("mightycall-outgoing")
    stack.wait_for_call(number, direction="outbound", state="ringing")

    contact_page.save_registration()
    stack.wait_for_call(number, is_registered=True)


def test_c1_a_call_from_the_application_opens_its_page(
    stack, mightycall, agent_page, number
):
    mightycall.emulator.outgoing(number, "2001")
    expect(agent_page.registration_title).to_contain_text(
        f"Outgoing call: {international(number)}"
    )
    stack.wait_for_call(number, direction="outbound", state="ringing")


@both_families
def test_c2_the_server_connects_the_two(stack, mightycall, contact_page, number):
    contact_page.call_button.first.click()
    call = placed(mightycall, number)
    assert call.extension == "2001", "as the user himself"
    assert ("POST", "api/calls/makecall") in mightycall.emulator.requests
    # The row of the click is the call that the server tells of.
    stack.wait_for_call(number, uniqueid=call.id, state="ringing")

    call.answer("2001")
    stack.wait_for_call(
        number, state="ongoing", user_id=[mightycall.agent.uid, "Mc_agent Test"]
    )
    call.complete()
    stack.wait_for_call(number, state="ended", outcome="answered")
    assert len(stack.calls(number)) == 1


def test_c2_a_refused_call_is_told_at_once(stack, mightycall, contact_page, number):
    mightycall.emulator.fails = iter([500])
    contact_page.call_button.first.click()
    expect(contact_page.card(number)).to_contain_text(
        "The telephone system can't be reached."
    )
    stack.wait_for_call(number, state="ended", outcome="failed")
    assert not [
        call for call in mightycall.emulator.calls.values() if call.client == number
    ]


def test_c2_two_clicks_in_a_row_are_two_calls(stack, mightycall, number):
    client = mightycall.agent
    first = client.request("/telephony/call", number=number)
    placed(mightycall, number).complete()
    mightycall.emulator.webhook.wait()
    second = client.request("/telephony/call", number=number)
    assert first["call_id"] != second["call_id"]
    wait_for(
        lambda: (
            not any(
                call["uniqueid"].startswith("odoo-")
                for call in stack.calls(number, "uniqueid")
            )
        ),
        what="both calls to be known by the server's ids",
    )
    assert len(stack.calls(number)) == 2


@both_families
def test_d1_the_extension_that_rings_is_told(
    stack, mightycall, web_client, agent_page, number
):
    colleague = web_client("mc_colleague")
    call = mightycall.emulator.incoming(number)
    call.ring("2001")
    expect(agent_page.card(number)).to_be_visible()
    expect(agent_page.registration).to_be_visible()
    assert colleague.card(number).count() == 0

    call.answer("2001")
    stack.wait_for_call(
        number, state="ongoing", user_id=[mightycall.agent.uid, "Mc_agent Test"]
    )
    call.complete()
    stack.wait_for_call(number, state="ended", outcome="answered", direction="inbound")


def test_d1_two_extensions_ring_for_one_call(
    stack, mightycall, web_client, agent_page, number
):
    colleague = web_client("mc_colleague")
    call = mightycall.emulator.incoming(number)
    call.ring("2001", "2002")
    expect(agent_page.card(number)).to_be_visible()
    expect(colleague.card(number)).to_be_visible()

    call.answer("2002")
    call.stop("2001")
    call.complete()
    stack.wait_for_call(number, state="ended", outcome="answered")
    expect(agent_page.card(number)).to_have_count(0)


def test_d1_a_call_that_nobody_answers_is_missed(stack, mightycall, number):
    call = mightycall.emulator.incoming(number)
    call.ring("2001")
    call.complete()
    stack.wait_for_call(number, state="ended", outcome="missed")


def test_d1_events_come_twice_and_late(stack, mightycall, number):
    """Whatever the order, and however often: one call, told right."""
    webhook = mightycall.emulator.webhook
    held, webhook.post = [], lambda payload: held.append(payload)
    try:
        call = mightycall.emulator.incoming(number)
        call.ring("2001")
        call.answer("2001")
        call.complete()
    finally:
        del webhook.post
    for payload in [*reversed(held), *held]:
        assert webhook.post_now(payload).status_code == 200
    stack.wait_for_call(number, state="ended", outcome="answered")
    before = stack.calls(number, "write_date", "state", "outcome", "duration")
    for payload in held:
        webhook.post_now(payload)
    assert stack.calls(number, "write_date", "state", "outcome", "duration") == before


def test_d1_a_call_that_no_event_told_of_is_found(stack, mightycall, number):
    """The webhook was away; the server's own list makes up for it."""
    emulator = mightycall.emulator
    url, emulator.webhook.url = emulator.webhook.url, None
    try:
        call = emulator.incoming(number)
        call.recording = "https://recordings.example.com/1.mp3"
        call.answer("2001")
        call.complete()
    finally:
        emulator.webhook.url = url
    stack.odoo.shell("env['telephony.pbx']._cron_mightycall_reconcile()")
    stack.wait_for_call(
        number,
        state="ended",
        outcome="answered",
        recording_url="https://recordings.example.com/1.mp3",
    )
    assert len(emulator.requests) <= 2


def follow_link(page, mightycall, call):
    """Open the page that MightyCall's application opens in the browser."""
    page.open(
        f"/telephony/incoming?number=%2B{call.client.removeprefix('+')}"
        f"&uniqueid={call.id}&pbx={mightycall.pbx}"
    )


@pytest.fixture
def call(mightycall, number):
    """A call that rings the agent."""
    call = mightycall.emulator.incoming(number)
    call.ring("2001")
    mightycall.emulator.webhook.wait()
    return call


def test_d2_one_object_is_filled_in(stack, mightycall, agent_page, number):
    partner = contact(stack, f"Only {number}", number)
    call = mightycall.emulator.incoming(number)
    call.ring("2001")
    mightycall.emulator.webhook.wait()
    follow_link(agent_page, mightycall, call)
    expect(agent_page.registration_title).to_contain_text(
        f"Incoming call: {international(number)}"
    )
    expect(agent_page.customer).to_have_value(f"Only {number}")
    agent_page.save_registration()
    stack.wait_for_call(
        number,
        is_registered=True,
        object_ref=f"res.partner,{partner}",
        uniqueid=call.id,
    )


def test_d2_none_prepares_a_new_lead(stack, mightycall, agent_page, call, number):
    before = stack.admin.search_count("crm.lead", [])
    follow_link(agent_page, mightycall, call)
    expect(agent_page.registration_title).to_contain_text(international(number))
    assert stack.admin.search_count("crm.lead", []) == before, "created before Save"
    agent_page.save_registration()
    new = stack.admin.one("crm.lead", [("phone_mobile_search", "=", number)], ["phone"])
    assert re.sub(r"\s", "", new["phone"]) == number
    stack.wait_for_call(number, is_registered=True, object_ref=f"crm.lead,{new['id']}")


def test_d2_several_are_listed_to_choose_from(stack, mightycall, agent_page, number):
    contact(stack, f"First {number}", number)
    contact(stack, f"Second {number}", number)
    call = mightycall.emulator.incoming(number)
    call.ring("2001")
    mightycall.emulator.webhook.wait()
    follow_link(agent_page, mightycall, call)
    expect(agent_page.matches).to_contain_text(f"First {number}")
    agent_page.shot("mightycall-several")

    agent_page.matches.get_by_text(f"Second {number}").click()
    expect(agent_page.customer).to_have_value(f"Second {number}")
    agent_page.save_registration()
    stack.wait_for_call(number, is_registered=True, uniqueid=call.id)
