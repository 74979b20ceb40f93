"""What supervisors see on the live board, and do with agents, on a real Asterisk."""

import pytest
from playwright.sync_api import expect

from tools.stack.rpc import RpcError
from tools.stack.waiting import wait_for

from .support.records import new_number
from .support.stack import create_agent

QUEUE = "+33140000003"
CODES = {"listen_code": "*551", "whisper_code": "*552", "barge_code": "*553"}
SUPERVISOR = "boss"


@pytest.fixture
def number():
    """The number of the caller."""
    return new_number()


@pytest.fixture(scope="module")
def boss(_session_stack):
    """An RPC client of a supervisor, who has the extension 1003."""
    admin, stack = _session_stack.admin, _session_stack
    user = create_agent(admin, SUPERVISOR)
    [_model, group] = admin.call(
        "ir.model.data",
        "check_object_reference",
        "telephony_connector",
        "group_telephony_supervisor",
    )
    admin.call("res.users", "write", [user], {"group_ids": [(4, group)]})
    with stack.settings_changed():
        extension = admin.create(
            "telephony.extension", number="1003", pbx_id=stack.pbx, user_id=user
        )
    yield stack.client(SUPERVISOR)
    with stack.settings_changed():
        admin.call("telephony.extension", "unlink", [extension])


def agent(client, number):
    """
    :return: the row of an agent.
    """
    rows = client.call("telephony.board", "get_state")["agents"]
    [row] = [row for row in rows if row["number"] == number]
    return row


def queue(client, name="support"):
    """
    :return: the row of a queue, none where it is not known.
    """
    rows = client.call("telephony.board", "get_state")["queues"]
    return next((row for row in rows if row["name"] == name), None)


def act(client, number, action, **values):
    """Have something done with an agent, and wait until the PBX has answered.

    :return: what became of the command.
    """
    row = agent(client, number)
    answer = client.call("telephony.board", "act", row["id"], action, **values)

    def ended():
        payload = client.call("telephony.command", "check", [answer["command_id"]])
        return payload if payload["state"] not in ("pending", "sent") else None

    return wait_for(ended, what=f"{action} to be done")


def members(stack, name="support"):
    """
    :return: what Asterisk itself says of a queue.
    """
    return stack.asterisk.console(f"queue show {name}")


def test_queues_are_found(boss, stack):
    wait_for(lambda: queue(boss), what="the queue on the board")
    assert queue(boss, "sales")


def test_break(stack, boss):
    wait_for(lambda: agent(boss, "1001")["queues"], what="the agent's queues")
    assert act(boss, "1001", "pause", reason="Lunch")["state"] == "done"
    assert "paused:Lunch" in members(stack)
    paused = wait_for(
        lambda: (row := agent(boss, "1001"))["paused_queues"] and row,
        what="the break on the board",
    )
    assert (paused["reason"], paused["since"] is not False) == ("Lunch", True)
    assert act(boss, "1001", "resume")["state"] == "done"
    assert "paused" not in members(stack)
    wait_for(lambda: not agent(boss, "1001")["paused_queues"], what="its end")


def test_queues_are_entered_and_left(stack, boss):
    wait_for(lambda: queue(boss), what="the queue on the board")
    assert act(boss, "1003", "log_in", queue="support")["state"] == "done"
    assert "PJSIP/1003" in members(stack)
    wait_for(lambda: agent(boss, "1003")["queues"] == ["support"], what="the member")
    again = act(boss, "1003", "log_in", queue="support")
    assert "already in this queue" in again["message"]
    assert act(boss, "1003", "log_out", queue="support")["state"] == "done"
    assert "PJSIP/1003" not in members(stack)
    wait_for(lambda: agent(boss, "1003")["queues"] == [], what="nobody")


@pytest.fixture
def dialed_by_number(stack, boss):
    """The extension 1003 is rung by a number of the dial plan, not by its device."""
    domain = [("number", "=", "1003"), ("pbx_id", "=", stack.pbx)]
    extension = stack.admin.call("telephony.extension", "search", domain)

    def set_devices(devices):
        with stack.settings_changed():
            stack.admin.call(
                "telephony.extension", "write", extension, {"devices": devices}
            )

    set_devices("Local/1003@from-internal")
    yield
    set_devices(False)


