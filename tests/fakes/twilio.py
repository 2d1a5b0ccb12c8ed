"""Twilio's Messages API, as far as we call it: Basic auth, form in, JSON out, errors with their codes."""

import json
import threading
from base64 import b64decode
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class FakeTwilio:
    """Takes messages until told otherwise: `answers` holds the next replies as (status, code, message)."""

    def __init__(self):
        self.requests = []
        self.answers = deque()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, answer = fake.take(self.path, dict(parse_qsl(body)), self.headers["Authorization"])
                raw = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_args):
                """Be quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def take(self, path, form, authorization):
        credentials = b64decode(authorization.removeprefix("Basic ")).decode()
        self.requests.append((path, credentials, form))
        if self.answers:
            status, code, message = self.answers.popleft()
            return status, {"code": code, "message": message, "status": status, "more_info": "https://…"}
        sid = f"SM{len(self.requests):032x}"
        return 201, {"sid": sid, "status": "queued", "body": form.get("Body", ""), "to": form["To"]}
