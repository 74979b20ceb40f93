"""Whether a number is one of a list: however it is written, and however many digits
follow.

A telephone network connects a call as soon as the digits name somebody; what is dialed
beyond them is ignored. No number is the beginning of another one, so a number that
begins as a listed one reaches the listed one.
"""

import re

import phonenumbers
from phonenumbers import PhoneMetadata

from . import number_plan

# The shortest number with its country code that a list may hold: what is shorter stands
# for a service (112, 118), and is compared as it is.
MIN_INTERNATIONAL = 7
# Digits of a feature code that a number may stand behind, as *72 or *1072.
MAX_CODE = 4
# Below this many digits nobody omits the trunk prefix.
MIN_WITHOUT_TRUNK = 7
_SEPARATORS = re.compile(r"[\s,;]+")


class AuthorizedNumber(str):
    """A text that ``telephony.pbx._authorize`` has decided to send.

    Nothing else makes one: whoever hands a number to a telephone system takes no other
    text.

    :ivar reading: how the number was understood, of ``telephony.number._read``
    :ivar question: what the user must be asked before it is sent, or ``False``
    """

    __slots__ = ("question", "reading")

    def __new__(cls, text, reading, question):
        number = super().__new__(cls, text)
        number.reading = reading
        number.question = question
        return number


def require_authorized(number):
    """Return the number if it has passed the door.

    :raise TypeError: it has not, which is a programming error
    """
    if not isinstance(number, AuthorizedNumber):
        raise TypeError("a number for a telephone system comes from _authorize")
    return number


def get_meanings(
    text: str,
    region: str,
    *,
    outside_prefix: str = "",
    international_prefix: str = "",
) -> set[str]:
    """Return every international number that dialed digits may come to.

    Of whatever length: with digits too many or too few, in national form, with any
    international prefix, behind the outside line's prefix.

    :param text: digits, with or without "+" before them
    :param region: ISO code of the country where it is dialed, or ""
    :return: digits that begin with a country code
    """
    texts = {text}
    if outside_prefix:
        texts.add(text.removeprefix(outside_prefix))
    found = set()
    for each in texts:
        found |= _as_international(each, region, international_prefix)
        # What the network understands, where the last digits are too many.
        for end in range(len(each), MIN_INTERNATIONAL - 1, -1):
            found |= {
                candidate.e164[1:]
                for candidate in number_plan.interpret(each[:end], region)
                if candidate.valid
            }
    return found - {""}


def _as_international(text, region, international_prefix):
    if text.startswith("+"):
        return {text[1:].lstrip("0")}
    return _behind_prefixes(text, region, international_prefix) | (
        {text} if len(text) >= MIN_INTERNATIONAL and text[0] != "0" else set()
    )


def _behind_prefixes(text, region, international_prefix):
    """Return what digits mean by the prefixes that they begin with."""
    metadata = PhoneMetadata.metadata_for_region(region, None) if region else None
    prefixes = [re.escape(prefix) for prefix in number_plan.COMMON_IDD]
    if international_prefix:
        prefixes.append(re.escape(international_prefix))
    if metadata and metadata.international_prefix:
        prefixes.append(metadata.international_prefix)
    matches = [re.match(prefix, text) for prefix in prefixes]
    found = {text[match.end() :].lstrip("0") for match in matches if match}
    if metadata:
        code = str(metadata.country_code)
        trunk = phonenumbers.ndd_prefix_for_region(region, True)
        if trunk and text.startswith(trunk):
            found.add(code + text.removeprefix(trunk))
        elif not trunk or len(text) >= MIN_WITHOUT_TRUNK:
            found.add(code + text)
    return found - {""}


def get_numbers_behind_codes(text: str) -> list[str]:
    """Return the numbers that may stand in a text with feature codes.

    ``*720899123456`` forwards one's calls to 0899123456, ``*31#0899123456`` calls it
    without showing who does.

    :param text: begins with ``*`` or ``#``
    """
    found = []
    for match in re.finditer(r"(?<=[*#])\+?[0-9]+", text):
        run = match[0]
        found += [run[start:] for start in range(min(len(run), MAX_CODE + 1))]
    return list(dict.fromkeys(found))


def find_pattern(
    patterns: str, texts: set[str], meanings: set[str], region: str
) -> str:
    """Return the first of the patterns that a number falls under, or "".

    :param patterns: numbers, separated by blanks or commas; a star at the end stands
        for all that begin so. Best written internationally; national ones, codes and
        short numbers are compared, too.
    :param texts: the number as it was typed, and as it is dialed
    :param meanings: as of :func:`get_meanings`
    """
    for pattern in filter(None, _SEPARATORS.split(patterns)):
        is_prefix = pattern.endswith("*") and len(pattern) > 1
        body = re.sub(r"[^0-9+*#]", "", pattern[:-1] if is_prefix else pattern)
        if not body.strip("+*"):
            continue
        if body in texts or (is_prefix and any(t.startswith(body) for t in texts)):
            return pattern
        for wanted in _read_pattern(body, region):
            if wanted in meanings:
                return pattern
            if is_prefix or len(wanted) >= MIN_INTERNATIONAL:
                if any(number.startswith(wanted) for number in meanings):
                    return pattern
    return ""


def _read_pattern(body, region):
    if body.startswith("+"):
        return {body[1:]} - {""}
    if not body.isdecimal():
        return set()
    return _behind_prefixes(body, region, "")


def get_beginnings(meanings: set[str]) -> list[str]:
    """Return the E.164 numbers that any of the meanings begins with, or is."""
    return sorted(
        {
            f"+{number[:end]}"
            for number in meanings
            for end in range(MIN_INTERNATIONAL, number_plan.MAX_E164_DIGITS + 1)
            if end <= len(number)
        }
    )
