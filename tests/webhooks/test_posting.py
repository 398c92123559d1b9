"""One POST to a receiver that nobody trusts."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from memos.webhooks import addresses, posting
from memos.webhooks.posting import post
from memos.webhooks.signing import Message
from tests.receiver import CERTIFICATE, Receiver, receiving

MESSAGE = Message({"Content-Type": "application/json", "webhook-id": "evt_1"}, '{"a":"ü"}'.encode())


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection what it is told to."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    answer(connection)
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        listening.close()


def leads_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let names lead to one address after the other, as who rebinds them does. Returns what was asked for."""
    asked: list[str] = []
    waiting = list(answers)

    def getaddrinfo(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        if host[0].isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        asked.append(host)
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_the_body_and_the_headers_arrive_as_they_are(receiver: Receiver) -> None:
    answer = post(f"{receiver.url}?a=b%20c", MESSAGE)
    [received] = receiver.received
    assert (answer.status, answer.excerpt, answer.error, answer.taken) == (200, "thanks", "", True)
    assert (received.path, received.body) == ("/hooks?a=b%20c", MESSAGE.body)
    assert received.headers.items() >= {"webhook-id": "evt_1", "content-type": "application/json"}.items()
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    with receiving() as elsewhere:
        receiver.reply(status, Location=elsewhere.url)
        answer = post(receiver.url, MESSAGE)
    assert (answer.status, answer.taken) == (status, False)
    assert answer.error == f"The receiver answered {status}."
    assert elsewhere.received == []


def test_an_internal_address_is_not_connected_to(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = []
    for url in (receiver.url, receiver.url.replace("http:", "https:"), f"https://localhost:{receiver.port}/"):
        answer = post(url, MESSAGE)
        assert answer.status is None
        assert answer.error
    assert receiver.received == []


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = leads_to(monkeypatch, "127.0.0.1", "10.0.0.1")
    answer = post(f"http://hooks.test:{receiver.port}/", MESSAGE)
    assert (answer.status, asked) == (200, ["hooks.test"])
    assert receiver.received[0].headers["host"] == f"hooks.test:{receiver.port}"


def test_a_name_that_was_good_when_it_was_set_is_checked_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WEBHOOK_NETWORKS = []
    url = f"https://hooks.test:{receiver.port}/"
    leads_to(monkeypatch, "1.1.1.1", "127.0.0.1")
    addresses.check(url)
    assert post(url, MESSAGE).error == "The host has to lead to public addresses, and to no others."
    assert receiver.received == []


def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(receiver.url, MESSAGE).status == 200
    assert proxy.received == []


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if an authority that everybody knows had signed the certificate of the tests."""
    monkeypatch.setattr(posting, "_trusted", lambda: ssl.create_default_context(cafile=str(CERTIFICATE)))


def test_the_certificate_is_checked_for_the_name(trusting: None, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "127.0.0.1")
    with receiving(tls=True) as receiver:
        assert post(f"https://hooks.test:{receiver.port}/", MESSAGE).status == 200
        for host in ("other.test", "127.0.0.1"):
            answer = post(f"https://{host}:{receiver.port}/", MESSAGE)
            assert answer.status is None
            assert "certificate verify failed" in answer.error
    assert len(receiver.received) == 1


def test_a_certificate_that_nobody_signed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, "127.0.0.1")
    with receiving(tls=True) as receiver:
        answer = post(f"https://hooks.test:{receiver.port}/", MESSAGE)
    assert "certificate verify failed" in answer.error
    assert receiver.received == []


def test_of_several_addresses_the_next_is_tried(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        addresses, "_addresses", lambda target: list(map(addresses.ip_address, ["127.0.0.9", "127.0.0.1"]))
    )
    assert post(f"http://hooks.test:{receiver.port}/", MESSAGE).status == 200


def test_an_answer_is_read_up_to_a_limit_and_kept_in_part(receiver: Receiver) -> None:
    receiver.reply(500, "ä\0".encode() * 500_000)
    answer = post(receiver.url, MESSAGE)
    assert answer.status == 500
    assert answer.excerpt == "ä" * len(answer.excerpt)
    assert len(answer.excerpt) == posting.EXCERPT


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with serving(answer) as url:
        assert post(url, MESSAGE).status == 200


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 100 Continue\r\n\r\n" * 3], ids=["nothing", "headers", "1xx"]
)
def test_an_answer_that_drips_ends_with_the_time(part: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TIMEOUT_SECONDS", 0.4)

    def answer(connection: socket.socket) -> None:
        connection.sendall(part)
        for _ in range(1200):
            time.sleep(0.05)
            if part:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" if part.startswith(b"HTTP/1.1 100") else b"x")

    with serving(answer) as url:
        told = post(url, MESSAGE)
    assert (told.status, told.error) == (None, "There was no answer within 0.4 s.")


def test_a_body_that_drips_leaves_the_status_that_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TIMEOUT_SECONDS", 0.4)

    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        for _ in range(500):
            connection.sendall(b"x")
            time.sleep(0.05)

    with serving(answer) as url:
        told = post(url, MESSAGE)
    assert told.status == 200
    assert set(told.excerpt) == {"x"}


@pytest.mark.parametrize("raw", [b"", b"hello\r\n\r\n", b"HTTP/1.1 9999 x\r\n\r\n", b"\0\0\0\0", b"HTTP/1.1 200"])
def test_what_is_no_answer_is_told(raw: bytes) -> None:
    with serving(lambda connection: connection.sendall(raw)) as url:
        told = post(url, MESSAGE)
    assert told.status is None
    assert told.error.startswith("There was no answer: ")


def test_a_port_where_nobody_listens_is_told() -> None:
    with serving(lambda connection: None) as url:
        pass
    assert post(url, MESSAGE).error.startswith("There was no answer: ")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("-5", None),
        ("soon", None),
        ("1" * 400, None),
        ("Thu, 26 Nov 2026 12:00:30 GMT", 30.0),
    ],
    ids=lambda value: str(value)[:10],
)
def test_retry_after_is_seconds_or_a_date(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, said: str, seconds: float | None
) -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    monkeypatch.setattr(posting, "timezone", SimpleNamespace(now=lambda: noon))
    receiver.reply(503, Retry_After=said)
    assert post(receiver.url, MESSAGE).retry_after == seconds
