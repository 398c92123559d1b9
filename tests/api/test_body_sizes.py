"""What is too large is refused by a real server before it is sent, and no more of it is read than has to be."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPResponse

import httpx
import pytest

from tests.api.conftest import rows, things_of
from tests.endpoints import ENDPOINTS
from tests.processes import Web
from tests.world import PROBLEM, World

GIBIBYTE = 2**30 + 1  # a byte more than the largest import
MEBIBYTE = 2**20
CHUNK = b"x" * MEBIBYTE


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def web(start_web: Callable[[], Web]) -> Web:
    return start_web()


@pytest.fixture
def connect(web: Web) -> Iterator[Callable[[], socket.socket]]:
    opened: list[socket.socket] = []

    def new() -> socket.socket:
        opened.append(socket.create_connection(web.address, timeout=20))
        return opened[-1]

    yield new
    for one in opened:
        one.close()


def head(method: str, path: str, secret: str | None, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: memos", "Content-Type: application/json", *headers]
    lines += [f"Authorization: Bearer {secret}"] if secret else []
    return "\r\n".join([*lines, "", ""]).encode()


def answer_of(connection: socket.socket) -> tuple[HTTPResponse, bytes]:
    response = HTTPResponse(connection)
    response.begin()
    return response, response.read()


def refused(connection: socket.socket, status: int, code: str) -> None:
    response, body = answer_of(connection)
    assert (response.status, response.headers["Content-Type"], json.loads(body)["code"]) == (status, PROBLEM, code)
    assert response.headers["Connection"] == "close"
    assert connection.recv(1) == b""
    connection.close()  # else the server waits for us to do so


def test_a_body_of_a_gibibyte_is_refused_before_it_is_sent_wherever_it_goes(
    connect: Callable[[], socket.socket], world: World
) -> None:
    api = world.owner
    things = things_of(api)
    before = rows()
    for endpoint in ENDPOINTS:
        path = endpoint.at(things[endpoint.names] if endpoint.names else "", things)
        for secret, status, code in ((api.secret, 413, "PAYLOAD_TOO_LARGE"), (None, 401, "UNAUTHENTICATED")):
            connection = connect()
            connection.sendall(head(endpoint.method, path, secret, f"Content-Length: {GIBIBYTE}"))
            refused(connection, status, code)
    assert rows() == before


@pytest.mark.parametrize(("path", "status"), [("/admin/login/", 413), ("/healthz", 413), ("/v1/nope", 404)])
def test_beside_the_endpoints_too(connect: Callable[[], socket.socket], path: str, status: int) -> None:
    connection = connect()
    connection.sendall(head("POST", path, None, f"Content-Length: {GIBIBYTE}"))
    refused(connection, status, {413: "PAYLOAD_TOO_LARGE", 404: "NOT_FOUND"}[status])


def send_chunks(connection: socket.socket, chunks: int) -> int:
    """How many chunks of a mebibyte could be sent before the server closed the connection."""
    for sent in range(chunks):
        try:
            connection.sendall(b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK))
        except OSError:
            return sent
    return chunks


def test_a_chunked_body_is_read_no_further_than_the_limit(connect: Callable[[], socket.socket], world: World) -> None:
    connection = connect()
    connection.sendall(head("POST", "/v1/users", world.owner.secret, "Transfer-Encoding: chunked"))
    assert send_chunks(connection, 11) == 11
    response, body = answer_of(connection)
    assert (response.status, json.loads(body)["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert send_chunks(connection, 100) < 100


@pytest.mark.parametrize(("secret", "status"), [(None, 401), ("own", 200)])
def test_of_a_chunked_body_that_nobody_needs_nothing_is_read(
    connect: Callable[[], socket.socket], world: World, secret: str | None, status: int
) -> None:
    connection = connect()
    given = world.owner.secret if secret else None
    connection.sendall(head("GET", "/v1/users", given, "Transfer-Encoding: chunked"))
    assert answer_of(connection)[0].status == status


def test_a_chunked_body_is_read_like_any_other(web: Web, api_key: Callable[..., dict[str, str]]) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"externalId": '
        yield b'"in pieces"}'

    response = httpx.post(f"{web.url}/v1/users", content=pieces(), headers=api_key())
    assert (response.status_code, response.json().get("externalId")) == (201, "in pieces")
    assert response.headers["connection"] == "close"


@pytest.fixture
def api_key(world: World) -> Callable[..., dict[str, str]]:
    return lambda: {"Authorization": f"Bearer {world.owner.secret}", "Content-Type": "application/json"}


def test_a_connection_stays_open_for_bodies_of_a_fair_size(web: Web, world: World) -> None:
    with closing(socket.create_connection(web.address, timeout=20)) as connection:
        for name in ("a", "b"):
            body = json.dumps({"externalId": name}).encode()
            connection.sendall(head("POST", "/v1/users", world.owner.secret, f"Content-Length: {len(body)}") + body)
            response, _ = answer_of(connection)
            assert (response.status, response.headers["Connection"]) == (201, "keep-alive")


def test_a_long_question_fits_into_the_request_line(web: Web, world: World) -> None:
    user = world.owner.new_user()
    headers = {"Authorization": f"Bearer {world.owner.secret}"}
    url = f"{web.url}/v1/users/{user['id']}/context"
    assert httpx.get(url, params={"query": "a " * 1000}, headers=headers, timeout=60).status_code == 200
    assert httpx.get(url, params={"query": "a " * 5000}, headers=headers, timeout=60).status_code == 414
