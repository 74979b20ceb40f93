"""What stands before every route that telephone systems ask: limits, tokens, sizes."""

import base64
import binascii
import functools
import json
import logging
import math
import time
from contextlib import contextmanager

from odoo.http import Response, request

from ..engine.json_object import WrongType, read_json_object
from .rate_limit import RateLimiter

_logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
# Requests a minute: of one address at all, and of one address with wrong tokens.
ADDRESS_RATE = 6000
FAILURE_RATE = 30
# Of this process; several workers each allow as much.
limiter = RateLimiter(time.monotonic)


class Refused(Exception):
    """A request that gets an error; ``reason`` is for its sender, "" says nothing."""

    def __init__(self, status, reason="", **headers):
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers


def guarded(endpoint):
    """Answer what a route refuses, after the limit of requests by address."""

    @functools.wraps(endpoint)
    def guarded_endpoint(*args, **kwargs):
        try:
            consume("address", _address(), ADDRESS_RATE)
            return endpoint(*args, **kwargs)
        except Refused as refused:
            if not refused.reason:
                return Response(status=refused.status, headers=refused.headers)
            return answer({"error": refused.reason}, refused.status, **refused.headers)

    return guarded_endpoint


def consume(kind, key, per_minute):
    """Count a request.

    :raise Refused: there were too many
    """
    wait = limiter.consume((request.db, kind, key), per_minute)
    if wait:
        raise Refused(429, "too many requests", **{"Retry-After": str(math.ceil(wait))})


def refuse_unknown(challenge=None):
    """Refuse a request whose token or secret is wrong, and count it.

    :raise Refused: 401 without a word, 429 where this address guesses too much
    """
    consume("failure", _address(), FAILURE_RATE)
    _logger.warning("Telephony: wrong token or secret from %s", _address())
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    raise Refused(401, **headers)


def authenticate(allow_basic=False):
    """Return the telephone system whose token a request bears.

    :param bool allow_basic: the token may be the password of HTTP's Basic, too
    :return: one `telephony.pbx`, as superuser
    :raise Refused: the token is wrong, or used too often
    """
    kind, _blank, value = request.httprequest.headers.get(
        "Authorization", ""
    ).partition(" ")
    secret = ""
    if kind.lower() == "bearer":
        secret = value.strip()
    elif kind.lower() == "basic" and allow_basic:
        secret = _read_password(value)
    token_sudo = request.env["telephony.token"]._authenticate(secret)
    if not token_sudo:
        refuse_unknown('Basic realm="telephony"' if allow_basic else "Bearer")
    consume("token", token_sudo.id, token_sudo.pbx_id.api_rate)
    return token_sudo.pbx_id


def _read_password(value):
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[2]


def read_body():
    """Return the raw body of a request.

    :raise Refused: it is too long, or its length is not reported
    """
    length = request.httprequest.content_length
    if length is None:
        raise Refused(411, "the request must tell the length of its body")
    if length > MAX_BODY:
        raise Refused(413, f"the body may have {MAX_BODY} bytes")
    return request.httprequest.get_data(cache=True)


def decode(raw):
    """Return the object that a JSON body holds.

    :raise Refused: the type is not JSON's, or the body holds no JSON object
    """
    with refusing_unreadable():
        return read_json_object(request.httprequest.mimetype, raw)


@contextmanager
def refusing_unreadable():
    """Refuse a request whose body can't be read, with the reader's words.

    :raise Refused: in place of a ``ValueError``
    """
    try:
        yield
    except WrongType as error:
        raise Refused(415, str(error)) from error
    except ValueError as error:
        raise Refused(400, str(error)) from error


def answer(value, status=200, **headers):
    """Return a JSON response."""
    return Response(
        json.dumps(value),
        status=status,
        headers={"Cache-Control": "no-store", **headers},
        content_type="application/json",
    )


def _address():
    return request.httprequest.remote_addr
