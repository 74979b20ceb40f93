"""The desktop agent: a call opens its page although no tab of Odoo is open."""

import os
import re
import shlex
import subprocess
import sys
import time

import pytest
import requests
from playwright.sync_api import expect

from tools.stack.demo_data import make_token
from tools.stack.odoo import LOGS
from tools.stack.paths import ROOT
from tools.stack.process import Process
from tools.stack.waiting import wait_for

from .support.browser import FLAGS, WebClient, find_browser
from .support.records import contact, international, new_number

DID = "+33140001001"
REFUSED = 3


@pytest.fixture
def number():
    """The number of the caller."""
    return new_number()


class Desktop:
    """A user's computer with the agent on it.

    :param stack: the running :class:`~tests.support.stack.Stack`.
    :param home: a directory for its files.
    :param browser: the command that opens a page; by default one that notes it.
    """

    def __init__(self, stack, home, browser=None):
        self._home = home
        self._opened = home / "opened"
        self._notes = home / "notes"
        self.process = None
        self._browser = browser or _noting(self._opened, '"$1"') + " sh {url}"
        self._env = {
            "TELEPHONY_AGENT_CONFIG": str(home / "config.json"),
            "PYTHONPATH": str(ROOT / "agent" / "src"),
            "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
        }
        notifier = home / "notify-send"
        notes = shlex.quote(str(self._notes))
        notifier.write_text(
            f'#!/bin/sh\nfor last; do :; done\necho "$last" >> {notes}\n'
        )
        notifier.chmod(0o755)
        self._log_in(stack)

    def _log_in(self, stack):
        self.token, self.token_id = make_token(stack.agent, "agent")
        command = ["login", stack.odoo.url, "--browser", self._browser]
        subprocess.run(
            [sys.executable, "-m", "telephony_agent", *command],
            env={**os.environ, **self._env},
            input=self.token,
            text=True,
            capture_output=True,
            check=True,
            timeout=60,
        )

    def start(self):
        """Start the agent and wait until it listens."""
        self.process = Process(
            "the agent",
            [sys.executable, "-m", "telephony_agent", "run", "-v"],
            LOGS / f"e2e-agent-{self._home.name}.log",
            env=self._env,
        )
        self.process.wait_for_log("Connected")

    @property
    def opened(self):
        """The pages that were opened."""
        return self._opened.read_text().splitlines() if self._opened.exists() else []

    @property
    def notes(self):
        """The notifications that were shown."""
        return self._notes.read_text().splitlines() if self._notes.exists() else []


def _noting(path, what):
    return shlex.join(["sh", "-c", f"echo {what} >> {shlex.quote(str(path))}"])


@pytest.fixture
def desktop(stack, tmp_path):
    """Sets up desktops: ``desktop()`` has an agent that runs."""
    made = []

    def make(browser=None):
        home = tmp_path / f"desktop-{len(made)}"
        home.mkdir()
        made.append(Desktop(stack, home, browser))
        made[-1].start()
        return made[-1]

    yield make
    for each in made:
        each.process.stop()
        assert each.token not in each.process.read(), "the token stands in the log"
        mine = [("id", "=", each.token_id)]
        left = stack.agent.call("telephony.agent.token", "search", mine)
        stack.agent.call("telephony.agent.token", "unlink", left)


class Profile:
    """A Chromium that the user is logged in with, and that does not run.

    ``command`` starts it at a page, as a desktop would.
    """

    def __init__(self, playwright, home, stack):
        self._playwright = playwright
        self._home = home
        self._stack = stack
        self._browser = None
        program = find_browser()
        options = [f"--user-data-dir={home}", "--remote-debugging-port=0", "--headless"]
        self.command = shlex.join([program, *FLAGS, *options, "{url}"])
        self._log_in(program)

    def _log_in(self, program):
        context = self._playwright.chromium.launch_persistent_context(
            self._home, executable_path=program, args=FLAGS
        )
        cookie = {
            "name": "session_id",
            "value": self._stack.client("agent").session_id,
            "url": self._stack.odoo.url,
            "expires": time.time() + 3600,  # else it would not outlive the browser
        }
        context.add_cookies([cookie])
        context.close()

    def wait_for_page(self):
        """Wait until somebody started it.

        :return: its only tab, as a :class:`~tests.support.browser.WebClient`.
        """
        port_file = self._home / "DevToolsActivePort"
        port = wait_for(
            lambda: port_file.exists() and port_file.read_text().splitlines()[0],
            60,
            what="the browser",
        )
        address = f"http://127.0.0.1:{port}"
        self._browser = self._playwright.chromium.connect_over_cdp(address)
        [page] = wait_for(lambda: self._browser.contexts[0].pages, what="its tab")
        return WebClient(page, self._stack.odoo.url)

    @property
    def is_running(self):
        return (self._home / "DevToolsActivePort").exists()

    def quit(self):
        if self._browser:
            self._browser.new_browser_cdp_session().send("Browser.close")


@pytest.fixture
def profile(stack, playwright, tmp_path):
    """The agent's own browser, which does not run."""
    made = Profile(playwright, tmp_path / "profile", stack)
    yield made
    made.quit()


