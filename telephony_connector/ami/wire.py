"""The Asterisk Manager Interface as bytes: what comes is cut into messages, what goes
is checked. Standard library only, no I/O.

A message is a dict of header → value in the case that Asterisk writes it; a header that
is repeated (``Variable``, ``ChanVariable``) has the list of its values.
"""

import re

from ..engine import texts
from ..engine.errors import ConnectionFailed, InvalidValue

# manager.c reads an action line by line into 1025 bytes, and at most 128 of them.
MAX_LINE = 1000
MAX_HEADERS = 120
# No event comes near: a longer one is not Asterisk speaking.
MAX_MESSAGE = 1 << 20

# Longer values are cut. Asterisk's names and numbers have at most a few hundred
# characters, and thousands of them are kept.
MAX_VALUE = 2000

_HEADER = re.compile(
    rf"^([^:\r\n]{{1,100}}): ?([^\r\n]{{0,{MAX_VALUE}}})", re.MULTILINE
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_BREAKS = re.compile(r"[\r\n\0]")


def parse(block: str) -> dict:
    """Read one message, given without the empty line that ends it.

    Lines that are no headers are skipped: what an old or odd PBX adds harms nobody.
    """
    pairs = _HEADER.findall(block)
    message = dict(pairs)
    if len(message) != len(pairs):
        _keep_repeated(message, pairs)
    return message


def find_flaw(event: dict) -> dict | None:
    """Return the text that says what makes an event unreadable, if anything does.

    Only variables may stand in it several times: of two other values nobody knows which
    one is meant.
    """
    for name, value in event.items():
        if not isinstance(value, str) and not name.endswith("Variable"):
            flaw = "event_value_twice" if value else "event_value_missing"
            return texts.text(flaw, name=name)
    return None


def _keep_repeated(message, pairs):
    values = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    for name, found in values.items():
        if len(found) > 1:
            message[name] = found


class Reader:
    """Cuts a stream of bytes into messages, wherever the network cut it.

    Only whole messages are decoded, so a letter of several bytes that was split between
    two packets arrives unharmed.
    """

    def __init__(self):
        self.banner = None
        self._rest = b""

    def feed(self, data: bytes) -> list[dict]:
        """Take what came and return the messages that are now complete.

        :raise ConnectionFailed: what came is not the Manager Interface
        """
        data = self._rest + data if self._rest else data
        if self.banner is None:
            data = self._pop_banner(data)
        if b"\n\n" in data:  # Asterisk 18.19 and 20.4 end some lists with CR LF LF
            data = data.replace(b"\r\n\n", b"\r\n\r\n")
        whole, end, self._rest = data.rpartition(b"\r\n\r\n")
        if len(self._rest) > MAX_MESSAGE:
            raise ConnectionFailed("endless_message")
        if not end:
            return []
        blocks = _decode(whole).split("\r\n\r\n")
        return [message for block in blocks if (message := parse(block))]

    def _pop_banner(self, data):
        line, end, rest = data.partition(b"\n")
        text = line.decode("ascii", "replace").strip()
        if not "Asterisk Call Manager/".startswith(text[:22]) or len(line) > 200:
            raise ConnectionFailed("not_a_manager")
        if not end:
            return data
        if len(text) < 22:
            raise ConnectionFailed("not_a_manager")
        self.banner = text
        return rest


def _decode(data):
    """Read text as UTF-8, and lines that are none as what telephones send else: the
    one-byte letters of Western Europe."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "\n".join(_decode_line(line) for line in data.split(b"\n"))


def _decode_line(line):
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def check_header(name: str, value) -> str:
    """Return the value as text if the header may be sent.

    :param value: text, a whole number or a boolean
    :raise InvalidValue: it could end its line or its action early, or is too long
    """
    if not _NAME.fullmatch(name):
        raise InvalidValue("header_name", name=name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int):
        raise InvalidValue("header_value", name=name)
    text = str(value)
    if _BREAKS.search(text):
        raise InvalidValue("header_break", name=name)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InvalidValue("header_character", name=name) from None
    if len(name) + size > MAX_LINE:
        raise InvalidValue("header_length", name=name)
    return text


def check_headers(headers: dict) -> dict:
    """Check every header of an action, see :func:`check_header`.

    :param headers: name → value, or list of values for a header that is repeated
    :return: the same with text values
    :raise InvalidValue: one may not be sent, or there are too many
    """
    checked, lines = {}, 0
    for name, value in headers.items():
        values = value if isinstance(value, list | tuple) else [value]
        texts = [check_header(name, each) for each in values]
        lines += len(texts)
        checked[name] = texts if isinstance(value, list | tuple) else texts[0]
    if lines > MAX_HEADERS:
        raise InvalidValue("too_many_headers")
    return checked
