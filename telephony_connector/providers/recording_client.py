"""Recordings over HTTP, on hosts that an administrator named, and no others."""

import re
import ssl
import time
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from ..engine.errors import TelephonyError

# Seconds: until an answer begins and between its parts, and for the whole of a file.
TIMEOUT = 10.0
MAX_SECONDS = 120.0
MAX_BYTES = 100 * 1024 * 1024
CHUNK = 64 * 1024
# What an address may be made of: programs read other characters differently.
ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
PORTS = {"http": 80, "https": 443}


class RecordingError(TelephonyError):
    """A recording can't be had.

    ``is_final`` where asking again would not help.
    """

    code = "recording"

    def __init__(self, code, *, is_final=False):
        super().__init__(code)
        self.code = code
        self.is_final = is_final


class Access(NamedTuple):
    """Where recordings may be asked for, and as whom.

    :param origins: of every host that may be asked, as `origin` returns them
    :param own_origins: of those that the login is meant for
    :param login: (user name, password), ``None`` where none is needed
    :param ca: PEM text of an own certificate authority
    """

    origins: frozenset
    own_origins: frozenset = frozenset()
    login: tuple | None = None
    ca: str = ""


def origin(url):
    """Return scheme, host and port of an address.

    :rtype: tuple | None
    :return: ``None`` for what is none, or holds a user name
    """
    try:
        parts = urlsplit(url or "")
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname.lower(), port


def origins(urls: Iterable[str]):
    """Return the origins of addresses, leaving out what is none."""
    return frozenset(filter(None, map(origin, urls)))


def open_recording(access, url, byte_range=None):
    """Ask for a recording, and return the answer with its body unread.

    :param Access access: where it may be
    :param str url: its address
    :param str byte_range: value of the Range header, to read a part
    :return: a `requests.Response` of audio, to be closed
    :raise RecordingError: the host is none of those allowed; it can't be reached; what
        it sends is no audio
    """
    if not ADDRESS.fullmatch(url or "") or origin(url) not in access.origins:
        raise RecordingError("host", is_final=True)
    session = requests.Session()
    # Neither a proxy nor a login of this server's own environment.
    session.trust_env = False
    if access.ca:
        session.mount("https://", _CaAdapter(access.ca))
    headers = {"Accept-Encoding": "identity"}
    if byte_range:
        headers["Range"] = byte_range
    login = access.login if origin(url) in access.own_origins else None
    try:
        prepared = session.prepare_request(
            requests.Request("GET", url, headers=headers, auth=login)
        )
        if origin(prepared.url) not in access.origins:
            raise RecordingError("host", is_final=True)
        answer = session.send(
            prepared, stream=True, timeout=TIMEOUT, allow_redirects=False
        )
    except (requests.RequestException, ValueError) as error:
        raise RecordingError("unreachable") from error
    try:
        _check_answer(answer)
    except RecordingError:
        answer.close()
        raise
    return answer


def download(access, url, max_bytes=MAX_BYTES, max_seconds=MAX_SECONDS):
    """Return a recording and its type.

    :return: (bytes, mimetype)
    :raise RecordingError: see `open_recording`; or it is too large, or takes too long
    """
    deadline = time.monotonic() + max_seconds
    content = bytearray()
    with open_recording(access, url) as answer:
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > max_bytes:
            raise RecordingError("size", is_final=True)
        try:
            for chunk in answer.iter_content(CHUNK):
                content += chunk
                if len(content) > max_bytes:
                    raise RecordingError("size", is_final=True)
                if time.monotonic() > deadline:
                    raise RecordingError("time")
        except requests.RequestException as error:
            raise RecordingError("unreachable") from error
        if not content:
            raise RecordingError("missing")
        return bytes(content), read_type(answer)


def read_type(answer):
    """Return the type that an answer says its body has."""
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _check_answer(answer):
    status = answer.status_code
    if status in (404, 410):
        raise RecordingError("missing")
    if status in (401, 403):
        raise RecordingError("refused", is_final=True)
    if status == 416:
        raise RecordingError("range", is_final=True)
    if 300 <= status < 400:
        raise RecordingError("redirect", is_final=True)
    if status not in (200, 206):
        raise RecordingError("unreachable")
    if not read_type(answer).startswith("audio/"):
        raise RecordingError("type", is_final=True)


class _CaAdapter(HTTPAdapter):
    """Trusts an own certificate authority beside the public ones."""

    def __init__(self, ca):
        self._context = ssl.create_default_context()
        self._context.load_verify_locations(cadata=ca)
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        kwargs["ssl_context"] = self._context
        return super().init_poolmanager(*args, **kwargs)
