import queue
import threading

import pytest

from telephony_agent.agent import Agent
from telephony_agent.backoff import Backoff
from telephony_agent.config import Config
from telephony_agent.errors import AgentError, TokenRefused
from telephony_agent.server import Server

from .conftest import TOKEN
from .fake_odoo import PING

# Seconds after which a test gives up.
LONG = 20
RINGING = {"state": "ringing", "open_page": True}


class Desktop:
    """Notes what would be shown."""

    def __init__(self):
        self.pages = queue.Queue()
        self.notes = queue.Queue()

    def open_page(self, url, command=""):
        self.pages.put((url, command))

    def notify(self, text):
        self.notes.put(text)


@pytest.fixture
def run(odoo, monkeypatch):
    """Runs agents: ``run()`` returns the desktop and where the agent's end is told."""
    monkeypatch.setattr(Backoff, "pause", lambda self: 0.01)
    agents = []

    def start(token=TOKEN, **settings):
        config = Config(url=odoo.url, token=token, **settings)
        desktop, ended = Desktop(), queue.Queue()
        agent = Agent(Server(config), config, desktop, head_start=0.01)
        agents.append(agent)

        def work():
            try:
                agent.run()
                ended.put(None)
            except AgentError as error:
                ended.put(error)

        threading.Thread(target=work, daemon=True).start()
        return desktop, ended

    yield start
    for agent in agents:
        agent.stop()


def ring(line, number, call, **values):
    payload = {"call": call, **RINGING, **values}
    line.send((number, "telephony.agent/call", payload))


def test_a_ringing_call_opens_its_page(odoo, run):
    desktop, _ended = run(browser="firefox {url}")
    line = odoo.lines.get(timeout=LONG)
    assert line.subscription == {
        "event_name": "subscribe",
        "data": {"channels": [TOKEN], "last": 40},
    }
    assert line.headers["Origin"] == odoo.url
    assert "User-Agent" not in line.headers, "Odoo would close the line"
    ring(line, 41, 7)
    url = f"{odoo.url}/telephony/incoming?call=7"
    assert desktop.pages.get(timeout=LONG) == (url, "firefox {url}")
    assert desktop.notes.get(timeout=LONG) == "Incoming call: 7"


def test_each_call_opens_once(odoo, run):
    desktop, _ended = run()
    line = odoo.lines.get(timeout=LONG)
    for number in range(41, 45):
        ring(line, number, 7)
    ring(line, 45, 8)
    pages = {desktop.pages.get(timeout=LONG)[0][-1] for _page in "78"}
    assert pages == {"7", "8"}
    assert sum(body["claim"] for body in odoo.questions("call")) == 2


def test_a_page_that_another_has_is_not_opened(odoo, run):
    odoo.claimed.add(7)
    desktop, _ended = run()
    line = odoo.lines.get(timeout=LONG)
    ring(line, 41, 7)
    ring(line, 42, 8)
    assert desktop.pages.get(timeout=LONG)[0].endswith("=8")
    assert desktop.pages.empty()


def test_two_agents_open_one_page(odoo, run):
    desktops = [run()[0] for _agent in "12"]
    lines = [odoo.lines.get(timeout=LONG) for _agent in "12"]
    for line in lines:
        ring(line, 41, 7)
        ring(line, 42, 8)
    for desktop in desktops:
        notes = {desktop.notes.get(timeout=LONG) for _call in "78"}
        assert notes == {"Incoming call: 7", "Incoming call: 8"}, "on each computer"
    wait_until(lambda: sum(desktop.pages.qsize() for desktop in desktops) == 2)
    wait_until(lambda: sum(body["claim"] for body in odoo.questions("call")) == 4)
    pages = [url for desktop in desktops for url, _command in desktop.pages.queue]
    assert sorted(url[-1] for url in pages) == ["7", "8"]


def wait_until(reached):
    done = threading.Event()
    for _try in range(LONG * 100):
        if reached():
            return
        done.wait(0.01)
    raise TimeoutError


def test_on_answer_the_page_waits(odoo, run):
    desktop, _ended = run()
    line = odoo.lines.get(timeout=LONG)
    ring(line, 41, 7, open_page=False)
    assert desktop.notes.get(timeout=LONG) == "Incoming call: 7"
    assert not any(body["claim"] for body in odoo.questions("call"))
    ring(line, 42, 7, state="ongoing")
    assert desktop.pages.get(timeout=LONG)[0].endswith("=7")
    assert desktop.notes.empty()


def test_no_notifications_where_none_are_wanted(odoo, run):
    desktop, _ended = run(notify=False)
    ring(odoo.lines.get(timeout=LONG), 41, 7)
    desktop.pages.get(timeout=LONG)
    assert desktop.notes.empty()


