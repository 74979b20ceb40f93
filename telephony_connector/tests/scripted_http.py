"""An HTTP server on loopback that gives the answers it was told to."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ScriptedServer:
    """Answers requests by a function, and keeps them with their headers.

    :param answer: callable (method, path, body) → (status, JSON value)
    """

    def __init__(self, answer):
        self.requests = []
        self.headers = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                script.requests.append((self.command, self.path, body))
                script.headers.append(dict(self.headers))
                status, value = answer(self.command, self.path, body)
                raw = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_PUT = handle_one

            def log_message(self, *_args):
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v4"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def paths(self):
        """Return method and path of every request, in their order."""
        return [
            f"{method} {path.partition('?')[0]}"
            for method, path, _body in self.requests
        ]

    def close(self):
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
