"""DELETE of messages, threads and memories: what goes, what stays, what is open again."""

from typing import Any

import pytest

from graphs.models import Embedding, Entity, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from ingest import messages, pipeline, reading, summaries
from ingest.models import IngestJob
from memos.projects.models import AuditEntry
from memos.webhooks.models import Delivery
from tests.conftest import Drain, drain_all
from tests.meanwhile import meanwhile
from tests.scripted import Scripted
from tests.world import Api, problem
from threads.models import Message, Thread
from users.models import Summary, User

pytestmark = pytest.mark.usefixtures("scripted")


def said(content: str, year: int) -> dict[str, Any]:
    return {"role": "user", "content": content, "createdAt": f"{year}-01-01T00:00:00Z"}


def tell(api: Api, thread: dict[str, Any], drain: Drain, *messages: Any) -> list[str]:
    ids = [one["id"] for one in api.say(thread, *messages)["messages"]]
    drain()
    return ids


def ends(api: Api, user: dict[str, Any]) -> dict[str, str | None]:
    """When each fact ended."""
    return {one["content"]: one["validTo"] for one in api.memories(user, includeInvalidated="true")}


def deleted(api: Api, path: str) -> dict[str, Any]:
    response = api.delete(path)
    assert response.status_code == 200, response.content
    return response.json()


