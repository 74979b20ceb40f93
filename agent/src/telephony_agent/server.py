"""Odoo, as the agent sees it: two questions over HTTP, and a websocket."""

import contextlib
import json
import ssl

import requests
import websocket

from .errors import AgentError, ConnectionFailed, TokenRefused

# Seconds. Odoo itself pings an idle line less often than this.
TIMEOUT = 15
SILENCE = 45

_BROKEN = (OSError, websocket.WebSocketException, ssl.SSLError)


class Server:
    """One Odoo, asked with one token.

    :param config: a :class:`~telephony_agent.config.Config`
    """

    def __init__(self, config):
        self._config = config
        self._cookie = None

    @property
    def url(self):
        return self._config.url

    # -- HTTP --

    def hello(self):
        """Check the token.

        :return: ``user``, ``last`` and ``calls``
        :rtype: dict
        :raise TokenRefused: the token is not valid
        :raise ConnectionFailed: there is no answer
        """
        self._cookie = self._choose_database() if self._config.database else None
        return self._post("/telephony/agent/hello", {})

    def call(self, call_id, claim):
        """Ask what to show of a call.

        :param bool claim: whether to take the right to open its page
        :return: ``title``, ``path`` and ``open``
        :rtype: dict
        :raise: as ``hello``
        """
        return self._post("/telephony/agent/call", {"call": call_id, "claim": claim})

    def _choose_database(self):
        """Return the cookie of a session that names the database, of nobody's."""
        database = {"db": self._config.database}
        answer = self._request("GET", "/web/login", params=database)
        for step in (*answer.history, answer):
            if "session_id" in step.cookies:
                return f"session_id={step.cookies['session_id']}"
        return None

    def _post(self, path, question):
        headers = {"Authorization": f"Bearer {self._config.token}"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        answer = self._request(
            "POST", path, json=question, headers=headers, allow_redirects=False
        )
        if answer.status_code == 401:
            raise TokenRefused("Odoo does not accept the token (any more).")
        if answer.is_redirect:
            place = answer.headers.get("Location", "")
            raise AgentError(f"Odoo has moved to {place}: log in there.")
        if answer.status_code == 404 and path.endswith("hello"):
            raise AgentError(
                "There is no Odoo with telephony at this address. Where it has several "
                "databases, name one by --database."
            )
        if answer.status_code != 200:
            raise ConnectionFailed(f"Odoo answers with status {answer.status_code}")
        try:
            return answer.json()
        except ValueError as error:
            raise ConnectionFailed("Odoo's answer can't be read") from error

    def _request(self, method, path, **arguments):
        session = requests.Session()
        # Else a login in ~/.netrc would be sent in place of the token.
        session.auth = _leave_as_it_is
        # A proxy would read what is not encrypted.
        session.trust_env = self.url.startswith("https:")
        try:
            return session.request(
                method,
                self.url + path,
                timeout=TIMEOUT,
                verify=self._config.ca_file or True,
                **arguments,
            )
        except requests.RequestException as error:
            raise ConnectionFailed(f"{self.url} can't be reached") from error

    # -- the websocket --

    @contextlib.contextmanager
    def listen(self, last):
        """Connect and subscribe.

        :param int last: of the notification heard last
        :return: a context with an iterator of notifications, as ``(id, type,
            payload)``, which goes on until the line breaks
        :raise ConnectionFailed: the line could not be had, or broke
        """
        try:
            line = websocket.create_connection(
                f"ws{self.url.removeprefix('http')}/websocket",
                timeout=TIMEOUT,
                origin=self.url,
                cookie=self._cookie,
                sslopt={"ca_certs": self._config.ca_file or None},
            )
        except _BROKEN as error:
            raise ConnectionFailed(f"{self.url} has no websocket for us") from error
        try:
            data = {"channels": [self._config.token], "last": last}
            line.send(json.dumps({"event_name": "subscribe", "data": data}))
            line.settimeout(SILENCE)
            yield self._read(line)
        except _BROKEN as error:
            raise ConnectionFailed("The line to Odoo broke") from error
        finally:
            with contextlib.suppress(*_BROKEN):
                line.close(timeout=1)

    def _read(self, line):
        is_asked = False
        while True:
            try:
                opcode, data = line.recv_data(control_frame=True)
            except websocket.WebSocketTimeoutException:
                if is_asked:
                    raise
                line.ping()
                is_asked = True
                continue
            is_asked = False
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                raise ConnectionFailed("Odoo closed the line")
            if opcode == websocket.ABNF.OPCODE_TEXT:
                yield from _notifications(data)


def _leave_as_it_is(request):
    return request


def _notifications(data):
    """Read a message of Odoo's bus; what is not understood is left out."""
    try:
        for item in json.loads(data):
            message = item["message"]
            yield int(item["id"]), message["type"], message["payload"]
    except (ValueError, TypeError, KeyError):
        return
