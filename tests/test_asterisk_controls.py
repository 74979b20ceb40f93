"""What a user does with a call from the web client, on a real Asterisk."""

import pytest

from tools.stack.rpc import RpcError
from tools.stack.waiting import wait_for

from .support.records import new_number

DID = "+33140001001"


@pytest.fixture
def number():
    """The number of the caller."""
    return new_number()


@pytest.fixture
def talk(stack, number):
    """The caller's and the agent's side of a call that both are in."""
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    own.answer()
    call.answered()
    stack.wait_for_call(number, state="ongoing")
    return call, own


def control(stack, number, action, target=False, client=None):
    """Ask for it as the web client does, and wait until the PBX has done it."""
    client = client or stack.agent
    [call] = stack.calls(number)
    answer = client.call("telephony.client", "control", call["id"], action, target)

    def is_done():
        command = client.call("telephony.command", "check", [answer["command_id"]])
        assert command["state"] != "failed", command["message"]
        return command["state"] == "done"

    wait_for(is_done, what=f"{action} to be done")


def wait_for_user(stack, number, name, **expected):
    """Wait until the call is somebody's."""
    user = stack.admin.one("res.users", [("name", "=", name)])["id"]
    return stack.wait_for_call(number, user_id=[user, name], **expected)


def test_hang_up(stack, number, talk):
    call, own = talk
    control(stack, number, "hangup")
    call.ended()
    own.ended()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_hang_up_while_it_rings(stack, number):
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    wait_for_user(stack, number, "Agent Test", state="ringing")
    control(stack, number, "hangup")
    own.ended()
    call.hang_up()
    stack.wait_for_call(number, state="ended")


def test_transfer(stack, number, talk):
    call, own = talk
    control(stack, number, "transfer", "1002")
    stack.phone("1002").incoming().answer()
    own.ended()
    wait_for_user(stack, number, "Colleague Test", state="ongoing")
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_transfer_to_an_outside_number(stack, number, talk):
    call, own = talk
    target = new_number()
    control(stack, number, "transfer", target)
    outside = stack.phone("public").incoming()
    assert outside.number == target
    outside.answer()
    own.ended()
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_transfer_of_a_call_that_rings(stack, number):
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    wait_for_user(stack, number, "Agent Test", state="ringing")
    control(stack, number, "transfer", "1002")
    own.ended()
    stack.phone("1002").incoming().answer()
    call.answered()
    wait_for_user(stack, number, "Colleague Test", state="ongoing")
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_attended_transfer(stack, number, talk):
    call, own = talk
    control(stack, number, "attended_transfer", "1002")
    target = stack.phone("1002").incoming()
    target.answer()
    own.hang_up()
    wait_for_user(stack, number, "Colleague Test", state="ongoing")
    call.hang_up()
    target.ended()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_park_and_take_back(stack, number, talk):
    call, own = talk
    control(stack, number, "park")
    own.ended()
    [space] = wait_for(lambda: _spaces(stack, number), what="the parking space")
    taker = stack.phone("1002").call(space)
    taker.answered()
    wait_for_user(stack, number, "Colleague Test", state="ongoing")
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def _spaces(stack, number):
    [call] = stack.calls(number)
    legs = stack.admin.search_read(
        "telephony.call.leg",
        [("call_id", "=", call["id"]), ("transferred_to", "!=", False)],
        ["transferred_to"],
    )
    return [leg["transferred_to"] for leg in legs]


@pytest.fixture
def codes(stack):
    """The dial plan's codes, as an administrator enters them."""
    values = {"pickup_code": "*8", "voicemail_code": "*{number}"}
    stack.admin.call("telephony.pbx", "write", [stack.pbx], values)
    yield
    values = dict.fromkeys(values, False)
    stack.admin.call("telephony.pbx", "write", [stack.pbx], values)


def test_voicemail(stack, number, codes):
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    wait_for_user(stack, number, "Agent Test", state="ringing")
    control(stack, number, "voicemail", "1001")
    own.ended()
    call.answered()
    assert "VoiceMail" in stack.asterisk.console("core show channels")
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="missed")


def test_pick_up_of_a_colleagues_call(stack, number, codes):
    colleague = stack.client("colleague")
    call = stack.phone("public").call(DID, caller=number)
    own = stack.phone("1001").incoming()
    stack.wait_for_call(number, state="ringing")
    with pytest.raises(RpcError, match="AccessError"):
        control(stack, number, "pickup", client=colleague)

    team = stack.admin.create(
        "crm.team",
        name=f"Team {number}",
        member_ids=[(6, 0, [stack.agent.uid, colleague.uid])],
    )
    try:
        control(stack, number, "pickup", client=colleague)
        stack.phone("1002").incoming().answer()
        call.answered()
        own.ended()
        wait_for_user(stack, number, "Colleague Test", state="ongoing")
    finally:
        stack.admin.call("crm.team", "unlink", [team])
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_what_is_not_offered_is_refused(stack, number, talk):
    call, _own = talk
    with pytest.raises(RpcError, match="not possible"):
        control(stack, number, "voicemail", "1001")
    call.hang_up()
