"""The page of a call is about the customer, and the call bar is on every other page."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.browser import WebClient
from .support.records import contact, lead, new_number

DID = "+33140001001"
SIZES = {
    "wide": {"width": 1440, "height": 900},
    "medium": {"width": 1024, "height": 768},
    "narrow": {"width": 390, "height": 844},
}


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture(params=SIZES)
def size(request):
    """The name of a screen's size."""
    return request.param


@pytest.fixture
def agent_page(web_client):
    """The agent's browser, at the web client's first page."""
    return web_client("agent")


@pytest.fixture
def customer(stack, number):
    """The id of a contact with something open, an earlier call and a note."""
    company = stack.admin.create("res.partner", name=f"Works {number}", is_company=True)
    res_id = stack.admin.create(
        "res.partner", name=f"Ada {number}", phone=number, parent_id=company
    )
    opportunity = lead(
        stack, f"Sensors {number}", False, partner_id=company, expected_revenue=12000
    )
    [model] = stack.admin.call("ir.model", "search", [("model", "=", "crm.lead")])
    stack.admin.create(
        "mail.activity",
        res_model_id=model,
        res_id=opportunity,
        summary=f"Offer {number}",
        user_id=stack.agent.uid,
        date_deadline=str(date.today() - timedelta(days=1)),
    )
    stack.admin.call(
        "res.partner",
        "message_post",
        [res_id],
        body=f"Prefers Tuesdays {number}",
        message_type="comment",
        subtype_xmlid="mail.mt_note",
    )
    missed = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    missed.hang_up()
    rings.ended()
    stack.wait_for_call(number, state="ended")
    return res_id


@pytest.fixture
def talk(stack, agent_page, number):
    """The caller's and the agent's side of a call that both are in.

    Its page has opened: it would at another moment, and replace what a test opens.
    """
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    expect(agent_page.registration).to_be_visible()
    own.answer()
    call.answered()
    stack.wait_for_call(number, state="ongoing")
    return call, own


def open_contacts(client):
    """Open the list of contacts; its search box takes the focus once it is there."""
    client.open("/odoo/contacts")
    records = client.page.locator(".o_data_row, .o_kanban_record")
    expect(records.first).to_be_visible()


def get_note(stack, number):
    """
    :return: the note of the one call with a number.
    """
    [call] = stack.calls(number, "note")
    return call["note"] or ""


def covers(upper, lower):
    """
    :return: whether two elements of a page lie over each other.
    """
    a, b = upper.bounding_box(), lower.bounding_box()
    return not (
        a["x"] + a["width"] <= b["x"]
        or b["x"] + b["width"] <= a["x"]
        or a["y"] + a["height"] <= b["y"]
        or b["y"] + b["height"] <= a["y"]
    )


def test_the_page_is_about_the_customer(stack, agent_page, customer, number, size):
    page = agent_page.page
    page.set_viewport_size(SIZES[size])
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    heading = agent_page.registration.locator(".o_telephony_customer h1")
    expect(heading).to_have_text(f"Ada {number}")
    about = agent_page.registration.locator(".o_telephony_customer")
    expect(about).to_contain_text(f"Works {number}")
    expect(about).to_contain_text("Known since")
    expect(about.locator("img")).to_be_visible()
    card = agent_page.card(number)
    expect(card).to_be_visible()
    assert not covers(card, heading), "the card covers the name"
    agent_page.shot(f"customer-ringing-{size}")
    rings.answer()
    call.answered()
    expect(agent_page.bar(number)).to_be_visible()
    assert not covers(agent_page.bar(number), heading)
    sections = page.locator(".o_telephony_sections section")
    expect(sections).to_have_count(4)
    for key, text in (
        ("opportunities", f"Sensors {number}"),
        ("activities", f"Offer {number}"),
        ("calls", "Missed"),
        ("notes", f"Prefers Tuesdays {number}"),
    ):
        section = page.locator(f"section[data-section='{key}']")
        expect(section).to_contain_text(text)
    agent_page.shot(f"customer-{size}")
    page.locator("section[data-section='opportunities'] li button").click()
    expect(page.locator(".o_form_view")).to_contain_text(f"Sensors {number}")
    expect(agent_page.bar(number)).to_be_visible()
    call.hang_up()
    expect(agent_page.bar(number)).to_have_count(0)


def test_one_bar_in_all_tabs(stack, agent_page, talk, number, size):
    call, own = talk
    tab = WebClient(agent_page.page.context.new_page(), agent_page.url)
    open_contacts(tab)
    for each in (agent_page, tab):
        each.page.set_viewport_size(SIZES[size])
        bar = each.bar(number)
        expect(bar.get_by_role("timer")).to_be_visible()
        expect(bar).not_to_contain_text("On hold")
        expect(each.card(number)).to_have_count(0)
    layout = tab.page.locator(".o_telephony_bar")
    assert not covers(layout, tab.page.locator(".o_action_manager"))
    assert not covers(layout, tab.page.locator(".o_main_navbar"))
    tab.shot(f"bar-{size}")
    own.hold()
    for each in (agent_page, tab):
        expect(each.bar(number)).to_contain_text("On hold")
    tab.shot(f"bar-on-hold-{size}")
    own.hold(False)
    expect(tab.bar(number)).not_to_contain_text("On hold")
    tab.bar(number).get_by_role("button", name="Hang up").click()
    call.ended()
    own.ended()
    for each in (agent_page, tab):
        expect(each.bar(number)).to_have_count(0)
    stack.wait_for_call(number, state="ended", outcome="answered")
    assert tab.errors == []


