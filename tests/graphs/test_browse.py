"""GET /v1/graphs/:id and what hangs in it, /v1/entities/:id, /v1/episodes/:id"""

from typing import Any

import pytest

from graphs.models import Entity, Episode, Memory, Relation
from tests.conftest import Drain
from tests.factories import EntityFactory
from tests.world import Api, World, problem


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> dict[str, Any]:
    api.say(thread, "lives_in Lisbon", "likes green tea", "lives_in Porto", {"role": "assistant", "content": "I see."})
    drain()
    return user


def listed(api: Api, user: dict[str, Any], what: str, **query: Any) -> list[dict[str, Any]]:
    response = api.get(f"/v1/graphs/{user['graphId']}/{what}", **query)
    assert response.status_code == 200, response.content
    return response.json()[what]


def test_a_graph_says_whose_it_is_and_what_holds_in_it(api: Api, told: dict[str, Any]) -> None:
    answer = api.get(f"/v1/graphs/{told['graphId']}").json()
    assert answer == {
        "id": told["graphId"],
        "kind": "user",
        "userId": told["id"],
        "group": None,
        "stats": {"memories": 2, "entities": 3, "relations": 2, "episodes": 4},
        "createdAt": answer["createdAt"],
    }


def test_a_graph_of_a_group_names_the_group(api: Api) -> None:
    group = api.new_group("acme")
    api.state("acme", "The office is closed on Fridays.")
    answer = api.get(f"/v1/graphs/{group['graphId']}").json()
    assert (answer["kind"], answer["userId"], answer["group"]) == ("group", None, "acme")
    assert answer["stats"] == {"memories": 1, "entities": 0, "relations": 0, "episodes": 1}


def test_entities_are_listed_newest_first_with_every_field(api: Api, told: dict[str, Any]) -> None:
    found = listed(api, told, "entities")
    assert [one["name"] for one in found] == ["Porto", "green tea", "Lisbon", "Alice"]
    porto = Entity.objects.get(name="Porto")
    assert found[0] == {
        "id": porto.ref,
        "graphId": told["graphId"],
        "name": "Porto",
        "type": "place",
        "aliases": [],
        "summary": None,
        "isSubject": False,
        "memoryCount": 1,
        "firstSeenAt": porto.first_seen_at.isoformat().replace("+00:00", "Z"),
        "lastSeenAt": porto.last_seen_at.isoformat().replace("+00:00", "Z"),
    }
    assert [one["memoryCount"] for one in found] == [1, 1, 0, 2]
    assert [one["isSubject"] for one in found] == [False, False, False, True]


def test_entities_are_filtered_by_type_and_by_a_part_of_any_name(api: Api, told: dict[str, Any]) -> None:
    lisbon = Entity.objects.get(name="Lisbon")
    EntityFactory(graph=lisbon.graph, name="São Paulo", aliases=["Sampa"], type="place")
    assert [one["name"] for one in listed(api, told, "entities", type="place")] == ["São Paulo", "Porto", "Lisbon"]
    for text in ("SAMP", "são p", "sao p"):
        assert [one["name"] for one in listed(api, told, "entities", q=text)] == ["São Paulo"]
    assert listed(api, told, "entities", q="%") == []


def test_relations_are_listed_with_the_time_of_their_memory(api: Api, told: dict[str, Any]) -> None:
    [lives, likes] = listed(api, told, "relations")
    relation = Relation.objects.get(object__name="Porto")
    subject = Entity.objects.get(is_subject=True)
    assert lives == {
        "id": relation.ref,
        "subject": {"id": subject.ref, "name": "Alice"},
        "predicate": "lives_in",
        "object": {"id": relation.object.ref, "name": "Porto"},
        "memoryId": relation.memory.ref,
        "validFrom": None,
        "validTo": None,
    }
    assert likes["predicate"] == "likes"
    ended = listed(api, told, "relations", includeInvalidated="true")[-1]
    assert (ended["object"]["name"], ended["validTo"] is None) == ("Lisbon", False)


