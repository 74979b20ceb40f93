"""Recordings over HTTP, on hosts that an administrator named, and no others."""

import re
import ssl
import time
from typing import NamedTuple

import requests
from requests.adapters import HTTPAdapter

from odoo.addons.telephony_connector.engine.origin import leads_elsewhere, origin

# Seconds: until an answer begins and between its parts, and for the whole of a file.
TIMEOUT = 10.0
MAX_SECONDS = 120.0
MAX_BYTES = 100 * 1024 * 1024
CHUNK = 64 * 1024
# What an address may be made of: programs read other characters differently.
ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")


class RecordingError(Exception):
    """A recording can't be had; ``telephony.call._get_recording_error`` has the texts.

    ``is_final`` where asking again would not help.
    """

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
    :param allow_unencrypted: whether the login may be sent where others read it
    """

    origins: frozenset
    own_origins: frozenset = frozenset()
    login: tuple | None = None
    ca: str = ""
    allow_unencrypted: bool = False


def open_recording(access, url, byte_range=None):
    """Ask for a recording, and return the answer with its body unread.

    :param Access access: where it may be
    :param str url: its address
    :param str byte_range: value of the Range header, to read a part
    :return: a `requests.Response` of audio, to be closed
    :raise RecordingError: the host is none of those allowed, or would get the login
        for others to read; it can't be reached; what it sends is no audio
    """
    server = ADDRESS.fullmatch(url or "") and origin(url)
    if server not in access.origins or leads_elsewhere(url):
        raise RecordingError("host", is_final=True)
    login = access.login if server in access.own_origins else None
    if login and not (server.is_protected or access.allow_unencrypted):
        raise RecordingError("unencrypted", is_final=True)
    session = requests.Session()
    # Neither a proxy nor a login of this server's own environment.
    session.trust_env = False
    if access.ca:
        session.mount("https://", _CaAdapter(access.ca))
    headers = {"Accept-Encoding": "identity"}
    if byte_range:
        headers["Range"] = byte_range
    try:
        prepared = session.prepare_request(
            requests.Request("GET", url, headers=headers, auth=login)
        )
        if origin(prepared.url) != server:
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