def ring(stack, number):
    """Have the public network call the agent.

    :return: the call and the telephone that rings.
    """
    call = stack.phone("public").call(DID, caller=number)
    return call, stack.phone("1001").incoming()


def test_b3_the_agent_opens_the_browser_at_the_page(stack, desktop, profile, number):
    """With no browser running at all."""
    contact(stack, f"Only {number}", number)
    desk = desktop(profile.command)
    assert not profile.is_running
    ring(stack, number)
    client = profile.wait_for_page()
    client.wait_until_ready()
    expect(client.registration_title).to_contain_text(
        f"Incoming call: {international(number)}"
    )
    expect(client.customer).to_have_value(f"Only {number}")
    client.shot("desktop-agent")
    wait_for(
        lambda: desk.notes == [f"Incoming call: {international(number)}"],
        what="the notification",
    )


def test_an_open_tab_has_the_page_and_the_agent_the_notification(
    stack, desktop, web_client, number
):
    client = web_client("agent")
    desk = desktop()
    ring(stack, number)
    expect(client.registration_title).to_contain_text(international(number))
    desk.process.wait_for_log("its page is open already")
    wait_for(lambda: len(desk.notes) == 1, what="the notification")
    assert desk.opened == []


def test_one_page_for_two_agents(stack, desktop, number):
    desks = [desktop(), desktop()]
    ring(stack, number)
    [call] = wait_for(lambda: stack.calls(number), what="the call")
    wait_for(lambda: all(desk.notes for desk in desks), what="both notifications")
    for desk in desks:
        desk.process.wait_for_log(f"Call {call['id']}: (opening|its page)")
    wait_for(lambda: desks[0].opened + desks[1].opened, what="a page")
    page = f"{stack.odoo.url}/telephony/incoming?call={call['id']}"
    assert desks[0].opened + desks[1].opened == [page]


def test_on_answer(stack, desktop, number):
    stack.admin.call("telephony.pbx", "write", [stack.pbx], {"open_page_on": "answer"})
    try:
        desk = desktop()
        _call, rings = ring(stack, number)
        wait_for(lambda: desk.notes, what="the notification")
        assert desk.opened == []
        rings.answer()
        wait_for(lambda: len(desk.opened) == 1, what="the page")
        assert len(desk.notes) == 1
    finally:
        values = {"open_page_on": "ringing"}
        stack.admin.call("telephony.pbx", "write", [stack.pbx], values)


def test_a_colleagues_call_is_none_of_ones_own(stack, desktop, number):
    desk = desktop()
    stack.phone("public").call("+33140001002", caller=number)
    stack.phone("1002").incoming()
    stack.hang_up_all()
    other = new_number()
    ring(stack, other)
    wait_for(lambda: desk.opened, what="the page of the own call")
    assert desk.notes == [f"Incoming call: {international(other)}"]
    assert len(desk.opened) == 1


def test_the_agent_survives_a_restart_of_odoo(stack, desktop, number):
    desk = desktop()
    stack.server.stop()
    desk.process.wait_for_log("next try in")
    stack.start_server()
    wait_for(lambda: desk.process.read().count("Connected") == 2, 90, what="a new line")
    ring(stack, number)
    wait_for(lambda: desk.opened, what="the page")


def test_a_revoked_agent_stops(stack, desktop):
    desk = desktop()
    stack.agent.call("telephony.agent.token", "action_revoke", [desk.token_id])
    wait_for(lambda: not desk.process.is_running, what="the agent's end")
    assert desk.process.status == REFUSED


def test_a_token_is_made_in_the_preferences(stack, web_client):
    """And shown this once, with the command that takes it."""
    # With the employees app nobody saves preferences without a time zone.
    user = stack.admin.one("res.users", [("login", "=", "colleague")])
    stack.admin.call("res.users", "write", [user["id"]], {"tz": "UTC"})
    client = web_client("colleague")
    page = client.page
    page.locator(".o_user_menu button").click()
    page.get_by_role("menuitem", name="My Preferences").click()
    page.get_by_role("button", name="New Desktop Agent").click()
    page.get_by_placeholder("e.g. Laptop").fill("Front desk")
    page.get_by_role("button", name="Create Token").click()
    page.locator(".modal input[type='password']").fill("colleague")
    page.get_by_role("button", name="Confirm Password").click()
    token = page.locator(".modal .o_field_widget[name='token']")
    expect(token).to_contain_text("tca_")
    expect(page.locator(".modal .o_field_widget[name='url']")).to_have_text(
        re.compile("^http")
    )
    client.shot("desktop-agent-token")
    made = token.inner_text().split()[0]
    page.get_by_role("button", name="Done").click()
    hello = requests.post(
        f"{stack.odoo.url}/telephony/agent/hello",
        headers={"Authorization": f"Bearer {made}"},
        timeout=20,
    )
    assert hello.json()["user"] == "Colleague Test"
    row = stack.client("colleague").one("telephony.agent.token", [], ["name"])
    assert row["name"] == "Front desk"
