"""Where an address leads: the scheme, host and port that a secret is bound to."""

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

PORTS = {"http": 80, "https": 443}
# Programs do not agree on which host an address with other characters names.
_NETLOC = re.compile(r"[A-Za-z0-9\-._~%:\[\]]+")
# A server may decode an address once more than we think.
_MAX_DECODING = 5
_MAX_URL = 2048


class Origin(NamedTuple):
    """Scheme, host and port of a server."""

    scheme: str
    host: str
    port: int

    def __str__(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_protected(self):
        """Whether nobody on the way reads what is sent there."""
        return self.scheme == "https" or is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin(url: str | None) -> Origin | None:
    """Return the origin of an http or https address.

    :return: ``None`` for what is none, or holds a user name
    """
    try:
        parts = urlsplit(url or "")
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if (
        parts.scheme not in PORTS
        or not parts.hostname
        or not _NETLOC.fullmatch(parts.netloc)
    ):
        return None
    return Origin(parts.scheme, parts.hostname.lower(), port)


def is_web_address(url: object) -> bool:
    """Say whether something is an address that a browser may be sent to."""
    if not isinstance(url, str) or len(url) > _MAX_URL or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in PORTS
        and bool(parts.hostname)
        and not (parts.username or parts.password)
    )


def origins(urls: Iterable[str | None]) -> frozenset[Origin]:
    """Return the origins of addresses, leaving out what is none."""
    return frozenset(filter(None, map(origin, urls)))


def leads_elsewhere(text: str) -> bool:
    """Say whether a part of an address leaves the folder that it stands in.

    However often it is encoded, and where a server takes a backslash for a slash.
    """
    for _time in range(_MAX_DECODING):
        if {".", ".."} & set(re.split(r"[/\\?#;&=]", text)):
            return True
        decoded = unquote(text)
        if decoded == text:
            return False
        text = decoded
    return True
