"""Finding people and what is known of them, and letting them go."""

import json

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from graphs.models import Document, Entity, Episode, Graph, Memory, MemoryRevision
from graphs.models.memory import SPEAKER
from ingest.models import IngestJob
from memos.projects.console import counting, deleting
from memos.projects.models import AuditEntry, Project, Record
from tests import factories as make
from tests.console.conftest import make_job
from threads.models import Message, Thread
from users.models import Group, Summary, User

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
    for row in (memory.mentions.get().entity, memory.relations.get(), job.user):
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
    make.DeliveryFactory(webhook__project=job.project, graph_id=job.graph.pk)
    page = console.get(f"{USERS}{job.user.ref}/delete/")

    assert page.context["goes"] == [
        "1 thread", "1 message", "1 summary", "1 memory", "1 memory revision", "2 entities", "1 relation", "1 episode",
        "1 document", "1 source", "1 mention", "2 embeddings", "2 ingest jobs", "1 delivery",
    ]  # fmt: skip
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "Bob", "alice"])
def test_where_much_goes_it_is_typed_whom_it_goes_with(
    console: Client, job: IngestJob, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(deleting, "MANY", 10)
    User.objects.filter(pk=job.user.pk).update(first_name="Alice", last_name="Moreau")
    path = f"{USERS}{job.user.ref}/delete/"

    assert "Nothing is deleted" in console.post(path, {"typed": typed}).content.decode()
    assert User.objects.filter(pk=job.user.pk).exists()
    assert console.post(path, {"typed": " Alice Moreau "}).status_code == 302
    assert not User.objects.filter(pk=job.user.pk).exists()


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


def test_a_user_is_taken_away_as_the_api_gives_them(console: Client, job: IngestJob) -> None:
    path = f"{USERS}{job.user.ref}/export/"
    offer = console.get(path)
    assert "1 message" in offer.context["lines"]
    assert not AuditEntry.objects.filter(action="user.exported").exists()

    response = console.post(path)
    records = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    assert response["Content-Disposition"] == f'attachment; filename="{job.user.ref}.jsonl"'
    assert (records[0]["format"], records[-1]["record"]) == ("memos.user", "end")
    assert not [record for record in records if record["record"] == "embedding"]
    entry = AuditEntry.objects.get(action="user.exported")
    assert (entry.target_id, entry.actor, entry.actor_label) == (job.user.ref, "operator", "ann")


def test_an_onlooker_takes_nobody_away(onlooker: Client, job: IngestJob) -> None:
    path = f"{USERS}{job.user.ref}/export/"
    assert [onlooker.get(path).status_code, onlooker.post(path).status_code] == [403, 403]


PARTS = ["facts", "entities", "threads", "documents", "jobs", "audit", "details", "nothing"]


@pytest.mark.parametrize("part", PARTS)
def test_a_persons_page_has_parts_with_few_queries(console: Client, job: IngestJob, part: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = console.get(f"{USERS}{job.user.ref}/change/", {"show": part})
    assert response.status_code == 200
    assert len(queries) <= 22


def test_entities_are_told_most_mentioned_first(console: Client, job: IngestJob) -> None:
    known = make.EntityFactory(graph=job.graph, name="Zoe")
    for _ in range(2):
        make.MentionFactory(memory=make.MemoryFactory(graph=job.graph), entity=known)
    found = console.get(f"{USERS}{job.user.ref}/change/", {"show": "entities"}).context["entities"]
    assert (found[0].name, found[0].mentions) == ("Zoe", 2)


def test_what_was_done_to_what_is_theirs_is_told(console: Client, job: IngestJob) -> None:
    make.AuditEntryFactory(project=job.project, target_id=job.graph.memories.get().ref, action="memory.edited")
    make.AuditEntryFactory(project=job.project, target_id=job.thread.ref, action="thread.created")
    make.AuditEntryFactory(project=job.project, target_id=make.MemoryFactory().ref, action="memory.deleted")
    page = console.get(f"{USERS}{job.user.ref}/change/", {"show": "audit"})
    told = {action for _, _, action, _, _ in page.context["entries"]}
    assert {"memory.edited", "thread.created"} <= told
    assert "memory.deleted" not in told


def test_jobs_are_told_by_their_state(console: Client, job: IngestJob) -> None:
    def statuses(status: str) -> set[str]:
        page = console.get(f"{USERS}{job.user.ref}/change/", {"show": "jobs", "status": status})
        return {one.status for one in page.context["jobs"]}

    IngestJob.objects.filter(pk=job.pk).update(status="failed", error_code="TIMEOUT")
    assert statuses("failed") == {"failed"}
    assert statuses("running") == set()
    assert "failed" in statuses("nonsense")


@pytest.mark.parametrize("part", PARTS)
def test_who_may_not_read_words_sees_counts_and_why(job: IngestJob, part: str) -> None:
    secret = "abracadabra"
    for rows in (Message, Episode, Memory, MemoryRevision):
        rows.objects.update(content=secret)
    Summary.objects.update(text=secret)
    Entity.objects.update(name=secret, aliases=[secret])
    IngestJob.objects.update(error_detail=secret)
    Document.objects.update(name=secret)
    Thread.objects.update(name=secret)
    viewer = make.MembershipFactory(project=job.project).operator
    client = Client()
    client.force_login(viewer)
    for path in (f"{USERS}{job.user.ref}/change/", f"/admin/threads/thread/{job.thread.ref}/replay/"):
        page = client.get(path, {"show": part, "q": secret}).content.decode()
        assert page.count(secret) == 0, path
        assert "Your role in" in page


def test_looking_at_a_person_is_audited_where_the_project_wants_it(console: Client, job: IngestJob) -> None:
    Project.objects.filter(pk=job.project.pk).update(audit_reads=True)
    console.get(f"{USERS}{job.user.ref}/change/", {"show": "jobs"})
    assert AuditEntry.objects.get(action="user.read").target_id == job.user.ref


def test_nothing_is_shown_by_one_sign_and_one_is_no_plural(console: Client, job: IngestJob) -> None:
    User.objects.filter(pk=job.user.pk).update(email=None, external_id=None)
    listed = console.get(USERS).content.decode()
    assert ">-<" not in "".join(listed.split())
    page = console.get(f"{USERS}{job.user.ref}/change/").content.decode()
    assert "<li>1 thread</li>" in page
    assert "<li>1 message</li>" in page
