"""The short way through a numbering plan, for how most numbers are written.

libphonenumber asks a dozen questions of every number. A mobile or fixed-line one that
is written with "+" and its country code, or with a trunk "0", needs two of them. Where
more may be meant, there is no answer here and libphonenumber has to be asked in full.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

TRUNK_ZERO = "0"
MAX_CODE_DIGITS = 3
# Their numbers are brought up to date, see ``number_plan``.
SPECIAL_CODES = frozenset({52})
# Lines of a neighboring country, see ``number_plan``.
SPECIAL_PREFIXES = ("+390549", "+35348")


@dataclass(frozen=True, slots=True)
class _Plan:
    """The fixed lines and mobiles of the main country of a country code.

    ``prefix`` matches where a number begins with what may be taken off it.
    """

    code: str
    lengths: frozenset[int]
    pattern: re.Pattern
    prefix: re.Pattern | None
    trunk_zero: bool
    idd: re.Pattern

    def has(self, subscriber: str) -> bool:
        return (
            len(subscriber) in self.lengths
            and self.pattern.fullmatch(subscriber) is not None
        )


@cache
def _plan(region: str) -> _Plan | None:
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if not metadata or metadata.country_code in SPECIAL_CODES:
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
    prefix = metadata.national_prefix_for_parsing
    return _Plan(
        code=str(metadata.country_code),
        lengths=frozenset(lengths),
        pattern=re.compile(
            "|".join(f"(?:{kind.national_number_pattern})" for kind in kinds)
        ),
        prefix=re.compile(prefix) if prefix else None,
        trunk_zero=_takes_trunk_zero(metadata),
        idd=re.compile(metadata.international_prefix or "(?!)"),
    )


def _takes_trunk_zero(metadata) -> bool:
    """Whether just the "0" before a number is taken off ("0|180020" in Britain)."""
    prefix = metadata.national_prefix_for_parsing or ""
    return (
        prefix.partition("|")[0] == TRUNK_ZERO
        and "(" not in prefix
        and not metadata.national_prefix_transform_rule
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
    if not text[1:4].isdecimal() or text.startswith(SPECIAL_PREFIXES):
        return None
    plan = _plan_of_code(text[1:4])
    if not plan:
        return None
    subscriber = text[1 + len(plan.code) :]
    if plan.prefix and (match := plan.prefix.match(subscriber)) and match[0]:
        return None
    return text if plan.has(subscriber) else None


def valid_national(text: str, region: str) -> str | None:
    """The E.164 form of a number written with a trunk "0", if nothing else is meant.

    :return: a valid number; ``None`` where libphonenumber has to be asked
    """
    if text[0] != TRUNK_ZERO or text.startswith(("00", "011")):
        return None
    plan = _plan(region)
    if not plan or not plan.trunk_zero or plan.idd.match(text):
        return None
    subscriber = text[1:]
    if f"+{plan.code}{subscriber}".startswith(SPECIAL_PREFIXES):
        return None
    return f"+{plan.code}{subscriber}" if plan.has(subscriber) else None
