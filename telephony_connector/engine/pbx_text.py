"""Texts that telephone systems are given or give: what may stand in them.

The patterns are for ``fullmatch``: a ``$`` also matches before a line break at the end.
The same ones check settings when they are saved and actions before they are sent, so
that what was saved can be dialed.
"""

import re
import unicodedata

# What a telephone system may be asked to dial.
NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
EXTENSION = re.compile(r"[0-9*#]{1,32}")
CODE = re.compile(r"[0-9*#]{1,16}")
CALLER_ID = re.compile(r"\+?[0-9]{1,32}")
CONTEXT = re.compile(r"[A-Za-z0-9_.-]{1,79}")
# No comma, ampersand or semicolon: one telephone, and nothing behind it.
DEVICE = re.compile(r"[A-Za-z0-9]{2,20}/[A-Za-z0-9_.@+*#:/-]{1,150}")

# Signs that names may have beside letters and digits.
NAME_SIGNS = frozenset(" .-'_+")
MAX_NAME = 80
# Control and format characters (ESC, line breaks, bidi controls, invisible marks) and
# halves of surrogate pairs, which no database stores.
_INVISIBLE = frozenset(("Cc", "Cf", "Cs"))


def plain_text(text: str) -> str:
    """Return a text on one line, without what a screen would obey or not show.

    :param text: of a telephone network, a telephone system or a person
    """
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join(
        char for char in words if unicodedata.category(char) not in _INVISIBLE
    ).strip()


def name_text(text: str) -> str:
    """Return a free text as telephone systems are given it: names, reasons.

    Letters, digits, blanks and ``NAME_SIGNS`` stay. Other signs become blanks: a
    telephone system keeps lists of such texts, separated by commas, semicolons and
    others, and reads them back after a restart.
    """
    kept = "".join(
        char if char in NAME_SIGNS or unicodedata.category(char)[0] in "LMN" else " "
        for char in plain_text(text)
    )
    return " ".join(kept.split())[:MAX_NAME].strip()
