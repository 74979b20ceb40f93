"""The web client in a real Chromium."""

import re
import shutil

from playwright.sync_api import expect

from tools.stack.paths import SCREENSHOTS
from tools.stack.waiting import wait_for

from .records import international

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)  # milliseconds, for a busy machine
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def find_browser():
    """
    :return: the path of the Chromium that is installed on this machine.
    """
    return next(filter(None, map(shutil.which, BROWSERS)))


def launch(playwright):
    """
    :return: a Playwright browser.
    """
    return playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)


class WebClient:
    """One browser tab of one user.

    :param page: a Playwright page in a context of its own.
    :param url: of the Odoo server.
    """

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._on_console)

    def _on_console(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def log_in(self, client):
        """Open the web client with the session of an RPC client.

        :param client: the user's :class:`~tools.stack.rpc.OdooClient`.
        """
        cookies = [
            {"name": "session_id", "value": client.session_id, "url": self.url},
        ]
        self.page.context.add_cookies(cookies)
        self.open("/odoo")

    def open(self, path):
        """Open a page of the web client, as ``/odoo/res.partner/7``."""
        self.page.goto(self.url + path)
        self.wait_until_ready()

    def open_record(self, model, res_id):
        """Open the form of a record."""
        self.open(f"/odoo/{model}/{res_id}")
        expect(self.page.locator(".o_form_view")).to_be_visible()

    def open_call_page(self, number):
        """Follow the link of a telephone program.

        :param number: as it stands in the address, escaped or not.
        """
        self.open(f"/telephony/incoming?number={number}")

    def wait_until_ready(self):
        """Wait for the web client, and for its bus to be connected.

        What is sent to the user's browser before that is not shown.
        """
        expect(self.page.locator(".o_web_client .o_main_navbar")).to_be_visible(
            timeout=60_000
        )
        wait_for(
            lambda: self.page.evaluate(
                "odoo.__WOWL_DEBUG__.root.env.services.bus_service.isActive"
            ),
            what="the bus of the web client",
        )

    def shot(self, name):
        """Take a screenshot of the page to ``.local/screenshots/NAME.png``."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]+", "-", name)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    # -- what the addon shows --

    def card(self, number):
        """
        :param number: E.164, of the other party.
        :return: the card of the call with that number.
        """
        cards = self.page.locator(".o_telephony_card")
        return cards.filter(has_text=international(number))

    def bar(self, number):
        """
        :param number: E.164, of the other party.
        :return: what the call bar shows of the talk with that number.
        """
        talks = self.page.locator(".o_telephony_bar_item")
        return talks.filter(has_text=international(number))

    @property
    def registration(self):
        """The form that registers a call."""
        return self.page.locator(".o_telephony_registration")

    @property
    def registration_title(self):
        """The title of that form; it says the number."""
        return self.page.locator(".o_telephony_registration_title")

    @property
    def customer(self):
        """The input with the record that the call is to be registered on."""
        return self.registration.locator(".o_field_widget[name='object_ref'] input")

    @property
    def matches(self):
        """The list of the records that have the number."""
        return self.page.locator(".o_telephony_matches")

    @property
    def call_button(self):
        """The button at a telephone number that calls it."""
        return self.page.locator(".o_telephony_call")

    def field(self, name):
        """
        :return: the input of a field of the registration form.
        """
        return self.registration.locator(f".o_field_widget[name='{name}'] input")

    def save_registration(self):
        """Press Save on the registration form, and wait until Odoo says it did."""
        self.registration.locator("button[name='action_save']").click()
        expect(self.page.locator(".o_notification")).to_contain_text("is registered on")
