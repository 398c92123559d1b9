"""What the server refuses before Django sees it."""

import json
import socket
from unittest import mock

import pytest
from gunicorn.http.errors import InvalidHeader, LimitRequestHeaders, LimitRequestLine, ParseException

from memos.api.codes import CODES
from memos.server import Worker

REFUSED = [
    (LimitRequestLine(9000, 8190), 414, "URI_TOO_LONG"),
    (LimitRequestHeaders("max buffer headers"), 431, "HEADERS_TOO_LARGE"),
    (InvalidHeader("a b"), 400, "VALIDATION_ERROR"),
]


@pytest.mark.parametrize(("error", "status", "code"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_cannot_be_read_is_answered_with_a_problem(error: ParseException, status: int, code: str) -> None:
    worker = Worker.__new__(Worker)
    worker.log = mock.Mock()
    here, there = socket.socketpair()
    with here, there:
        worker.handle_error(None, here, ("127.0.0.1", 1), error)
        head, _, body = there.recv(10_000).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    document = json.loads(body)
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    assert "Content-Type: application/problem+json" in lines
    assert f"Content-Length: {len(body)}" in lines
    assert f"X-Request-Id: {document['requestId']}" in lines
    assert (document["status"], document["code"], CODES[code].status) == (status, code, status)


def test_a_caller_who_is_gone_is_no_error() -> None:
    worker = Worker.__new__(Worker)
    worker.log = mock.Mock()
    here, there = socket.socketpair()
    there.close()
    with here:
        worker.handle_error(None, here, ("127.0.0.1", 1), LimitRequestLine(9000, 8190))