def test_relations_are_filtered_by_their_ends_and_predicate(api: Api, told: dict[str, Any]) -> None:
    subject, porto = Entity.objects.get(is_subject=True), Entity.objects.get(name="Porto")
    for query, expected in (
        ({"predicate": "likes"}, ["green tea"]),
        ({"objectId": porto.ref}, ["Porto"]),
        ({"subjectId": subject.ref}, ["Porto", "green tea"]),
        ({"subjectId": porto.ref}, []),
        ({"subjectId": subject.ref, "objectId": porto.ref, "predicate": "likes"}, []),
    ):
        assert [one["object"]["name"] for one in listed(api, told, "relations", **query)] == expected


def test_an_end_that_is_in_another_graph_is_not_found(api: Api, told: dict[str, Any], world: World) -> None:
    path = f"/v1/graphs/{told['graphId']}/relations"
    api.new_user()
    world.outsider.new_user()
    for entity in Entity.objects.filter(is_subject=True).exclude(graph__user__external_id="alice"):
        problem(api.get(path, subjectId=entity.ref), 404, "NOT_FOUND")


def test_memories_of_a_graph_are_those_of_its_user(api: Api, told: dict[str, Any]) -> None:
    assert listed(api, told, "memories") == api.memories(told)
    assert listed(api, told, "memories", kind="home") == api.memories(told, kind="home")


def test_episodes_are_listed_with_what_they_were_cut_from(
    api: Api, told: dict[str, Any], thread: dict[str, Any]
) -> None:
    found = listed(api, told, "episodes")
    assert [one["content"] for one in found] == ["I see.", "lives_in Porto", "likes green tea", "lives_in Lisbon"]
    episode = Episode.objects.get(content="lives_in Porto")
    message = found[1]["messageIds"][0]
    assert found[1] == {
        "id": episode.ref,
        "graphId": told["graphId"],
        "content": "lives_in Porto",
        "role": "user",
        "speaker": None,
        "language": episode.language,
        "saidAt": episode.said_at.isoformat().replace("+00:00", "Z"),
        "createdAt": episode.created_at.isoformat().replace("+00:00", "Z"),
        "threadId": thread["id"],
        "messageIds": [message],
        "sources": [{"kind": "message", "id": message}],
    }


def test_episodes_are_filtered(api: Api, told: dict[str, Any], thread: dict[str, Any]) -> None:
    other = api.new_thread(told)
    assert [one["content"] for one in listed(api, told, "episodes", role="assistant")] == ["I see."]
    assert [one["content"] for one in listed(api, told, "episodes", q="teas")] == ["likes green tea"]
    assert len(listed(api, told, "episodes", threadId=thread["id"])) == 4
    assert listed(api, told, "episodes", threadId=other["id"]) == []
    problem(api.get(f"/v1/graphs/{told['graphId']}/episodes", threadId="thr_x"), 404, "NOT_FOUND")


def test_pages_of_each_list_go_on_where_the_last_one_ended(api: Api, told: dict[str, Any]) -> None:
    for what in ("entities", "relations", "memories", "episodes"):
        path = f"/v1/graphs/{told['graphId']}/{what}"
        whole = api.get(path).json()[what]
        first = api.get(path, limit=1).json()
        rest = api.get(path, cursor=first["nextCursor"]).json()
        assert [*first[what], *rest[what]] == whole
        assert api.get(path, order="asc").json()[what] == whole[::-1]


def test_an_episode_tells_which_memories_rest_on_it(api: Api, told: dict[str, Any]) -> None:
    episode = Episode.objects.get(content="likes green tea")
    answer = api.get(f"/v1/episodes/{episode.ref}").json()
    assert answer["memoryIds"] == [Memory.objects.get(content__contains="green tea").ref]
    assert answer["content"] == "likes green tea"


def test_an_entity_has_its_relations_and_neighbours(api: Api, told: dict[str, Any]) -> None:
    subject, porto = Entity.objects.get(is_subject=True), Entity.objects.get(name="Porto")
    answer = api.get(f"/v1/entities/{subject.ref}").json()
    assert [one["object"]["name"] for one in answer["relations"]] == ["Porto", "green tea"]
    assert answer["neighbours"][0] == {"id": porto.ref, "name": "Porto", "type": "place"}
    assert (answer["memoryCount"], answer["merged"]) == (2, [])
    assert [one["id"] for one in api.get(f"/v1/entities/{porto.ref}").json()["neighbours"]] == [subject.ref]
