"""GET /v1/groups/:name/memories and POST /v1/groups/:name/search"""

from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import Drain
from tests.world import Api, bad_fields


@pytest.fixture
def told(api: Api, drain: Drain) -> list[dict[str, Any]]:
    """What two groups know; the first one's is returned."""
    for name in ("acme", "beta"):
        api.new_group(name)
    api.state("beta", "The office in Lisbon is red.")
    stated = [
        api.state("acme", "The office in Lisbon closes at six.", kind="work"),
        api.state("acme", "Lunch is served at noon."),
        api.state("acme", "The office was in Faro.", validTo="2020-01-01T00:00:00Z"),
    ]
    drain()
    return stated


def search(api: Api, query: str, **body: Any) -> list[dict[str, Any]]:
    response = api.post("/v1/groups/acme/search", {"query": query, **body})
    assert response.status_code == 200, response.content
    assert list(response.json()) == ["items"]
    return response.json()["items"]


def memories(api: Api, **query: Any) -> list[dict[str, Any]]:
    response = api.get("/v1/groups/acme/memories", **query)
    assert response.status_code == 200, response.content
    return response.json()["memories"]


def test_what_is_believed_and_holds_now_is_listed_newest_first(api: Api, told: list[dict[str, Any]]) -> None:
    assert memories(api) == [told[1], told[0]]
    assert memories(api, includeInvalidated="true") == told[::-1]


def test_the_list_takes_what_the_users_takes(api: Api, told: list[dict[str, Any]]) -> None:
    assert memories(api, kind="work") == [told[0]]
    assert memories(api, q="lunch") == [told[1]]
    assert memories(api, order="asc", limit=1) == [told[0]]
    assert [one["id"] for one in memories(api, asOf=told[0]["createdAt"])] == [told[0]["id"]]


def test_search_finds_in_the_groups_own_graph_alone(api: Api, told: list[dict[str, Any]]) -> None:
    found = search(api, "When does the Lisbon office close?")
    assert found[0]["text"] == "The office in Lisbon closes at six."
    assert {"id", "kind", "text", "score", "validFrom", "validTo", "messageIds", "sources"} == set(found[0])
    assert not any("red" in hit["text"] for hit in found)


def test_search_takes_what_the_users_takes(api: Api, told: list[dict[str, Any]]) -> None:
    assert [hit["id"] for hit in search(api, "office", kinds=["memory"], filters={"kind": "work"})] == [told[0]["id"]]
    assert len(search(api, "office", limit=1)) == 1
    assert search(api, "office", asOf="2020-01-01T00:00:00Z") == []
    now = timezone.now().isoformat()
    assert search(api, "office", filters={"from": now}) == []
    assert search(api, "office", filters={"to": now}) != []


def test_a_group_has_neither_threads_nor_groups_to_search_in(api: Api, told: list[dict[str, Any]]) -> None:
    body = {"query": "x", "groups": ["beta"], "filters": {"threadId": "thr_01HXY000000000000000000000"}}
    assert bad_fields(api.post("/v1/groups/acme/search", body)) == {"groups", "filters.threadId"}
