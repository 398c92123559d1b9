"""The schema says what the API does, completely enough to make a client from it, and a change of it is seen in a
review. What a new route lacks is named here: words in `memos/api/schema/words.yaml`, examples in `examples.yaml`, codes
in `memos/api/codes.py` and in the view's ``problems``."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from memos.api.codes import CODES
from memos.api.schema.forms import words
from memos.api.schema.parts import NEVER
from memos.api.serializers import camel_case
from tests.endpoints import ENDPOINTS, Endpoint

SNAPSHOT = settings.BASE_DIR / "docs/openapi.yaml"
"""Made by `make openapi`."""

NAMES = {
    "user": "user_id", "thread": "thread_id", "job": "job_id", "group": "name", "graph": "graph_id",
    "message": "message_id", "memory": "memory_id", "entity": "entity_id", "episode": "episode_id",
    "webhook": "webhook_id", "delivery": "delivery_id",
    "document": "document_id",
}  # fmt: skip
"""What a path calls the id of each kind of thing."""
NO_IDS = ("externalId", "requestId", "targetId")
Operation = dict[str, Any]
Operations = dict[tuple[str, str], Operation]


@pytest.fixture(scope="module")
def text() -> str:
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def schema(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def operations(schema: dict[str, Any]) -> Operations:
    return {(method.upper(), path): one for path, methods in schema["paths"].items() for method, one in methods.items()}


def described(operations: Operations, endpoint: Endpoint) -> Operation:
    return operations[endpoint.method, _path(endpoint)]


def test_the_snapshot_is_what_the_code_makes(text: str) -> None:
    assert SNAPSHOT.read_text() == text


def test_it_has_every_endpoint(operations: Operations) -> None:
    assert set(operations) == {(endpoint.method, _path(endpoint)) for endpoint in ENDPOINTS}


def test_every_operation_says_what_it_does_who_may_and_what_it_answers(operations: Operations) -> None:
    for endpoint in ENDPOINTS:
        operation = described(operations, endpoint)
        assert operation["summary"]
        assert f"scope `{endpoint.scope}`" in operation["description"]
        assert (operation["security"], operation["x-required-scope"]) == ([{"apiKey": []}], endpoint.scope)
        good = {status for status in operation["responses"] if status < "300"}
        assert len(good) == 1
        assert good < {"200", "201", "202"}


def test_every_operation_has_a_tag_that_is_described(schema: dict[str, Any], operations: Operations) -> None:
    told = {tag["name"] for tag in schema["tags"] if tag["description"]}
    assert {tag for operation in operations.values() for tag in operation["tags"]} == told


def test_every_query_parameter_is_there(operations: Operations) -> None:
    for endpoint in ENDPOINTS:
        given = described(operations, endpoint)["parameters"]
        assert {one["name"] for one in given if one.get("in") == "query"} == {field.name for field in endpoint.query}


def test_every_parameter_and_every_field_says_what_it_is(schema: dict[str, Any], operations: Operations) -> None:
    lacking = [
        f"{operation['operationId']} {parameter['name']}"
        for operation in operations.values()
        for parameter in operation["parameters"]
        if "$ref" not in parameter and not parameter.get("description")
    ]
    for name, component in schema["components"]["schemas"].items():
        lacking += [f"{name}.{field}" for field, one in _properties(component) if not one.get("description")]
    assert lacking == []


def test_every_word_is_used(schema: dict[str, Any], operations: Operations) -> None:
    """What stands in the list for nothing is misspelt, or was forgotten when its field went."""
    components = schema["components"]["schemas"]
    used = {*components, *(f"{{{part}}}" for _, path in operations for part in re.findall(r"{(\w+)}", path))}
    for name, component in components.items():
        used |= {field for field, _ in _properties(component)} | {
            f"{name}.{field}" for field, _ in _properties(component)
        }
    assert set(words()) - used == set()


def test_every_id_has_its_pattern(schema: dict[str, Any]) -> None:
    """`externalId` and `requestId` are the caller's own, and who did something may have a name instead."""
    for name, component in schema["components"]["schemas"].items():
        for field, one in _properties(component):
            if re.search("^id$|Ids?$", field) and field not in NO_IDS and "Problem" not in name and name != "Actor":
                pattern = one.get("items", one).get("pattern", "")
                assert "[0-9A-HJKMNP-TV-Z]{26}" in pattern, f"{name}.{field}: name a row's kind, or use Ref"


