"""What another program may hand over as a telephone number."""

import re

from .number_text import is_withheld

MAX_LENGTH = 64
_NUMBER = re.compile(r"\+?[0-9*#][0-9*# ().\-/]*")


def is_presentable(text: str) -> bool:
    """Whether a text may stand where a number is expected.

    That is digits, with the signs people write between them, or a word for a withheld
    number; the empty text stands for a number that is not reported.
    """
    if not text:
        return True
    if len(text) > MAX_LENGTH or not text.isprintable():
        return False
    return bool(_NUMBER.fullmatch(text.strip())) or is_withheld(text)
