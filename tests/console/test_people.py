"""Finding people and what is known of them, and letting them go."""

import pytest
from django.apps import apps
from django.test import Client

from graphs.models import Graph, Memory
from graphs.models.memory import SPEAKER
from ingest.models import IngestJob
from memos.projects.console import counting
from memos.projects.models import AuditEntry, Record
from tests import factories as make
from tests.console.conftest import make_job
from users.models import Group, User

USERS = "/admin/users/user/"

pytestmark = pytest.mark.django_db


def found(console: Client, path: str, **parameters: str) -> set[object]:
    return {row.pk for row in console.get(path, parameters).context["cl"].result_list}


@pytest.mark.parametrize("term", ["clerk_7", "clara@acme.com", "clara@", "Clara", "oswald"])
def test_a_user_is_found_by_what_is_known_of_them(console: Client, term: str) -> None:
    user = make.UserFactory(external_id="clerk_7", email="clara@acme.com", first_name="Clara", last_name="Oswald")
    make.UserFactory()

    assert found(console, USERS, q=term) == {user.pk}


def test_what_hangs_on_a_user_is_found_by_their_id(console: Client, job: IngestJob) -> None:
    make_job()
    for path in ("threads/thread", "threads/message", "ingest/ingestjob", "graphs/memory", "graphs/entity",
                 "graphs/relation", "graphs/episode", "users/summary", "graphs/graph"):  # fmt: skip
        rows = console.get(f"/admin/{path}/", {"q": job.user.ref}).context["cl"].result_list
        assert rows, path
        assert {row.project_id for row in rows} == {job.project.pk}, path


def test_words_are_found_by_their_stems(console: Client) -> None:
    memory = make.MemoryFactory(content=f"{SPEAKER} loves climbing mountains.")
    message = make.MessageFactory(content="I climbed a mountain")
    make.EpisodeFactory(message=message)
    make.MemoryFactory()

    assert found(console, "/admin/graphs/memory/", q="climbs mountain") == {memory.pk}
    assert found(console, "/admin/threads/message/", q="climbing mountains") == {message.pk}


def test_a_memory_shows_its_sentence_and_what_it_rests_on(console: Client, job: IngestJob) -> None:
    memory = job.graph.memories.get()
    page = console.get(f"/admin/graphs/memory/{memory.ref}/change/").content.decode()

    assert memory.content.replace(SPEAKER, "Alice") in page
    assert f"/admin/threads/message/{job.message.ref}/change/" in page
    for row in (memory.mentions.get().entity, memory.relations.get(), memory.revisions.get(), job.user):
        assert f"{row.ref}/change/" in page


def test_a_message_shows_its_job_and_the_memories_that_rest_on_it(console: Client, job: IngestJob) -> None:
    page = console.get(f"/admin/threads/message/{job.message.ref}/change/").content.decode()

    assert f"/admin/ingest/ingestjob/{job.ref}/change/" in page
    assert f"/admin/graphs/memory/{job.graph.memories.get().ref}/change/" in page


def test_what_was_said_is_shown_and_never_run(console: Client) -> None:
    bad = "<script>alert(1)</script>"
    job = make_job(first_name=bad, external_id=bad)
    make.MessageFactory(thread=job.thread, content=bad)
    make.EntityFactory(graph=job.graph, name=bad)
    make.DocumentFactory(graph=job.graph, name=bad, content=bad)
    lists = [
        USERS,
        "/admin/threads/message/",
        "/admin/graphs/document/",
        "/admin/graphs/entity/",
        "/admin/graphs/memory/",
    ]
    pages = [f"{USERS}{job.user.ref}/{page}/" for page in ("change", "delete")]
    for path in (*lists, *pages, f"/admin/ingest/ingestjob/{job.ref}/change/"):
        assert bad not in console.get(path).content.decode(), path


def test_deleting_a_user_asks_first_and_counts_what_goes(console: Client, job: IngestJob) -> None:
    page = console.get(f"{USERS}{job.user.ref}/delete/")

    assert page.context["goes"] == {
        "threads": "1", "messages": "1", "documents": "1", "memories": "1", "entities": "2", "episodes": "1",
        "ingest jobs": "2",
    }  # fmt: skip
    assert User.objects.count() == 1


def test_deleting_a_user_leaves_nothing_but_the_audit_entry(console: Client, job: IngestJob) -> None:
    other = make_job()
    console.post(f"{USERS}{job.user.ref}/delete/")

    kept = [model for model in apps.get_models() if issubclass(model, Record) and "graph" in _columns(model)]
    assert not [model for model in kept if model._default_manager.filter(graph=job.graph.pk).exists()]
    assert User.objects.get() == other.user
    entry = AuditEntry.objects.get(action="user.deleted")
    assert (entry.target_id, entry.actor, entry.actor_label) == (job.user.ref, "operator", "ann")
    assert job.user.email not in str(entry.detail)
    assert console.get(f"{USERS}{job.user.ref}/delete/").status_code == 404


def test_deleting_a_group_leaves_nothing_but_the_audit_entry(console: Client, job: IngestJob) -> None:
    group = Group.objects.get()
    make.MemoryFactory(graph=group.graph)
    before = Memory.objects.exclude(graph=group.graph).count()
    assert console.get(f"/admin/users/group/{group.ref}/delete/").status_code == 200
    assert Group.objects.exists()
    console.post(f"/admin/users/group/{group.ref}/delete/")

    assert (Group.objects.count(), Graph.objects.filter(kind="group").count()) == (0, 0)
    assert Memory.objects.count() == before
    entry = AuditEntry.objects.get(action="group.deleted")
    assert (entry.target_id, entry.actor_label) == (group.ref, "ann")


def _columns(model: type[Record]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


def test_the_history_of_a_row_is_its_audit_entries(console: Client, job: IngestJob) -> None:
    response = console.get(f"{USERS}{job.user.ref}/history/", follow=True)

    assert [entry.target_id for entry in response.context["cl"].result_list] == [job.user.ref]


def test_a_long_list_is_counted_no_further_than_the_cap(console: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "CAP", 3)
    make.EntityFactory.create_batch(5, graph=make.GraphFactory())

    page = console.get("/admin/graphs/entity/")

    assert "3+ entities" in " ".join(page.content.decode().split())
    assert page.context["cl"].result_count == 3


def test_a_filter_without_an_index_reads_the_newest_rows_only(console: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "NEWEST", 2)
    old, *new = [make.MemoryFactory() for _ in range(3)]

    assert found(console, "/admin/graphs/memory/", kind__exact="work") == {memory.pk for memory in new}
    narrow = {"kind__exact": "work", "graph": str(old.graph.pk)}
    assert found(console, "/admin/graphs/memory/", **narrow) == {old.pk}
