"""POST /v1/users/:id/search"""

from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import Drain
from tests.world import Api, bad_fields


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> dict[str, Any]:
    api.say(thread, "lives_in Lisbon", "likes tea", {"role": "assistant", "content": "Lisbon is on the Tagus."})
    api.say(api.new_thread(user), "Is Lisbon far from Porto?")
    drain()
    return user


def search(api: Api, user: dict[str, Any], query: str, **body: Any) -> list[dict[str, Any]]:
    response = api.post(f"/v1/users/{user['id']}/search", {"query": query, **body})
    assert response.status_code == 200, response.content
    assert list(response.json()) == ["items"]
    return response.json()["items"]


def test_a_hit_has_every_field(api: Api, told: dict[str, Any]) -> None:
    for hit in search(api, told, "Lisbon"):
        assert list(hit) == ["id", "kind", "text", "score", "validFrom", "validTo", "messageIds", "sources"]
        assert hit["id"][:4] == {"memory": "mem_", "entity": "ent_", "relation": "rel_", "episode": "epi_"}[hit["kind"]]


def test_the_best_come_first(api: Api, told: dict[str, Any]) -> None:
    scores = [hit["score"] for hit in search(api, told, "Where does Alice live?")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("memory", "Alice lives in Lisbon."),
        ("entity", "Lisbon (place)"),
        ("relation", "Alice lives_in Lisbon"),
    ],
)
def test_kinds_narrow_it(api: Api, told: dict[str, Any], kind: str, text: str) -> None:
    found = search(api, told, "Lisbon", kinds=[kind])
    assert {hit["kind"] for hit in found} == {kind}
    assert found[0]["text"] == text


def test_the_limit_is_kept(api: Api, told: dict[str, Any]) -> None:
    assert len(search(api, told, "Lisbon", limit=1)) == 1
    assert len(search(api, told, "Lisbon", limit=200)) == 10


def test_filters_by_kind_of_memory(api: Api, told: dict[str, Any]) -> None:
    found = search(api, told, "Alice", kinds=["memory"], filters={"kind": "preference"})
    assert [hit["text"] for hit in found] == ["Alice likes tea."]


def test_filters_by_role(api: Api, told: dict[str, Any]) -> None:
    found = search(api, told, "Lisbon", kinds=["episode"], filters={"role": "assistant"})
    assert [hit["text"] for hit in found] == ["Lisbon is on the Tagus."]


def test_filters_by_thread(api: Api, told: dict[str, Any], thread: dict[str, Any]) -> None:
    texts = {hit["text"] for hit in search(api, told, "Lisbon", kinds=["episode"])}
    here = {hit["text"] for hit in search(api, told, "Lisbon", kinds=["episode"], filters={"threadId": thread["id"]})}
    assert texts - here == {"Is Lisbon far from Porto?"}


def test_groups_are_searched_too_when_they_are_named(api: Api, told: dict[str, Any], drain: Drain) -> None:
    api.new_group("acme")
    fact = api.state("acme", "The cafeteria serves soup on Mondays.")
    drain()
    assert fact["id"] not in [hit["id"] for hit in search(api, told, "cafeteria soup")]
    assert fact["id"] in [hit["id"] for hit in search(api, told, "cafeteria soup", groups=["acme"], kinds=["memory"])]


def test_of_an_empty_graph_nothing_is_found(api: Api, user: dict[str, Any]) -> None:
    assert search(api, user, "anything at all?") == []


@pytest.mark.parametrize("query", [" ", "?", "😀", "the", "\u200b", "x" * 10_000, "a b " * 2_500, "'\"\\%_&|!()<->:*"])
def test_a_strange_query_is_no_trouble(api: Api, told: dict[str, Any], query: str) -> None:
    response = api.post(f"/v1/users/{told['id']}/search", {"query": query})
    assert response.status_code == 200 or bad_fields(response) == {"query"}


def test_it_answers_as_of_a_moment(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> None:
    api.say(thread, "lives_in Lisbon")
    drain()
    moment = timezone.now().isoformat()
    api.say(thread, "lives_in Porto")
    drain()
    then = search(api, user, "Where does Alice live?", asOf=moment)
    assert {(hit["kind"], hit["text"], hit["validTo"]) for hit in then} == {
        ("memory", "Alice lives in Lisbon.", None),
        ("relation", "Alice lives_in Lisbon", None),
        ("entity", "Lisbon (place)", None),
        ("episode", "lives_in Lisbon", None),
    }
    ends = {hit["text"]: hit["validTo"] for hit in search(api, user, "Where does Alice live?", kinds=["memory"])}
    assert ends["Alice lives in Lisbon."]
    assert ends["Alice lives in Porto."] is None


def test_the_kind_is_that_of_the_moment(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> None:
    api.say(thread, "likes climbing")
    drain()
    moment = timezone.now().isoformat()
    [memory] = api.memories(user)
    assert api.patch(f"/v1/memories/{memory['id']}", {"kind": "skill"}).status_code == 200
    found = {
        kind: search(api, user, "climbing", kinds=["memory"], asOf=moment, filters={"kind": kind})
        for kind in ("preference", "skill")
    }
    assert [hit["id"] for hit in found["preference"]] == [memory["id"]]
    assert found["skill"] == []


def test_as_of_a_moment_nothing_is_linked_by_words_that_came_later(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon")
    drain()
    [memory] = search(api, user, "Where does Alice live?", kinds=["memory"])
    moment = timezone.now().isoformat()
    api.patch(f"/v1/memories/{memory['id']}", {"content": "Alice lives in Faro."})
    drain()
    then = search(api, user, "Where does Alice live?", asOf=moment)
    assert {(hit["kind"], hit["text"]) for hit in then} == {
        ("memory", "Alice lives in Lisbon."),
        ("episode", "lives_in Lisbon"),
    }


def test_filters_by_when_it_was_said(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> None:
    for day in ("01", "02", "03"):
        api.say(thread, {"role": "user", "content": f"likes tea {day}", "createdAt": f"2026-03-{day}T09:00:00Z"})
    drain()
    span = {"from": "2026-03-02T09:00:00Z", "to": "2026-03-03T09:00:00Z"}
    found = search(api, user, "tea", kinds=["episode"], filters=span)
    assert [hit["text"] for hit in found] == ["likes tea 02"]


def test_a_span_that_ends_before_it_begins_is_refused(api: Api, user: dict[str, Any]) -> None:
    span = {"from": "2026-03-02T09:00:00Z", "to": "2026-03-02T09:00:00Z"}
    response = api.post(f"/v1/users/{user['id']}/search", {"query": "tea", "filters": span})
    assert bad_fields(response) == {"filters.to"}


def test_a_whole_number_may_be_written_with_a_point(api: Api, user: dict[str, Any]) -> None:
    assert api.post(f"/v1/users/{user['id']}/search", {"query": "x", "limit": 5.0}).status_code == 200
    assert bad_fields(api.post(f"/v1/users/{user['id']}/search", {"query": "x", "limit": 5.5})) == {"limit"}
