"""What agents see of calls: in two tabs, as two agents, and while they work."""

import json
import re

import pytest
from playwright.sync_api import expect

from tools.stack.waiting import wait_for

from .support.browser import WebClient
from .support.records import contact, international, new_number

DID = "+33140001001"
RING_GROUP = "+33140000002"
SIZES = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 390, "height": 844},
}


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
    return stack.agent.call("telephony.client", "get_phone_state")["missed_count"]


def run_action(stack, name):
    """Run a scheduled action: nobody else does in this stack.

    :param name: its XML id in the base
    """
    _model, cron = stack.admin.call(
        "ir.model.data", "check_object_reference", "telephony_connector", name
    )
    stack.admin.call("ir.cron", "method_direct_trigger", [cron])


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


def test_the_page_of_a_group_opens_for_whoever_answers(
    stack, web_client, agent_page, number
):
    colleague = web_client("colleague")
    call = stack.phone("public").call(RING_GROUP, caller=number)
    rings = stack.phone("1001").incoming()
    theirs = stack.phone("1002").incoming()
    for client in (agent_page, colleague):
        expect(client.card(number)).to_be_visible()
    theirs.answer()
    call.answered()
    expect(colleague.registration_title).to_contain_text(international(number))
    rings.ended()
    expect(agent_page.card(number)).to_have_count(0)
    # It may have opened where the second phone was known late, and closes then.
    expect(agent_page.registration).to_have_count(0)
    call.hang_up()


@pytest.fixture
def eager_agent(stack):
    """The agent, for whom pages open at the ring, however many are rung."""
    users = stack.client("agent")
    users.call("res.users", "write", [users.uid], {"telephony_open_page_on": "ringing"})
    yield
    users.call("res.users", "write", [users.uid], {"telephony_open_page_on": False})


@pytest.mark.parametrize("is_touched", [False, True])
def test_a_page_closes_when_a_colleague_answers_unless_it_was_touched(
    stack, eager_agent, agent_page, number, is_touched
):
    agent_page.open("/odoo/contacts")
    agent_page.page.locator(".o_control_panel").click()
    call = stack.phone("public").call(RING_GROUP, caller=number)
    stack.phone("1001").incoming()
    theirs = stack.phone("1002").incoming()
    expect(agent_page.registration_title).to_contain_text(international(number))
    if is_touched:
        agent_page.registration_title.first.click()
    theirs.answer()
    call.answered()
    if is_touched:
        alert = agent_page.registration.locator(".alert-warning")
        expect(alert.first).to_contain_text("Colleague Test answered this call.")
    else:
        expect(agent_page.card(number)).to_contain_text("Answered by Colleague Test")
        expect(agent_page.registration).to_have_count(0)
        expect(agent_page.page.locator(".o_control_panel")).to_contain_text("Contacts")
        agent_page.shot("page-closed")
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
    expect(agent_page.bar(number).get_by_role("timer")).to_be_visible()
    expect(agent_page.card(number)).to_have_count(0)
    theirs.hang_up()
    expect(agent_page.bar(number)).to_have_count(0)


def test_a_busy_number_is_said_to_be_busy(stack, agent_page, number):
    page = agent_page.page
    page.keyboard.press("Alt+Shift+P")
    box = page.locator(".o_telephony_search input")
    box.fill(number)
    box.press("Enter")
    stack.phone("1001").incoming().answer()
    stack.phone("public").incoming().reject()
    expect(agent_page.card(number)).to_contain_text("Busy")


@pytest.fixture(params=SIZES)
def size(request):
    """The name of a screen's size."""
    return request.param


def test_a_page_says_that_a_colleague_answered_and_saved(
    stack, agent_page, number, size
):
    agent_page.page.set_viewport_size(SIZES[size])
    call = stack.phone("public").call(RING_GROUP, caller=number)
    stack.phone("1001").incoming()
    theirs = stack.phone("1002").incoming()
    expect(agent_page.card(number)).to_be_visible()
    call_id = stack.wait_for_call(number, state="ringing")["id"]
    pages = "telephony.registration"
    action = stack.agent.call(pages, "open_for_call", call_id)
    agent_page.open(f"/odoo/{action['path']}/{action['res_id']}")
    alert = agent_page.registration.locator(".alert-warning", has_text="this call.")
    save = agent_page.registration.locator("button[name='action_save']")
    expect(save).to_be_visible()
    expect(alert).to_be_hidden()

    theirs.answer()
    call.answered()
    expect(alert).to_contain_text("Colleague Test answered this call.")
    expect(alert.get_by_role("button")).to_have_text("Register It Anyway")
    expect(save).to_be_hidden()
    agent_page.shot(f"colleague-answered-{size}")

    colleague = stack.client("colleague")
    theirs_id = colleague.call(pages, "open_for_call", call_id)["res_id"]
    colleague.call(pages, "write", [theirs_id], {"note": "<p>Wants an offer</p>"})
    colleague.call(pages, "action_save", [theirs_id])
    expect(alert).to_contain_text("Colleague Test saved this call.")
    agent_page.shot(f"colleague-saved-{size}")
    alert.get_by_role("button", name="Show What Was Saved").click()
    expect(alert).to_be_hidden()
    note = agent_page.registration.locator("[name='note']")
    expect(note).to_contain_text("Wants an offer")
    # The lead is the colleague's: nothing is offered that would take the call away.
    expect(agent_page.registration).to_contain_text("not visible to you")
    expect(save).to_be_hidden()
    agent_page.shot(f"colleague-saved-shown-{size}")
    call.hang_up()


