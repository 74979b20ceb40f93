"""What people who see little, or use a keyboard or a screen reader, get of each page.

axe-core checks what the addons show themselves; the web client around it is Odoo's.
"""

import pytest
from playwright.sync_api import expect

from tools.stack.paths import ROOT

from .support.records import contact, new_number

AXE = ROOT / "node_modules/axe-core/axe.min.js"
DID = "+33140001001"
SIZES = {
    "wide": {"width": 1440, "height": 900},
    "narrow": {"width": 390, "height": 844},
}
# What Odoo's own widgets break, by axe-core's rules, on every page that has them.
OF_ODOO = {
    "aria-allowed-attr": [".o-dropdown"],
    "aria-allowed-role": [".o_kanban_record"],
    "aria-required-parent": [".o_notebook_headers .nav-link"],
    "autocomplete-valid": [".o_select_menu_input"],
    "button-name": [".o_optional_columns_dropdown *"],
    "color-contrast": [
        ".o_form_label",
        ".o_field_badge *",
        ".o_setting_right_pane > .text-muted *",
    ],
    "empty-table-header": [".o_list_table th"],
    "image-alt": [".o_avatar img"],
    "label": [".o_list_record_selector input"],
}
CHECK = """
async ([selectors, ofOdoo]) => {
    const { passes, violations } = await axe.run(
        { include: selectors.map((each) => [each]), exclude: [[".o_control_panel"]] },
        { elementRef: true }
    );
    const isOdoos = ({ id }, { element }) =>
        (ofOdoo[id] || []).some((each) => element.matches(each));
    return {
        checked: passes.length,
        faults: violations.flatMap((rule) =>
            rule.nodes
                .filter((node) => !isOdoos(rule, node))
                .map((node) => `${rule.id}: ${node.html}: ${node.failureSummary}`)
        ),
    };
}
"""


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture(params=SIZES)
def size(request):
    """The name of a screen's size."""
    return request.param


@pytest.fixture(params=["en_US", "ar_001"])
def agent_page(stack, web_client, size, request):
    """The agent's browser, from left to right and from right to left."""
    lang = request.param
    users = ("res.users", "write", [stack.agent.uid])
    domain = [("code", "=", lang), ("active", "=", False)]
    if inactive := stack.admin.call("res.lang", "search", domain):
        stack.admin.call("res.lang", "write", inactive, {"active": True})
    request.addfinalizer(lambda: stack.admin.call(*users, {"lang": "en_US"}))
    stack.admin.call(*users, {"lang": lang})
    client = web_client("agent")
    client.page.set_viewport_size(SIZES[size])
    turned = "rtl" if lang == "ar_001" else "ltr"
    expect(client.page.locator("body")).to_have_css("direction", turned)
    return client


@pytest.fixture
def admin_page(web_client, size):
    """The administrator's browser."""
    client = web_client("admin")
    client.page.set_viewport_size(SIZES[size])
    return client


def find_faults(client, *selectors):
    """
    :param client: a :class:`~.support.browser.WebClient`
    :param selectors: CSS, of the parts of its page that are checked
    :return: a line for each element that breaks a rule of axe-core
    """
    if not client.page.evaluate("Boolean(window.axe)"):
        client.page.add_script_tag(path=AXE)
    report = client.page.evaluate(CHECK, [list(selectors), OF_ODOO])
    assert report["checked"], "nothing was checked"
    return report["faults"]


def test_card_and_page_of_a_call(stack, agent_page, number, request):
    contact(stack, f"Reader {number}", number)
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    expect(agent_page.card(number)).to_be_visible()
    expect(agent_page.registration).to_be_visible()
    agent_page.shot(f"{request.node.name}-card")
    assert find_faults(agent_page, ".o_telephony_card") == []
    rings.answer()
    call.answered()
    expect(agent_page.bar(number)).to_be_visible()
    agent_page.shot(f"{request.node.name}-page")
    assert find_faults(agent_page, ".o_telephony_bar") == []
    link = agent_page.registration.locator("[name='number_display'] a").first
    expect(link).to_have_css("direction", "ltr")
    assert find_faults(agent_page, ".o_telephony_registration") == []
    call.hang_up()


def test_panel(stack, agent_page, number, request):
    call = stack.phone("public").call(DID, caller=number)
    rings = stack.phone("1001").incoming()
    call.hang_up()
    rings.ended()
    page = agent_page.page
    page.locator(".o_telephony_menu button").click()
    faults = []
    for tab in page.locator(".o_telephony_panel [data-tab]").all():
        tab.click()
        agent_page.shot(f"{request.node.name}-{tab.get_attribute('data-tab')}")
        faults += find_faults(agent_page, ".o_telephony_menu", ".o_telephony_panel")
    assert faults == []


@pytest.mark.parametrize(
    "place",
    [
        "calls",
        "missed-callers",
        "telephony-board",
        "call-dashboard",
        "action-telephony_connector.action_telephony_extension",
    ],
)
def test_pages(stack, admin_page, size, place):
    admin_page.open(f"/odoo/{place}")
    content = ".o_action_manager .o_content"
    expect(admin_page.page.locator(content)).to_be_visible()
    admin_page.shot(f"{place.split('.')[-1]}-{size}")
    assert find_faults(admin_page, content) == []


def test_settings(stack, admin_page):
    admin_page.open("/odoo/settings#telephony_connector")
    block = ".app_settings_block[data-key='telephony_connector']"
    expect(admin_page.page.locator(block)).to_be_visible()
    assert find_faults(admin_page, block) == []


def test_form_of_a_telephone_system(stack, admin_page):
    admin_page.open_record("telephony.pbx", stack.pbx)
    assert find_faults(admin_page, ".o_form_view .o_content") == []
