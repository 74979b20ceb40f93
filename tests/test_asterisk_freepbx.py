"""The flows on a dial plan in the shape that FreePBX generates."""

import pytest

from tools.stack.waiting import wait_for

from .support.records import new_number
from .support.worlds import freepbx_world

pytestmark = pytest.mark.flow
COMPANY = "+33140000000"
# What the trunk is set to, as FreePBX calls it.
OUTCID = "+33140000090"
INTERNAL = "Local/{number}@from-internal"
LINES = "Local/{number}@odoo-phones"


@pytest.fixture(scope="module")
def _freepbx(_session_stack):
    with freepbx_world(_session_stack) as world:
        yield world


@pytest.fixture
def world(stack, _freepbx):
    """The telephone system, with nobody talking and the settings of the beginning."""
    _freepbx.hang_up_all()
    yield _freepbx
    _freepbx.hang_up_all()
    _freepbx.set(dial_string=INTERNAL, caller_id=False)
    _freepbx.set_extension("1001", auto_answer="off")


@pytest.fixture
def number():
    """The customer's number."""
    return new_number()


def legs(world, call):
    """
    :return: set of (number, outcome) of a call's legs.
    """
    found = world.admin.search_read(
        "telephony.call.leg", [("call_id", "=", call["id"])], ["number", "outcome"]
    )
    return {(leg["number"], leg["outcome"]) for leg in found}


def test_the_guided_form_finds_all_right(world):
    assert "✗" not in world.findings, world.findings
    assert set(world.found) == {"1001", "1002", "1003"}
    assert not world.found["1001"]["devices"]
    assert world.found["1001"]["name"] == "Alice Martin"


def test_a_call_from_outside(world, number):
    out = world.phone("public").call("+33140000001", caller=number)
    own = world.phone("1001").incoming()
    assert own.caller == number
    own.answer()
    out.answered()
    world.wait_for_call(
        number,
        state="ongoing",
        direction="inbound",
        dialed_number="+33140000001",
        extension_id=world.extension("1001"),
    )
    out.hang_up()
    call = world.wait_for_call(number, state="ended", outcome="answered")
    assert legs(world, call) == {(number, "answered"), ("1001", "answered")}


def test_a_call_from_outside_that_nobody_answers(world, number):
    """Its voicemail takes it: nobody talked to the caller."""
    out = world.phone("public").call("+33140000001", caller=number)
    world.phone("1001").incoming().ended()
    out.answered()
    out.hang_up()
    world.wait_for_call(number, state="ended", outcome="missed")


def test_follow_me(world, number):
    out = world.phone("public").call("+33140000006", caller=number)
    loser = world.phone("1002").incoming()
    world.phone("1003").incoming().answer()
    loser.ended()
    # The caller may have been answered before, to hear music: it must be by somebody.
    world.wait_for_call(number, state="ongoing")
    out.hang_up()
    call = world.wait_for_call(
        number, state="ended", outcome="answered", direction="inbound"
    )
    assert legs(world, call) == {
        (number, "answered"),
        ("1002", "cancelled"),
        ("1003", "answered"),
    }


def test_a_group(world, number):
    out = world.phone("public").call("+33140000002", caller=number)
    loser = world.phone("1001").incoming()
    world.phone("1002").incoming().answer()
    loser.ended()
    out.answered()
    out.hang_up()
    call = world.wait_for_call(
        number,
        state="ended",
        outcome="answered",
        extension_id=world.extension("1002"),
    )
    assert legs(world, call) == {
        (number, "answered"),
        ("1001", "cancelled"),
        ("1002", "answered"),
    }


def test_a_queue(world, number):
    out = world.phone("public").call("+33140000003", caller=number)
    loser = world.phone("1002").incoming()
    world.phone("1001").incoming().answer()
    loser.ended()
    world.wait_for_call(number, state="ongoing", queue="700")
    out.hang_up()
    call = world.wait_for_call(
        number,
        state="ended",
        outcome="answered",
        extension_id=world.extension("1001"),
    )
    assert legs(world, call) == {
        (number, "answered"),
        ("1001", "answered"),
        ("1002", "cancelled"),
    }


def test_a_transfer(world, number):
    out = world.phone("public").call("+33140000001", caller=number)
    own = world.phone("1001").incoming()
    own.answer()
    out.answered()
    world.wait_until_bridged()
    own.transfer("1003")
    target = world.phone("1003").incoming()
    target.answer()
    out.hang_up()
    target.ended()
    call = world.wait_for_call(number, state="ended", outcome="answered")
    assert legs(world, call) == {
        (number, "answered"),
        ("1001", "answered"),
        ("1003", "answered"),
    }


@pytest.mark.parametrize("dial_string", [INTERNAL, LINES])
def test_a_click(world, number, dial_string):
    """The network gets what FreePBX is set to, the own phone shows the customer."""
    world.set(dial_string=dial_string)
    world.click(number)
    own = world.phone("1001").incoming()
    assert own.caller == number
    own.answer()
    theirs = world.phone("public").incoming()
    assert (theirs.number, theirs.caller) == (number, OUTCID)
    theirs.answer()
    world.wait_for_call(number, state="ongoing", direction="outbound")
    own.hang_up()
    theirs.ended()
    call = world.wait_for_call(
        number,
        state="ended",
        outcome="answered",
        extension_id=world.extension("1001"),
    )
    assert legs(world, call) == {("1001", "answered"), (number, "answered")}


@pytest.mark.parametrize("dial_string", [INTERNAL, LINES])
def test_a_click_on_a_colleague(world, dial_string):
    world.set(dial_string=dial_string)
    world.click("1003")
    own = world.phone("1001").incoming()
    assert (own.caller, own.caller_name) == ("1003", "Chloe Durand")
    own.answer()
    theirs = world.phone("1003").incoming()
    assert (theirs.caller, theirs.caller_name) == ("1001", "Alice Martin")


def test_the_number_that_is_set_in_odoo(world, number):
    """By the lines for the trunk, also where an extension is rung as before."""
    for dial_string in (INTERNAL, LINES):
        world.set(dial_string=dial_string, caller_id=COMPANY)
        world.click(number)
        own = world.phone("1001").incoming()
        own.answer()
        theirs = world.phone("public").incoming()
        assert theirs.caller == COMPANY
        own.hang_up()
        theirs.ended()


def test_the_own_phone_alone_picks_up(world, number):
    world.set(dial_string=LINES)
    world.set_extension("1001", auto_answer="call_info")
    for called in (number, "1003"):
        world.click(called)
        own = world.phone("1001").incoming()
        assert own.header("Call-Info") == ["<sip:odoo>;answer-after=0"]
        own.answer()
        theirs = world.phone("public" if called == number else called).incoming()
        assert theirs.header("Call-Info") == []
        own.hang_up()
        theirs.ended()
    assert "FAIL" not in world.stack.odoo.telephony("check")


def test_the_voicemail_does_not_take_a_click(world, number):
    """With the lines: the customer is not called, and hears no greeting."""
    world.set(dial_string=LINES)
    world.click(number)
    world.phone("1001").incoming().ended()
    world.wait_for_call(number, state="ended", outcome="cancelled")
    assert world.phone("public").is_quiet


def test_breaks_and_the_queue(world):
    """A member behind a Local channel is known by its extension's hint."""

    def queues():
        domain = [("pbx_id", "=", world.pbx), ("number", "=", "1001")]
        return world.admin.one("telephony.extension", domain, ["queues"])["queues"]

    wait_for(lambda: queues() == "700", what="the queue of 1001")
