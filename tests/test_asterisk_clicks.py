"""Numbers that users click, wherever they stand, ring the number that is meant."""

import re

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.records import contact, international, national, new_number

DID = "+33140001001"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture
def agent_page(web_client):
    """The agent's browser, at the web client's first page."""
    return web_client("agent")


def assert_rings(stack, number):
    """The agent's own phone rings, then the one with the number."""
    stack.phone("1001").incoming().answer()
    theirs = stack.phone("public").incoming()
    assert theirs.number == number
    theirs.answer()
    stack.wait_for_call(number, state="ongoing")
    theirs.hang_up()


def person(stack, number, **values):
    """
    :return: the id of a new contact with a number of its own, and its name.
    """
    name = f"Clicked {number}"
    res_id = contact(stack, name, number)
    if values:
        stack.admin.call("res.partner", "write", [res_id], values)
    return res_id, name


def xmlid(stack, module, name):
    """
    :return: the id of a record that a module brings.
    """
    return stack.admin.call("ir.model.data", "check_object_reference", module, name)[1]


@pytest.mark.parametrize("size", [None, PHONE], ids=["wide", "narrow"])
def test_of_two_numbers_one_is_chosen_by_keyboard(stack, agent_page, number, size):
    other = new_number()
    text = f"{national(number)}, {national(other)}"
    res_id, _name = person(stack, number, phone=text)
    page = agent_page.page
    agent_page.open_record("res.partner", res_id)
    agent_page.call_button.filter(visible=True).last.click()
    choices = page.locator(".o_telephony_number_choice")
    expect(choices).to_have_text([international(number), international(other)])
    expect(choices.first).to_be_focused()
    if size:
        page.set_viewport_size(size)
    agent_page.shot(f"choose-number-{'narrow' if size else 'wide'}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(choices).to_have_count(0)
    assert_rings(stack, other)
    stack.wait_for_call(other, outcome="answered", object_ref=f"res.partner,{res_id}")


def test_a_national_number_is_of_the_contacts_country(stack, agent_page):
    germany = stack.admin.call("res.country", "search", [("code", "=", "DE")])[0]
    res_id, _name = person(stack, new_number(), phone="030 1234567", country_id=germany)
    agent_page.open_record("res.partner", res_id)
    agent_page.call_button.filter(visible=True).last.click()
    assert_rings(stack, "+49301234567")


def test_the_contacts_list(stack, agent_page, number):
    _res_id, name = person(stack, number)
    agent_page.open("/odoo/contacts")
    page = agent_page.page
    page.locator(".o_switch_view.o_list").click()
    expect(page.locator(".o_list_view")).to_be_visible()
    page.locator(".o_searchview_input").fill(name)
    # Before it is there, Enter searches for nothing.
    expect(page.locator(".o_searchview_autocomplete")).to_contain_text(name)
    page.locator(".o_searchview_input").press("Enter")
    expect(page.locator(".o_searchview_facet")).to_contain_text(name)
    row = page.locator(".o_data_row", has_text=name)
    expect(page.locator(".o_data_row")).to_have_count(1)
    agent_page.shot("contacts-list")
    row.locator("a.o_telephony_call").click()
    expect(agent_page.card(number)).to_contain_text("Ringing your phone")
    expect(row).to_be_visible()
    assert_rings(stack, number)


def test_the_people_of_a_company(stack, agent_page, number):
    company, _name = person(stack, new_number(), is_company=True)
    _res_id, name = person(stack, number, parent_id=company)
    agent_page.open_record("res.partner", company)
    card = agent_page.page.locator(".o_kanban_record", has_text=name)
    card.locator("a.o_telephony_call").scroll_into_view_if_needed()
    agent_page.shot("people-of-a-company")
    card.locator("a.o_telephony_call").click()
    expect(agent_page.card(number)).to_contain_text("Ringing your phone")
    expect(agent_page.page.locator(".modal")).to_have_count(0)
    assert_rings(stack, number)


@pytest.mark.parametrize("kind", ["comment", "email"])
def test_a_link_in_a_message(stack, agent_page, number, kind):
    res_id, _name = person(stack, new_number())
    message = {
        "model": "res.partner",
        "res_id": res_id,
        "message_type": kind,
        "subtype_id": xmlid(stack, "mail", "mt_note"),
        "body": f'<p>Back at <a href="tel:{number}">{national(number)}</a>.</p>',
    }
    stack.admin.call("mail.message", "create", [message])
    agent_page.open_record("res.partner", res_id)
    link = agent_page.page.locator(f".o-mail-Message a[href='tel:{number}']")
    link.scroll_into_view_if_needed()
    agent_page.shot(f"link-in-a-message-{kind}")
    link.click()
    expect(agent_page.card(number)).to_contain_text("Ringing your phone")
    assert_rings(stack, number)


def test_the_activity_to_call(stack, agent_page, number):
    res_id, _name = person(stack, number)
    stack.agent.create(
        "mail.activity",
        activity_type_id=xmlid(stack, "mail", "mail_activity_data_call"),
        res_model="res.partner",
        res_id=res_id,
        res_model_id=xmlid(stack, "base", "model_res_partner"),
        user_id=stack.agent.uid,
    )
    page = agent_page.page
    agent_page.open_record("res.partner", res_id)
    activity = page.locator(".o-mail-Activity")
    activity.locator("a.o_telephony_call").scroll_into_view_if_needed()
    agent_page.shot("activity-to-call")
    activity.locator("a.o_telephony_call").click()
    assert_rings(stack, number)
    expect(agent_page.card(number)).to_have_count(0)
    done = page.locator(".o-mail-ActivityMarkAsDone button[aria-label='Done']")

    def is_offered():
        # Odoo closes its popover where the chatter is drawn anew behind it.
        if not done.is_visible():
            activity.locator(".o-mail-Activity-markDone").click()
        return done.is_visible()

    wait_for(is_offered, what="the popover that marks it as done", interval=1)
    done.click()
    expect(activity).to_have_count(0)


def test_a_further_number_is_saved_from_the_calls_page(stack, agent_page, number):
    res_id, _name = person(stack, new_number())
    call = stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    expect(agent_page.registration).to_be_visible()
    pages = stack.agent.call(
        "telephony.registration", "search", [("call_id.number", "=", number)]
    )
    chosen = {"object_ref": f"res.partner,{res_id}", "create_new": False}
    stack.agent.call("telephony.registration", "write", pages, chosen)
    # The address follows the page, which is what is loaded again.
    expect(agent_page.page).to_have_url(re.compile("/call-registration/"))
    agent_page.page.reload()
    agent_page.wait_until_ready()
    page = agent_page.registration
    expect(page).to_contain_text("Added to the other phone numbers")
    page.locator(".o_field_widget[name='save_number'] input").check()
    agent_page.shot("save-a-further-number")
    agent_page.save_registration()
    [saved] = stack.admin.search_read(
        "telephony.phone", [("partner_id", "=", res_id)], ["number"]
    )
    assert saved["number"] == international(number)
    call.hang_up()
