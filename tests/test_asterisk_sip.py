"""What telephones on the old SIP channel show of a click, on an Asterisk that has it.

``make test-asterisk16`` runs these: Asterisk 22 has no ``chan_sip``.
"""

import pytest

from .support.records import new_number
from .support.worlds import chan_sip_world

COMPANY = "+33140000000"
SIP = "SIP/{number}"
LINES = "Local/{number}@odoo-phones"


@pytest.fixture(scope="module")
def _chan_sip(_session_stack):
    with chan_sip_world(_session_stack) as world:
        yield world


@pytest.fixture
def world(stack, _chan_sip):
    """The telephone system, with nobody talking and the settings of the beginning."""
    _chan_sip.hang_up_all()
    yield _chan_sip
    _chan_sip.hang_up_all()
    _chan_sip.set(dial_string=SIP, caller_id=False)
    _chan_sip.set_extension("1001", auto_answer="off", devices=False)


@pytest.fixture
def number():
    """The customer's number."""
    return new_number()


def click(world, number, own="1001"):
    """A click by the user of 1001, who picks up.

    :return: both ends.
    """
    world.click(number)
    mine = world.phone(own).incoming()
    assert mine.caller == number
    mine.answer()
    others = {"1001", "1002"}
    return mine, world.phone(number if number in others else "public").incoming()


def hang_up(mine, theirs):
    """End a call for both ends."""
    mine.hang_up()
    theirs.ended()


@pytest.mark.parametrize("dial_string", [SIP, LINES])
def test_who_sees_whom(world, number, dial_string):
    world.set(dial_string=dial_string)
    for called in (number, "1002"):
        mine, theirs = click(world, called)
        assert (theirs.caller, theirs.caller_name) == ("1001", "Alice Martin")
        hang_up(mine, theirs)
    world.set(caller_id=COMPANY)
    for called, caller in ((number, COMPANY), ("1002", "1001")):
        mine, theirs = click(world, called)
        assert theirs.caller == caller
        hang_up(mine, theirs)


def test_a_phone_without_a_caller_id(world, number):
    world.set_extension("1001", devices="SIP/1002")
    mine, theirs = click(world, number, own="1002")
    assert theirs.caller == "1001"
    hang_up(mine, theirs)


@pytest.mark.parametrize("dial_string", [SIP, LINES])
def test_the_own_phone_alone_picks_up(world, number, dial_string):
    world.set(dial_string=dial_string)
    world.set_extension("1001", auto_answer="call_info")
    for called in (number, "1002"):
        mine, theirs = click(world, called)
        assert mine.header("Call-Info") == ["<sip:odoo>;answer-after=0"]
        assert theirs.header("Call-Info") == []
        hang_up(mine, theirs)
