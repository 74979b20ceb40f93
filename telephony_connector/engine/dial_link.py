"""The link that a browser opens for a softphone to dial: from template and number."""

import re
from urllib.parse import quote

PLACE = "{number}"
# A scheme, then what may stand in a URI; no blanks, quotes or angle brackets.
_LINK = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.\-]{1,31}):[\w.~:/?#@!$&()*+,;=%\-{}]*", re.ASCII
)
# What a browser or the operating system opens by itself: a page, code, a file or any
# program at all. A softphone registers a scheme of its own, or takes tel and sip.
FORBIDDEN_SCHEMES = frozenset(
    """
    about blob chrome chrome-extension content data devtools edge file filesystem ftp
    ftps http https intent jar javascript livescript mhtml mocha moz-extension
    ms-appinstaller ms-msdt resource search-ms vbscript view-source ws wss
    """.split()
)


def is_dial_link(template):
    """Say whether a template leads to a softphone and nowhere else.

    :param str template: as ``tel:{number}``
    :return: whether it names a scheme of its own and the number's place, once
    :rtype: bool
    """
    match = _LINK.fullmatch(template)
    return bool(
        match
        and match["scheme"] not in FORBIDDEN_SCHEMES
        and template.count(PLACE) == 1
        and not re.search(r"[{}]", template.replace(PLACE, ""))
    )


def build_dial_link(template, number):
    """Put a number into a template's place, encoded.

    A plus stays as it is in the path, where RFC 3966 (``tel:+33612345678``) wants it
    so; behind a question mark, where it would be read as a blank, it is encoded, too.

    :param str template: that ``is_dial_link``
    :param str number: digits, ``+``, ``*`` and ``#``
    :return: the link to open
    :rtype: str
    """
    before, _place, after = template.partition(PLACE)
    safe = "*" if "?" in before else "+*"
    return f"{before}{quote(number, safe=safe)}{after}"
