"""The short way through a numbering plan, for how most numbers are written.

libphonenumber asks a dozen questions of every number. A mobile or fixed-line one that
is written with "+" and its country code, or just as people write it at home, needs two
of them. Where more may be meant, there is no answer here and libphonenumber has to be
asked in full.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

TRUNK_ZERO = "0"
COMMON_IDD = "00"
# Country codes whose numbers are written at home with another prefix before them.
TRUNKS = {7: "8"}
# Those where they are written without one, though there is one.
BARE_CODES = frozenset({1})
MAX_CODE_DIGITS = 3
# Longer numbers are brought up to date, see ``number_plan``.
MAX_LENGTHS = {52: 10}
# Lines of a neighboring country, see ``number_plan``.
SPECIAL_PREFIXES = ("+390549", "+35348")


@dataclass(frozen=True, slots=True)
class _Plan:
    """The fixed lines and mobiles of the main country of a country code.

    ``prefix`` matches where a number begins with what may be taken off it, ``trunk`` is
    what people write there. ``bare`` says that they write nothing there, and ``idd``
    matches what stands before numbers of other countries.
    """

    code: str
    lengths: frozenset[int]
    pattern: re.Pattern
    prefix: re.Pattern | None
    trunk: str
    bare: bool
    idd: re.Pattern

    def has(self, subscriber: str) -> bool:
        return (
            len(subscriber) in self.lengths
            and self.pattern.fullmatch(subscriber) is not None
        )


@cache
def _plan(region: str) -> _Plan | None:
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if not metadata:
        return None
    if COUNTRY_CODE_TO_REGION_CODE[metadata.country_code][0] != region:
        # Whether a number of a smaller country of the code is valid is asked in full.
        return None
    kinds = [
        kind
        for kind in (metadata.fixed_line, metadata.mobile)
        if kind and kind.national_number_pattern
    ]
    lengths = {
        length
        for kind in kinds
        for length in kind.possible_length or metadata.general_desc.possible_length
    }
    code = metadata.country_code
    prefix = metadata.national_prefix_for_parsing
    longest = MAX_LENGTHS.get(code, max(lengths, default=0))
    return _Plan(
        code=str(code),
        lengths=frozenset(length for length in lengths if length <= longest),
        pattern=re.compile(
            "|".join(f"(?:{kind.national_number_pattern})" for kind in kinds)
        ),
        prefix=re.compile(prefix) if prefix else None,
        trunk=TRUNKS.get(code, TRUNK_ZERO),
        bare=code in BARE_CODES or not prefix,
        idd=re.compile(metadata.international_prefix or "(?!)"),
    )


@lru_cache(maxsize=4096)
def _plan_of_code(digits: str) -> _Plan | None:
    for length in range(1, MAX_CODE_DIGITS + 1):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length]))
        if regions:
            return _plan(regions[0])
    return None


def valid_international(text: str) -> str | None:
    """The E.164 form of "+" and digits, if that is all there is to it.

    :return: a valid number; ``None`` where libphonenumber has to be asked
    """
    if not text[1:4].isdecimal() or text.startswith(("+0", *SPECIAL_PREFIXES)):
        return None
    plan = _plan_of_code(text[1:4])
    if not plan:
        return None
    subscriber = text[1 + len(plan.code) :]
    if plan.prefix and (match := plan.prefix.match(subscriber)) and match[0]:
        return None
    return text if plan.has(subscriber) else None


def valid_abroad(text: str, region: str) -> str | None:
    """The E.164 form of "00", a country code and a number, where "00" is what a country
    dials before numbers of others.

    :return: a valid number; ``None`` where libphonenumber has to be asked
    """
    plan = _plan(region)
    match = plan and plan.idd.match(text)
    if not match or match[0] != COMMON_IDD or not text.startswith(COMMON_IDD):
        return None
    return valid_international("+" + text[len(COMMON_IDD) :])


def valid_national(text: str, region: str) -> str | None:
    """The E.164 form of a number written as at home, if nothing else is meant.

    :return: a valid number; ``None`` where libphonenumber has to be asked
    """
    plan = _plan(region)
    if not plan or plan.idd.match(text):
        return None
    if text.startswith(("00", "011" + plan.code)):
        # Perhaps the number in full, after what is dialed before it abroad.
        return None
    match = plan.prefix.match(text) if plan.prefix else None
    if match and match[0]:
        if match[0] != plan.trunk or any(match.groups()):
            return None
        subscriber = text[len(plan.trunk) :]
    elif plan.bare and not text.startswith(plan.code):
        subscriber = text
    else:
        return None
    if f"+{plan.code}{subscriber}".startswith(SPECIAL_PREFIXES):
        return None
    return f"+{plan.code}{subscriber}" if plan.has(subscriber) else None
