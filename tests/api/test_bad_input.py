"""Whatever is sent, the answer is a problem document that names what is wrong, and nothing is written."""

import json
from typing import Any

import pytest

from tests.api.conftest import rows, things_of
from tests.endpoints import ENDPOINTS, JSON, MESSAGE, WRITING, Endpoint, Field
from tests.world import Api, bad_fields, make_world, problem

pytestmark = pytest.mark.django_db

BODY_FIELDS = [pytest.param(e, f, id=f"{e} {f.name}") for e in ENDPOINTS for f in e.body]
REQUIRED = [pytest.param(e, f, id=f"{e} {f.name}") for e in ENDPOINTS for f in e.body if f.required]
QUERY_FIELDS = [pytest.param(e, f, id=f"{e} {f.name}") for e in ENDPOINTS for f in e.query]
MALFORMED = {
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "half a character": b'{"a": "\xc3',
    "no JSON": b"hello",
    "cut off": b'{"a": ',
    "two values": b"{} {}",
    "NaN": b'{"metadata": {"a": NaN}}',
    "Infinity": b'{"metadata": {"a": -Infinity}}',
    "a number beyond all": b'{"metadata": {"a": 1e999}}',
    "a number beyond all below": b'{"metadata": {"a": [-1e999]}}',
    "a number of 100,000 digits": b'{"metadata": {"a": ' + b"9" * 100_000 + b"}}",
    "a name twice": b'{"metadata": {}, "metadata": {}}',
    "a name twice further down": b'{"metadata": {"a": 1, "a": 2}}',
    "2,000 levels of lists": b'{"metadata": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    "2,000 levels of objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "100,000 levels": b"[" * 100_000 + b"]" * 100_000,
    "metadata of 40 levels": b'{"metadata": ' + b'{"a":' * 40 + b"1" + b"}" * 41,
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"5",
    "null": b"null",
    "a raw control character": b'{"a": "\n"}',
    "a NUL": b"\0",
}


@pytest.fixture(scope="module")
def api(lasting: None) -> Api:
    return make_world().owner


@pytest.fixture(scope="module")
def things(api: Api) -> dict[str, str]:
    """What is refused changes nothing: they serve all tests here."""
    return things_of(api)


@pytest.mark.parametrize(("endpoint", "field"), BODY_FIELDS)
def test_a_bad_value_in_a_body_is_refused_by_name(
    api: Api, things: dict[str, str], endpoint: Endpoint, field: Field
) -> None:
    before = rows()
    for value in field.refused:
        response = api.send(endpoint.method, _path(endpoint, things), _with(endpoint.valid, field.name, value))
        _assert_named(response, field.name, value)
    assert rows() == before


@pytest.mark.parametrize("field", MESSAGE, ids=lambda field: field.name)
def test_a_bad_value_in_a_batch_is_refused_by_the_place_of_its_message(
    api: Api, things: dict[str, str], field: Field
) -> None:
    before = rows()
    fine = {"role": "user", "content": "x"}
    for value in field.refused:
        body = {"messages": [fine, {**fine, field.name: value}]}
        response = api.post(f"/v1/threads/{things['thread']}/messages", body)
        _assert_named(response, f"messages[1].{field.name}", value)
    assert rows() == before


@pytest.mark.parametrize("batch", [None, "x", 5, {}, [], ["x"], [None], [[]], [5]], ids=repr)
def test_messages_is_a_list_of_messages(api: Api, things: dict[str, str], batch: Any) -> None:
    before = rows()
    response = api.post(f"/v1/threads/{things['thread']}/messages", {"messages": batch})
    assert all(name.startswith("messages") for name in bad_fields(response))
    assert rows() == before


@pytest.mark.parametrize(("endpoint", "field"), REQUIRED)
def test_what_is_missing_is_named(api: Api, things: dict[str, str], endpoint: Endpoint, field: Field) -> None:
    before = rows()
    body = {name: value for name, value in (endpoint.valid or {}).items() if name != field.name}
    assert bad_fields(api.send(endpoint.method, _path(endpoint, things), body)) == {field.name}
    assert rows() == before


@pytest.mark.parametrize(("endpoint", "field"), QUERY_FIELDS)
def test_a_bad_value_in_a_query_is_refused_by_name(
    api: Api, things: dict[str, str], endpoint: Endpoint, field: Field
) -> None:
    before = rows()
    for value in field.refused:
        response = api.send(endpoint.method, _path(endpoint, things), **{field.name: value})
        _assert_named(response, field.name, value)
    assert rows() == before


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_an_unknown_query_parameter_is_refused_by_name(api: Api, things: dict[str, str], endpoint: Endpoint) -> None:
    before = rows()
    response = api.send(endpoint.method, _path(endpoint, things), endpoint.valid, maxtokens="5", ümlaut="")
    assert bad_fields(response) == {"maxtokens", "ümlaut"}
    assert rows() == before


def test_a_query_parameter_that_stands_there_twice_is_refused_by_name(api: Api, things: dict[str, str]) -> None:
    response = api.get(f"/v1/users/{things['user']}/context", groups=["acme", "x"], template="x")
    assert bad_fields(response) == {"groups", "template"}


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.method == "POST" and e.media == JSON], ids=str)
def test_an_unknown_field_is_refused_by_name(api: Api, things: dict[str, str], endpoint: Endpoint) -> None:
    before = rows()
    body = {**(endpoint.valid or {}), "external_id": "x", "unknown": {"deep": 1}, "\ud800": 1}
    response = api.send(endpoint.method, _path(endpoint, things), body)
    assert bad_fields(response) == {"external_id", "unknown", "?"}
    assert rows() == before


