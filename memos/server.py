"""The web process: gunicorn's threads, which answer with a problem document even to what never reaches Django."""

import json
import socket
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from memos import ids


class Worker(ThreadWorker):
    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """A request that can't be read; whatever else goes wrong is gunicorn's to tell."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("a request could not be read: %s", str(exc)[:200])
        try:
            write_nonblock(client, refusal(exc))
        except OSError:
            self.log.debug("the caller did not wait for the refusal")


def refusal(error: ParseException) -> bytes:
    match error:
        case LimitRequestLine():
            status, code, detail = 414, "URI_TOO_LONG", "The URL is longer than 8190 bytes."
        case LimitRequestHeaders():
            status, code, detail = 431, "HEADERS_TOO_LARGE", "The headers are too large."
        case _:
            status, code, detail = 400, "VALIDATION_ERROR", "The request could not be read."
    title, request_id = HTTPStatus(status).phrase, ids.encode("req", ids.new_id())
    document = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail}
    body = json.dumps({**document, "requestId": request_id}).encode()
    head = [f"HTTP/1.1 {status} {title}", "Content-Type: application/problem+json", f"Content-Length: {len(body)}"]
    head += [f"X-Request-Id: {request_id}", "Connection: close", "", ""]
    return "\r\n".join(head).encode() + body
