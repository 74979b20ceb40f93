"""Text around a telephone number: what a trunk or a person wraps a number in.

Nothing here knows what a valid number is; it only finds the part of a text that is
meant as one, and recognizes the words that stand where a caller hides the number.
"""

import re
import unicodedata
from urllib.parse import unquote

# What a SIP header may hold at most; the rest of a longer text is no number.
MAX_LENGTH = 256

WITHHELD_WORDS = frozenset(
    """
    anonymous anonym anonyme anonymer anonimo anonymus anonyem anonymt anonimowy
    unknown inconnu unbekannt desconocido desconhecido sconosciuto onbekend okänd ukjent
    private privat privé prive privado privato prywatny hidden
    restricted withheld blocked unavailable masqué oculto nascosto unterdrückt
    """.split()
)
WITHHELD_PHRASES = frozenset(
    (
        "no caller id",
        "no number",
        "not available",
        "number not available",
        "out of area",
        "id unavailable",
    )
)
# Some carriers spell those words on the keypad: +266696687 is "anonymous".
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
WITHHELD_NUMBERS = frozenset(
    "+" + word.translate(_KEYPAD)
    for word in ("anonymous", "restricted", "unavailable", "unknown", "blocked")
)

_ANGLE = re.compile(r"<([^<>]*)>?[^<>]*\Z")
_QUOTED_NAME = re.compile(r'^\s*"[^"]*"\s*')
_SCHEME = re.compile(r"^(?:sips?|tel|callto|pstn|h323|iax2?)[:/]+", re.IGNORECASE)
_PHONE_CONTEXT = re.compile(r";phone-context=(\+[\d.\-()]+)", re.IGNORECASE)
_EXTENSION = re.compile(
    r"""
    (?: ;\s*(?:ext|isub|postd)=
      | (?<!\w)(?:extensions?|extn|ext|x|poste|durchwahl|dw|interno|int|anexo|ramal
                 |toestel|tst|wewn|app|apparat|kl|klappe|доб|внутр)\.?\s*:?\s*
      | (?<=\d)\s*x\s*
      | (?<=\d)\s*\#\s*
      | (?<=\d)\s*,{1,3}\s*(?=\d{1,4}\s*\Z)
    )
    \d{1,7}\s*\#?\s*\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)


def normalize(text: str) -> str:
    """Fold every form of digit, plus and space into ASCII and drop invisible marks."""
    text = text[:MAX_LENGTH]
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return "".join(
        str(unicodedata.decimal(char))
        if char.isdecimal()
        else " "
        if unicodedata.category(char) == "Zs"
        else "-"
        if unicodedata.category(char) == "Pd"
        else char
        for char in text
        if unicodedata.category(char) != "Cf"
    )


def strip_extension(text: str) -> str:
    """The number without the extension behind it (";ext=12", "x12", "ext. 12")."""
    return _EXTENSION.sub("", text)


def without_scheme(text: str) -> str:
    """The text of a tel or SIP URI without its scheme, escapes and host."""
    bare = _SCHEME.sub("", text.strip())
    if bare == text.strip():
        return text
    context = _PHONE_CONTEXT.search(bare)
    number = unquote(bare.partition("@")[0])
    return context[1] + number if context and number[:1] != "+" else number


def digits_of(text: str) -> str:
    """All digits of a text, after a "+" where one stands before the first of them."""
    digits = "".join(filter(str.isdecimal, text))
    if "+" in text and digits and "+" in text[: text.index(digits[0])]:
        return "+" + digits
    return digits


def unwrap(text: str) -> str:
    """The part of a presented caller id that names the number, as it was written.

    Takes a display name, angle brackets, a SIP or tel URI with its parameters and
    percent encoding away; a ``phone-context`` is put before a local number.

    :param text: normalized text
    """
    if match := _ANGLE.search(text):
        text = match[1] or _before(text, "<")
    else:
        text = _QUOTED_NAME.sub("", text) or text.strip('" ')
    text = text.strip()
    bare = _SCHEME.sub("", text)
    context = _PHONE_CONTEXT.search(bare)
    user = unquote(bare.partition("@")[0])
    if "@" in bare:
        user = user.partition(":")[0]
    user = strip_extension(user).partition(";")[0].strip()
    if context and not user.startswith("+"):
        user = context[1] + user
    return user


def _before(text: str, mark: str) -> str:
    """A name alone counts only where it says that the number is withheld."""
    name = text.partition(mark)[0].strip('" ')
    return name if is_withheld(name) else ""


def is_withheld(text: str) -> bool:
    """Whether the text stands for a number that the caller does not show.

    :param text: what :func:`unwrap` gave
    """
    if text in WITHHELD_NUMBERS:
        return True
    if any(map(str.isdecimal, text)):
        return False
    words = re.findall(r"[^\W_]+", text.lower())
    return not WITHHELD_WORDS.isdisjoint(words) or " ".join(words) in WITHHELD_PHRASES
