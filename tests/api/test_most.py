"""The most that the contract allows is taken, and one more is refused by name."""

import json
from typing import Any

import pytest

from tests.api.conftest import rows
from tests.world import Api, bad_fields


def metadata(size: int) -> dict[str, str]:
    """An object of so many bytes of JSON."""
    return {"ä": "ü" * ((size - len(json.dumps({"ä": ""}, ensure_ascii=False).encode())) // 2)}


SAID = {"role": "user", "content": "x"}
MOST: list[tuple[str, Any, str, Any, Any]] = [
    ("/v1/threads/{thread}/messages", {}, "messages", [SAID] * 1000, [SAID] * 1001),
    ("/v1/threads/{thread}/messages", {"role": "system"}, "content", "ü" * 100_000, "ü" * 100_001),
    ("/v1/threads/{thread}/messages", SAID, "name", "ü" * 200, "ü" * 201),
    ("/v1/threads/{thread}/messages", SAID, "metadata", metadata(16 * 1024), metadata(16 * 1024 + 2)),
    ("/v1/users", {}, "metadata", metadata(16 * 1024), metadata(16 * 1024 + 2)),
    ("/v1/users", {}, "externalId", "ü" * 255, "ü" * 256),
    ("/v1/users", {}, "firstName", "ü" * 100, "ü" * 101),
    ("/v1/users", {}, "lastName", "ü" * 100, "ü" * 101),
    ("/v1/users/{user}/threads", {}, "name", "ü" * 200, "ü" * 201),
    ("/v1/users/{user}/threads", {}, "metadata", metadata(16 * 1024), metadata(16 * 1024 + 2)),
    ("/v1/groups", {}, "name", "g" * 64, "g" * 65),
    ("/v1/groups", {"name": "g"}, "metadata", metadata(16 * 1024), metadata(16 * 1024 + 2)),
    ("/v1/users/{user}/memories", {"content": "x"}, "metadata", metadata(16 * 1024), metadata(16 * 1024 + 2)),
    ("/v1/users/{user}/search", {"query": "x"}, "limit", 200, 201),
    ("/v1/users/{user}/search", {}, "query", "ü" * 10_000, "ü" * 10_001),
]
ASKED = [
    ("/v1/users", "limit", 200),
    ("/v1/users/{user}/threads", "limit", 200),
    ("/v1/users/{user}/memories", "limit", 200),
    ("/v1/threads/{thread}/messages", "limit", 1000),
    ("/v1/users/{user}/context", "maxTokens", 8000),
]


@pytest.mark.parametrize(("path", "others", "name", "most", "more"), MOST, ids=lambda value: str(value)[:30])
def test_of_a_field(
    api: Api, things: dict[str, str], path: str, others: dict[str, Any], name: str, most: Any, more: Any
) -> None:
    before = rows()
    assert bad_fields(api.post(path.format(**things), {**others, name: more})) == {name}
    assert rows() == before
    response = api.post(path.format(**things), {**others, name: most})
    assert response.status_code in (200, 201), response.content[:500]


@pytest.mark.parametrize(("path", "name", "most"), ASKED)
def test_of_a_parameter(api: Api, things: dict[str, str], path: str, name: str, most: int) -> None:
    assert bad_fields(api.get(path.format(**things), **{name: str(most + 1)})) == {name}
    assert api.get(path.format(**things), **{name: str(most)}).status_code == 200
