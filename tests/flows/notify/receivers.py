"""What receives a message on this machine: a mail server and a web address, each on a port of its own."""

from __future__ import annotations

import email
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every message that is brought by SMTP. `messages`: what came in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.messages: list[EmailMessage] = []

    @property
    def address(self) -> str:
        """Its address, as apprise writes it."""
        return f"mailto://127.0.0.1:{self.server_address[1]}?from=nacht@zomerwaard.example&to=beheer@zomerwaard.example"


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._answer("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._answer("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                text = b"".join(line[1:] if line.startswith(b"..") else line for line in lines)
                self.server.messages.append(email.message_from_bytes(text, policy=email.policy.default))
            self._answer("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return

    def _answer(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class WebHook(ThreadingHTTPServer):
    """Answers every post with `status`. `documents`: the JSON that came in. `paths`: where it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.documents: list[dict] = []
        self.paths: list[str] = []
        self.status = 200
        self.location = ""

    @property
    def address(self) -> str:
        """Its address, as apprise writes it; the path is a secret."""
        return f"json://127.0.0.1:{self.server_address[1]}/geheim-pad"


class _Posted(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paths.append(self.path)
        if self.server.status == 200:
            self.server.documents.append(json.loads(body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_line: object) -> None:
        """Say nothing on standard error."""


@contextmanager
def listening(server: MailServer | WebHook) -> Iterator[MailServer | WebHook]:
    """The server in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
