"""Digits → telephone numbers, by the numbering plans that libphonenumber knows.

A text of digits may be meant in more than one way ("390612345678" in Italy). All the
ways that make a valid number are given, the likeliest first.
"""

from dataclasses import dataclass

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
BRAZIL = 55
MEXICO = 52


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
    valid = phonenumbers.is_valid_number(number)
    if number.country_code == BRAZIL and not valid:
        valid = _replace_if_valid(number, _with_ninth_digit(number.national_number))
    elif number.country_code == MEXICO:
        _replace_if_valid(number, number.national_number - 10**10)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Candidate(e164, international, valid, valid or _has_only_length(number))


def _has_only_length(number) -> bool:
    region = phonenumbers.region_code_for_country_code(number.country_code)
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(
        number.country_code, region
    )
    lengths = metadata.general_desc.possible_length if metadata else ()
    digits = phonenumbers.national_significant_number(number)
    return len(lengths) == 1 and len(digits) == lengths[0]


def _with_ninth_digit(national: int) -> int:
    """A Brazilian mobile number of before 2016: the same line has a 9 before it now."""
    area, subscriber = divmod(national, 10**8)
    if not 10 < area < 100 or subscriber < 6 * 10**7:
        return 0
    return area * 10**9 + 9 * 10**8 + subscriber


def _replace_if_valid(number, national: int) -> bool:
    """Bring a number to its present form (Mexico dropped the mobile 1 in 2019)."""
    if national <= 10**9:
        return False
    present = phonenumbers.PhoneNumber(number.country_code, national)
    if valid := phonenumbers.is_valid_number(present):
        number.national_number = national
    return valid


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


def may_be_same(one: str, other: str) -> bool:
    """Whether two E.164 numbers of one country may be one line, written shorter once.

    So it is with mobile numbers of Argentina, with and without the 9.
    """
    return len(one) != len(other) and (
        phonenumbers.is_number_match(one, other)
        == phonenumbers.MatchType.SHORT_NSN_MATCH
    )
