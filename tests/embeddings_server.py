"""A small server on loopback that speaks OpenAI's `/embeddings`, for tests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

DIMENSIONS = 32


@dataclass
class EmbeddingsServer:
    """``faults`` are answered first, one a request: status and headers. ``answer`` replaces every good body."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    faults: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    answer: Any = None

    def reply(self, body: dict[str, Any], key: str | None) -> tuple[int, dict[str, str], Any]:
        self.requests.append(body)
        self.keys.append(key)
        if self.faults:
            return (*self.faults.pop(0), {"error": {"message": "not now"}})
        data = [{"index": i, "embedding": vector(text)} for i, text in enumerate(body["input"])]
        return 200, {}, self.answer or {"data": data[::-1]}  # the order is told by `index` alone


def vector(text: str) -> list[float]:
    """How often each letter comes: texts of the same words are near each other."""
    found = [0.1] * DIMENSIONS
    for letter in text.lower():
        found[ord(letter) % DIMENSIONS] += 1.0
    return found


@contextmanager
def serving() -> Iterator[EmbeddingsServer]:
    known = EmbeddingsServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, answer = known.reply(body, self.headers["Authorization"])
            payload = json.dumps(answer).encode()
            self.send_response(status if self.path == "/v1/embeddings" else 404)
            for name, value in {**headers, "Content-Length": str(len(payload))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *args: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}/v1"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
