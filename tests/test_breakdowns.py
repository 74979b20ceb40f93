"""A part vanishes in the middle of the work, and comes back."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tools.stack.rpc import RpcError
from tools.stack.waiting import wait_for

from .support.records import new_number

DID = "+33140001001"
RECORDED_LINE = "+33140000005"


@pytest.fixture
def number():
    """The number of the other party."""
    return new_number()


@pytest.fixture
def stack(_session_stack):
    """The stack; what a test breaks is mended after it, its complaints are right."""
    _session_stack.hang_up_all()
    yield _session_stack
    _session_stack.mend()
    _session_stack.hang_up_all()


def _talk(stack, number):
    """
    :return: the caller's and the extension's side of a call that both are in.
    """
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    own.answer()
    call.answered()
    stack.wait_for_call(number, state="ongoing")
    return call, own


def test_asterisk_restarts_during_a_call(stack, number):
    """The call cannot go on, so the log must not say that it does."""
    _talk(stack, number)
    stack.asterisk.process.kill()
    stack.wait_for_connection("unreachable")

    stack.start_asterisk()
    stack.wait_for_connection("connected")
    stack.wait_for_call(number, state="ended", outcome="answered")

    later = new_number()
    call = stack.phone("public").call(DID, caller=later)
    stack.phone("1001").incoming()
    stack.wait_for_call(later, state="ringing")
    call.hang_up()
    stack.wait_for_call(later, state="ended", outcome="missed")


def test_listener_is_killed_and_the_call_goes_on(stack, number):
    """The next listener finds the call and tells its end."""
    call, own = _talk(stack, number)
    stack.listener.kill()
    stack.start_listener()
    assert own.state == "up"
    stack.wait_for_call(number, state="ongoing")
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_a_call_answered_before_the_listener_comes(stack, web_client, number):
    """It has its true times, and whoever talks is offered its card, no page."""
    stack.listener.stop()
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()

    def rings_for_seconds():
        listed = stack.asterisk.console("core show channels verbose")
        return any(f"00:00:0{second}" in listed for second in range(4, 10))

    wait_for(rings_for_seconds, what="the phone to have rung for a while")
    before = datetime.now(UTC)
    own.answer()
    call.answered()
    after = datetime.now(UTC)
    page = web_client("agent")
    stack.start_listener()
    expect(page.bar(number)).to_be_visible()
    stack.wait_for_call(number, state="ongoing", incomplete=True)
    # What is listed and what is stored are whole seconds.
    [logged] = stack.calls(number, "start_date", "answer_date")
    dates = {
        key: datetime.fromisoformat(logged[key]).replace(tzinfo=UTC)
        for key in ("start_date", "answer_date")
    }
    second = timedelta(seconds=1)
    assert dates["start_date"] <= before - 2 * second
    assert before - second <= dates["answer_date"] <= after + second
    expect(page.registration).to_have_count(0)
    page.shot("bar-of-a-talk-under-way")
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")
    expect(page.bar(number)).to_have_count(0)


def test_listener_is_killed_and_the_call_ends_meanwhile(stack, number):
    call, own = _talk(stack, number)
    stack.listener.kill()
    call.hang_up()
    own.ended()
    stack.wait_for_call(number, state="ongoing")  # nobody could tell
    stack.start_listener()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_recording_begins_while_nobody_listens(stack, number):
    stack.listener.stop()
    call = stack.phone("public").call(RECORDED_LINE, caller=number)
    stack.phone("1001").incoming().answer()
    call.answered()
    stack.start_listener()
    stack.wait_for_call(number, state="ongoing", is_recorded=True)
    call.hang_up()
    stack.wait_for_call(number, state="ended", is_recorded=True)


def test_second_listener_takes_over(stack, number):
    """Two never listen at once: each call is in the log once."""
    second = stack.odoo.start_listener("second")
    try:
        second.wait_for_log("listening")
        stack.listener.kill()
        second.wait_for_log(": connected")
        call, _own = _talk(stack, number)
        call.hang_up()
        stack.wait_for_call(number, state="ended", outcome="answered")
    finally:
        second.stop()


def test_without_a_listener_a_click_says_so_and_is_not_made_up_for(stack, number):
    stack.listener.stop()
    with pytest.raises(RpcError, match="listener is not running"):
        stack.agent.request("/telephony/call", number=number)
    stack.start_listener()

    made_later = new_number()
    stack.agent.request("/telephony/call", number=made_later)
    stack.phone("1001").incoming().answer()
    assert stack.phone("public").incoming().number == made_later
    assert stack.phone("1001").is_quiet, "the first click was carried out later"


def test_odoo_restarts_during_a_call(stack, number):
    """The listener is a process of its own: it misses nothing."""
    call, own = _talk(stack, number)
    stack.server.stop()
    call.hang_up()
    own.ended()
    stack.start_server()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_postgres_cuts_the_connections(stack, number):
    """What happens meanwhile is written once the database can be had again."""
    call, own = _talk(stack, number)
    stack.cut_database_connections()
    call.hang_up()
    own.ended()
    wait_for(lambda: stack.calls(number, "state")[0]["state"] == "ended", 30)
    stack.wait_for_call(number, outcome="answered")
    stack.listener.wait_for_log(r"lost the database[\s\S]*: leading on")


def test_without_a_listener_process_odoo_listens_itself(stack, number):
    """A scheduled action has a thread of the server do it: what a plain install has."""
    stack.listener.stop()
    (action,) = stack.admin.search_read(
        "ir.cron", [("code", "=", "model._cron_listen()")], ["id"]
    )
    stack.admin.call("ir.cron", "method_direct_trigger", [action["id"]])
    try:
        stack.wait_for_connection("connected")
        call, _own = _talk(stack, number)
        call.hang_up()
        stack.wait_for_call(number, state="ended", outcome="answered")
    finally:
        stack.server.stop()  # the thread ends with it
