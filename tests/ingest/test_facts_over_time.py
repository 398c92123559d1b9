"""A later fact ends an earlier one and keeps it, whatever the order in which they arrive."""

from typing import Any

import pytest

from graphs.models import Memory, MemoryRevision, Source
from tests.conftest import Drain
from tests.world import Api

pytestmark = pytest.mark.usefixtures("scripted")


def said(content: str, year: int) -> dict[str, Any]:
    return {"role": "user", "content": content, "createdAt": f"{year}-01-01T00:00:00Z"}


def test_a_fact_that_is_ended_is_kept_with_its_end(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    appended = api.say(thread, said("lives_in Lisbon", 2020), said("lives_in Porto", 2022))["messages"]
    drain()
    porto, lisbon = api.memories(user, includeInvalidated="true")
    assert [one["content"] for one in api.memories(user)] == ["Alice lives in Porto."]
    assert (lisbon["content"], lisbon["validTo"]) == ("Alice lives in Lisbon.", "2022-01-01T00:00:00Z")
    assert (lisbon["invalidatedBy"], lisbon["retiredAt"]) == (porto["id"], None)
    assert lisbon["messageIds"] == [appended[0]["id"]]
    revision = MemoryRevision.objects.get()
    assert (revision.memory.ref, revision.valid_to, revision.changed_by) == (lisbon["id"], None, "ingest")
    assert revision.recorded_to == revision.memory.recorded_at
    closing = Source.objects.get(role=Source.Role.CLOSES)
    assert closing.memory.ref == lisbon["id"]
    assert closing.episode.content == "lives_in Porto"


def test_an_old_message_that_is_back_filled_closes_no_newer_fact_and_is_closed_itself(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, said("lives_in Porto", 2022))
    drain()
    api.say(thread, said("lives_in Lisbon", 2020))
    drain()
    lisbon, porto = api.memories(user, includeInvalidated="true")
    assert (porto["content"], porto["validTo"], porto["invalidatedBy"]) == ("Alice lives in Porto.", None, None)
    assert (lisbon["content"], lisbon["validTo"]) == ("Alice lives in Lisbon.", "2022-01-01T00:00:00Z")
    assert lisbon["invalidatedBy"] == porto["id"]


def test_a_back_filled_fact_ends_an_older_one_at_its_own_time(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    """2020 Lisbon, 2024 Porto; in between, heard last: 2022 Faro."""
    for message in (said("lives_in Lisbon", 2020), said("lives_in Porto", 2024), said("lives_in Faro", 2022)):
        api.say(thread, message)
        drain()
    ends = {one["content"]: one["validTo"] for one in api.memories(user, includeInvalidated="true")}
    assert ends == {
        "Alice lives in Lisbon.": "2022-01-01T00:00:00Z",
        "Alice lives in Faro.": "2024-01-01T00:00:00Z",
        "Alice lives in Porto.": None,
    }


def test_the_same_fact_twice_is_one_memory_with_two_sources(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    first = api.say(thread, "likes tea")["messages"][0]
    drain()
    second = api.say(thread, "likes tea")["messages"][0]
    drain()
    [memory] = api.memories(user)
    assert memory["messageIds"] == [first["id"], second["id"]]
    assert memory["sources"] == [{"kind": "message", "id": one["id"]} for one in (first, second)]


def test_the_same_fact_twice_in_one_message_has_one_source(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea\nlikes tea")
    drain()
    [memory] = api.memories(user)
    assert len(memory["sources"]) == 1


def test_the_same_event_on_another_day_is_another_memory(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "at 2024-05-01 visited Rome", "at 2025-05-01 visited Rome", "at 2024-05-01 visited Rome")
    drain()
    found = sorted((one["validFrom"], len(one["sources"])) for one in api.memories(user))
    assert found == [("2024-05-01T00:00:00Z", 2), ("2025-05-01T00:00:00Z", 1)]


def test_what_is_stopped_ends_and_leaves_other_things_alone(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, said("likes tea", 2020), said("likes milk", 2020), said("stopped_likes tea", 2023))
    drain()
    ends = {one["content"]: one["validTo"] for one in api.memories(user, includeInvalidated="true")}
    assert ends == {
        "Alice likes tea.": "2023-01-01T00:00:00Z",
        "Alice likes milk.": None,
        "Alice no longer likes tea.": None,
    }


def test_a_fact_that_is_restated_after_its_end_begins_anew(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    for message in (said("lives_in Lisbon", 2020), said("lives_in Porto", 2022), said("lives_in Lisbon", 2024)):
        api.say(thread, message)
        drain()
    found = [
        (one["content"], one["validFrom"], one["validTo"]) for one in api.memories(user, includeInvalidated="true")
    ]
    assert found == [
        ("Alice lives in Lisbon.", "2024-01-01T00:00:00Z", None),
        ("Alice lives in Porto.", None, "2024-01-01T00:00:00Z"),
        ("Alice lives in Lisbon.", None, "2022-01-01T00:00:00Z"),
    ]


@pytest.mark.parametrize("order", ["012", "021", "102", "120", "201", "210"])
def test_every_order_of_arrival_leads_to_the_same_beliefs(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, order: str
) -> None:
    messages = [said("lives_in Lisbon", 2020), said("lives_in Porto", 2022), said("lives_in Faro", 2024)]
    for place in order:
        api.say(thread, messages[int(place)])
        drain()
    ends = {one["content"]: one["validTo"] for one in api.memories(user, includeInvalidated="true")}
    assert ends == {
        "Alice lives in Lisbon.": "2022-01-01T00:00:00Z",
        "Alice lives in Porto.": "2024-01-01T00:00:00Z",
        "Alice lives in Faro.": None,
    }


def test_another_speaker_in_the_thread_ends_no_fact_of_the_user(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, said("lives_in Lisbon", 2020), {**said("lives_in Porto", 2022), "name": "Bob"})
    drain()
    found = sorted((one["content"], one["validTo"]) for one in api.memories(user, includeInvalidated="true"))
    assert found == [("Alice lives in Lisbon.", None), ("Bob lives in Porto.", None)]


def test_a_new_name_renames_what_was_known_before(api: Api, thread: dict[str, Any], drain: Drain) -> None:
    user = api.new_user()
    thread = api.new_thread(user)
    api.say(thread, "likes tea")
    drain()
    assert [one["content"] for one in api.memories(user)] == ["The user likes tea."]
    api.say(thread, "named Ann")
    drain()
    assert "Ann likes tea." in [one["content"] for one in api.memories(user)]


def test_a_statement_is_its_own_source(api: Api) -> None:
    api.new_group("acme")
    stated = api.state("acme", "The office closes at six.", kind="fact", metadata={"by": "ops"})
    assert (stated["content"], stated["kind"], stated["metadata"]) == (
        "The office closes at six.",
        "fact",
        {"by": "ops"},
    )
    assert [source["kind"] for source in stated["sources"]] == ["statement"]
    assert (stated["messageIds"], stated["entities"], stated["confidence"]) == ([], [], 1.0)
    again = api.state("acme", "The office closes at six.")
    assert again["id"] == stated["id"]
    assert len(again["sources"]) == 2
    assert Memory.objects.count() == 1


def test_a_fact_closes_those_whose_sentence_it_says_is_over(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, said("likes tea", 2020), said("likes teapots", 2020), said("over tea", 2022))
    drain()
    assert {one["content"] for one in api.memories(user)} == {"Alice likes teapots.", "Alice is done with tea."}