def test_calls_that_ring_already_are_not_missed(odoo, run):
    odoo.calls = [{"call": 5, **RINGING}]
    desktop, _ended = run()
    assert desktop.pages.get(timeout=LONG)[0].endswith("=5")


def test_a_cut_line_is_joined_where_it_broke(odoo, run):
    desktop, _ended = run()
    line = odoo.lines.get(timeout=LONG)
    ring(line, 41, 7)
    desktop.pages.get(timeout=LONG)
    line.cut()
    line = odoo.lines.get(timeout=LONG)
    assert line.subscription["data"]["last"] == 41
    ring(line, 42, 8)
    assert desktop.pages.get(timeout=LONG)[0].endswith("=8")


def test_a_server_that_is_down_is_tried_again(odoo, run):
    odoo.status = 502
    desktop, ended = run()
    wait_until(lambda: len(odoo.questions("hello")) > 2)
    assert ended.empty()
    odoo.status = 200
    ring(odoo.lines.get(timeout=LONG), 41, 7)
    desktop.pages.get(timeout=LONG)


def test_a_question_without_an_answer_is_asked_again(odoo, run):
    odoo.failures = 2
    desktop, _ended = run(notify=False)
    ring(odoo.lines.get(timeout=LONG), 41, 7)
    assert desktop.pages.get(timeout=LONG)[0].endswith("=7")


def test_a_wrong_token_ends_it(odoo, run):
    _desktop, ended = run(token="tca_wrong")
    assert isinstance(ended.get(timeout=LONG), TokenRefused)
    assert odoo.lines.empty(), "the websocket is not even tried"


def test_a_revoked_token_ends_it(odoo, run):
    _desktop, ended = run()
    odoo.lines.get(timeout=LONG).send((41, "telephony.agent/revoked", {}))
    assert isinstance(ended.get(timeout=LONG), TokenRefused)


def test_a_server_that_moved_does_not_get_the_token(odoo, run):
    odoo.location = "http://127.0.0.1:9/elsewhere"
    _desktop, ended = run()
    assert "moved" in str(ended.get(timeout=LONG))


def test_no_login_of_the_computers_own_replaces_the_token(odoo, monkeypatch, tmp_path):
    """What ~/.netrc holds for the server would be sent in its place."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    Server(Config(url=odoo.url, token=TOKEN, database="db")).hello()
    assert [each["Authorization"] for each in odoo.headers] == [f"Bearer {TOKEN}"]


def test_no_proxy_reads_what_is_not_encrypted(odoo, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    Server(Config(url=odoo.url, token=TOKEN)).hello()
    assert odoo.headers[-1]["Authorization"] == f"Bearer {TOKEN}"


def test_pages_of_other_servers_are_not_opened(odoo, run):
    desktop, _ended = run(notify=False)
    line = odoo.lines.get(timeout=LONG)
    for number, path in enumerate(("//evil.example/{}", "evil{}", "@evil.example/{}")):
        odoo.path = path
        count = len(odoo.questions("call"))
        ring(line, 41 + number, 100 + number)
        wait_until(lambda count=count: len(odoo.questions("call")) > count)
    odoo.path = "/telephony/incoming?call={}"
    ring(line, 50, 8)
    assert desktop.pages.get(timeout=LONG)[0].endswith("=8")
    assert desktop.pages.empty()


def test_messages_that_mean_nothing_do_no_harm(odoo, run):
    desktop, _ended = run()
    line = odoo.lines.get(timeout=LONG)
    line.send_frame(1, b"not json")
    line.send_frame(1, b'{"x": 1}')
    line.send_frame(PING, b"hello")
    line.send((41, "simple_notification", "text"), (42, "telephony.agent/call", None))
    line.send((43, "telephony.agent/call", {"call": 7}))
    ring(line, 44, 8)
    assert desktop.pages.get(timeout=LONG)[0].endswith("=8")


def test_a_silent_line_is_asked_whether_it_lives(odoo, run, monkeypatch):
    monkeypatch.setattr("telephony_agent.server.SILENCE", 0.05)
    desktop, _ended = run()
    line = odoo.lines.get(timeout=LONG)
    threading.Event().wait(0.3)
    ring(line, 41, 7)
    desktop.pages.get(timeout=LONG)
    assert odoo.lines.empty(), "the answers kept the line"


def test_a_dead_line_is_given_up(odoo, run, monkeypatch):
    monkeypatch.setattr("telephony_agent.server.SILENCE", 0.05)
    run()
    line = odoo.lines.get(timeout=LONG)
    line.send_frame = lambda *frame: None  # no more answers
    odoo.lines.get(timeout=LONG)


def test_a_database_is_named_by_a_session(odoo, run):
    run(database="main db")
    line = odoo.lines.get(timeout=LONG)
    assert ("/web/login?db=main+db", None) in odoo.asked
    assert line.headers["Cookie"] == "session_id=s1"
    assert odoo.headers[0]["Cookie"] == "session_id=s1"