def test_every_bad_field_is_named_at_once(api: Api) -> None:
    body = {"externalId": 5, "email": "x", "firstName": "", "lastName": [], "metadata": [], "nonsense": 1}
    assert bad_fields(api.post("/v1/users", body)) == set(body)


def test_every_bad_parameter_is_named_at_once(api: Api, things: dict[str, str]) -> None:
    query = {"template": "x", "maxTokens": "0", "query": "", "threadId": "", "nonsense": "1"}
    assert bad_fields(api.get(f"/v1/users/{things['user']}/context", **query)) == set(query)


@pytest.mark.parametrize("endpoint", WRITING, ids=str)
def test_a_malformed_body_is_refused(api: Api, things: dict[str, str], endpoint: Endpoint) -> None:
    before = rows()
    codes = {
        why: api.send(endpoint.method, _path(endpoint, things), raw).json()["code"] for why, raw in MALFORMED.items()
    }
    assert codes == dict.fromkeys(MALFORMED, "MALFORMED_JSON")
    problem(api.send(endpoint.method, _path(endpoint, things), b"hello"), 400, "MALFORMED_JSON")
    assert rows() == before


@pytest.mark.parametrize("endpoint", WRITING, ids=str)
def test_another_content_type_is_refused(api: Api, things: dict[str, str], endpoint: Endpoint) -> None:
    before = rows()
    headers = {"Authorization": f"Bearer {api.secret}"}
    raw = json.dumps(endpoint.valid).encode()
    for type_ in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "x"):
        response = api.client.generic(endpoint.method, _path(endpoint, things), raw, type_, headers=headers)
        problem(response, 415, "UNSUPPORTED_MEDIA_TYPE")
    assert rows() == before


@pytest.mark.parametrize("endpoint", WRITING, ids=str)
def test_a_body_over_ten_mebibytes_is_too_large(api: Api, things: dict[str, str], endpoint: Endpoint) -> None:
    before = rows()
    body = b'{"content": "' + b"x" * 10 * 1024 * 1024 + b'"}'
    problem(api.send(endpoint.method, _path(endpoint, things), body), 413, "PAYLOAD_TOO_LARGE")
    assert rows() == before


def test_ten_mebibytes_are_not_too_large(api: Api) -> None:
    body = b'{"firstName": "x"}'
    assert api.send("POST", "/v1/users", body.ljust(10 * 1024 * 1024)).status_code == 201


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.names], ids=str)
def test_an_id_that_names_nothing_is_not_found(api: Api, things: dict[str, str], endpoint: Endpoint) -> None:
    before = rows()
    wrong = [ref for kind, ref in things.items() if kind not in (endpoint.names, "group")]
    strange = ["x", "usr_", "%00", "a%00b", "%ff", "%ed%a0%80", "null", "..", "'", "%F0%9F%98%80", "x" * 5000]
    head = things[endpoint.names or ""][:4]
    for ref in [*wrong, *strange, head + "0" * 26, head + "Z" * 26, head + "%00" * 26]:
        response = api.send(endpoint.method, endpoint.at(ref, things), endpoint.valid)
        problem(response, 404, "GROUP_NOT_FOUND" if endpoint.names == "group" else "NOT_FOUND")
    assert rows() == before


@pytest.mark.parametrize("path", sorted({endpoint.path for endpoint in ENDPOINTS}))
def test_another_method_is_not_allowed(api: Api, things: dict[str, str], path: str) -> None:
    here = {endpoint.method: endpoint for endpoint in ENDPOINTS if endpoint.path == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} - set(here):
        response = api.send(method, _path(next(iter(here.values())), things))
        problem(response, 405, "METHOD_NOT_ALLOWED")
        problem(api.send(method, _path(next(iter(here.values())), things), limit="5"), 405, "METHOD_NOT_ALLOWED")
        assert set(here) <= set(response["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nope", "/v1/users/", "/v2/users", "/v1/%00", "/v1/%ff"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_not_found(api: Api, path: str, method: str) -> None:
    problem(api.send(method, path), 404, "NOT_FOUND")


def _path(endpoint: Endpoint, things: dict[str, str]) -> str:
    return endpoint.at(things[endpoint.names] if endpoint.names else "", things)


def _with(valid: dict[str, Any] | None, name: str, value: Any) -> dict[str, Any]:
    """A valid body but for one field; ``filters.kind`` stands in an object of its own."""
    outer, _, inner = name.partition(".")
    return {**(valid or {}), outer: {inner: value} if inner else value}


def _assert_named(response: Any, name: str, value: Any) -> None:
    """The field or something in it is named, and no other."""
    named = bad_fields(response)
    assert len(response.content) < 5000  # what was sent is not sent back at length
    assert all(one == name or one.startswith((f"{name}[", f"{name}.")) for one in named), (named, repr(value)[:100])


def test_a_parameter_that_stands_in_a_query_twice_is_refused_by_name(api: Api, things: dict[str, str]) -> None:
    users = api.send("GET", "/v1/users?limit=1&limit=2&q=%00&nonsense=1&nonsense=1")
    errors = {error["field"]: error["code"] for error in problem(users, 400, "VALIDATION_ERROR")["errors"]}
    assert (errors["limit"], errors["nonsense"]) == ("repeated", "repeated")
    before = rows()
    for endpoint in ENDPOINTS:
        for name in [field.name for field in endpoint.query] or ["x"]:
            response = api.send(endpoint.method, f"{_path(endpoint, things)}?{name}=1&{name}=1", endpoint.valid)
            assert bad_fields(response) == {name}
    assert rows() == before
