"""A telephone system's web folder of recordings, on loopback."""

import base64
import io
import re
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


def make_sound(seconds=1):
    """Return a WAV file of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 8000 * seconds)
    return file.getvalue()


class Answer(NamedTuple):
    """What the server has at a path."""

    body: bytes = b""
    mimetype: str = "audio/x-wav"
    status: int = 200
    headers: dict = {}


class RecordingServer:
    """Serves ``files`` (path → `Answer`), in parts where asked; keeps the requests.

    :param login: (user name, password) that is needed
    """

    def __init__(self, login=None):
        self.files = {}
        self.login = login
        self.requests = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                script.requests.append((self.path, dict(self.headers)))
                script._answer(self)

            def log_message(self, *_args):
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def paths(self):
        """The paths that were asked for, in order."""
        return [path for path, _headers in self.requests]

    def close(self):
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler):
        if self.login and not self._is_login(handler.headers.get("Authorization")):
            return self._send(handler, Answer(status=401))
        answer = self.files.get(handler.path)
        if answer is None:
            return self._send(handler, Answer(status=404))
        part = re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range") or "")
        if part and answer.status == 200:
            size = len(answer.body)
            first = int(part[1])
            last = min(int(part[2] or size), size - 1)
            answer = answer._replace(
                body=answer.body[first : last + 1],
                status=206,
                headers={"Content-Range": f"bytes {first}-{last}/{size}"},
            )
        return self._send(handler, answer)

    def _send(self, handler, answer):
        handler.send_response(answer.status)
        headers = {
            "Content-Type": answer.mimetype,
            "Content-Length": str(len(answer.body)),
            **answer.headers,
        }
        for name, value in headers.items():
            if value is not None:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(answer.body)

    def _is_login(self, header):
        text = base64.b64encode(":".join(self.login).encode()).decode()
        return header == f"Basic {text}"
