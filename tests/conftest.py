"""Fixtures of the tests across processes: a stack of real parts, and browsers."""

import pytest
from playwright.sync_api import sync_playwright

from tools.stack.asterisk import has_module
from tools.stack.odoo import Odoo
from tools.stack.paths import ADDONS
from tools.stack.postgres import Postgres

from .support.browser import WebClient, launch
from .support.stack import running_stack

# Of the old SIP channel, which Asterisk has no more: `make test-asterisk16`.
collect_ignore = [] if has_module("chan_sip") else ["test_asterisk_sip.py"]


@pytest.fixture(scope="session")
def postgres():
    """The PostgreSQL that holds the tests' databases."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def installed(postgres):
    """An :class:`~tools.stack.odoo.Odoo` with all addons, to be copied."""
    odoo = Odoo(postgres, "installed")
    odoo.create(ADDONS)
    try:
        odoo.install(ADDONS)
        yield odoo
    finally:
        postgres.drop(odoo.database)


@pytest.fixture(scope="session")
def _session_stack(postgres, installed):
    with running_stack(postgres, installed) as running:
        yield running


@pytest.fixture
def stack(_session_stack):
    """A running :class:`~tests.support.stack.Stack` in which nobody talks."""
    _session_stack.hang_up_all()
    heard = len(_session_stack.complaints())
    yield _session_stack
    _session_stack.hang_up_all()
    _session_stack.listener.check()
    assert _session_stack.complaints()[heard:] == []


@pytest.fixture(scope="session")
def playwright():
    """Playwright, of which there is one in a process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def _chromium(playwright):
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def web_client(stack, _chromium, request):
    """Opens the web client of a user: ``web_client("agent")``.

    A page that logs an error fails its test. The pages of a test that fails are
    photographed into ``.local/screenshots``.
    """
    clients = []

    def open_for(login):
        context = _chromium.new_context(viewport={"width": 1366, "height": 768})
        client = WebClient(context.new_page(), stack.odoo.url)
        clients.append(client)
        client.log_in(stack.client(login))
        return client

    yield open_for
    failed = request.node.stash.get(_FAILED, False)
    for number, client in enumerate(clients, 1):
        if failed:
            client.shot(f"{request.node.name}-{number}")
        client.page.context.close()
    assert [error for client in clients for error in client.errors] == []


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Note that a test failed, for the fixtures that clean up after it."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report