def test_the_customer_is_searched_in_one_box(stack, agent_page, number, size):
    agent_page.page.set_viewport_size(SIZES[size])
    name, city = f"Searched {number}", f"Town {number}"
    stack.admin.create("res.partner", name=name, city=city)
    call = stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming()
    box = agent_page.customer
    expect(box).to_be_visible()
    agent_page.card(number).locator(".o_telephony_card_dismiss").click()
    box.click()
    box.press_sequentially(city)
    options = agent_page.page.locator(".o-autocomplete--dropdown-item")
    found = options.filter(has_text=name)
    expect(found).to_contain_text(city)
    expect(options.last).to_contain_text(f"New “{city}”")
    agent_page.shot(f"search-customer-{size}")
    found.click()
    expect(agent_page.customer).to_have_value(name)
    # A wrong choice is undone by one click.
    agent_page.registration.get_by_role("button", name="Somebody else").click()
    expect(agent_page.customer).to_have_value("")
    agent_page.customer.press_sequentially(f"Person {number}")
    options.filter(has_text="New “").click()
    expect(agent_page.field("new_contact_name")).to_have_value(f"Person {number}")
    expect(agent_page.customer).to_have_value("")
    agent_page.shot(f"search-customer-new-{size}")
    call.hang_up()


def test_three_browsers_on_one_call(stack, web_client, agent_page, number):
    """Two of one user, one of a colleague: one page opens, and no note is lost."""
    second = web_client("agent")
    colleague = web_client("colleague")
    call = stack.phone("public").call(RING_GROUP, caller=number)
    rings = stack.phone("1001").incoming()
    stack.phone("1002").incoming()
    for client in (agent_page, second, colleague):
        expect(client.card(number)).to_be_visible()
    rings.answer()
    call.answered()
    call_id = stack.wait_for_call(number, state="ongoing")["id"]
    pages = "telephony.registration"
    action = stack.agent.call(pages, "open_for_call", call_id)
    for client in (agent_page, second):
        client.open(f"/odoo/{action['path']}/{action['res_id']}")
        expect(client.registration).to_be_visible()
    theirs = stack.client("colleague").call(pages, "open_for_call", call_id)
    colleague.open(f"/odoo/{theirs['path']}/{theirs['res_id']}")
    alert = colleague.registration.locator(".alert-warning")
    expect(alert).to_contain_text("Agent Test answered this call.")

    note = agent_page.registration.locator(
        ".o_field_widget[name='note'] .odoo-editor-editable"
    )
    note.click()
    note.press_sequentially("Wants an offer")
    agent_page.save_registration()
    expect(alert).to_contain_text("Agent Test saved this call.")
    # The other browser of the same user has not seen the note, and saves without one.
    second.registration.locator("button[name='action_save']").click()
    expect(second.page.locator(".o_notification, .modal").first).to_be_visible()
    kept = stack.agent.one("telephony.call", [("id", "=", call_id)], ["note"])
    assert "Wants an offer" in kept["note"]
    assert stack.admin.search_count(pages, [("call_id", "=", call_id)]) <= 2
    call.hang_up()


def test_an_extension_whose_user_lacks_the_right(stack, web_client, size):
    number = "1080" if size == "wide" else "1081"
    user = stack.admin.create("res.users", name=f"Nora {number}", login=number)
    extension = stack.admin.create(
        "telephony.extension", number=number, pbx_id=stack.pbx, user_id=user
    )
    administrator = web_client("admin")
    page = administrator.page
    page.set_viewport_size(SIZES[size])
    administrator.open_record("telephony.extension", extension)
    alert = page.locator(".alert-warning", has_text="is missing")
    expect(alert).to_be_visible()
    administrator.shot(f"extension-without-right-{size}")
    places = (
        "/odoo/action-telephony_connector.action_telephony_extension",
        f"/odoo/telephony.pbx/{stack.pbx}",
    )
    for place in places:
        administrator.open(place)
        row = page.locator(".o_data_row", has_text=number)
        grant = row.get_by_role("button", name="Grant Right")
        expect(grant).to_be_visible()
        administrator.shot(f"extensions-{places.index(place)}-{size}")
    grant.click()
    expect(grant).to_be_hidden()
    administrator.open_record("telephony.extension", extension)
    expect(alert).to_be_hidden()


