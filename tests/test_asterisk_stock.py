"""The flows on an Asterisk that is set up as docs/asterisk.md says, from Debian's own
``/etc/asterisk``: sample contexts and hints are there, and no caller id is set."""

import pytest

from tools.stack.odoo import OdooFailed
from tools.stack.waiting import wait_for

from .support.docs import lines_for
from .support.records import new_number
from .support.worlds import PAGE, stock_world

pytestmark = pytest.mark.flow
COMPANY = "+33140000000"
LINES = "Local/{number}@odoo-phones"


@pytest.fixture(scope="module")
def _stock(_session_stack):
    with stock_world(_session_stack) as world:
        yield world


@pytest.fixture
def world(stack, _stock):
    """The telephone system, with nobody talking and the settings of the beginning."""
    _stock.hang_up_all()
    yield _stock
    _stock.hang_up_all()
    _stock.set(dial_string="PJSIP/{number}", caller_id=False)
    _stock.set_extension("1001", auto_answer="off")


@pytest.fixture
def number():
    """The customer's number."""
    return new_number()


def test_the_guided_form_finds_all_right(world):
    assert "✗" not in world.findings, world.findings
    assert {"1001", "1002"} <= world.found.keys()
    assert world.found["1001"]["phones"] == 1


def test_the_samples_do_not_speak_for_the_own_phones(world):
    """``1001@demo`` is a hint of Debian's, for a phone that is never there."""
    assert "SIP/1001" in world.asterisk.console("core show hints")
    assert not world.found["1001"]["devices"]
    assert "1000" in world.asterisk.console("core show hints")
    assert "1000" not in world.found
    proposed = {line["number"] for line in world.found.values() if line["chosen"]}
    assert proposed == {"1001", "1002"}


def test_the_guided_form_knows_the_names(world):
    """Of the caller ids of docs/asterisk.md."""
    assert world.found["1001"]["name"] == "Alice Martin"

    def availability():
        domain = [("pbx_id", "=", world.pbx), ("number", "=", "1001")]
        fields = ["availability"]
        return world.admin.one("telephony.extension", domain, fields)["availability"]

    wait_for(lambda: availability() == "idle", what=lambda: availability())


@pytest.mark.parametrize(
    ("system", "file", "tag"),
    [
        ("asterisk", "extensions.conf", "odoo-phones"),
        ("asterisk_sip", "extensions.conf", "odoo-phones-sip"),
        ("freepbx", "extensions_custom.conf", "odoo-phones"),
    ],
)
def test_the_docs_and_the_guided_form_show_the_same_lines(world, system, file, tag):
    setup, _account = world.begin_setup(system=system, uses_lines=True)
    shown = world.admin.one(
        "telephony.pbx.setup", [("id", "=", setup)], ["dial_plan", "dial_string"]
    )
    assert shown["dial_string"] == LINES
    assert shown["dial_plan"].strip() == lines_for(PAGE, tag)[file].strip()


def test_a_call_from_outside(world, number):
    out = world.phone("public").call("+33140000001", caller=number)
    own = world.phone("1001").incoming()
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
    world.wait_for_call(number, state="ended", outcome="answered")


def test_a_click(world, number):
    world.set(caller_id=COMPANY)
    world.click(number)
    own = world.phone("1001").incoming()
    assert own.caller == number
    own.answer()
    theirs = world.phone("public").incoming()
    assert (theirs.number, theirs.caller) == (number, COMPANY)
    theirs.answer()
    world.wait_for_call(number, state="ongoing", direction="outbound")
    own.hang_up()
    theirs.ended()
    world.wait_for_call(number, state="ended", outcome="answered")


def test_a_click_without_a_number_that_is_set(world, number):
    world.click(number)
    world.phone("1001").incoming().answer()
    theirs = world.phone("public").incoming()
    assert (theirs.caller, theirs.caller_name) == ("1001", "Alice Martin")


def test_a_click_on_a_colleague(world):
    world.click("1002")
    own = world.phone("1001").incoming()
    assert own.caller == "1002"
    own.answer()
    theirs = world.phone("1002").incoming()
    assert (theirs.caller, theirs.caller_name) == ("1001", "Alice Martin")


def test_a_group(world, number):
    out = world.phone("public").call("+33140000002", caller=number)
    loser = world.phone("1001").incoming()
    world.phone("1002").incoming().answer()
    loser.ended()
    out.answered()
    out.hang_up()
    world.wait_for_call(
        number,
        state="ended",
        outcome="answered",
        extension_id=world.extension("1002"),
    )


def test_a_queue(world, number):
    out = world.phone("public").call("+33140000003", caller=number)
    loser = world.phone("1002").incoming()
    world.phone("1001").incoming().answer()
    loser.ended()
    world.wait_for_call(number, state="ongoing", queue="support")
    out.hang_up()
    world.wait_for_call(
        number,
        state="ended",
        outcome="answered",
        extension_id=world.extension("1001"),
    )


