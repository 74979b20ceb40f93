"""Telephone numbers: what a trunk presents and what people store, read alike.

Every number becomes a key that is compared by equality: its E.164 form, or its bare
digits where no numbering plan knows it. The last eight digits of a key, as an integer,
find all keys that may match in one read of an index.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from enum import StrEnum

import phonenumbers

from . import number_field, number_plan, number_text

SUFFIX_LENGTH = 8
# Fewer digits than this, known to no numbering plan, are nobody's outside line.
MIN_EXTERNAL_DIGITS = 7


class Kind(StrEnum):
    """What a presented text turned out to be."""

    EMPTY = "empty"
    WITHHELD = "withheld"
    INTERNAL = "internal"
    FEATURE = "feature"
    SHORT = "short"
    EXTERNAL = "external"
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """Why a stored number matches: the first two are exact, the others are probable."""

    NUMBER = "number"
    DIGITS = "digits"
    LAST_DIGITS = "last_digits"
    COMPANY = "company"

    @property
    def exact(self) -> bool:
        return self in (Reason.NUMBER, Reason.DIGITS)


@dataclass(frozen=True, slots=True)
class Reading:
    """A presented number as it was understood.

    ``text`` holds its digits (with "+", "*" and "#"), or the text itself where it has
    none. ``keys`` are the E.164 numbers it may mean, likeliest first; ``certain`` says
    that no digit is missing. ``region`` is the country it was read with;
    ``international`` says that the text names its country itself, and ``local`` that
    its area code is missing.
    """

    kind: Kind
    text: str = ""
    keys: tuple[str, ...] = ()
    certain: bool = False
    region: str = ""
    international: bool = False
    local: bool = False

    @property
    def e164(self) -> str:
        """The likeliest E.164 number, or ""."""
        return self.keys[0] if self.keys else ""

    @property
    def matchable(self) -> bool:
        """Whether a customer may have this number at all."""
        return self.kind is Kind.EXTERNAL or (
            self.kind is Kind.UNREADABLE and self.text.removeprefix("+").isdecimal()
        )

    def settled(self, known: Set[str]) -> "Reading":
        """The reading without its less likely meanings, where a likelier one is known.

        :param known: the keys that some record has
        """
        first = next((key for key in self.keys if key in known), None)
        return replace(self, keys=(first,)) if first else self

    def suffixes(self) -> list[int]:
        """The index keys under which every stored form of the number is found."""
        if not self.matchable:
            return []
        forms = [*self.keys, self.text]
        for key in self.keys:
            # Where no country is known a record's number is indexed as it is written,
            # and a short national number then ends within its area code.
            forms += [
                form
                for form in number_plan.national_forms(key, self.region)
                if len(form) < SUFFIX_LENGTH
            ]
            if len(key.removeprefix("+")) < SUFFIX_LENGTH:
                # And one abroad within the prefix that is dialed before it.
                forms += number_plan.forms_from_abroad(key, self.region)
        for key in self.keys[:1]:
            forms += number_plan.stems(key)
        if self.local and len(self.text) == SUFFIX_LENGTH - 1:
            # The digit before it is the last one of any area code.
            forms += [f"{digit}{self.text}" for digit in range(10)]
        return list(dict.fromkeys(map(suffix, forms)))


def suffix(number: str) -> int:
    """The last digits of a number as the integer that the index holds."""
    digits = number.removeprefix("+").removesuffix(number_plan.HEAD_MARK)
    return int(digits[-SUFFIX_LENGTH:])


def read(
    number: str,
    region: str,
    *,
    extensions: Set[str] = frozenset(),
    outside_prefix: str = "",
    area_code: str = "",
) -> Reading:
    """Understand what a trunk, a telephone or a person presents as a number.

    :param number: a bare number in any national or international form, a SIP or tel
        URI, ``"Name" <number>``, or a word for a withheld number
    :param region: ISO code of the country where it was presented, or ""
    :param extensions: the internal numbers of the PBX
    :param outside_prefix: digits before a number to reach an outside line, or ""
    :param area_code: of callers who are presented without one, or ""
    """
    core = number_text.unwrap(number_text.normalize(number or ""))
    if number_text.is_withheld(core):
        return Reading(Kind.WITHHELD)
    if not core:
        return Reading(Kind.EMPTY)
    if core in extensions:
        return Reading(Kind.INTERNAL, core)
    if core.startswith(("*", "#")):
        return Reading(Kind.FEATURE, core)
    text = number_text.digits_of(core)
    if not text or any(map(str.isalpha, core)):
        return Reading(Kind.UNREADABLE, core)
    if text in extensions:
        return Reading(Kind.INTERNAL, text)
    if len(text) > 2 and not text.strip("+0"):
        # How some systems present a caller that they may not show.
        return Reading(Kind.WITHHELD)
    return _read_digits(text, region, outside_prefix, area_code)


def read_typed(text: str, region: str, **options) -> Reading:
    """Understand what a person typed or stored, and one number alone may be meant by.

    Takes what :func:`read` takes, and also remarks, labels, letters and the like, as
    phone fields have them.
    """
    reading = read(text, region, **options)
    if reading.kind is Kind.UNREADABLE or (
        reading.kind is Kind.EXTERNAL
        and not (reading.certain and _is_written_plainly(text))
    ):
        found = number_field.dialable_numbers(text, region)
        if len(found) == 1 and found[0].startswith("+"):
            return read(found[0], region, **options)
    return reading


def _is_written_plainly(text: str) -> bool:
    return "(0)" not in text.replace(" ", "") and not any(map(str.isalpha, text))


def _read_digits(
    text: str, region: str, outside_prefix: str, area_code: str
) -> Reading:
    bare = not text.startswith("+")
    if bare and number_plan.is_short(text, region):
        return Reading(Kind.SHORT, text, region=region)
    found = _candidates(text, region, outside_prefix)
    if bare and region:
        found = number_plan.local(text, region, area_code) + found
    certain = bool(found) and found[0].sound
    few = len(text) < MIN_EXTERNAL_DIGITS
    if bare and few:
        if not certain or not number_plan.may_be_subscriber(text, region):
            return Reading(Kind.SHORT, text, region=region)
    if not found:
        local = bare and number_plan.lacks_area_code(text, region)
        return Reading(Kind.UNREADABLE, text, region=region, local=local)
    keys = tuple(dict.fromkeys(candidate.e164 for candidate in found))
    return Reading(Kind.EXTERNAL, text, keys, certain, region, found[0].international)


def _candidates(
    text: str, region: str, outside_prefix: str
) -> list[number_plan.Candidate]:
    """The meanings of the digits, those behind the outside-line prefix first."""
    found = number_plan.interpret(text, region)
    if not outside_prefix or not text.startswith(outside_prefix):
        return found
    outside = number_plan.interpret(text.removeprefix(outside_prefix), region)
    outside = [candidate for candidate in outside if candidate.sound]
    at_home = [
        candidate
        for candidate in found
        if candidate.sound and (text[0] == "0" or not candidate.international)
    ]
    return outside + at_home if outside else found


def compare(stored: str, certain: bool, reading: Reading) -> Reason | None:
    """Whether a number of the index is the one that was presented.

    :param stored: E.164, or bare digits as they were written
    :param certain: whether the stored number's country is beyond doubt
    :return: why they match, or None
    """
    if not reading.matchable:
        return None
    if stored in reading.keys:
        return Reason.NUMBER
    if stored.endswith(number_plan.HEAD_MARK):
        is_extension = number_plan.is_extension_of(reading.e164, stored)
        return Reason.COMPANY if is_extension else None
    digits = stored.removeprefix("+")
    if digits == reading.text.removeprefix("+") and not reading.certain:
        return Reason.DIGITS
    if digits == stored and reading.keys:
        # Stored where no country was known: read with the country of who asks.
        meanings = number_plan.interpret(stored, reading.region)
        if any(meaning.e164 in reading.keys for meaning in meanings):
            return Reason.NUMBER
    if reading.local and stored.startswith("+"):
        # The rest of the number is unknown, but it is one of the country.
        if any(
            form.endswith(reading.text)
            for form in number_plan.national_forms(stored, reading.region)
        ):
            return Reason.LAST_DIGITS
        return None
    presented = (reading.e164 or reading.text).removeprefix("+")
    if min(len(digits), len(presented)) < SUFFIX_LENGTH or suffix(digits) != suffix(
        presented
    ):
        return None
    if (
        certain
        and reading.certain
        and not number_plan.may_be_same(stored, reading.e164)
    ):
        # Both are known to the last digit of their country, so they are two lines.
        return None
    if (
        certain
        and digits != stored
        and reading.international
        and not number_plan.same_country(stored, reading.e164)
    ):
        return None
    return Reason.LAST_DIGITS


def format_number(number: str, region: str) -> str:
    """The number as people write it to be read anywhere: "+33 6 12 34 56 78".

    :param number: E.164, or any text that :func:`read` takes
    :param region: ISO code of the country to read a national number with, or ""
    :return: the text itself where it is no outside number
    """
    reading = read(number, region)
    if reading.kind is not Kind.EXTERNAL:
        return reading.text or number
    return phonenumbers.format_number(
        phonenumbers.parse(reading.e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
