"""What telephones show of a click, and by what a desk phone picks up by itself.

The dial plan sets no caller id: what the called party sees is what the product sends.
"""

import pytest

from .support.records import contact, national, new_number

COMPANY = "+33140000099"
LOCAL = "Local/{number}@from-internal"


@pytest.fixture
def number():
    """The number of the customer who is called."""
    return new_number()


@pytest.fixture
def settings(stack):
    """Changes settings of the telephone system, or of the agent's extension, for a
    test: ``settings(caller_id="+33…")``, ``settings.extension(auto_answer="…")``."""

    class Settings:
        def __init__(self):
            self.before = []

        def __call__(self, **values):
            self._write("telephony.pbx", stack.pbx, values)

        def extension(self, **values):
            domain = [("pbx_id", "=", stack.pbx), ("number", "=", "1001")]
            [found] = stack.admin.search_read("telephony.extension", domain, ["id"])
            self._write("telephony.extension", found["id"], values)

        def _write(self, model, record, values):
            [old] = stack.admin.search_read(model, [("id", "=", record)], list(values))
            self.before.append((model, record, {key: old[key] for key in values}))
            stack.admin.call(model, "write", [record], values)

    changes = Settings()
    yield changes
    for model, record, values in reversed(changes.before):
        stack.admin.call(model, "write", [record], values)


def click(stack, number, *clicked):
    """The agent clicks and picks up.

    :param clicked: model, id and field where the number stands.
    :return: both ends, of the agent and of the other party, who rings.
    """
    # Confirmed: the next click comes before the end of the call before is in the log.
    stack.agent.call("telephony.client", "dial", number, *clicked, confirmed=True)
    own = stack.phone("1001").incoming()
    own.answer()
    return own, stack.phone("1002" if number == "1002" else "public").incoming()


@pytest.mark.parametrize("dial_string", ["PJSIP/{number}", LOCAL])
def test_the_customer_does_not_see_the_own_number(stack, settings, number, dial_string):
    """Providers refuse a call that bears the called one's number."""
    settings(dial_string=dial_string)
    partner = contact(stack, f"Zoé, {number}", number)
    own, theirs = click(stack, national(number), "res.partner", partner, "phone")
    assert (own.caller, own.caller_name) == (number, f"Zoé {number}")
    assert theirs.number == number
    assert (theirs.caller, theirs.caller_name) == ("1001", "Alice Martin")
    assert number not in str(theirs.header("P-Asserted-Identity"))


@pytest.mark.parametrize("dial_string", ["PJSIP/{number}", LOCAL])
def test_a_colleague_sees_who_calls(stack, settings, dial_string):
    settings(dial_string=dial_string, caller_id=COMPANY)
    own, theirs = click(stack, "1002")
    assert (own.caller, own.caller_name) == ("1002", "Colleague Test")
    assert (theirs.caller, theirs.caller_name) == ("1001", "Alice Martin")


def test_the_number_that_is_set_is_shown_outside(stack, settings, number):
    settings(caller_id=COMPANY)
    _own, theirs = click(stack, number)
    assert theirs.caller == COMPANY
    theirs.hang_up()
    settings.extension(caller_id="+33140000101")
    own, theirs = click(stack, number)
    assert own.caller == number
    assert theirs.caller == "+33140000101"


def test_a_phone_without_a_caller_id_does_not_call_anonymously(stack, settings, number):
    """1003 has none on the PBX; the extension's number stands in."""
    settings.extension(devices="PJSIP/1003")
    for called, name in ((number, ""), ("1002", "Agent Test")):
        stack.agent.call("telephony.client", "dial", called, confirmed=True)
        own = stack.phone("1003").incoming()
        own.answer()
        phone = "1002" if called == "1002" else "public"
        theirs = stack.phone(phone).incoming()
        assert (theirs.caller, theirs.caller_name) == ("1001", name)
        own.hang_up()
        theirs.ended()


def test_the_desk_phone_alone_hears_that_it_is_to_pick_up(stack, settings, number):
    settings.extension(auto_answer="call_info")
    for called in (number, "1002"):
        own, theirs = click(stack, called)
        assert own.header("Call-Info") == ["<sip:odoo>;answer-after=0"]
        assert theirs.header("Call-Info") == []
        own.hang_up()
        theirs.ended()
    settings.extension(
        auto_answer="header", auto_answer_header="X-Auto-Answer: now;by=odoo"
    )
    own, theirs = click(stack, number)
    assert own.header("X-Auto-Answer") == ["now;by=odoo"]
    assert own.header("Call-Info") == theirs.header("X-Auto-Answer") == []


def test_a_call_from_outside_does_not_pick_up(stack, settings, number):
    settings.extension(auto_answer="alert_info")
    stack.phone("public").call("+33140000001", caller=number)
    assert stack.phone("1001").incoming().header("Alert-Info") == []