def test_what_rests_on_a_message_alone_goes_with_it_from_every_table(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    [kept, gone] = tell(api, thread, drain, "likes tea", "lives_in Lisbon")
    summaries.summarise(User.objects.get().pk)
    assert deleted(api, f"/v1/messages/{gone}") == {"deleted": True, "id": gone}

    assert [one["content"] for one in api.memories(user)] == ["Alice likes tea."]
    for model in (Memory, Source, Relation, Embedding, Episode, Message, IngestJob):
        for row in model.objects.all().values():
            assert "isbon" not in str(row), model
    assert set(Entity.objects.values_list("name", flat=True)) == {"Alice", "tea"}
    assert Summary.objects.get().text == ""
    assert Embedding.objects.count() == 2
    problem(api.get(f"/v1/messages/{gone}"), 404, "NOT_FOUND")
    assert api.get(f"/v1/messages/{kept}").json()["memories"][0]["content"] == "Alice likes tea."


def test_the_summary_is_made_anew_without_it(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    [_, gone] = tell(api, thread, drain, "works_at Acme", "lives_in Lisbon")
    [owner] = User.objects.all()
    summaries.summarise(owner.pk)
    assert "Lisbon" in Summary.objects.get().text
    deleted(api, f"/v1/messages/{gone}")
    assert summaries.due_users(owner.graph_id) == [owner.pk]
    summaries.summarise(owner.pk)
    assert "Acme" in Summary.objects.get().text
    assert "Lisbon" not in Summary.objects.get().text


def test_what_has_another_source_stays_and_is_as_fresh_as_that(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    [first, second] = tell(api, thread, drain, said("likes tea", 2020), said("likes tea", 2024))
    deleted(api, f"/v1/messages/{second}")
    [memory] = api.memories(user)
    assert memory["messageIds"] == [first]
    assert Memory.objects.get().said_at.year == 2020


def test_a_fact_that_a_message_had_ended_is_open_again_with_no_trace_of_its_end(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    [_, second] = tell(api, thread, drain, said("lives_in Lisbon", 2020), said("lives_in Porto", 2022))
    deleted(api, f"/v1/messages/{second}")
    [lisbon] = api.memories(user)
    assert (lisbon["content"], lisbon["validTo"], lisbon["invalidatedBy"]) == ("Alice lives in Lisbon.", None, None)
    assert MemoryRevision.objects.count() == 0
    assert not Source.objects.filter(role=Source.Role.CLOSES).exists()


def test_a_fact_that_two_messages_ended_stays_ended_by_the_other(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    story = (said("likes tea", 2020), said("stopped_likes tea", 2022), said("stopped_likes tea", 2024))
    [_, second, third] = tell(api, thread, drain, *story)
    deleted(api, f"/v1/messages/{second}")
    assert ends(api, user)["Alice likes tea."] == "2024-01-01T00:00:00Z"
    deleted(api, f"/v1/messages/{third}")
    assert ends(api, user) == {"Alice likes tea.": None}


def test_what_had_begun_anew_after_an_end_that_never_was_is_one_fact_again(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    story = (said("likes tea", 2020), said("stopped_likes tea", 2021), said("likes tea", 2022))
    [first, second, third] = tell(api, thread, drain, *story)
    deleted(api, f"/v1/messages/{second}")
    [tea] = api.memories(user, includeInvalidated="true")
    assert (tea["validFrom"], tea["validTo"], tea["messageIds"]) == (None, None, [first, third])


def test_a_name_that_was_known_from_a_message_alone_is_unlearned(api: Api, drain: Drain) -> None:
    user = api.new_user(firstName="Alice")
    thread = api.new_thread(user)
    [name, _] = tell(api, thread, drain, "named Ann", "likes tea")
    assert "Ann likes tea." in [one["content"] for one in api.memories(user)]
    deleted(api, f"/v1/messages/{name}")
    assert [one["content"] for one in api.memories(user)] == ["Alice likes tea."]
    subject = Entity.objects.get(is_subject=True)
    assert (subject.aliases, subject.names) == ([], ["alice"])


def test_the_others_keep_their_places_and_the_count_falls(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    [first, second, third] = tell(api, thread, drain, "one", "two", "three")
    deleted(api, f"/v1/messages/{second}")
    assert api.get(f"/v1/threads/{thread['id']}").json()["messageCount"] == 2
    [fourth] = tell(api, thread, drain, "four")
    page = api.get(f"/v1/threads/{thread['id']}/messages").json()
    assert [one["id"] for one in page["messages"]] == [first, third, fourth]
    assert list(Message.objects.order_by("position").values_list("position", flat=True)) == [0, 2, 3]


def test_a_message_in_pieces_goes_whole(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> None:
    [long] = tell(api, thread, drain, "likes tea\n" + "I went along the river and thought of nothing. " * 200)
    assert Episode.objects.count() > 2
    deleted(api, f"/v1/messages/{long}")
    assert (Episode.objects.count(), Embedding.objects.count(), Memory.objects.count()) == (0, 0, 0)


def test_deleting_a_thread_leaves_what_another_thread_says_too(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    other = api.new_thread(user)
    [stays] = tell(api, other, drain, said("likes tea", 2021))
    tell(api, thread, drain, said("likes tea", 2020), said("lives_in Porto", 2022), {"role": "tool", "content": "x"})
    assert deleted(api, f"/v1/threads/{thread['id']}") == {"deleted": True, "id": thread["id"]}
    [tea] = api.memories(user, includeInvalidated="true")
    assert (tea["content"], tea["messageIds"]) == ("Alice likes tea.", [stays])
    assert (Thread.objects.count(), Message.objects.count(), Episode.objects.count()) == (1, 1, 1)
    problem(api.delete(f"/v1/threads/{thread['id']}"), 404, "NOT_FOUND")


def test_deleting_a_memory_opens_what_it_had_ended_and_leaves_the_words(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    tell(api, thread, drain, said("lives_in Lisbon", 2020), said("lives_in Porto\nlikes tea", 2022))
    [porto] = [one for one in api.memories(user) if "Porto" in one["content"]]
    assert deleted(api, f"/v1/memories/{porto['id']}") == {"deleted": True, "id": porto["id"]}
    drain()
    assert ends(api, user) == {"Alice lives in Lisbon.": None, "Alice likes tea.": None}
    assert (Message.objects.count(), Episode.objects.count()) == (2, 2)
    assert not Source.objects.filter(role=Source.Role.CLOSES).exists()
    assert not Entity.objects.filter(name="Porto").exists()
    problem(api.get(f"/v1/memories/{porto['id']}"), 404, "NOT_FOUND")
    problem(api.delete(f"/v1/memories/{porto['id']}"), 404, "NOT_FOUND")


def test_a_statement_goes_with_the_memory_that_it_was_made_for(api: Api, user: dict[str, Any], drain: Drain) -> None:
    path = f"/v1/users/{user['id']}/memories"
    stated = api.post(path, {"content": "Alice likes tea."}).json()
    api.post(path, {"content": "Alice likes tea."})
    drain()
    assert (Episode.objects.count(), Embedding.objects.filter(memory=None).count()) == (2, 2)
    deleted(api, f"/v1/memories/{stated['id']}")
    assert (Memory.objects.count(), Episode.objects.count(), Embedding.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("path", "action"),
    [("messages", "message.deleted"), ("threads", "thread.deleted"), ("memories", "memory.deleted")],
)
def test_one_audit_entry_counts_what_went_and_tells_nothing_of_it(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, path: str, action: str
) -> None:
    [message] = tell(api, thread, drain, "lives_in Lisbon")
    refs = {"messages": message, "threads": thread["id"], "memories": api.memories(user)[0]["id"]}
    deleted(api, f"/v1/{path}/{refs[path]}")
    entry = AuditEntry.objects.get(action=action)
    assert (entry.target_id, entry.detail["memories"], entry.detail["entities"]) == (refs[path], 1, 1)
    assert "Lisbon" not in str(AuditEntry.objects.values_list("detail", "target_id", "actor_label"))


MOMENTS = {"extract": reading, "write": messages, "index": reading}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_running_writes_nothing_of_a_deleted_message(
    api: Api,
    user: dict[str, Any],
    thread: dict[str, Any],
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """The other job of the same batch is done all the same, and nothing is held against it."""
    gone, kept = (one["id"] for one in api.say(thread, "lives_in Lisbon", "likes tea")["messages"])
    path, at = f"/v1/messages/{gone}", (MOMENTS[moment], moment)
    with meanwhile(lambda: api.delete(path).status_code, monkeypatch, at=at, waits=moment == "write") as answers:
        pipeline.run(Graph.objects.get().pk)
    assert answers == [200]
    assert not Memory.objects.filter(content__contains="Lisbon").exists()
    drain_all()
    assert [memory.content[2:] for memory in Memory.objects.all()] == ["likes tea."]
    job = IngestJob.objects.get()
    assert (job.message.ref, job.status, job.attempts, job.error_code) == (kept, "done", 1, "")
    assert not Mention.objects.filter(entity__name="Lisbon").exists()


def test_another_users_graph_is_not_touched(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    other = api.new_user(firstName="Bob")
    tell(api, api.new_thread(other), drain, "lives_in Lisbon", "lives_in Porto")
    before = list(Memory.objects.order_by("pk").values())
    [gone] = tell(api, thread, drain, "lives_in Lisbon")
    deleted(api, f"/v1/messages/{gone}")
    assert list(Memory.objects.order_by("pk").values()) == before


def test_words_that_no_memory_came_of_are_not_found_any_more_either(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    [gone, _] = tell(api, thread, drain, "hello from the harbour", "goodbye from the hills")
    path, query = f"/v1/users/{user['id']}/search", {"query": "harbour", "kinds": ["episode"]}
    assert "harbour" in str(api.post(path, query).json())
    deleted(api, f"/v1/messages/{gone}")
    assert "harbour" not in str(api.post(path, query).json())


def test_new_dates_and_a_statement_of_a_fact_do_not_write_down_a_name_that_is_taken_back(
    api: Api, drain: Drain
) -> None:
    user = api.new_user()
    thread = api.new_thread(user)
    [name, _] = tell(api, thread, drain, "named Xylotron", "works_at Plonk")
    [work] = api.memories(user, kind="work")
    api.patch(f"/v1/memories/{work['id']}", {"validFrom": "2020-01-01T00:00:00Z"})
    api.post(f"/v1/users/{user['id']}/memories", {"content": "The user likes tea."})
    deleted(api, f"/v1/messages/{name}")
    drain()
    assert not [episode.content for episode in Episode.objects.filter(content__contains="Xylotron")]


def test_a_delivery_that_waits_does_not_tell_a_name_that_is_taken_back(api: Api, drain: Drain) -> None:
    api.post("/v1/webhooks", {"url": "https://1.1.1.1/hooks", "includeContent": True})
    user = api.new_user()
    thread = api.new_thread(user)
    [name] = tell(api, thread, drain, "named Xylotron")
    tell(api, thread, drain, "works_at Plonk")
    assert [row for row in Delivery.objects.all() if "Xylotron" in str(row.payload)]
    deleted(api, f"/v1/messages/{name}")
    assert not [row for row in Delivery.objects.all() if "Xylotron" in str(row.payload)]
    assert Delivery.objects.filter(event="memory.created").exists()