def test_from_the_bar_back_to_the_page(stack, agent_page, talk, number):
    open_contacts(agent_page)
    agent_page.bar(number).get_by_role("button", name="Open Page").click()
    expect(agent_page.registration_title).to_be_visible()
    expect(
        agent_page.bar(number).get_by_role("button", name="Open Page")
    ).to_have_count(0)
    agent_page.bar(number).get_by_role("button", name="Note").click()
    editor = agent_page.registration.locator("[name='note'] .odoo-editor-editable")
    expect(editor).to_be_focused()


def test_a_note_in_the_bar_is_kept(stack, agent_page, talk, number, size):
    """Also what was not added when the call ended; the page has it, too."""
    call, _own = talk
    page = agent_page.page
    page.set_viewport_size(SIZES[size])
    open_contacts(agent_page)
    bar = agent_page.bar(number)
    bar.get_by_role("button", name="Note", exact=True).click()
    box = bar.get_by_role("textbox", name="Note")
    expect(box).to_be_focused()
    page.keyboard.type("Wants an offer")
    agent_page.shot(f"bar-note-{size}")
    page.keyboard.press("Control+Enter")
    expect(bar).to_contain_text("Wants an offer")
    expect(box).to_have_value("")
    assert "Wants an offer" in get_note(stack, number)

    page.keyboard.type("by Friday")
    call.hang_up()
    expect(bar).to_contain_text("Call ended")
    expect(box).to_be_focused()
    expect(box).to_have_value("by Friday")
    agent_page.shot(f"bar-note-ended-{size}")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    assert get_note(stack, number) == "<p>Wants an offer</p><p>by Friday</p>"
    call_id = stack.wait_for_call(number, state="ended")["id"]
    action = stack.agent.call("telephony.registration", "open_for_call", call_id)
    agent_page.open(f"/odoo/{action['path']}/{action['res_id']}")
    expect(agent_page.registration.locator("[name='note']")).to_contain_text(
        "by Friday"
    )


def test_a_note_is_kept_when_the_page_is_left(stack, agent_page, talk, number):
    open_contacts(agent_page)
    bar = agent_page.bar(number)
    bar.get_by_role("button", name="Note", exact=True).click()
    box = bar.get_by_role("textbox", name="Note")
    expect(box).to_be_focused()
    agent_page.page.keyboard.type("Wants an offer")
    expect(box).to_have_value("Wants an offer")
    open_contacts(agent_page)
    wait_for(lambda: "Wants an offer" in get_note(stack, number), what="the note")


def test_a_second_call_covers_nothing_that_is_typed(
    stack, agent_page, talk, number, size
):
    other = new_number()
    contact(stack, f"Second {other}", other)
    page = agent_page.page
    page.set_viewport_size(SIZES[size])
    form = stack.admin.create("res.partner", name=f"Form {number}")
    agent_page.open_record("res.partner", form)
    last = page.locator(".o_field_widget[name='website'] input").first
    last.scroll_into_view_if_needed()
    last.click()
    page.keyboard.type("exam")
    call = stack.phone("public").call(DID, caller=other)
    stack.phone("1001").incoming()
    card = agent_page.card(other)
    expect(card).to_contain_text(f"Second {other}")
    page.keyboard.type("ple.com")
    expect(last).to_be_focused()
    expect(last).to_have_value("example.com")
    assert not covers(card, last)
    assert not covers(card, page.locator(".o_action_manager"))
    agent_page.shot(f"second-call-{size}")
    call.hang_up()
    expect(card).to_have_count(0)


def test_the_bar_is_there_beside_a_dialog(stack, agent_page, talk, number, size):
    page = agent_page.page
    page.set_viewport_size(SIZES[size])
    open_contacts(agent_page)
    expect(agent_page.bar(number)).to_be_visible()
    page.keyboard.press("Control+k")
    dialog = page.locator(".o_dialog .modal-content")
    expect(dialog).to_be_visible()
    agent_page.shot(f"bar-dialog-{size}")
    bar = page.locator(".o_telephony_bar")
    wait_for(lambda: not covers(bar, dialog), what="the dialog to be below the bar")
    agent_page.bar(number).get_by_role("button", name="Hang up").click()
    talk[0].ended()
    expect(agent_page.bar(number)).to_have_count(0)


def test_the_bar_by_keyboard(stack, agent_page, talk, number):
    """It follows the navbar and comes before the page."""
    page = agent_page.page
    open_contacts(agent_page)
    bar = agent_page.bar(number)
    bar.get_by_role("button", name="Open Page").focus()
    names = []
    while page.evaluate("document.activeElement.closest('.o_telephony_bar') !== null"):
        names.append(page.evaluate("document.activeElement.innerText.trim()"))
        page.keyboard.press("Tab")
    assert names[:2] == ["Open Page", "Note"]
    assert names[-1] == "Hang up"
    assert page.evaluate("document.activeElement.closest('.o_action_manager') !== null")
