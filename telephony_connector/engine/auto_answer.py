"""The SIP header by which a desk phone picks up by itself what its user clicked."""

import re
from typing import NamedTuple

# Headers that telephones take for that. Any other is either a header of the call's own
# way (Via, Contact, P-Asserted-Identity, …), or starts with X- and is the maker's.
_NAME = re.compile(
    r"Call-Info|Alert-Info|Answer-Mode|Priv-Answer-Mode|P-Auto-Answer"
    r"|X-[A-Za-z0-9][A-Za-z0-9-]{0,40}",
    re.IGNORECASE,
)
# No comma, quotation mark, bracket, dollar sign or backslash: Asterisk would read more
# than a text there.
_VALUE = re.compile(r"[A-Za-z0-9<][A-Za-z0-9 <>:;=/._@+*-]{0,119}")


class Header(NamedTuple):
    """A header that may be sent as it is."""

    name: str
    value: str


def read_header(text: str) -> Header:
    """Return the header that a text such as ``Call-Info: <sip:x>;answer-after=0`` is.

    :raise ValueError: it is none that a telephone may be sent
    """
    name, separator, value = text.partition(":")
    header = Header(name.strip(" "), value.strip(" "))
    if separator:
        check_header(header)
        return header
    raise ValueError(f"{text[:40]!r} is not a header.")


def check_header(header: Header):
    """
    :raise ValueError: it is none that a telephone may be sent
    """
    if not _NAME.fullmatch(header.name) or not _VALUE.fullmatch(header.value):
        raise ValueError(f"{': '.join(header)[:40]!r} is not a header.")


# By the value that the setting has.
HEADERS = {
    "call_info": Header("Call-Info", "<sip:odoo>;answer-after=0"),
    "alert_info": Header(
        "Alert-Info", "<http://127.0.0.1>;info=alert-autoanswer;delay=0"
    ),
}
