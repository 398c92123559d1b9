"""A receiver of webhooks on loopback, for tests."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from standardwebhooks import Webhook as StandardWebhook

CERTIFICATE = Path(__file__).parent / "webhooks/hooks.test.pem"
"""For the name hooks.test, with its key; made by openssl for these tests, and trusted nowhere else."""


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """The payload, as the library of the scheme's authors takes it. Raises where a signature is wrong."""
        return StandardWebhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """``replies`` are given first, one a request: status, headers and body; then 200. Held, it takes and says nothing
    until it is released."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    released: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.released.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    def hold(self) -> None:
        self.released.clear()

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.replies.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, body))

    def event_ids(self) -> list[str]:
        return [one.event_id for one in self.received]

    def answer(self, request: Received) -> tuple[int, dict[str, str], bytes]:
        self.received.append(request)
        self.released.wait(60)
        return self.replies.pop(0) if self.replies else (200, {}, b"thanks")


@contextmanager
def receiving(*, tls: bool = False) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answered, content = receiver.answer(Received(self.path, headers, body))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **answered}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Quietly."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: Any) -> None:
            """Whoever hangs up is no concern of ours."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_port
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