def test_missed_callers_are_listed_and_dismissed(stack, agent_page, size):
    known, unknown = new_number(), new_number()
    contact(stack, f"Missed {known}", known)
    for each in (known, unknown):
        call = stack.phone("public").call(DID, caller=each)
        rings = stack.phone("1001").incoming()
        call.hang_up()
        rings.ended()
        stack.wait_for_call(each, outcome="missed")
    run_action(stack, "ir_cron_telephony_followup")
    page = agent_page.page
    page.set_viewport_size(SIZES[size])
    agent_page.open("/odoo/missed-callers")
    rows = ".o_data_row" if size == "wide" else ".o_kanban_record"
    row = page.locator(rows, has_text=f"Missed {known}")
    link = row.locator("a", has_text=international(known))
    expect(link).to_be_visible()
    assert link.evaluate("each => each.scrollWidth <= each.clientWidth + 1"), "cut"
    agent_page.shot(f"missed-callers-{size}")
    page.get_by_role("button", name="Dismiss Unknown").click()
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("called once and left")
    agent_page.shot(f"missed-callers-dismissed-{size}")
    dialog.get_by_role("button", name="Dismiss All").click()
    expect(page.locator(".o_notification")).to_contain_text("dismissed")
    state = stack.admin.one("telephony.followup", [("number", "=", unknown)], ["state"])
    assert state["state"] == "done"
    expect(row).to_be_visible()


def test_a_call_in_the_chatter_of_its_record(stack, agent_page, number, size):
    res_id = contact(stack, f"Chatter {number}", number)
    call = stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming().answer()
    call.answered()
    call.hang_up()
    logged = stack.wait_for_call(number, outcome="answered")
    run_action(stack, "ir_cron_telephony_timeline")
    page = agent_page.page
    page.set_viewport_size(SIZES[size])
    agent_page.open_record("res.partner", res_id)
    line = page.locator(".o-mail-Message", has_text="Incoming call")
    expect(line).to_contain_text("Answered")
    line.scroll_into_view_if_needed()
    agent_page.shot(f"timeline-{size}")
    line.get_by_role("link", name="Incoming call").click()
    expect(page).to_have_url(re.compile(rf"/telephony\.call/{logged['id']}$"))
    expect(page.locator(".o_form_view")).to_contain_text(international(number))


def test_the_calls_behind_a_line_of_the_dashboard(stack, web_client, number):
    call = stack.phone("public").call(DID, caller=number)
    stack.phone("1001").incoming().answer()
    call.answered()
    call.hang_up()
    stack.wait_for_call(number, outcome="answered")
    administrator = web_client("admin")
    page = administrator.page
    administrator.open("/odoo/call-dashboard")
    page.locator(".o_telephony_dashboard").get_by_role(
        "link", name="Agent Test", exact=True
    ).click()
    expect(page.locator(".o_breadcrumb")).to_contain_text("Calls")
    row = page.locator(".o_data_row", has_text=international(number))
    expect(row).to_contain_text("Agent Test")


def test_problems_of_a_telephone_system(stack, web_client, size):
    message = "Odoo's account on the telephone system may not do QueueStatus."
    reason = {"code": "permission_for", "params": {"action": "QueueStatus"}}
    # One that no listener leads, which would bring its problems up to date.
    pbx = stack.admin.create("telephony.pbx", name=f"Problems {size}", active=False)
    stack.odoo.postgres.query(
        """INSERT INTO telephony_pbx_problem
                  (pbx_id, kind, name, reason, count, start_date, last_date)
           VALUES (%s, 'list', 'QueueStatus', %s, 2, now(), now()) RETURNING id""",
        [pbx, json.dumps(reason)],
        database=stack.odoo.database,
    )
    administrator = web_client("admin")
    administrator.page.set_viewport_size(SIZES[size])
    administrator.open_record("telephony.pbx", pbx)
    problem = administrator.page.locator(".o_telephony_problems .o_kanban_record")
    text = problem.get_by_text(message)
    expect(text).to_be_visible()
    assert text.evaluate("each => each.scrollWidth <= each.clientWidth + 1"), "cut"
    administrator.shot(f"problems-{size}")
