"""The simulated server's answers."""

import json
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit


class Handler(BaseHTTPRequestHandler):
    """Answers one connection for the ``emulator`` that its subclass names."""

    emulator = None
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._handle("GET")

    def do_POST(self):
        self._handle("POST")

    def do_PUT(self):
        self._handle("PUT")

    def log_message(self, *_args):
        """Nobody reads it."""

    # === ROUTING === #

    def _handle(self, method):
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = parts.path.removeprefix("/v4/")
        if not self.emulator.count(method, path):
            return self._answer(429, {"message": "Limit Exceeded"})
        if status := next(self.emulator.fails, None):
            return self._answer(status, {"message": "simulated"})
        if (method, path) == ("POST", "auth/token"):
            return self._log_in(raw)
        prefix = f"{self.emulator.prefix}/" if self.emulator.prefix else ""
        if not path.startswith(prefix) or (not prefix and path.startswith("api/")):
            return self._answer(404, {"message": "No HTTP resource was found"})
        return self._resource(method, path.removeprefix(prefix), query, raw)

    def _answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _data(self, data):
        self._answer(200, {"data": data, "isSuccess": True})

    # === LOGIN === #

    def _log_in(self, raw):
        form = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
        emulator = self.emulator
        try:
            if self.headers.get("x-api-key") != emulator.api_key:
                raise KeyError("x-api-key")
            if form["grant_type"] == "refresh_token":
                extension = emulator.refresh_tokens.pop(form["refresh_token"])
            elif form["client_id"] != emulator.api_key:
                raise KeyError("client_id")
            else:
                extension = emulator.find_user(form["client_secret"])
        except KeyError:
            return self._answer(400, {"error": "invalid_client"})
        return self._answer(200, emulator.issue(extension))

    def _find_user(self):
        """Return the extension of the token's owner, ``None`` where it is not valid."""
        kind, _blank, token = self.headers.get("Authorization", "").partition(" ")
        extension, end = self.emulator.tokens.get(token, (None, None))
        is_ours = self.headers.get("x-api-key") == self.emulator.api_key
        if kind != "Bearer" or end is None or end < datetime.now(UTC) or not is_ours:
            return None
        return extension

    # === RESOURCES === #

    def _resource(self, method, path, query, raw):
        if (method, path) == ("GET", "ping"):
            return self._data("pong")
        extension = self._find_user()
        if extension is None:
            denied = "Authorization has been denied for this request."
            return self._answer(401, {"message": denied})
        emulator = self.emulator
        if (method, path) == ("POST", "calls/makecall"):
            return self._make_call(extension, json.loads(raw))
        if (method, path) == ("GET", "calls"):
            return self._list_calls(query)
        if method == "GET" and path.startswith("calls/"):
            call = emulator.calls.get(path.removeprefix("calls/"))
            if not call:
                return self._answer(404, {"message": "no such call"})
            return self._data(call.describe())
        if (method, path) == ("GET", "phonenumbers"):
            numbers = [{"number": emulator.business_number}]
            return self._data({"phoneNumbers": numbers})
        if (method, path) == ("GET", "profile/status"):
            status = emulator.statuses.get(extension, "available")
            return self._data({"status": status})
        if (method, path) == ("PUT", "profile/status"):
            emulator.statuses[extension] = json.loads(raw)["status"]
            return self._data({})
        return self._answer(404, {"message": "No HTTP resource was found"})

    def _make_call(self, extension, order):
        emulator = self.emulator
        if order.get("from") != emulator.business_number or not extension:
            return self._answer(
                200, {"isSuccess": False, "message": "wrong business number or user"}
            )
        call = emulator.outgoing(order["to"], extension)
        emulator.on_call(call)
        return self._data(
            {
                "id": call.id,
                "caller": {"name": f"User {extension}"},
                "called": call.client,
                "businessNumber": emulator.business_number,
            }
        )

    def _list_calls(self, query):
        start, end = (
            datetime.fromisoformat(query[key]).replace(tzinfo=UTC)
            for key in ("startUtc", "endUtc")
        )
        skip, size = int(query.get("skip", 0)), int(query.get("pageSize", 100))
        found = [
            call.describe()
            for call in self.emulator.calls.values()
            if call.end and start <= call.start <= end
        ]
        return self._data({"calls": found[skip : skip + size], "total": len(found)})
