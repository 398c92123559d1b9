"""GET /v1/users/:id/memories"""

from typing import Any

import pytest

from graphs.models import Entity, Memory
from tests.conftest import Drain
from tests.world import Api


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> dict[str, Any]:
    api.say(thread, "lives_in Lisbon", "likes green tea", "lives_in Porto", "at 2024-05-01 visited Lisbon")
    drain()
    return user


def test_a_memory_has_every_field(api: Api, told: dict[str, Any]) -> None:
    memory = Memory.objects.get(kind="event")
    lisbon = Entity.objects.get(name="Lisbon")
    alice = Entity.objects.get(is_subject=True)
    [message] = {source.episode.source_id for source in memory.sources.all()}
    shown = api.memories(told, kind="event")[0]
    assert {entity["name"] for entity in shown["entities"]} == {"Alice", "Lisbon"}
    assert {"id": lisbon.ref, "name": "Lisbon", "type": "place"} in shown["entities"]
    assert {"id": alice.ref, "name": "Alice", "type": "person"} in shown["entities"]
    assert len(shown["messageIds"]) == 1
    assert {name: value for name, value in shown.items() if name not in ("entities", "messageIds", "sources")} == {
        "id": memory.ref,
        "graphId": told["graphId"],
        "content": "Alice visited Lisbon.",
        "kind": "event",
        "language": "en",
        "validFrom": "2024-05-01T00:00:00Z",
        "validTo": None,
        "validPrecision": "day",
        "createdAt": memory.created_at.isoformat().replace("+00:00", "Z"),
        "retiredAt": None,
        "invalidatedBy": None,
        "confidence": 0.8,
        "metadata": {},
    }
    assert shown["sources"] == [{"kind": "message", "id": shown["messageIds"][0]}]
    assert message is not None


def test_by_default_only_what_holds_now_is_listed_newest_first(api: Api, told: dict[str, Any]) -> None:
    assert _contents(api, told) == ["Alice visited Lisbon.", "Alice lives in Porto.", "Alice likes green tea."]


def test_what_has_ended_is_listed_when_asked_for(api: Api, told: dict[str, Any]) -> None:
    assert "Alice lives in Lisbon." in _contents(api, told, includeInvalidated="true")


def test_it_filters_by_kind(api: Api, told: dict[str, Any]) -> None:
    assert _contents(api, told, kind="home") == ["Alice lives in Porto."]
    assert _contents(api, told, kind="health") == []


def test_it_filters_by_entity(api: Api, told: dict[str, Any]) -> None:
    lisbon = Entity.objects.get(name="Lisbon")
    assert _contents(api, told, entityId=lisbon.ref) == ["Alice visited Lisbon."]


def test_it_filters_by_words(api: Api, told: dict[str, Any]) -> None:
    assert _contents(api, told, q="tea") == ["Alice likes green tea."]
    assert _contents(api, told, q="liking teas") == ["Alice likes green tea."]
    assert _contents(api, told, q="coffee") == []


def test_pages_go_on_where_the_last_one_ended(api: Api, told: dict[str, Any]) -> None:
    path = f"/v1/users/{told['id']}/memories"
    first = api.get(path, limit=2, order="asc").json()
    second = api.get(path, limit=2, order="asc", cursor=first["nextCursor"]).json()
    assert [one["content"] for page in (first, second) for one in page["memories"]] == _contents(api, told)[::-1]
    assert second["nextCursor"] is None


def test_another_users_memories_are_not_listed(api: Api, told: dict[str, Any]) -> None:
    assert api.memories(api.new_user()) == []


def _contents(api: Api, user: dict[str, Any], **query: Any) -> list[str]:
    return [one["content"] for one in api.memories(user, **query)]
