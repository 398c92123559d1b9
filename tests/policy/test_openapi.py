"""The schema says what the API does, and a change of it is seen in a review."""

import io
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from tests.endpoints import ENDPOINTS

SNAPSHOT = settings.BASE_DIR / "docs/openapi.yaml"
"""Made by `manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml`."""

NAMES = {
    "user": "user_id", "thread": "thread_id", "job": "job_id", "group": "name", "graph": "graph_id",
    "message": "message_id", "memory": "memory_id", "entity": "entity_id", "episode": "episode_id",
    "webhook": "webhook_id", "delivery": "delivery_id",
    "document": "document_id",
}  # fmt: skip
"""What a path calls the id of each kind of thing."""


@pytest.fixture(scope="module")
def text() -> str:
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def operations(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    paths = yaml.safe_load(text)["paths"]
    return {(method.upper(), path): one for path, methods in paths.items() for method, one in methods.items()}


def test_the_snapshot_is_what_the_code_makes(text: str) -> None:
    assert SNAPSHOT.read_text() == text


def test_it_has_every_endpoint(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    expected = {(e.method, e.path.format(**{k: "{" + v + "}" for k, v in NAMES.items()})) for e in ENDPOINTS}
    assert set(operations) == expected


def test_every_operation_says_what_it_does_who_may_and_what_it_answers(
    operations: dict[tuple[str, str], dict[str, Any]],
) -> None:
    for operation in operations.values():
        assert operation["description"]
        assert operation["security"] == [{"apiKey": []}]
        good = {status for status in operation["responses"] if status != "default"}
        assert len(good) == 1
        assert good < {"200", "201", "202"}
        assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_every_query_parameter_is_described(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    for endpoint in ENDPOINTS:
        path = endpoint.path.format(**{kind: "{" + name + "}" for kind, name in NAMES.items()})
        given = operations[endpoint.method, path].get("parameters", [])
        assert {one["name"] for one in given if one["in"] == "query"} == {field.name for field in endpoint.query}


def test_every_operation_names_the_scope_it_needs(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    for endpoint in ENDPOINTS:
        path = endpoint.path.format(**{kind: "{" + name + "}" for kind, name in NAMES.items()})
        operation = operations[endpoint.method, path]
        assert operation["x-required-scope"] == endpoint.scope
        assert operation["description"].endswith(f"Needs a key with the scope `{endpoint.scope}`.")
        assert "scope" not in operation["summary"]


def test_operation_ids_are_unique(operations: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert len({operation["operationId"] for operation in operations.values()}) == len(ENDPOINTS)
