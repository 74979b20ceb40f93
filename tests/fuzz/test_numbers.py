"""The reading of numbers, whatever is typed, stored or presented."""

import re

from hypothesis import strategies as st

from .events import load
from .explore import at_most, explore

numbers = load("engine.numbers")
number_field = load("engine.number_field")
number_plan = load("engine.number_plan")
dial_rules = load("engine.dial_rules")
dial_link = load("engine.dial_link")
pbx_text = load("engine.pbx_text")
presented = load("engine.presented")
dialplan = load("ami.dialplan")

REGIONS = ("", "FR", "DE", "US", "GB", "IT", "AT", "NG", "AR", "BR", "KZ", "ZZ", "x")
# What numbers are written with: many in one text, and what stands between them.
SNIPPETS = st.sampled_from(
    (
        *"0123456789",
        *"+-/.,;()[]{}<>&@#*~ ",
        "+33612345678",
        "06 12 34 56 78",
        "0049 30 23125-0",
        "(0)",
        "ext. 12",
        "x34",
        "tel:",
        "sip:",
        "sips:",
        "@example.com",
        ";phone-context=+33",
        '"Ann" <',
        "1-800-FLOWERS",
        "anonymous",
        "\u202a",
        "\u00a0",
        "\u0660",
        "\uff11",
        "²",
        "\ud800",
        "\x00",
        "\n",
        "😀",
    )
)
TEXT = st.one_of(
    st.lists(SNIPPETS, max_size=25).map("".join),
    st.text(max_size=60),
    st.text("0123456789+ -/()", max_size=400),
    st.text("0123456789", min_size=20, max_size=3000),
)
CASE = st.tuples(TEXT, st.sampled_from(REGIONS), st.sampled_from(("", "0", "9", "00")))
# Calls of Python functions for a text: many pieces, each read as several numbers.
STEPS, STEPS_PER_SIGN = 20_000, 3_000
NUMBER = re.compile(r"\+?[0-9]+")


def check_reading(drawn):
    """See that any text is read as something, and the same again."""
    text, region, prefix = drawn
    with at_most(STEPS + STEPS_PER_SIGN * len(text), "reading"):
        reading = numbers.read(
            text, region, extensions={"1001"}, outside_prefix=prefix, area_code="1"
        )
        typed = numbers.read_typed(text, region)
        stored = number_field.field_numbers(text, region)
        dialable = number_field.dialable_numbers(text, region)
        formatted = numbers.format_number(text, region)
    for one in (reading, typed):
        for key in one.keys:
            assert re.fullmatch(r"\+[1-9][0-9]{1,19}", key), (key, one)
        assert one.suffixes() == one.suffixes()
    for each in stored:
        body = each.number.removesuffix(number_plan.HEAD_MARK)
        assert NUMBER.fullmatch(body), each
        assert numbers.compare(each.number, each.certain, reading) in (
            None,
            *numbers.Reason,
        )
        numbers.suffix(each.number)
    for number in dialable:
        assert NUMBER.fullmatch(number), number
    assert isinstance(formatted, str)


def test_any_text():
    explore("numbers, any text", CASE, check_reading, examples=150, share=0.1)


RULES = st.tuples(
    TEXT, TEXT, st.sampled_from(REGIONS), st.text("0123456789", max_size=4)
)


def check_rules(drawn):
    """See that patterns and typed numbers come to an answer, and dial links too."""
    text, patterns, region, prefix = drawn
    digits = re.sub(r"[^0-9*#+]", "", text)[:33]
    with at_most(STEPS + STEPS_PER_SIGN * (len(digits) + len(patterns)), "comparing"):
        meanings = dial_rules.get_meanings(
            digits, region, outside_prefix=prefix, international_prefix=prefix
        )
        found = dial_rules.find_pattern(patterns, {digits}, meanings, region)
        dial_rules.get_beginnings(meanings)
        dial_rules.get_numbers_behind_codes(digits)
    assert found == "" or found in patterns
    for meaning in meanings:
        assert meaning
    for template in ("tel:{number}", f"{text}{{number}}", f"sip:{text}{{number}}"):
        if dial_link.is_dial_link(template):
            link = dial_link.build_dial_link(template, digits)
            assert link.isprintable() and not re.search(r"[\s\"'<>]", link), link
    assert isinstance(presented.is_presentable(text), bool)
    for cleaned in (pbx_text.plain_text(text), pbx_text.name_text(text)):
        assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\ud800-\udfff]", cleaned)
    assert len(pbx_text.name_text(text)) <= pbx_text.MAX_NAME
    assert not re.search(r"[,;|\"<>\\]", pbx_text.name_text(text))


def test_any_rule():
    explore("numbers, dialing rules", RULES, check_rules, examples=100, share=0.05)


def check_names(text):
    """See that any name of a channel and any dial string is taken apart."""
    for plan in (dialplan.Dialplan(), dialplan.Dialplan({"PJSIP/a": "1"})):
        for name in (dialplan.parse_channel(text), dialplan.parse_interface(text)):
            plan.extension_of(name)
            plan.extension_of_device(name)
            plan.guess_caller(name, text)
            plan.guess_called(name, text)
    dialplan.parse_dialed_number(text)
    dialplan.is_withheld(text)


def test_any_name_of_a_channel():
    explore("numbers, channel names", TEXT, check_names, examples=100, share=0.02)