def test_a_body_takes_nothing_unknown_and_an_answer_has_every_field(
    schema: dict[str, Any], operations: Operations
) -> None:
    sent, answered = set(), set()
    for operation in operations.values():
        sent |= {*_components(schema, operation.get("requestBody", {}))}
        answered |= {*_components(schema, operation["responses"])}
    components = schema["components"]["schemas"]
    objects = {name for name, component in components.items() if component.get("type") == "object"}
    assert sent & answered & objects == set()  # one component can't be exact for both
    for name in sent & objects:
        assert components[name]["additionalProperties"] is False, name
    for name in answered & objects:
        always = [field for field in components[name]["properties"] if (field, name[-7:]) != ("id", "Problem")]
        assert components[name]["required"] == always, name


def test_what_is_sent_has_limits(schema: dict[str, Any], operations: Operations) -> None:
    for operation in operations.values():
        for name in _components(schema, operation.get("requestBody", {})):
            for field, one in _properties(schema["components"]["schemas"][name]):
                if one.get("type") == "string":
                    assert one.keys() & {"maxLength", "pattern", "enum", "format"}, f"{name}.{field}"
                if one.get("type") == "array":
                    assert "maxItems" in one, f"{name}.{field}"


def test_the_operations_have_good_names_for_methods(operations: Operations) -> None:
    names = {operation["operationId"] for operation in operations.values()}
    assert len(names) == len(ENDPOINTS)
    assert [name for name in names if not re.fullmatch("[a-z]+([A-Z][a-z]+)+", name)] == []


def test_every_problem_is_told_where_it_can_happen(schema: dict[str, Any], operations: Operations) -> None:
    for (method, path), operation in operations.items():
        codes = _codes(schema, operation)
        assert {"VALIDATION_ERROR", "UNAUTHENTICATED", "FORBIDDEN", "RATE_LIMITED", "INTERNAL"} <= codes
        sent = operation.get("requestBody", {"content": {"application/json": {}}})["content"]
        assert ("MALFORMED_JSON" in codes) == (method in ("POST", "PATCH") and "application/json" in sent)
        assert ("{" not in path) or codes & {"NOT_FOUND", "GROUP_NOT_FOUND"}
        assert not codes & NEVER
    told = {code for operation in operations.values() for code in _codes(schema, operation)}
    assert told | NEVER == set(CODES)


def test_every_problem_that_the_code_raises_is_in_the_table_with_its_status() -> None:
    raised = [
        (int(status), code)
        for folder in ("memos", "graphs", "users", "threads", "ingest")
        for file in (settings.BASE_DIR / folder).rglob("*.py")
        for status, code in re.findall(r'(?:Problem|response)\(\s*(\d{3}),\s*"([A-Z_]+)"', file.read_text())
    ]
    assert raised
    assert [(status, code) for status, code in raised if code not in CODES or CODES[code].status != status] == []


def test_what_writes_takes_an_idempotency_key(operations: Operations) -> None:
    for endpoint in ENDPOINTS:
        operation = described(operations, endpoint)
        writes = endpoint.method == "POST" and endpoint.scope != "read"
        refs = [parameter.get("$ref", "").rpartition("/")[2] for parameter in operation["parameters"]]
        [good] = [answer for status, answer in operation["responses"].items() if status < "300"]
        assert "XRequestId" in refs
        assert "X-Request-Id" in good["headers"]
        assert ("IdempotencyKey" in refs, "Idempotency-Replayed" in good["headers"]) == (writes, writes)


def _path(endpoint: Endpoint) -> str:
    return endpoint.path.format(**{kind: "{" + camel_case(name) + "}" for kind, name in NAMES.items()})


def _properties(component: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from component.get("properties", {}).items()


def _components(schema: dict[str, Any], part: Any) -> Iterator[str]:
    """The names of the schemas that a part refers to, and what they refer to."""
    for kind, name in re.findall(r"#/components/(schemas|responses)/(\w+)", str(part)):
        if kind == "schemas":
            yield name
        yield from _components(schema, schema["components"][kind][name])


def _codes(schema: dict[str, Any], operation: Operation) -> set[str]:
    components = schema["components"]["schemas"]
    problems = [components[name] for name in _components(schema, operation["responses"]) if name.endswith("Problem")]
    return {problem["properties"]["code"]["const"] for problem in problems}
