"""Digits → telephone numbers, by the numbering plans that libphonenumber knows.

A text of digits may be meant in more than one way ("390612345678" in Italy). All the
ways that make a valid number are given, the likeliest first.
"""

import re
from dataclasses import dataclass, replace

import phonenumbers
from phonenumbers import (
    CountryCodeSource,
    NumberParseException,
    PhoneMetadata,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region

from . import number_fast

# International prefixes that trunks and people use wherever they are, after those that
# the country's own plan knows.
COMMON_IDD = ("00", "011", "810", "0011", "010")
MAX_E164_DIGITS = 15
# With an international prefix and one for an outside line before them.
MAX_DIGITS = MAX_E164_DIGITS + 5

# Ends the number of a whole company, "+49 30 12345-0" → "+493012345x": its extensions
# take the place of the mark. Only plans whose numbers have no fixed length know such.
HEAD_MARK = "x"
HEAD_CODES = ("+49", "+43")
MAX_DIRECT_DIAL = 5
# A company's number without its extensions: "+49", an area and three digits.
MIN_STEM = 8
# Local numbers, without an area code, have no more digits than this.
MAX_LOCAL_DIGITS = 8

MEXICO = 52

# National numbers that were rewritten by a reform: country code, what the old form
# looks like, the present form. It replaces the old one where that is no valid number
# any more; Mexico's mobile 1 still passes for one.
# Mexico dropped the mobile 1 and the trunk prefixes 01, 044 and 045 in 2019; Brazil's
# mobile numbers have a 9 behind the area code since 2016; Colombia's fixed lines 60
# before the area since 2021; Benin's numbers 01 before them since 2024.
_REFORMS = (
    (MEXICO, re.compile(r"(?:1|01|04[45])(\d{10})"), r"\1"),
    (55, re.compile(r"([1-9]\d)([6-9]\d{7})"), r"\g<1>9\2"),
    (57, re.compile(r"([1-8])(\d{7})"), r"60\1\2"),
    (229, re.compile(r"(\d{8})"), r"01\1"),
)
# Countries that dial each other's numbers as national ones: a national number that is
# none under the one country code is that of another. France and its overseas
# departments; Israel and the Palestinian territories.
_FAMILIES = ((33, 590, 594, 596, 262), (972, 970))
# Lines that have two numbers: the way in through a neighbor's plan, and their own.
_TWINS = (
    ("+390549", "+3780549"),  # San Marino, through Italy
    ("+35348", "+4428"),  # Northern Ireland, from the Republic
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One meaning of a text of digits.

    ``international`` says that the text names the country itself; ``valid`` that the
    number is in use by the country's plan. ``sound`` says that no digit is missing: a
    valid number, or one of the only length that the country's numbers have (plans grow,
    and test numbers are valid nowhere).
    """

    e164: str
    international: bool
    valid: bool
    sound: bool


def interpret(text: str, region: str) -> list[Candidate]:
    """Every number that the digits may mean, the likeliest first.

    :param text: digits, with or without "+" before them
    :param region: ISO code of the country to read a national number with, or ""
    :return: valid numbers; where there are none, one of possible length; else nothing
    """
    if text.startswith("+"):
        if e164 := number_fast.valid_international(text):
            return [Candidate(e164, international=True, valid=True, sound=True)]
    elif region and (e164 := number_fast.valid_abroad(text, region)):
        return [Candidate(e164, international=True, valid=True, sound=True)]
    elif region and text and (e164 := number_fast.valid_national(text, region)):
        return [Candidate(e164, international=False, valid=True, sound=True)]
    return interpret_in_full(text, region)


def interpret_in_full(text: str, region: str) -> list[Candidate]:
    """Do what :func:`interpret` does without its short way."""
    if text.startswith("+"):
        if found := _international(text):
            return [found]
        text = text[1:]
    if not 2 < len(text) <= MAX_DIGITS:
        return []
    national = _national(text, region)
    found = [national] if national and national.valid else []
    if found:
        found = _with_others(text, region, national)
    else:
        found = _foreign(text, region)
        if national and not (found and text[0] == "0"):
            found.append(national)
    return list(dict.fromkeys(found))


def find(text: str, region: str) -> list[Candidate]:
    """The numbers of possible length that stand somewhere within a text."""
    matches = phonenumbers.PhoneNumberMatcher(
        text, region or None, leniency=phonenumbers.Leniency.POSSIBLE
    )
    return [_candidate(match.number, "+" in match.raw_string) for match in matches]


def _parse(text: str, region: str | None):
    try:
        return phonenumbers.parse(text, region, keep_raw_input=True)
    except NumberParseException:
        return None


def _international(text: str) -> Candidate | None:
    number = _parse(text, None)
    return number and _candidate(number, international=True)


def _national(text: str, region: str) -> Candidate | None:
    number = _parse(text, region) if region else None
    if not number:
        return None
    source = number.country_code_source
    found = _candidate(number, source != CountryCodeSource.FROM_DEFAULT_COUNTRY)
    if found.valid:
        return found
    possible = phonenumbers.is_possible_number_with_reason(number)
    return found if possible == ValidationResult.IS_POSSIBLE else None


def _with_others(text: str, region: str, national: Candidate) -> list[Candidate]:
    """A valid national number, and what else the digits may mean.

    "390612345678" may be a mobile number or +39 06 12345678; "0113114020" may be
    Dutch, or the American way to reach the Netherlands; "33612345678" may be a German
    number without its trunk zero, or a French one without its "+".
    """
    code = str(phonenumbers.country_code_for_region(region))
    others = []
    if text.startswith(code) or (
        text[0] != "0" and not _is_ordinary(text, national.e164)
    ):
        others.append(_international("+" + text))
    if text.startswith("00"):
        others.append(_international("+" + text[2:]))
    if text.startswith("011" + code):
        others.append(_international("+" + text[3:]))
    others = [other for other in others if other and other.valid]
    if others and not national.international and text.startswith(code):
        # A number without its trunk prefix is rarer than one without its "+".
        trunk = phonenumbers.ndd_prefix_for_region(region, True)
        return [*others, national] if trunk else [national, *others]
    return [national, *others]


def _is_ordinary(text: str, e164: str) -> bool:
    """Whether people in the number's country write it in just these digits."""
    number = phonenumbers.parse(e164)
    written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return "".join(filter(str.isdecimal, written)) == text


def _foreign(text: str, region: str) -> list[Candidate]:
    """Numbers that name their country, after a prefix or without any sign of it."""
    found = [
        _international("+" + text.removeprefix(prefix))
        for prefix in COMMON_IDD
        if text.startswith(prefix)
    ]
    found = [candidate for candidate in found if candidate and candidate.sound]
    if not found and text[0] != "0":
        bare = _international("+" + text)
        found = [bare] if bare and (bare.valid or bare.sound and not region) else []
    return sorted(found, key=lambda candidate: not candidate.valid)[:1]


def _candidate(number, international: bool) -> Candidate:
    number = _present_form(number)
    valid = phonenumbers.is_valid_number(number)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Candidate(e164, international, valid, valid or _has_only_length(number))


def _present_form(number):
    """Bring a number to the one form that its line has today, if it has another."""
    national = phonenumbers.national_significant_number(number)
    e164 = f"+{number.country_code}{national}"
    others = [
        e164.replace(way_in, own, 1)
        for way_in, own in _TWINS
        if e164.startswith(way_in)
    ]
    if number.country_code == MEXICO or not phonenumbers.is_valid_number(number):
        others += [
            f"+{code}{old.sub(new, national)}"
            for code, old, new in _REFORMS
            if number.country_code == code and old.fullmatch(national)
        ]
        others += [
            f"+{code}{national}"
            for family in _FAMILIES
            if number.country_code in family
            for code in family
        ]
    for other in others:
        present = _parse(other, None)
        if present and phonenumbers.is_valid_number(present):
            return present
    return number


def _has_only_length(number) -> bool:
    region = phonenumbers.region_code_for_country_code(number.country_code)
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(
        number.country_code, region
    )
    lengths = metadata.general_desc.possible_length if metadata else ()
    digits = phonenumbers.national_significant_number(number)
    return len(lengths) == 1 and len(digits) == lengths[0]


def is_short(text: str, region: str) -> bool:
    """Whether the digits are one of the country's short numbers (112, 3929, 118218)."""
    if len(text) > 6 or not region:
        return False
    number = _parse(text, region)
    return (
        number is not None
        and phonenumbers.national_significant_number(number) == text
        and is_valid_short_number_for_region(number, region)
    )


def may_be_subscriber(text: str, region: str) -> bool:
    """Whether so few digits may be an outside line in the country at all.

    Plans with numbers of any length (Austria, Luxembourg) call four digits valid, but
    there they are somebody's extension; on an island with short numbers they are not.
    """
    if len(text) > 4:
        return True
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if not metadata:
        return False
    number = _parse(text, region)
    return (
        max(metadata.general_desc.possible_length) <= 7
        or phonenumbers.number_type(number) == PhoneNumberType.UAN
    )


def stems(e164: str) -> list[str]:
    """What a company's number may be, of which this is the line of an extension.

    :return: E.164 numbers without their last digits, the longest first
    """
    if not e164.startswith(HEAD_CODES):
        return []
    longest = min(MAX_DIRECT_DIAL, len(e164) - MIN_STEM)
    return [e164[:-length] for length in range(1, longest + 1)]


def is_extension_of(e164: str, head: str) -> bool:
    """Whether the number is that of an extension of a company.

    :param head: ends with :data:`HEAD_MARK`
    """
    return head.removesuffix(HEAD_MARK) in stems(e164)


def local(text: str, region: str, area_code: str) -> list[Candidate]:
    """The number that is meant by digits without an area code.

    :param text: digits, without "+"
    :param area_code: of who is called, without trunk prefix; or ""
    """
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or "+"
    if not area_code or text.startswith(trunk) or len(text) > MAX_LOCAL_DIGITS:
        return []
    code = phonenumbers.country_code_for_region(region)
    found = _international(f"+{code}{area_code}{text}") if code else None
    return [replace(found, international=False)] if found and found.valid else []


def lacks_area_code(text: str, region: str) -> bool:
    """Whether the digits are a whole number only together with an area code."""
    number = _parse(text, region) if region else None
    return (
        number is not None
        and phonenumbers.is_possible_number_with_reason(number)
        == ValidationResult.IS_POSSIBLE_LOCAL_ONLY
    )


def same_country(one: str, other: str) -> bool:
    """Whether two E.164 numbers have the same country code."""
    first, second = _parse(one, None), _parse(other, None)
    return bool(first and second) and first.country_code == second.country_code


def national_forms(e164: str, region: str) -> list[str]:
    """How the number is written within the country, without and with trunk prefix.

    :return: digits; nothing where the number is another country's
    """
    code = phonenumbers.country_code_for_region(region) if region else 0
    if not code or not e164.startswith(f"+{code}"):
        return []
    number = e164.removeprefix(f"+{code}")
    prefix = phonenumbers.ndd_prefix_for_region(region, True)
    return [number, prefix + number] if prefix else [number]


def forms_from_abroad(e164: str, region: str) -> list[str]:
    """How the number is dialed from a country, with whatever prefix people use there.

    :param region: ISO code of the country, or ""
    :return: digits
    """
    metadata = PhoneMetadata.metadata_for_region(region, None) if region else None
    own = (metadata and metadata.international_prefix) or ""
    prefixes = [*COMMON_IDD, own] if own.isdecimal() else COMMON_IDD
    return [prefix + e164.removeprefix("+") for prefix in prefixes]


def is_dialed_with_009(digits: str) -> bool:
    """Whether a number stands behind 009, as people in Nigeria dial one abroad."""
    number = digits.startswith("009") and _international(f"+{digits[3:]}")
    return bool(number and number.valid)


def may_be_same(one: str, other: str) -> bool:
    """Whether two E.164 numbers of one country may be one line, written shorter once.

    So it is with mobile numbers of Argentina, with and without the 9.
    """
    return len(one) != len(other) and (
        phonenumbers.is_number_match(one, other)
        == phonenumbers.MatchType.SHORT_NSN_MATCH
    )
