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


def restart_listener(stack):
    stack.listener.kill()
    stack.start_listener()


def card(stack, number, client=None):
    """What the web client's card shows of a call."""
    [call] = stack.calls(number)
    [card] = (client or stack.agent).call("telephony.card", "read_cards", [call["id"]])
    return card


def wait_for_consultation(stack, number, state):
    """Wait until the agent's consultation has come so far; return the card."""
    return wait_for(
        lambda: (shown := card(stack, number))["consultation"] == state and shown,
        what=f"the consultation: {state}",
    )


@pytest.fixture
def consulted(stack, number, talk):
    """The colleague's phone, which rings because the agent wants to ask first."""
    control(stack, number, "attended_transfer", "1002")
    phone = stack.phone("1002").incoming()
    shown = wait_for_consultation(stack, number, "ringing")
    assert shown["consulted"] == "Colleague Test"
    assert shown["controls"] == ["complete_transfer", "cancel_transfer"]
    return phone


def is_back(stack, number):
    """Wait until the agent talks with the caller again."""
    shown = wait_for(
        lambda: (
            (shown := card(stack, number))["consultation"] is False
            and not shown["on_hold"]
            and shown
        ),
        what="the talk with the caller",
    )
    assert shown["leg_state"] == "ongoing"
    assert "attended_transfer" in shown["controls"]


def test_a_consultation_is_completed(stack, number, talk, consulted):
    call, own = talk
    consulted.answer()
    shown = wait_for_consultation(stack, number, "ongoing")
    assert "conference" in shown["controls"]
    control(stack, number, "complete_transfer")
    own.ended()
    wait_for_user(stack, number, "Colleague Test", state="ongoing")
    shown = card(stack, number)
    assert (shown["transfer"], shown["transferred_to"]) == ("ongoing", "Colleague Test")
    call.hang_up()
    consulted.ended()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_a_consultation_is_completed_before_the_answer(stack, number, talk, consulted):
    call, own = talk
    control(stack, number, "complete_transfer")
    own.ended()
    shown = wait_for(
        lambda: (shown := card(stack, number))["transfer"] and shown,
        what="the transfer",
    )
    assert (shown["transfer"], shown["transferred_to"]) == ("ringing", "Colleague Test")
    consulted.answer()
    wait_for_user(stack, number, "Colleague Test", state="ongoing")
    call.hang_up()
    consulted.ended()


def test_back_to_the_caller_while_it_rings(stack, number, talk, consulted):
    call, _own = talk
    control(stack, number, "cancel_transfer")
    consulted.ended()
    is_back(stack, number)
    call.hang_up()


def test_back_to_the_caller_during_the_talk(stack, number, talk, consulted):
    call, _own = talk
    consulted.answer()
    wait_for_consultation(stack, number, "ongoing")
    control(stack, number, "cancel_transfer")
    consulted.ended()
    is_back(stack, number)
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_whom_the_agent_asks_is_busy(stack, number, talk, consulted):
    call, _own = talk
    consulted.hang_up()
    is_back(stack, number)
    call.hang_up()


def test_whom_the_agent_asks_does_not_answer(stack, number, talk, consulted):
    call, _own = talk
    wait_for(
        lambda: consulted.state == "ended", 60, what="the colleague's phone to give up"
    )
    is_back(stack, number)
    call.hang_up()


def test_whom_the_agent_asks_hangs_up(stack, number, talk, consulted):
    call, _own = talk
    consulted.answer()
    wait_for_consultation(stack, number, "ongoing")
    consulted.hang_up()
    is_back(stack, number)
    call.hang_up()


def test_the_caller_hangs_up_during_a_consultation(stack, number, talk, consulted):
    call, own = talk
    consulted.answer()
    wait_for_consultation(stack, number, "ongoing")
    call.hang_up()
    shown = wait_for_consultation(stack, number, False)
    assert shown["leg_state"] == "ongoing", "the agent and the colleague talk on"
    control(stack, number, "hangup")
    own.ended()
    consulted.ended()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_the_caller_hangs_up_while_the_colleague_rings(stack, number, talk, consulted):
    call, own = talk
    call.hang_up()
    wait_for_consultation(stack, number, False)
    own.hang_up()
    consulted.ended()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_a_consultation_becomes_a_conference(stack, number, talk, consulted):
    call, own = talk
    consulted.answer()
    wait_for_consultation(stack, number, "ongoing")
    control(stack, number, "conference")
    shown = wait_for_consultation(stack, number, "conference")
    assert shown["controls"] == ["hangup"]
    control(stack, number, "hangup")
    own.ended()
    wait_for_user(stack, number, "Colleague Test", state="ongoing")
    call.hang_up()
    consulted.ended()


def test_who_is_asked_can_not_send_the_caller_away(stack, number, talk, consulted):
    call, _own = talk
    colleague = stack.client("colleague")
    assert card(stack, number, colleague)["controls"] == ["hangup"]
    call.hang_up()
    consulted.ended()


def test_a_consultation_outlives_the_listener(stack, number, talk, consulted):
    call, own = talk
    consulted.answer()
    wait_for_consultation(stack, number, "ongoing")
    restart_listener(stack)
    wait_for_consultation(stack, number, "ongoing")
    control(stack, number, "cancel_transfer")
    is_back(stack, number)
    call.hang_up()


def test_a_blind_transfer_tells_how_it_goes(stack, number, talk):
    call, own = talk
    control(stack, number, "transfer", "1002")
    target = stack.phone("1002").incoming()
    own.ended()
    shown = wait_for(
        lambda: (shown := card(stack, number))["transfer"] and shown,
        what="the transfer",
    )
    assert (shown["transfer"], shown["transferred_to"]) == ("ringing", "Colleague Test")
    target.answer()
    wait_for(
        lambda: card(stack, number)["transfer"] == "ongoing",
        what="the transfer's answer",
    )
    call.hang_up()


def parked(client):
    """What the panel lists of parked calls."""
    return client.call("telephony.client", "get_parked")


def test_a_parked_call_is_retrieved_by_a_colleague(stack, number, talk):
    call, own = talk
    colleague = stack.client("colleague")
    control(stack, number, "park")
    own.ended()
    [entry] = wait_for(lambda: parked(stack.agent), what="the parked call")
    assert entry["parked_by"] == "Agent Test"
    assert entry["parking_date"] and entry["can_retrieve"]
    assert not parked(colleague), "it is no call of the colleague's"
    team = stack.admin.create(
        "crm.team",
        name=f"Team {number}",
        member_ids=[(6, 0, [stack.agent.uid, colleague.uid])],
    )
    try:
        [entry] = parked(colleague)
        restart_listener(stack)
        wait_for(lambda: parked(colleague) == [entry], what="the same after a restart")
        control(stack, number, "retrieve", client=colleague)
        stack.phone("1002").incoming().answer()
        wait_for_user(stack, number, "Colleague Test", state="ongoing")
        wait_for(lambda: not parked(stack.agent), what="nobody to be parked")
    finally:
        stack.admin.call("crm.team", "unlink", [team])
    call.hang_up()
    stack.wait_for_call(number, state="ended", outcome="answered")


def test_a_parked_caller_hangs_up(stack, number, talk):
    call, _own = talk
    control(stack, number, "park")
    wait_for(lambda: parked(stack.agent), what="the parked call")
    call.hang_up()
    wait_for(lambda: not parked(stack.agent), what="nobody to be parked")


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
