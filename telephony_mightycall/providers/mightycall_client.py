"""MightyCall's HTTP interface: one session, time limits, no Odoo.

What the server documents and what only its other clients show is told apart in
docs/mightycall.md. Secrets and tokens never stand in a message or a log line.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests

from odoo.addons.telephony_connector.engine.errors import (
    ActionRefused,
    ActionTimeout,
    ConnectionFailed,
    LoginRefused,
    TelephonyError,
)
from odoo.addons.telephony_connector.engine.origin import origin

_logger = logging.getLogger(__name__)

# Seconds to connect, and as many again to wait for an answer.
TIMEOUT = 10
# A token that ends within this many seconds is renewed before it is used.
RENEW_BEFORE = 60
MAX_ANSWER = 4 * 1024 * 1024


class LimitExceeded(TelephonyError):
    """The API calls of these 24 hours are used up, the server's or our own limit."""

    code = "limit"


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token; ``expires`` is a naive UTC datetime."""

    access: str
    refresh: str
    expires: datetime

    def is_fresh(self, now):
        return now < self.expires - timedelta(seconds=RENEW_BEFORE)


class MightyCallClient:
    """One user's way to the server.

    :param str base_url: as ``https://api.mightycall.com/v4``
    :param str prefix: what stands before resources, as ``api``, or ""; where the
        server answers 404 the other way is tried once
    :param str api_key: the account's API key
    :param str user_key: the user's key, or his extension
    :param token: a :class:`Token` from before, or ``None``
    :param on_request: called before every request that counts, with its name; may
        raise :class:`LimitExceeded`
    :param on_token: called with every new :class:`Token`
    :param bool allow_unencrypted: whether the keys may be sent where others read them
    """

    def __init__(
        self,
        base_url,
        prefix,
        api_key,
        user_key,
        token=None,
        *,
        on_request,
        on_token,
        allow_unencrypted=False,
    ):
        self._base = base_url.rstrip("/")
        self._origin = origin(base_url)
        self._allow_unencrypted = allow_unencrypted
        self._prefixes = [prefix.strip("/"), "" if prefix.strip("/") else "api"]
        self._api_key = api_key
        self._user_key = user_key
        self._token = token
        self._on_request = on_request
        self._on_token = on_token
        self._session = requests.Session()
        self._session.headers["x-api-key"] = api_key
        # Else a login in ~/.netrc would be sent in place of ours.
        self._session.auth = _leave_as_it_is
        # A proxy of this server's environment would read what is not encrypted.
        self._session.trust_env = bool(self._origin and self._origin.scheme == "https")

    # === RESOURCES === #

    def make_call(self, business_number, number):
        """Ring the user's own phone, then ``number``. Never sent twice by itself.

        :return: the server's id of the call, "" where it tells none
        """
        body = {"from": business_number, "to": number}
        data = self._resource("POST", "calls/makecall", json=body)
        return str(data.get("id") or "") if isinstance(data, dict) else ""

    def list_calls(self, start, end, skip, size):
        """Return one page of the calls between two naive UTC datetimes.

        :return: (list of entries, number of all that match)
        """
        data = self._resource(
            "GET",
            "calls",
            params={
                "startUtc": start.isoformat(timespec="seconds"),
                "endUtc": end.isoformat(timespec="seconds"),
                "pageSize": size,
                "skip": skip,
            },
        )
        calls = data.get("calls") if isinstance(data, dict) else None
        if not isinstance(calls, list):
            raise ActionRefused(reason="server_list")
        total = data.get("total")
        return calls, total if isinstance(total, int) else len(calls)

    def read_status(self):
        """Return the user's status: available, away, busy or dnd."""
        data = self._resource("GET", "profile/status")
        return str(data.get("status") or "") if isinstance(data, dict) else ""

    def write_status(self, status):
        """Set the user's status: available, away, busy or dnd."""
        self._resource("PUT", "profile/status", json={"status": status})

    def list_numbers(self):
        """Return the account's business numbers, as texts."""
        data = self._resource("GET", "phonenumbers")
        entries = data.get("phoneNumbers") if isinstance(data, dict) else data
        numbers = [
            entry.get("number") if isinstance(entry, dict) else entry
            for entry in entries or ()
        ]
        return [number for number in numbers if isinstance(number, str)]

    # === REQUESTS === #

    def _resource(self, method, path, **options):
        """Ask for a resource, with one new login where the server forgot the token.

        :return: the answer's ``data``
        """
        response = self._with_prefix(method, path, **options)
        if _denies_token(response):
            self._token = None
            response = self._with_prefix(method, path, **options)
        return _read_answer(response)

    def _with_prefix(self, method, path, **options):
        for prefix in list(self._prefixes):
            url = "/".join(filter(None, (self._base, prefix, path)))
            headers = {"Authorization": f"Bearer {self._get_token().access}"}
            response = self._send(method, url, headers=headers, **options)
            if response.status_code != 404:
                # What worked is tried first from now on.
                self._prefixes.sort(key=lambda known: known != prefix)
                break
        return response

    def _get_token(self):
        now = datetime.now(UTC).replace(tzinfo=None)
        if self._token and self._token.is_fresh(now):
            return self._token
        refresh = self._token.refresh if self._token else ""
        self._token = None
        response = None
        if refresh:
            response = self._log_in(grant_type="refresh_token", refresh_token=refresh)
        if response is None or response.status_code >= 400:
            response = self._log_in(
                grant_type="client_credentials",
                client_id=self._api_key,
                client_secret=self._user_key,
            )
        self._token = _read_token(response, now)
        self._on_token(self._token)
        return self._token

    def _log_in(self, **form):
        return self._send("POST", f"{self._base}/auth/token", data=form)

    def _send(self, method, url, **options):
        """Send one request and return its response, whatever its status.

        :raise ConnectionFailed: it did not reach the server
        :raise LoginRefused: the keys would be sent elsewhere, or for others to read
        :raise ActionTimeout: it did, and there was no answer
        :raise LimitExceeded: the server lets us ask no more
        """
        if not self._origin or origin(url) != self._origin:
            raise LoginRefused("server_address")
        if not (self._origin.is_protected or self._allow_unencrypted):
            raise LoginRefused("server_unencrypted")
        self._on_request(f"{method} {url.removeprefix(self._base)}")
        try:
            response = self._session.request(
                method, url, timeout=TIMEOUT, allow_redirects=False, **options
            )
        except requests.ReadTimeout as error:
            raise ActionTimeout("server_timeout") from error
        except requests.RequestException as error:
            # The exception's text may hold the address, never a header or a form.
            _logger.info("MightyCall: %s %s: %s", method, url, type(error).__name__)
            raise ConnectionFailed("server_unreachable") from error
        if len(response.content) > MAX_ANSWER:
            raise ActionRefused(reason="server_answer")
        if response.status_code == 429 or "limit exceeded" in _message(response):
            raise LimitExceeded()
        return response


