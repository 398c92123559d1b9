"""/v1/memories/:id: read, edit with history, recall by the new words; statements and lists as of a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from graphs import standing
from graphs.models import Embedding, Entity, Graph, Memory, MemoryRevision, Relation, Source
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.world import Api, bad_fields, problem
from users.models import Summary

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def lisbon(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> dict[str, Any]:
    """Read from a message of 2020."""
    api.say(thread, {"role": "user", "content": "lives_in Lisbon", "createdAt": "2020-01-01T00:00:00Z"})
    drain()
    return api.memories(user)[0]


def edit(api: Api, memory: dict[str, Any], **changes: Any) -> dict[str, Any]:
    response = api.patch(f"/v1/memories/{memory['id']}", changes)
    assert response.status_code == 200, response.content
    return response.json()


def history(api: Api, memory: dict[str, Any]) -> list[dict[str, Any]]:
    return api.get(f"/v1/memories/{memory['id']}/history").json()["revisions"]


def now() -> str:
    return timezone.now().isoformat().replace("+00:00", "Z")


def test_one_memory_is_shown_as_in_a_list(api: Api, lisbon: dict[str, Any]) -> None:
    assert api.get(f"/v1/memories/{lisbon['id']}").json() == lisbon
    assert history(api, lisbon) == []


def test_an_edit_changes_what_was_given_and_keeps_what_was_before(api: Api, lisbon: dict[str, Any]) -> None:
    edited = edit(api, lisbon, content="Alice lives in Faro.", kind="fact", metadata={"by": "ops"})
    edited = edit(api, lisbon, validFrom="2019-05-01T00:00:00Z", validTo="2021-05-01T00:00:00Z")
    assert (edited["content"], edited["kind"], edited["metadata"]) == ("Alice lives in Faro.", "fact", {"by": "ops"})
    assert (edited["validFrom"], edited["validTo"]) == ("2019-05-01T00:00:00Z", "2021-05-01T00:00:00Z")
    second, first = history(api, lisbon)
    assert (first["content"], first["kind"], first["metadata"]) == ("Alice lives in Lisbon.", "home", {})
    assert (second["content"], second["validFrom"], second["validTo"]) == ("Alice lives in Faro.", None, None)
    assert {(one["changedBy"], one["reason"]) for one in (first, second)} == {("api", "edited")}
    assert first["recordedFrom"] == lisbon["createdAt"]
    assert first["recordedTo"] == second["recordedFrom"]
    assert edited["createdAt"] == lisbon["createdAt"]


def test_what_is_the_same_changes_nothing(api: Api, lisbon: dict[str, Any]) -> None:
    edited = edit(api, lisbon, content="Alice lives in Lisbon.", kind="home", validTo=None, metadata={})
    assert edited == lisbon
    assert history(api, lisbon) == []
    assert not AuditEntry.objects.filter(action="memory.edited").exists()


def test_an_edited_memory_is_recalled_by_its_new_words_and_not_by_its_old_ones(
    api: Api, user: dict[str, Any], lisbon: dict[str, Any], drain: Drain
) -> None:
    old = Embedding.objects.get(memory__isnull=False).vector
    edit(api, lisbon, content="Alice plays the violin.")
    drain()
    assert api.memories(user, q="violin")[0]["id"] == lisbon["id"]
    assert api.memories(user, q="Lisbon") == []
    assert Embedding.objects.get(memory__isnull=False).vector != old
    found = api.post(f"/v1/users/{user['id']}/search", {"query": "violin", "kinds": ["memory"]}).json()["items"]
    assert [one["text"] for one in found] == ["Alice plays the violin."]
    assert not Source.objects.supporting().filter(episode__content="lives_in Lisbon").exists()


def test_new_words_rest_on_the_statement_of_whoever_changed_them(
    api: Api, lisbon: dict[str, Any], drain: Drain
) -> None:
    edited = edit(api, lisbon, content="Alice lives in Faro.")
    [source] = edited["sources"]
    assert (source["kind"], edited["messageIds"]) == ("statement", [])
    message = lisbon["messageIds"][0]
    api.delete(f"/v1/messages/{message}")
    assert api.get(f"/v1/memories/{lisbon['id']}").json()["content"] == "Alice lives in Faro."
    assert history(api, lisbon) == []
    assert not MemoryRevision.objects.filter(content__contains="Lisbon").exists()


def test_new_dates_rest_on_the_statement_and_the_words_on_the_message(api: Api, lisbon: dict[str, Any]) -> None:
    edited = edit(api, lisbon, validFrom="2019-05-01T00:00:00Z")
    assert [source["kind"] for source in edited["sources"]] == ["message", "statement"]
    assert edited["messageIds"] == lisbon["messageIds"]
    assert edited["validPrecision"] == "day"


def test_what_new_words_do_not_name_is_not_linked_any_more(api: Api, lisbon: dict[str, Any]) -> None:
    assert {entity["name"] for entity in lisbon["entities"]} == {"Alice", "Lisbon"}
    kept = edit(api, lisbon, content="Alice lives near Lisbon, by the sea.")
    assert {entity["name"] for entity in kept["entities"]} == {"Alice", "Lisbon"}
    edited = edit(api, lisbon, content="Alice lives by the sea.")
    assert {entity["name"] for entity in edited["entities"]} == {"Alice"}
    assert set(Entity.objects.values_list("name", flat=True)) == {"Alice"}


def test_a_name_in_place_of_another_is_linked_as_that_was(
    api: Api, user: dict[str, Any], thread: dict[str, Any], lisbon: dict[str, Any], drain: Drain
) -> None:
    edited = edit(api, lisbon, content="Alice lives in Faro.")
    assert [(one["name"], one["type"]) for one in edited["entities"]] == [("Alice", "person"), ("Faro", "place")]
    assert Relation.objects.get().object.name == "Faro"
    api.say(thread, "lives_in Porto")
    drain()
    assert [one["content"] for one in api.memories(user)] == ["Alice lives in Porto."]


def test_an_edited_fact_is_known_when_it_is_said(
    api: Api, user: dict[str, Any], thread: dict[str, Any], lisbon: dict[str, Any], drain: Drain
) -> None:
    edit(api, lisbon, content="Alice likes tea.")
    api.say(thread, "likes tea")
    drain()
    [memory] = api.memories(user)
    assert (memory["id"], [source["kind"] for source in memory["sources"]]) == (lisbon["id"], ["statement", "message"])


def test_a_fact_that_had_ended_can_be_opened_by_hand(
    api: Api, user: dict[str, Any], thread: dict[str, Any], lisbon: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Porto")
    drain()
    opened = edit(api, lisbon, validTo=None)
    assert (opened["validTo"], opened["invalidatedBy"]) == (None, None)
    assert len(api.memories(user)) == 2


def test_an_edit_that_would_say_what_another_memory_says_is_refused_by_its_field(
    api: Api, user: dict[str, Any], thread: dict[str, Any], lisbon: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea")
    drain()
    response = api.patch(f"/v1/memories/{lisbon['id']}", {"content": "Alice likes tea."})
    assert bad_fields(response) == {"content"}
    assert api.get(f"/v1/memories/{lisbon['id']}").json() == lisbon
    assert history(api, lisbon) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"validFrom": "2020-05-01T00:00:00Z", "validTo": "2020-05-01T00:00:00Z"}, "validTo"),
        ({"validTo": "2018-01-01T00:00:00Z"}, "validTo"),
        ({"validFrom": "2030-01-01T00:00:00Z"}, "validFrom"),
    ],
)
def test_a_span_that_ends_before_it_begins_is_refused(
    api: Api, lisbon: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    edit(api, lisbon, validFrom="2019-01-01T00:00:00Z", validTo="2024-01-01T00:00:00Z")
    assert bad_fields(api.patch(f"/v1/memories/{lisbon['id']}", changes)) == {field}


def test_what_is_believed_no_more_cannot_be_changed(api: Api, lisbon: dict[str, Any]) -> None:
    Memory.objects.update(retired_at=timezone.now())
    problem(api.patch(f"/v1/memories/{lisbon['id']}", {"content": "x"}), 409, "MEMORY_RETIRED")


def test_an_edit_is_audited_without_its_words(api: Api, lisbon: dict[str, Any]) -> None:
    edit(api, lisbon, content="Alice lives in Faro.", metadata={"a": "Faro"})
    entry = AuditEntry.objects.get(action="memory.edited")
    assert (entry.target_id, entry.detail) == (lisbon["id"], {"fields": ["content", "metadata"]})


def test_no_summary_keeps_the_old_words(api: Api, user: dict[str, Any], lisbon: dict[str, Any]) -> None:
    memory = Memory.objects.get()
    Summary.objects.create(
        user=memory.graph.user, project=memory.project, text="Alice lives in Lisbon.", memory_ids=[memory.pk]
    )
    edit(api, lisbon, content="Alice lives in Faro.")
    assert Summary.objects.get().text == ""
    assert Graph.objects.get(pk=memory.graph_id).summarised_version == 0


def test_a_fact_can_be_stated_about_a_user(api: Api, user: dict[str, Any], drain: Drain) -> None:
    path = f"/v1/users/{user['id']}/memories"
    response = api.post(
        path, {"content": "Alice likes tea.", "kind": "preference", "validFrom": "2024-05-01T09:30:00Z"}
    )
    stated = response.json()
    assert response.status_code == 201
    assert (stated["content"], stated["kind"], stated["validPrecision"]) == ("Alice likes tea.", "preference", "time")
    assert [source["kind"] for source in stated["sources"]] == ["statement"]
    assert api.memories(user) == [stated]
    Entity.objects.filter(is_subject=True).update(name="Ann")
    assert api.memories(user)[0]["content"] == "Ann likes tea."


def test_a_list_as_of_a_time_tells_what_was_believed_then(
    api: Api, user: dict[str, Any], thread: dict[str, Any], lisbon: dict[str, Any], drain: Drain
) -> None:
    before = now()
    edit(api, lisbon, content="Alice lives in Faro.", metadata={"a": 1})
    edited = now()
    api.say(thread, "lives_in Porto", "likes tea")
    drain()
    [then] = api.memories(user, asOf=before)
    assert then == {**lisbon, "entities": then["entities"]}
    assert [one["content"] for one in api.memories(user, asOf=edited)] == ["Alice lives in Faro."]
    assert [one["content"] for one in api.memories(user, asOf=now(), order="asc")] == [
        "Alice lives in Porto.",
        "Alice likes tea.",
    ]
    assert api.memories(user, asOf="2020-01-01T00:00:00Z") == []
    assert [one["validTo"] for one in api.memories(user, asOf=edited, includeInvalidated="true")] == [None]
    assert api.memories(user, asOf=before, q="Lisbon") == [then]
    assert api.memories(user, asOf=edited, q="Lisbon") == []


def test_a_time_to_come_and_one_without_an_offset_are_refused(api: Api, user: dict[str, Any]) -> None:
    path = f"/v1/users/{user['id']}/memories"
    for moment in ((timezone.now() + timedelta(minutes=5)).isoformat(), "2024-01-01T00:00:00", "yesterday"):
        assert bad_fields(api.get(path, asOf=moment)) == {"asOf"}


def test_what_was_forgotten_is_in_no_time(api: Api, user: dict[str, Any], lisbon: dict[str, Any]) -> None:
    before = now()
    api.delete(f"/v1/messages/{lisbon['messageIds'][0]}")
    assert api.memories(user, asOf=before, includeInvalidated="true") == []


def test_what_stands_out_did_so_with_what_was_known_then(
    api: Api, thread: dict[str, Any], lisbon: dict[str, Any], drain: Drain
) -> None:
    graph, before = Graph.objects.get(), datetime.now(UTC)
    edit(api, lisbon, content="Alice lives in Faro.")
    api.say(thread, "likes tea")
    drain()
    [hit] = standing.memories(graph, 10, before)
    assert hit.record.content.endswith("lives in Lisbon.")  # type: ignore[union-attr]
    assert [episode.content for episode in hit.sources] == ["lives_in Lisbon"]
    assert {hit.record.name for hit in standing.entities(graph, 10)} == {"Faro", "tea"}  # type: ignore[union-attr]
    assert [hit.record.content for hit in standing.episodes(graph, 10, before)] == ["lives_in Lisbon"]  # type: ignore[union-attr]
