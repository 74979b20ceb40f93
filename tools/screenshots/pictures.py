"""What is photographed for whom; each function leaves nobody talking."""

from contextlib import contextmanager

from playwright.sync_api import expect

from tests.support.mightycall import AGENTS
from tools.mightycall import Emulator
from tools.stack.demo_data import create_mightycall

from .scene import CAMILLE, OPPORTUNITY

TWO_PEOPLE = "+33199000041"
ATTENDEE = "+33612340006"
COLLEAGUE = "+33612340007"
QUEUE = "+33140000003"
RECORDED_LINE = "+33140000005"
TALK = 20_000  # milliseconds, so that the recording shows more than its beginning


@contextmanager
def ringing(scene, web, number):
    """A context in which somebody calls the user, and the call's page is open."""
    web.open("/odoo/contacts")
    call = scene.call(number)
    own = scene.phone("1001").incoming()
    yield own
    call.hang_up()
    own.ended()
    scene.wait_for_call(number, state="ended")


def incoming_call(scene, web):
    with ringing(scene, web, CAMILLE):
        expect(web.customer).to_have_value("Camille Laurent")
        expect(web.card(CAMILLE)).to_be_visible()
        sections = web.page.locator(".o_telephony_sections section")
        expect(sections.filter(has_text=OPPORTUNITY)).to_be_visible()
        yield "incoming-call"


def several_matches(scene, web):
    with ringing(scene, web, TWO_PEOPLE):
        expect(web.matches).to_be_visible()
        yield "several-matches"


def setup(_scene, web):
    web.open("/odoo/action-telephony_connector.action_telephony_pbx_setup")
    host = web.page.locator(".o_field_widget[name='host'] input")
    host.fill("pbx.example.com")
    host.blur()
    yield "setup"


def calls(_scene, web):
    web.open("/odoo/calls")
    expect(web.page.locator(".o_data_row").first).to_be_visible()
    yield "calls"


def live_board(scene, web):
    web.page.set_viewport_size({"width": 1440, "height": 800})
    web.open("/odoo/telephony-board")
    waiting = scene.call(CAMILLE, QUEUE)
    scene.wait_for_call(CAMILLE, state="ringing")
    expect(web.page.locator(".o_telephony_waiting").first).to_be_visible()
    expect(web.page.locator("[data-agent='1001']")).to_contain_text("Ringing")
    yield "live-board"
    waiting.hang_up()
    scene.wait_for_call(CAMILLE, state="ended")


def dashboard(_scene, web):
    web.open("/odoo/call-dashboard")
    expect(web.page.locator(".o_telephony_figures")).to_be_visible()
    yield "dashboard"


def recording(scene, web):
    call = scene.call(CAMILLE, RECORDED_LINE)
    own = scene.phone("1001").incoming()
    own.answer()
    call.answered()
    for each in (call, own):
        each.talk()
    web.page.wait_for_timeout(TALK)
    call.hang_up()
    own.ended()
    call_id = scene.wait_for_call(CAMILLE, state="ended")
    scene.fetch_recording(call_id)
    web.open_record("telephony.call", call_id)
    expect(web.page.locator(".o_field_widget[name='recording']")).to_be_visible()
    yield "recording"


def mightycall(scene, web):
    emulator = Emulator({number: f"key-{number}" for number in AGENTS.values()})
    emulator.start()
    pbx = create_mightycall(scene.client, emulator)
    web.page.set_viewport_size({"width": 1280, "height": 560})
    web.open_record("telephony.pbx", pbx)
    yield "mightycall"
    emulator.stop()


def attendee(scene, web):
    with ringing(scene, web, ATTENDEE):
        expect(web.customer).to_have_value("Sarah Petit")
        yield "attendee"


def employee(scene, web):
    with ringing(scene, web, COLLEAGUE):
        expect(web.customer).to_have_value("Thomas Girard")
        yield "employee"


def beside_the_call(scene, web, heading):
    """Wait until what is open for Camille stands beside her call, then leave."""
    with ringing(scene, web, CAMILLE):
        shown = web.page.locator(".o_telephony_sections section", has_text=heading)
        expect(shown).to_be_visible()
        shown.scroll_into_view_if_needed()
        yield


def orders(scene, web):
    client = scene.client
    product = client.call("product.product", "search", [], limit=1)[0]
    line = {"product_id": product, "product_uom_qty": 2, "price_unit": 1450}
    order = {"partner_id": scene.camille, "order_line": [(0, 0, line)]}
    client.call("sale.order", "create", [order])
    for _ready in beside_the_call(scene, web, "Open Quotations and Orders"):
        yield "orders"


def invoices(scene, web):
    client = scene.client
    line = {"name": OPPORTUNITY, "quantity": 1, "price_unit": 2380}
    invoice = {
        "move_type": "out_invoice",
        "partner_id": scene.camille,
        "invoice_line_ids": [(0, 0, line)],
    }
    ids = client.call("account.move", "create", [invoice])
    client.call("account.move", "action_post", ids)
    for _ready in beside_the_call(scene, web, "Unpaid Invoices"):
        yield "invoices"


def tasks(scene, web):
    client = scene.client
    project = client.call("project.project", "create", [{"name": OPPORTUNITY}])[0]
    task = {
        "name": "Measure the terrace",
        "project_id": project,
        "partner_id": scene.camille,
    }
    client.call("project.task", "create", [task])
    for _ready in beside_the_call(scene, web, "Open Tasks"):
        yield "tasks"


def automation_rule(scene, web):
    client = scene.client
    model = client.one("ir.model", [("model", "=", "telephony.call")])["id"]
    action = {
        "name": "Tell the chat of the support team",
        "model_id": model,
        "state": "webhook",
        "webhook_url": "https://chat.example.com/hooks/support",
    }
    rule = client.create(
        "base.automation",
        name="Missed calls of the support queue",
        model_id=model,
        trigger="on_create_or_write",
        filter_domain="[('outcome', '=', 'missed'), ('queue', '=', 'support')]",
        action_server_ids=[(0, 0, action)],
    )
    web.open_record("base.automation", rule)
    yield "automation-rule"


PICTURES = {
    "telephony_connector": (incoming_call, several_matches, calls, setup),
    "telephony_supervisor": (dashboard, live_board),
    "telephony_recording": (recording,),
    "telephony_mightycall": (mightycall,),
    "telephony_event": (attendee,),
    "telephony_hr": (employee,),
    "telephony_sale": (orders,),
    "telephony_account": (invoices,),
    "telephony_project": (tasks,),
    "telephony_base_automation": (automation_rule,),
}
"""By addon; the first one stands on its banner."""
