"""What the agent needs of Odoo, on a loopback port: two routes and a websocket."""

import base64
import hashlib
import json
import queue
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class FakeOdoo:
    """Answers like Odoo; notes what it is asked.

    ``asked`` holds ``(path, body)`` of the questions, ``lines`` gets every websocket
    that subscribed; ``calls`` are those that ``hello`` tells of, ``status`` what it
    answers with where that is not 200, ``failures`` how many calls' questions get 503
    first, ``path`` the page that is named.
    """

    def __init__(self, token):
        self.token = token
        self.asked = []
        self.headers = []
        self.lines = queue.Queue()
        self.calls = []
        self.claimed = set()
        self.failures = 0
        self.status = 200
        self.location = None
        self.path = "/telephony/incoming?call={}"
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _make_handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path, body):
        """Return status and JSON for a question with the right token."""
        if path.endswith("hello"):
            answer = {"user": "Ada", "last": 40, "calls": self.calls}
            return self.status, answer
        if self.failures:
            self.failures -= 1
            return 503, {}
        call, is_new = body["call"], body["call"] not in self.claimed
        if body["claim"]:
            self.claimed.add(call)
        return 200, {
            "title": f"Incoming call: {call}",
            "path": self.path.format(call),
            "open": body["claim"] and is_new,
        }

    def questions(self, path):
        return [body for asked, body in self.asked if asked.endswith(path)]


class Line:
    """One websocket, seen from the server."""

    def __init__(self, connection, rfile, headers):
        self.headers = headers
        self.subscription = None
        self._connection = connection
        self._rfile = rfile

    def send(self, *messages):
        """Send notifications, each ``(id, type, payload)``."""
        items = [
            {"id": number, "message": {"type": kind, "payload": payload}}
            for number, kind, payload in messages
        ]
        self.send_frame(TEXT, json.dumps(items).encode())

    def send_frame(self, opcode, data):
        head = bytes([0x80 | opcode])
        size = len(data)
        head += bytes([size]) if size < 126 else b"\x7e" + struct.pack("!H", size)
        self._connection.sendall(head + data)

    def read_frame(self):
        first, second = self._rfile.read(2)
        size = second & 0x7F
        if size == 126:
            [size] = struct.unpack("!H", self._rfile.read(2))
        mask = self._rfile.read(4)
        data = self._rfile.read(size)
        return first & 0x0F, bytes(
            byte ^ mask[index % 4] for index, byte in enumerate(data)
        )

    def cut(self):
        """Break the line without a word."""
        self._connection.shutdown(2)


def _make_handler(odoo):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or b"{}")
            odoo.asked.append((self.path, body))
            odoo.headers.append(dict(self.headers))
            if odoo.location:
                return self._reply(301, {}, Location=odoo.location)
            if self.headers.get("Authorization") != f"Bearer {odoo.token}":
                return self._reply(401, {})
            return self._reply(*odoo.answer(self.path, body))

        def do_GET(self):
            if self.path == "/websocket":
                return self._listen()
            odoo.asked.append((self.path, None))
            return self._reply(200, {}, **{"Set-Cookie": "session_id=s1; Path=/"})

        def _reply(self, status, answer, **headers):
            data = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _listen(self):
            key = self.headers["Sec-WebSocket-Key"] + _GUID
            digest = hashlib.sha1(key.encode()).digest()
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", base64.b64encode(digest).decode())
            self.end_headers()
            self.close_connection = True
            line = Line(self.connection, self.rfile, dict(self.headers))
            try:
                self._converse(line)
            except (OSError, ValueError):
                return

        def _converse(self, line):
            while True:
                opcode, data = line.read_frame()
                if opcode == CLOSE:
                    return
                if opcode == PING:
                    line.send_frame(PONG, data)
                elif line.subscription is None:
                    line.subscription = json.loads(data)
                    odoo.lines.put(line)

        def log_message(self, *args):
            """Say nothing."""

    return Handler