def test_a_queue_knows_whether_a_member_by_number_is_busy(
    stack, boss, dialed_by_number
):
    wait_for(lambda: queue(boss), what="the queue on the board")
    wait_for(lambda: agent(boss, "1003")["availability"] == "idle", what="the hint")
    assert act(boss, "1003", "log_in", queue="support")["state"] == "done"
    [line] = [line for line in members(stack).splitlines() if "1003@" in line]
    assert "from hint:1003@from-internal" in line
    assert "(Not in use)" in line
    assert act(boss, "1003", "log_out", queue="support")["state"] == "done"
    assert "1003@" not in members(stack)


def test_a_member_by_the_settings_stays(stack, boss):
    wait_for(lambda: agent(boss, "1001")["queues"], what="the agent's queues")
    answer = act(boss, "1001", "log_out", queue="support")
    assert answer["state"] == "failed"
    assert "static member" in answer["message"]


def test_who_waits(stack, boss, number):
    wait_for(lambda: queue(boss), what="the queue on the board")
    call = stack.phone("public").call(QUEUE, caller=number)
    own = stack.phone("1001").incoming()
    wait_for(lambda: queue(boss)["waiting"], what="the caller to wait")
    rows = boss.call("telephony.board", "get_state")["calls"]
    assert [(row["queue"], row["waits"]) for row in rows] == [("support", True)]
    own.answer()
    wait_for(lambda: not queue(boss)["waiting"], what="the caller to be taken")
    call.hang_up()


@pytest.fixture
def codes(stack):
    """The dial plan's codes, of which an administrator knows the law."""
    stack.admin.call("telephony.pbx", "write", [stack.pbx], CODES)
    stack.admin.call("telephony.pbx", "action_acknowledge_spying", [stack.pbx])
    yield
    stack.admin.call("telephony.pbx", "write", [stack.pbx], dict.fromkeys(CODES, False))


def test_listening(stack, boss, number, codes):
    call = stack.phone("public").call("+33140001001", caller=number)
    own = stack.phone("1001").incoming()
    own.answer()
    stack.wait_for_call(number, state="ongoing")
    answer = boss.call("telephony.board", "act", agent(boss, "1001")["id"], "listen")
    ear = stack.phone("1003").incoming()
    ear.answer()

    def is_done():
        payload = boss.call("telephony.command", "check", [answer["command_id"]])
        return payload["state"] == "done"

    wait_for(is_done, what="the command to be done")
    spying = [
        line
        for line in stack.asterisk.console("core show channels").splitlines()
        if "ChanSpy" in line
    ]
    assert len(spying) == 1 and "PJSIP/1003" in spying[0]
    calls = stack.admin.search_read(
        "telephony.call", [("state", "!=", "ended")], ["number"]
    )
    assert [each["number"] for each in calls] == [number], "listening is no call"
    call.hang_up()
    ear.ended()


def test_nobody_else_listens(stack, number, codes):
    with pytest.raises(RpcError, match="AccessError"):
        stack.agent.call("telephony.board", "get_state")
    with pytest.raises(RpcError, match="code of the telephone system"):
        stack.agent.call("telephony.client", "dial", "*5511002")


def test_the_board_follows_by_the_bus(stack, boss, web_client, number):
    client = web_client(SUPERVISOR)
    client.open("/odoo/telephony-board")
    page = client.page
    tile = page.locator("[data-agent='1001']")
    expect(tile).to_have_attribute("data-state", "idle")
    call = stack.phone("public").call(QUEUE, caller=number)
    own = stack.phone("1001").incoming()
    expect(page.locator("[data-queue='support'] .o_telephony_waiting")).to_have_text(
        "1"
    )
    expect(tile).to_have_attribute("data-state", "ringing")
    own.answer()
    expect(tile).to_have_attribute("data-state", "in_use")
    expect(page.locator(".o_telephony_calls tbody tr")).to_have_count(1)
    call.hang_up()
    expect(tile).to_have_attribute("data-state", "idle")
    expect(page.locator(".o_telephony_calls")).to_have_count(0)

    tile.get_by_role("button").click()
    page.locator(".o_telephony_do_pause").click()
    page.get_by_label("Reason").fill("Lunch")
    page.keyboard.press("Enter")
    expect(tile).to_contain_text("On a break: Lunch")
    tile.get_by_role("button").click()
    page.locator(".o_telephony_do_resume").click()
    expect(tile).to_have_attribute("data-state", "idle")