def test_a_transfer(world, number):
    out = world.phone("public").call("+33140000001", caller=number)
    own = world.phone("1001").incoming()
    own.answer()
    out.answered()
    world.wait_until_bridged()
    own.transfer("1002")
    target = world.phone("1002").incoming()
    target.answer()
    out.hang_up()
    target.ended()
    call = world.wait_for_call(number, state="ended", outcome="answered")
    legs = world.admin.search_read(
        "telephony.call.leg",
        [("call_id", "=", call["id"]), ("extension_id", "!=", False)],
        ["number", "outcome"],
    )
    assert {(leg["number"], leg["outcome"]) for leg in legs} == {
        ("1001", "answered"),
        ("1002", "answered"),
    }


@pytest.fixture
def second(world):
    """A second telephone that is registered as 1001."""
    world.register("second")
    yield world.phone("second")
    world.register("second", expires=0)


def test_one_of_several_phones_is_rung_without_the_lines(world, second, number):
    """That is Asterisk's way; the check names the extension."""
    found = world.stack.odoo.telephony("check")
    assert "extension 1001: 2 phones are registered on PJSIP/1001" in found
    assert LINES in found
    world.click(number)
    wait_for(
        lambda: not (world.phone("1001").is_quiet and second.is_quiet),
        what="a phone to ring",
    )
    assert world.asterisk.channels() == 1


def test_the_lines_ring_every_phone(world, second, number):
    world.set(dial_string=LINES)
    found = world.stack.odoo.telephony("check")
    assert "phones are registered" not in found
    world.click(number)
    loser = world.phone("1001").incoming()
    own = second.incoming()
    assert own.caller == loser.caller == number
    own.answer()
    loser.ended()
    theirs = world.phone("public").incoming()
    assert (theirs.caller, theirs.caller_name) == ("1001", "Alice Martin")
    theirs.answer()
    own.hang_up()
    theirs.ended()
    world.wait_for_call(
        number,
        state="ended",
        outcome="answered",
        direction="outbound",
        extension_id=world.extension("1001"),
    )


def test_the_lines_keep_the_number_that_is_set(world, number):
    world.set(dial_string=LINES, caller_id=COMPANY)
    for called, caller in ((number, COMPANY), ("1002", "1001")):
        world.click(called)
        own = world.phone("1001").incoming()
        assert own.caller == called
        own.answer()
        theirs = world.phone("1002" if called == "1002" else "public").incoming()
        assert theirs.caller == caller
        own.hang_up()
        theirs.ended()


def test_the_lines_let_the_own_phone_alone_pick_up(world, number):
    world.set(dial_string=LINES)
    world.set_extension("1001", auto_answer="alert_info")
    for called in (number, "1002"):
        world.click(called)
        own = world.phone("1001").incoming()
        assert own.header("Alert-Info") == [
            "<http://127.0.0.1>;info=alert-autoanswer;delay=0"
        ]
        own.answer()
        theirs = world.phone("1002" if called == "1002" else "public").incoming()
        assert theirs.header("Alert-Info") == []
        own.hang_up()
        theirs.ended()


def test_a_phone_that_is_busy_or_not_there_is_told(world, number):
    world.set(dial_string=LINES)
    world.click(number)
    world.phone("1001").incoming().reject()
    world.wait_for_call(number, state="ended", outcome="cancelled")
    command = world.agent.search_read(
        "telephony.command", [("action", "=", "dial")], ["code"], limit=1
    )
    assert command[0]["code"] == "phone_busy"
    world.register("1001", expires=0)
    world.click(number)

    def told():
        [last] = world.agent.search_read(
            "telephony.command", [("action", "=", "dial")], ["code"], limit=1
        )
        return last["code"] == "phone_offline"

    wait_for(told, what="the user to be told")
    world.register("1001")


def test_what_the_dial_plan_does_not_do_is_told(world):
    """The settings that a Local channel needs lines for, and a context of nobody."""
    world.set(dial_string="Local/{number}@from-internal", caller_id=COMPANY)
    world.set_extension("1001", auto_answer="call_info")
    with pytest.raises(OdooFailed) as failed:
        world.stack.odoo.telephony("check")
    text = "context “from-internal” does not use TELEPHONY_HEADER"
    assert f"extension 1001: its phone does not pick up by itself, as the {text}" in (
        str(failed.value)
    )
    world.set(dial_string="Local/{number}@nowhere")
    with pytest.raises(OdooFailed) as failed:
        world.stack.odoo.telephony("check")
    assert "FAIL context “nowhere” is not in the dial plan" in str(failed.value)
