"""What was exported and taken back answers as before, and goes on as it would have gone on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from graphs.models import Entity, Graph, Memory
from ingest.models import IngestJob
from ingest.summaries import summarise
from tests.conftest import Drain, drain_all
from tests.ingest.erase.state import difference, state_of
from tests.ingest.transfer.conftest import merge
from tests.ingest.transfer.files import export, imported, key_in, without_ids
from tests.world import Api, World
from threads.models import Message
from users.models import User

QUESTIONS = ["Where does Alice live?", "tea", "What does she like?", "journey", "Acme", "Who is Anna?"]
MOMENTS = ["2019-06-01T00:00:00Z", "2024-06-01T00:00:00Z"]


def graph_of(user: dict[str, Any]) -> Graph:
    return User.objects.by_ref(user["id"]).get().graph


def answers(api: Api, user: dict[str, Any]) -> Any:
    """Whatever can be asked about a user, but for which ids there are."""
    with time_machine.travel(timezone.now().replace(microsecond=0, second=0), tick=False):
        return without_ids(dict(_all(api, user)))


def _all(api: Api, user: dict[str, Any]) -> Any:
    path, graph = f"/v1/users/{user['id']}", f"/v1/graphs/{user['graphId']}"
    for one in (path, f"{path}/graph", f"{path}/threads", graph):
        yield _answer(api, one)
    for entity in _listed(api, f"{graph}/entities", "entities"):
        yield _answer(api, f"/v1/entities/{entity['id']}")
    for thread in _listed(api, f"{path}/threads", "threads"):
        for message in _listed(api, f"/v1/threads/{thread['id']}/messages", "messages"):
            yield _answer(api, f"/v1/messages/{message['id']}")
    for memory in _listed(api, f"{path}/memories", "memories", includeInvalidated="true"):
        yield _answer(api, f"/v1/memories/{memory['id']}/history")
    for job in IngestJob.objects.filter(graph=graph_of(user)).order_by("pk"):
        yield _answer(api, f"/v1/jobs/{job.ref}")
    for kind in ("entities", "relations", "memories", "episodes"):
        yield _answer(api, f"{graph}/{kind}", limit="200")
    for question in QUESTIONS:
        yield f"search {question}", api.post(f"{path}/search", {"query": question, "limit": 50}).json()
        yield f"context {question}", api.get(f"{path}/context", query=question, maxTokens="400").json()
    for moment in MOMENTS:
        yield f"then {moment}", api.get(f"{path}/memories", asOf=moment).json()
        yield f"context {moment}", api.get(f"{path}/context", asOf=moment).json()
    yield "context", api.get(f"{path}/context", template="agent").json()


def _answer(api: Api, path: str, **query: Any) -> tuple[str, Any]:
    response = api.get(path, **query)
    assert response.status_code == 200, (path, response.content)
    return path, response.json()


def _listed(api: Api, path: str, name: str, **query: Any) -> list[dict[str, Any]]:
    return api.get(path, limit="200", **query).json()[name]


def test_every_question_has_the_same_answer(world: World, lived: dict[str, Any]) -> None:
    merge(world.owner)
    summarise(User.objects.get().pk)
    there = imported(world.outsider, export(world.owner, lived))
    assert difference(state_of(graph_of(lived)), state_of(graph_of(there))) == {}
    assert answers(world.outsider, there) == answers(world.owner, lived)


def test_numbers_that_the_database_spells_out_are_taken_back(world: World) -> None:
    user = world.owner.new_user(metadata={"masses": [1e308, 1e23] * 1000, "count": 12345678901234567})
    kept = world.owner.get(f"/v1/users/{user['id']}").json()["metadata"]
    assert kept == {"masses": [10**308, 10**23] * 1000, "count": 12345678901234567}
    assert imported(world.outsider, export(world.owner, user))["metadata"] == kept


@pytest.mark.django_db
def test_what_was_read_from_real_english_has_the_same_answer(world: World) -> None:
    """With nothing made up: sentences, their dates, the names in them, and their vectors."""
    user = world.owner.new_user(firstName="Ana")
    thread = world.owner.new_thread(user)
    for said in (
        "I live in Porto and work as a nurse at Saint Mary's. My sister Clara is a pilot.",
        "I moved to Lisbon last month. I'm allergic to peanuts.",
        "I don't work at Saint Mary's any more. Clara visited me on 3 May 2024.",
        "Ich wohne gern am Meer, und meine Schwester fliegt oft nach Berlin.",
    ):
        world.owner.say(thread, said)
        drain_all()
    there = imported(world.twin, export(world.owner, user))
    assert Memory.objects.filter(graph=graph_of(there)).count() > 4
    assert difference(state_of(graph_of(user)), state_of(graph_of(there))) == {}
    assert answers(world.twin, there) == answers(world.owner, user)


def test_what_was_imported_can_be_exported_and_is_the_same_once_more(world: World, lived: dict[str, Any]) -> None:
    merge(world.owner)
    first = imported(world.outsider, export(world.owner, lived))
    second = imported(world.twin, export(world.outsider, first))
    assert answers(world.twin, second) == answers(world.owner, lived)


Go = Callable[[Api, dict[str, Any]], Any]


def say(*contents: str) -> Go:
    def go(api: Api, user: dict[str, Any]) -> None:
        thread = api.new_thread(user)
        for content in contents:
            api.say(thread, {"role": "user", "content": content, "createdAt": "2025-01-01T00:00:00Z"})

    return go


def delete_message(content: str) -> Go:
    def go(api: Api, user: dict[str, Any]) -> None:
        message = Message.objects.filter(project=api.project, content__startswith=content).earliest("pk")
        assert api.delete(f"/v1/messages/{message.ref}").status_code == 200

    return go


def delete_thread(api: Api, user: dict[str, Any]) -> None:
    message = Message.objects.get(project=api.project, content="likes milk")
    assert api.delete(f"/v1/threads/{message.thread.ref}").status_code == 200


def split(api: Api, user: dict[str, Any]) -> None:
    [into] = Entity.objects.filter(project=api.project).exclude(merged=[])
    body = {"entityId": Entity(pk=UUID(into.merged[0]["id"])).ref}
    assert api.post(f"/v1/entities/{into.ref}/split", body).status_code == 201


def edit(api: Api, user: dict[str, Any]) -> None:
    memory = Memory.objects.get(project=api.project, content__contains="works at")
    assert api.patch(f"/v1/memories/{memory.ref}", {"content": "Alice works at Lumen."}).status_code == 200


def state_again(api: Api, user: dict[str, Any]) -> None:
    body = {"content": "Alice has a cat.", "validFrom": "2020-01-01T00:00:00Z"}
    assert api.post(f"/v1/users/{user['id']}/memories", body).status_code == 201


GOINGS: dict[str, Go] = {
    "a move ends the old home": say("lives_in Berlin"),
    "a restatement finds its twin": say("likes tea"),
    "an end ends": say("stopped_likes tea"),
    "a correction of who is meant": say("likes Ann", "likes Anna"),
    "the user's name": say("named Ada", "likes Ada"),
    "a message that something rested on goes": delete_message("lives_in Porto"),
    "one of two sources goes": delete_message("likes tea"),
    "what had ended something goes": delete_message("stopped_likes milk"),
    "a thread goes": delete_thread,
    "a merge is undone": split,
    "a memory is edited": edit,
    "a statement is stated again": state_again,
}


@pytest.mark.parametrize("name", GOINGS)
def test_it_goes_on_as_it_would_have(world: World, lived: dict[str, Any], drain: Drain, name: str) -> None:
    merge(world.owner)
    there = imported(world.outsider, export(world.owner, lived))
    before = state_of(graph_of(lived))
    with time_machine.travel(timezone.now(), tick=False):
        GOINGS[name](world.owner, lived)
        GOINGS[name](world.outsider, there)
    drain()
    after = state_of(graph_of(lived))
    assert after != before
    assert difference(after, state_of(graph_of(there))) == {}


def test_a_job_that_was_not_finished_is_done_where_it_is_imported(
    world: World, thread: dict[str, Any], user: dict[str, Any], drain: Drain
) -> None:
    world.owner.say(thread, "likes tea")
    drain()
    world.owner.say(thread, "lives_in Lisbon", "likes milk")
    IngestJob.objects.filter(message__content="likes milk").update(status="running", attempts=3)
    there = imported(world.outsider, export(world.owner, user))
    jobs = IngestJob.objects.filter(project=world.outsider.project)
    assert sorted(jobs.values_list("status", "attempts")) == [("done", 1), ("queued", 0), ("queued", 0)]
    drain()
    assert difference(state_of(graph_of(user)), state_of(graph_of(there))) == {}


def test_ids_are_new_and_in_the_same_order(world: World, lived: dict[str, Any]) -> None:
    imported(world.outsider, export(world.owner, lived))
    for model in (Memory, Message, IngestJob):
        mine = list(model.objects.filter(project=world.owner.project).order_by("pk"))
        theirs = model.objects.filter(project=world.outsider.project).order_by("pk").values_list("pk", flat=True)
        assert [key_in(world.outsider, row) for row in mine] == list(theirs)
        assert not {row.pk for row in mine} & set(theirs)
