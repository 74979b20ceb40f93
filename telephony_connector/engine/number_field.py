"""All the telephone numbers that people put into one phone field."""

import re
from dataclasses import dataclass

import phonenumbers

from . import number_plan, number_text

MIN_DIGITS = 3
# What Odoo's own widget, imports and most people write: one number, nothing else.
_PLAIN = re.compile(r"\+?[\d ().\-]+\Z", re.ASCII)
_STRONG = re.compile(
    r"[|;\n\r\t&]|(?<=[\d)\s])\b(?:or|and|ou|et|oder|und|o|y|e)\b(?=[\s+(\d])",
    re.IGNORECASE,
)
_SOFT = re.compile(r"[/,]")
_WEAK = re.compile(r"\s+[-–—]+\s+|\s{2,}|(?<=\d)\s*(?=\+)")
_TRUNK_ZERO = re.compile(r"^(\s*\(?(?:\+|00).*?)\(\s*0\s*\)")
_VANITY = re.compile(r"\+?[\d\s().\-]*\d[\s().\-]*[A-Za-z][A-Za-z\s\-]{2,}\Z", re.ASCII)
# "123456/57": the second number is the first with other last digits.
_MAX_VARIANT_DIGITS = 2


@dataclass(frozen=True, slots=True)
class StoredNumber:
    """One number of a field: E.164, or bare digits where no plan knows it.

    ``certain`` says that its country is beyond doubt.
    """

    number: str
    certain: bool


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
    text = number_text.normalise(text)
    found: dict[str, bool] = {}
    for piece in _pieces(text, region):
        for number, sure in _read_piece(piece, region, certain):
            found[number] = found.get(number, False) or sure
    return [StoredNumber(number, sure) for number, sure in found.items()]


def _pieces(text: str, region: str) -> list[str]:
    """The parts of a text that hold one number each, as far as signs tell."""
    if _PLAIN.match(text):
        return [text]
    text = re.sub(r";\s*ext=", " ext ", text, flags=re.IGNORECASE)
    pieces = []
    for part in _STRONG.split(text):
        pieces += _split_soft(number_text.strip_extension(part), region)
    return pieces


def _split_soft(part: str, region: str) -> list[str]:
    """Split at a slash or comma, unless it stands within one number (0201/123456)."""
    pieces = list(map(number_text.strip_extension, _SOFT.split(part)))
    if len(pieces) == 1:
        return pieces
    digits = [number_text.digits_of(piece) for piece in pieces]
    if len(pieces) == 2 and _is_number(digits[0], region):
        ending = digits[1]
        if 0 < len(ending) <= _MAX_VARIANT_DIGITS and "/" in part:
            return [pieces[0], digits[0][: -len(ending)] + ending]
        if _is_number(ending, region):
            return pieces
    joined = number_text.digits_of(part)
    if _is_number(joined, region) or (
        len(digits[0]) <= 5 and len(joined) <= number_plan.MAX_E164_DIGITS
    ):
        return [joined]
    return pieces


def _is_number(digits: str, region: str) -> bool:
    if not region and not digits.startswith("+"):
        return 7 <= len(digits) <= 11
    found = number_plan.interpret(digits, region)
    return bool(found) and found[0].sound


def _interpret(digits: str, region: str) -> list[number_plan.Candidate]:
    if region or digits.startswith(("+", "00")):
        return number_plan.interpret(digits, region)
    # Whoever asks later reads the digits with their own country.
    return []


def _read_piece(piece: str, region: str, certain: bool) -> list[tuple[str, bool]]:
    digits = number_text.digits_of(piece)
    if zero := _TRUNK_ZERO.match(piece):
        # "+34 (0)91 …": the zero is for callers within the country, if for anybody.
        without = number_text.digits_of(piece.replace(zero[0], zero[1], 1))
        digits = without if _is_number(without, region) else digits
    if len(digits) < MIN_DIGITS:
        return []
    found = _interpret(digits, region)
    if found and found[0].sound:
        return _keys(found, certain)
    if several := _split_weak(piece, region):
        return [key for part in several for key in _read_piece(part, region, certain)]
    if _VANITY.match(piece):
        spelled = phonenumbers.convert_alpha_characters_in_number(piece)
        spelled = number_plan.interpret(number_text.digits_of(spelled), region)
        if spelled and spelled[0].valid:
            return _keys(spelled, certain)
    if not _PLAIN.match(piece) or len(digits) > number_plan.MAX_E164_DIGITS:
        if found_within := number_plan.find(piece, region):
            return _keys(found_within, certain)
    return _keys(found, False) if found else _unread(digits)


def _split_weak(piece: str, region: str) -> list[str]:
    """Split at a gap where more than one number comes out of it."""
    parts = [part for part in _WEAK.split(piece) if any(map(str.isdecimal, part))]
    read = [_is_number(number_text.digits_of(part), region) for part in parts]
    if sum(read) > 1:
        return parts
    groups = piece.split()
    for place in range(1, len(groups)):
        parts = [" ".join(groups[:place]), " ".join(groups[place:])]
        if all(_is_number(number_text.digits_of(part), region) for part in parts):
            return parts
    return []


def _keys(found: list[number_plan.Candidate], certain: bool) -> list[tuple[str, bool]]:
    return [
        (item.e164, item.sound and (certain or item.international)) for item in found
    ]


def _unread(digits: str) -> list[tuple[str, bool]]:
    """Digits of no known plan; too many for any are cut where a number ends at most."""
    return [(digits.removeprefix("+")[: number_plan.MAX_DIGITS], False)]
