"""All the telephone numbers that people put into one phone field.

A text is taken apart from the outside in: words and signs that stand between numbers,
what belongs to no number (hours, extensions, remarks), then runs of digits and the
signs that people write within a number. A run is one number where it can be, else
several, else a number with something behind it, which is cut off. What is cut off is
never part of a number, and only a run that stands alone may name another country
without a sign.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

import phonenumbers

from . import number_plan, number_text

# Goes up with each change of what is read out of a field: indexes are built anew then.
VERSION = 3
MIN_DIGITS = 3
# What Odoo's own widget, imports and most people write: one number, nothing else.
_PLAIN = re.compile(r"\+?[\d ().\-]+\Z", re.ASCII)
# A spreadsheet's 33612345678.0 and 3.3612345678E+10.
_SPREADSHEET = re.compile(
    r"\s*(\d{6,15}\.0{1,2}|\d\.\d{6,14}[eE]\+?\d{1,2})\s*\Z", re.ASCII
)
_STRONG = re.compile(
    r"""
    [|;\n\r&] | //
    | (?<=[\d)\s])\b(?:or|and|ou|et|oder|und|o|y|e|и|или)\b(?=[\s+(\d])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LIST = re.compile(r"(?:^|(?<=\s))\d{1,2}\)\s+")  # 1) … 2) …
# Times and days, which no number is made of.
_HOURS = re.compile(
    r"""
    \b24\s*/\s*7\b | \b7\s*/\s*7\b | \b\d{1,2}\s*[hj]\s*/\s*\d{1,2}\s*j?\b
    | \b\d{1,2}:\d\d\b
    | (?<![\d.+\-/]) \b\d{1,2} (?:[.h]\d\d)? \s*(?:h|u)?\s* [\-–] \s*
      \d{1,2} (?:[.h:]\d\d)? \s* (?:h\b|uhr\b|u\b|am\b|pm\b|ч\b)
    | (?<!\d) \d{1,2} \s* (?:am|pm|uhr|a\.m\.|p\.m\.) (?!\w)
    | (?<!\d) \d{1,2} h (?:\d\d)? (?!\w)
    | (?<=\d) \s* \( \s* \d{1,2} \s* [\-–] \s* \d{1,2} \s* \)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What is dialed once the other side has answered: +1 202 555 0143,,99#
_POST_DIAL = re.compile(
    r"(?<=\d)\s*(?:,{2,}|[pPwW]+)\s*[\d*#]+(?:[,pPwW]+[\d*#]+)*\s*\Z|#\s*\Z"
)
_DIRECT_DIAL = re.compile(
    r"""(?<=\d) \s* [(,\-]? \s* \b(?:dw|durchwahl|kl|klappe)\b \s*[.:]?\s*
        (?P<digits>\d{1,5}) \b \)?""",
    re.IGNORECASE | re.VERBOSE,
)
_SOFT = re.compile(r"[/,]")
_WEAK = re.compile(r"\s+[-–—]+\s+|\s{2,}|\t|(?<=\d)\s*(?=\+)")
_GROUP = re.compile(r"\+?\d+")
_TRUNK_ZERO = re.compile(r"^(\s*\(?(?:\+|00).*?)\(\s*0\s*\)")
_VANITY = re.compile(
    r"\s*(?P<digits>\+?[\d\s().\-]*\d)[\s().\-]*"
    r"(?P<word>[A-Za-z]{3,}|[A-Za-z][A-Za-z\s.\-]{2,}[A-Za-z])\s*\Z",
    re.ASCII,
)
_TOLL_FREE = re.compile(r"1?8(?:00|33|44|55|66|77|88)|0[58]00|1[38]00")
# A run of a number: digits and what stands between them. A last short group that a word
# is attached to ("6pm", "2nd") is the word's.
_RUN = re.compile(r"[+(]?\d[\d\s().\-/,+]*")
_ATTACHED = re.compile(r"(?:^|[\s().\-/,])\(?\d{1,2}\Z")
# "+49 30 12345-0"
_HEAD = re.compile(r"\d\s*[\-–/]\s*0\s*\Z")
# "123456/57": the second number is the first with other last digits.
_MAX_VARIANT_DIGITS = 2
_MAX_BEFORE_DIGITS = 5
# A number of no known country has at least as many digits where words stand beside it.
_MIN_BARE_DIGITS = 7


@dataclass(frozen=True, slots=True)
class StoredNumber:
    """One number of a field: E.164, or bare digits where no plan knows it.

    ``certain`` says that its country is beyond doubt. ``likeliest`` is false for a
    second meaning of the same digits, and for the company's number before a direct
    dial. The number of a company whose extensions follow
    it directly ends with :data:`~.number_plan.HEAD_MARK`.
    """

    number: str
    certain: bool
    likeliest: bool = True

    @property
    def is_head(self) -> bool:
        return self.number.endswith(number_plan.HEAD_MARK)


def field_numbers(
    text: str | None, region: str, certain: bool = True
) -> list[StoredNumber]:
    """Every number in the text of a phone field, without their extensions.

    :param region: ISO code of the country to read national numbers with, or ""
    :param certain: whether that country is the record's own, and not a fallback
    :return: in the order of the text; several for a text that may be read in several
        ways; numbers of no known plan as their bare digits
    """
    if not text:
        return []
    text = number_text.normalize(text)
    found: dict[str, StoredNumber] = {}
    for item in _reader(region, certain).read_text(text):
        known = found.get(item.number)
        if not known or (item.certain and not known.certain):
            found[item.number] = item
    return list(found.values())


def dialable_numbers(text: str | None, region: str, certain: bool = True) -> list[str]:
    """The numbers of a field that one can dial, in the order in which they stand there.

    :param region: ISO code of the country to read national numbers with, or ""
    :param certain: as of :func:`field_numbers`
    :return: E.164, or bare digits where no plan knows a number
    """
    found = [item for item in field_numbers(text, region, certain) if item.likeliest]
    return [item.number for item in found if not item.is_head]


class _Reader:
    """Reads texts with one country."""

    def __init__(self, region: str, certain: bool):
        self._region = region
        self._certain = certain
        code = phonenumbers.country_code_for_region(region) if region else 0
        self._own_code = f"+{code}"

    # === Text → parts that hold one number or several === #

    def read_text(self, text: str) -> list[StoredNumber]:
        if "." in text and _SPREADSHEET.match(text):
            text = str(int(Decimal(text.strip())))
        if found := self._read_plain(text):
            return found
        if text.count(")") > text.count("("):
            text = _LIST.sub("|", text)
        text = number_text.without_scheme(text)
        text = re.sub(r";\s*ext=", " ext ", text, flags=re.IGNORECASE)
        found = []
        for part in _STRONG.split(text):
            found += self._read_part(part)
        if len(found) > 1:
            # A short group beside a number is no number of its own.
            whole = [item for item in found if self._is_whole(item)]
            found = whole or found
        return found

    def _read_plain(self, text: str) -> list[StoredNumber]:
        """Read a text that is one number and nothing else, as most are."""
        if not _PLAIN.match(text):
            return []
        if "(" in text and (_TRUNK_ZERO.match(text) or _HOURS.search(text)):
            return []
        digits = number_text.digits_of(text)
        found = self._interpret(digits)
        if not found or not found[0].sound or self._is_unmarked(digits, found[0]):
            return []
        return self._items(found) + self._read_head(text, found[0])

    @staticmethod
    def _is_whole(item: StoredNumber) -> bool:
        return item.number[0] == "+" or len(item.number) >= _MIN_BARE_DIGITS

    def _read_part(self, part: str) -> list[StoredNumber]:
        part = part.strip()
        if not any(map(str.isdecimal, part)):
            return []
        if found := self._read_plain(part):
            return found
        part = number_text.without_scheme(part)
        part = _POST_DIAL.sub("", _HOURS.sub(" | ", part))
        if direct := self._read_direct_dial(part):
            return direct
        part = number_text.strip_extension(part.rstrip(" |"))
        if vanity := self._read_vanity(part):
            return vanity
        runs = []
        for match in _RUN.finditer(part):
            run = match[0]
            if part[match.end() : match.end() + 1].isalpha():
                run = _ATTACHED.sub("", run)
            if any(map(str.isdecimal, run)):
                runs.append(run)
        pieces = [piece for run in runs for piece in self._split_soft(run)]
        alone = len(pieces) == 1 and not re.search(r"[^\W\d]", part)
        found = [
            item for piece in pieces for item in self._read_run(piece, alone=alone)
        ]
        # A date or a postal code beside a number is no number of its own.
        return [item for item in found if item.number[0] == "+"] or found

    def _read_direct_dial(self, part: str) -> list[StoredNumber]:
        """Read a number with a direct dial: its digits belong to the number.

        The number without it is the company's, which nobody means to dial here.
        """
        match = _DIRECT_DIAL.search(part)
        if not match:
            return []
        company = self._read_run(part[: match.start()].strip(), alone=True)
        if not company or not company[0].number.startswith(number_plan.HEAD_CODES):
            return []
        number = company[0].number + match["digits"]
        if len(number) > number_plan.MAX_E164_DIGITS + 1:
            return []
        switchboard = [replace(item, likeliest=False) for item in company]
        return [StoredNumber(number, company[0].certain), *switchboard]

    def _read_vanity(self, part: str) -> list[StoredNumber]:
        """Read letters as digits, where the digits alone make no number."""
        match = _VANITY.match(part)
        if not match or self._is_number(number_text.digits_of(match["digits"])):
            return []
        spelled = phonenumbers.convert_alpha_characters_in_number(part)
        digits = number_text.digits_of(spelled)
        if not self._region and not digits.startswith("+"):
            # Which country's is known once somebody asks; but it is a number at all.
            if 10 <= len(digits) <= 11 and _TOLL_FREE.match(digits):
                return [StoredNumber(digits, False)]
            return []
        # Words are often longer than the number: the letters at the end are not dialed.
        for length in range(
            len(digits), len(number_text.digits_of(match["digits"])), -1
        ):
            found = number_plan.interpret(digits[:length], self._region)
            if found and found[0].valid and not self._is_unmarked(digits, found[0]):
                return self._items(found[:1])
        return []

    def _split_soft(self, run: str) -> list[str]:
        """Split at a slash or comma that stands in no number (as in 0201/123456)."""
        pieces = [piece for piece in _SOFT.split(run) if piece.strip(" ().-+")]
        if len(pieces) <= 1:
            return pieces
        digits = [number_text.digits_of(piece) for piece in pieces]
        if len(pieces) == 2 and self._is_number(digits[0]):
            ending = digits[1]
            if 0 < len(ending) <= _MAX_VARIANT_DIGITS and "/" in run:
                if ending == "0" and digits[0].startswith(number_plan.HEAD_CODES):
                    return [run.replace("/", "-")]
                return [pieces[0], digits[0][: -len(ending)] + ending]
            if self._is_number(ending):
                return pieces
        joined = number_text.digits_of(run)
        if self._is_number(self._without_trunk_zero(run)) or (
            len(digits[0]) <= 5 and len(joined) <= number_plan.MAX_E164_DIGITS
        ):
            return [_SOFT.sub(" ", run)]
        return pieces

    # === A run of digits → numbers === #

    def _read_run(self, run: str, *, alone: bool) -> list[StoredNumber]:
        """Read digits and the signs between them.

        :param alone: nothing else stands in the field
        """
        digits = self._without_trunk_zero(run)
        if len(digits) < MIN_DIGITS:
            return []
        if not self._region and number_plan.is_dialed_with_009(digits):
            # 00 and another number elsewhere: whoever asks knows which.
            return _unread(digits)
        found = self._interpret(digits)
        if found and found[0].sound and self._may_mean(run, digits, found[0], alone):
            return self._items(found) + self._read_head(run, found[0])
        if several := self._split_weak(run):
            return [
                item for part in several for item in self._read_run(part, alone=False)
            ]
        if cut := self._cut(run):
            return self._items(cut)
        if len(digits) > number_plan.MAX_E164_DIGITS:
            if within := number_plan.find(run, self._region):
                return self._items(within)
        if found and self._may_mean(run, digits, found[0], alone):
            if self._certain or found[0].international:
                return self._items(found, certain=False)
        return _unread(digits)

    def _interpret(self, digits: str) -> list[number_plan.Candidate]:
        if self._region or digits.startswith("+"):
            found = number_plan.interpret(digits, self._region)
        elif digits.startswith("00") and not digits.startswith("001"):
            # The prefix of most countries; 001 and 0011 are two countries' prefixes and
            # the way to America from others.
            found = number_plan.interpret(digits, "")
            if number_plan.is_dialed_with_009(digits):
                return []
        else:
            # Whoever asks later reads the digits with their own country.
            return []
        if not self._certain and found and not found[0].valid:
            # Read with a fallback: no number there, but perhaps one where it is asked.
            return [] if not found[0].international else found
        return found

    def _is_unmarked(self, digits: str, found: number_plan.Candidate) -> bool:
        """Whether it is another country's number, without a sign of that country."""
        if digits.startswith(("+", "00", "011", "810")) or not found.international:
            return False
        return not found.e164.startswith(self._own_code)

    def _may_mean(self, run, digits, found, alone) -> bool:
        """Whether the whole run is that number, and no shorter one with a remark."""
        if not self._is_unmarked(digits, found):
            return True
        return alone and not self._cut(run)

    def _cut(self, run: str) -> list[number_plan.Candidate]:
        """Find the valid number among the groups that leaves out the fewest digits.

        What stands before it may be the number in a list or a postal code.
        """
        groups = _GROUP.findall(run)
        total = sum(map(len, groups))
        best, left_out = [], total
        for first in range(len(groups)):
            if sum(map(len, groups[:first])) > _MAX_BEFORE_DIGITS:
                break
            for last in range(len(groups), first, -1):
                rest = total - sum(map(len, groups[first:last]))
                if not 0 < rest < left_out:
                    continue
                digits = self._without_trunk_zero(_between(run, first, last))
                if len(digits) < _MIN_BARE_DIGITS:
                    break
                found = self._interpret(digits)
                if found and found[0].valid and not self._is_unmarked(digits, found[0]):
                    best, left_out = found[:1], rest
                    break
        return best

    def _read_head(self, run: str, found) -> list[StoredNumber]:
        """Read the number of a company, which its extensions follow ("12345-0")."""
        if not found.e164.startswith(number_plan.HEAD_CODES) or not _HEAD.search(run):
            return []
        stem = found.e164[:-1]
        return [
            StoredNumber(
                stem + number_plan.HEAD_MARK, self._certain or found.international
            )
        ]

    def _split_weak(self, run: str) -> list[str]:
        """Split at a gap where more than one number comes out of it."""
        parts = [part for part in _WEAK.split(run) if any(map(str.isdecimal, part))]
        read = [self._is_number(self._without_trunk_zero(part)) for part in parts]
        if sum(read) > 1:
            return parts
        if not self._region and len(number_text.digits_of(run)) <= 17:
            # One number with an international prefix is as long as two without.
            return []
        groups = run.split()
        for place in range(1, len(groups)):
            parts = [" ".join(groups[:place]), " ".join(groups[place:])]
            if all(self._is_number(self._without_trunk_zero(part)) for part in parts):
                return parts
        return []

    def _is_number(self, digits: str) -> bool:
        if not self._region and not digits.startswith("+"):
            return 7 <= len(digits) <= 11
        found = number_plan.interpret(digits, self._region)
        return (
            bool(found) and found[0].sound and not self._is_unmarked(digits, found[0])
        )

    def _without_trunk_zero(self, run: str) -> str:
        """The digits of a run; of "+34 (0)91 …" without the zero that is for callers
        within the country, if for anybody.
        """
        digits = number_text.digits_of(run)
        if zero := _TRUNK_ZERO.match(run):
            without = number_text.digits_of(run.replace(zero[0], zero[1], 1))
            return without if self._is_number(without) else digits
        return digits

    def _items(self, found, certain=True) -> list[StoredNumber]:
        return [
            StoredNumber(
                item.e164,
                certain and item.sound and (self._certain or item.international),
                likeliest=place == 0,
            )
            for place, item in enumerate(found)
        ]


@cache
def _reader(region: str, certain: bool) -> _Reader:
    return _Reader(region, certain)


def _between(run: str, first: int, last: int) -> str:
    """The part of a run from one of its groups of digits up to another."""
    groups = list(_GROUP.finditer(run))
    start = groups[first].start() if first else 0
    return run[start : groups[last - 1].end()]


def _unread(digits: str) -> list[StoredNumber]:
    """Digits of no known plan; too many for any are cut where a number ends at most."""
    return [StoredNumber(digits.removeprefix("+")[: number_plan.MAX_DIGITS], False)]
