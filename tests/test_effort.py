"""How many clicks the main jobs take, counted in the browser."""

import logging

import pytest
from playwright.sync_api import expect

from tools.stack.asterisk import MANAGER
from tools.stack.rpc import OdooClient

from .support.browser import WebClient
from .support.records import contact, international, new_number
from .support.stack import listening_odoo

DID = "+33140001001"
COUNT = """
window.clicks = 0;
window.addEventListener("click", (ev) => (window.clicks += ev.isTrusted), true);
window.fields = new Set();
window.addEventListener(
    "input",
    ({ target }) => /text|password/.test(target.type) && window.fields.add(target.id),
    true
);
"""
SIZES = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 390, "height": 844},
}
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


@pytest.fixture(scope="module")
def _fresh(postgres, installed):
    with listening_odoo(postgres, installed, "fresh") as odoo:
        yield odoo


@pytest.fixture
def fresh(postgres, _fresh):
    """The administrator of an Odoo that listens itself, and knows no telephone system.

    Its company has a country, as where one creates a database.
    """
    admin = OdooClient(_fresh.url, _fresh.database, "admin")
    known = [each["id"] for each in admin.search_read("telephony.pbx", [], ["id"])]
    admin.call("telephony.pbx", "write", known, {"active": False})
    france = admin.one("res.country", [("code", "=", "FR")])["id"]
    admin.call("res.company", "write", [1], {"country_id": france})
    # A new database's tours and greetings cover what is clicked.
    quiet = {"tour_enabled": False, "odoobot_state": "disabled"}
    admin.call("res.users", "write", [admin.uid], quiet)
    postgres.query("DELETE FROM telephony_call RETURNING id", database=_fresh.database)
    return admin


@pytest.fixture
def fresh_page(fresh, _fresh, _chromium, request):
    """The browser of that administrator."""
    client = None

    def open_for(size):
        nonlocal client
        context = _chromium.new_context(viewport=SIZES[size])
        client = WebClient(context.new_page(), _fresh.url)
        client.log_in(fresh)
        return client

    yield open_for
    client.shot(request.node.name)
    client.page.context.close()
    assert client.errors == []


@pytest.mark.parametrize("size", SIZES)
def test_from_login_to_a_connected_asterisk(stack, fresh, fresh_page, size):
    """And on to the first ring, which is more than the bar asks for."""
    client = fresh_page(size)
    page = client.page
    dialog = page.locator(".modal")

    def press(label):
        dialog.locator("footer").get_by_role("button", name=label, exact=True).click()

    def fill(name, text):
        box = dialog.locator(f".o_field_widget[name='{name}'] input:visible").first
        box.fill("")
        box.press_sequentially(text)

    def shot(step):
        client.shot(f"setup-{size}-{step}")

    count_clicks(client)
    if size == "wide":
        page.locator(".o_navbar_apps_menu button").click()
    else:
        page.locator(".o_menu_toggle").click()
        page.locator(".o_app_menu_sidebar .o_sidebar_topbar a").first.click()
    page.locator("[data-menu-xmlid='telephony_connector.menu_telephony_root']").click()
    begin = page.locator(".o_view_nocontent a.btn", has_text="Set Up Telephony")
    expect(begin).to_be_visible()
    shot("empty")
    begin.click()
    dialog.get_by_label("Asterisk, phones on PJSIP").click()
    shot("kind")
    press("Next")
    expect(dialog.locator("[name='manager_conf']").first).to_be_visible()
    shot("account")
    fill("host", stack.asterisk.host)
    fill("port", str(stack.asterisk.port))
    fill("secret", MANAGER["secret"])
    press("Test")
    expect(dialog.locator(".alert-success:visible")).to_be_visible()
    shot("test")
    press("Find Extensions")
    expect(dialog.locator(".o_data_row").first).to_be_visible()
    shot("extensions")
    press("Connect")
    ring = dialog.locator(".o_telephony_test_call")
    expect(ring).to_be_visible()
    expect(dialog.locator("[name='connection_state']:visible")).to_have_count(0)
    shot("call")
    [pbx] = fresh.search_read("telephony.pbx", [], ["connection_state"])
    assert pbx["connection_state"] == "connected"
    clicks = read_clicks(client, "from login to a connected Asterisk")
    fields = page.evaluate("window.fields.size")
    _figures.info("fields, from login to a connected Asterisk: %s", fields)
    assert fields == 3
    assert clicks + fields <= 12
    fill("own_number", "1001")
    ring.click()
    own = stack.phone("1001").incoming()
    expect(dialog.locator("[name='test_result']")).to_contain_text("rings")
    shot("rings")
    own.answer()
    expect(dialog.locator("[name='test_result']")).to_contain_text("work")
    own.hang_up()
    shot("done")
    press("Done")
    expect(page.locator(".o_form_view [name='extension_ids']")).to_be_visible()


def test_what_is_wrong_is_mended_where_it_is_told(stack, fresh, fresh_page):
    client = fresh_page("wide")
    page, dialog = client.page, client.page.locator(".modal")
    client.open("/odoo/action-telephony_connector.action_telephony_home")
    page.get_by_text("Set Up Telephony").click()
    dialog.get_by_label("Asterisk, phones on PJSIP").click()
    footer = dialog.locator("footer")
    footer.get_by_role("button", name="Next").click()

    def fill(name, text):
        dialog.locator(f".o_field_widget[name='{name}'] input:visible").first.fill(text)

    fill("host", stack.asterisk.host)
    fill("port", str(stack.asterisk.port))
    fill("secret", "wrong")
    footer.get_by_role("button", name="Test", exact=True).click()
    expect(dialog.locator(".alert-danger:visible")).to_contain_text("could not log in")
    client.shot("setup-refused")
    fill("secret", MANAGER["secret"])
    fill("context", "nowhere")
    again = footer.get_by_role("button", name="Test Again")
    again.click()
    fault = dialog.locator(".alert-danger:visible")
    expect(fault).to_contain_text("“nowhere” is not in the dial plan")
    client.shot("setup-context")
    expect(footer.locator(".btn-primary:visible")).to_have_text("Test Again")
    context = dialog.locator(".o_field_widget[name='context'] input:visible")
    offered = context.evaluate("box => [...box.list.options].map(each => each.value)")
    assert "from-internal" in offered
    fill("context", "from-internal")
    again.click()
    expect(dialog.locator(".alert-success:visible")).to_be_visible()
    expect(footer.locator(".btn-primary:visible")).to_have_text("Find Extensions")


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