def _leave_as_it_is(request):
    return request


def _denies_token(response):
    return response.status_code == 401 or (
        response.status_code in (400, 403)
        and "authorization has been denied" in _message(response)
    )


def _message(response):
    """Return what an error answer says, in lower case."""
    if response.status_code < 400:
        return ""
    return response.text[:1000].lower()


def _json(response):
    try:
        answer = response.json()
    except ValueError:
        answer = None
    return answer if isinstance(answer, dict) else {}


def _read_token(response, now):
    answer = _json(response)
    access = answer.get("access_token")
    if response.status_code >= 400 or not isinstance(access, str) or not access:
        raise LoginRefused("server_login")
    seconds = answer.get("expires_in")
    seconds = seconds if isinstance(seconds, int) and seconds > 0 else 86_400
    refresh = answer.get("refresh_token")
    return Token(
        access,
        refresh if isinstance(refresh, str) else "",
        now + timedelta(seconds=seconds),
    )


def _read_answer(response):
    """Return the ``data`` of an answer that says it went well."""
    if _denies_token(response):
        raise LoginRefused("server_token")
    answer = _json(response)
    if response.status_code >= 500:
        raise ConnectionFailed("server_fault")
    if response.status_code >= 400 or answer.get("isSuccess") is False:
        said = answer.get("message") or answer.get("error") or response.status_code
        raise ActionRefused(said)
    return answer.get("data")
