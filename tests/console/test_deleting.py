"""Messages, threads and memories are deleted in the console as through the API."""

import pytest
from django.test import Client

from graphs.models import Entity, Memory, MemoryRevision
from ingest.models import IngestJob
from memos.projects.models import AuditEntry
from tests import factories as make
from threads.models import Message, Thread

pytestmark = pytest.mark.django_db


def path_of(job: IngestJob, kind: str) -> str:
    rows = {"graphs/memory": job.graph.memories.get(), "threads/thread": job.thread, "threads/message": job.message}
    return f"/admin/{kind}/{rows[kind].ref}/delete/"


KINDS = ["graphs/memory", "threads/thread", "threads/message"]


@pytest.mark.parametrize("kind", KINDS)
def test_it_asks_before_it_deletes(console: Client, job: IngestJob, kind: str) -> None:
    page = console.get(path_of(job, kind)).content.decode()
    assert path_of(job, kind).split("/")[-3] in page
    assert (Memory.objects.count(), Message.objects.count(), Thread.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_what_rests_on_it_goes_and_the_operator_is_on_record(console: Client, job: IngestJob, kind: str) -> None:
    memory, path = job.graph.memories.get(), path_of(job, kind)
    ended = make.MemoryFactory(graph=job.graph, valid_to=memory.said_at, invalidated_by=memory)
    make.SourceFactory(memory=ended)
    assert console.post(path).status_code == 302
    ended.refresh_from_db()
    assert Memory.objects.get() == ended
    assert (ended.valid_to, ended.invalidated_by) == (None, None)
    assert MemoryRevision.objects.count() == 0
    assert Entity.objects.filter(graph=job.graph).get().is_subject
    entry = AuditEntry.objects.get(action=f"{kind.split('/')[1]}.deleted")
    assert (entry.actor, entry.actor_label) == ("operator", "ann")
    assert console.post(path).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_an_onlooker_deletes_nothing(onlooker: Client, job: IngestJob, kind: str) -> None:
    assert onlooker.post(path_of(job, kind)).status_code == 403
    assert (Memory.objects.count(), Message.objects.count(), Thread.objects.count()) == (1, 1, 1)


def test_a_document_goes_with_its_job_and_what_rests_on_it(console: Client) -> None:
    job = make.DocumentJobFactory(status="done")
    piece = make.EpisodeFactory(
        graph=job.graph, source_kind="document", source_id=job.document.pk, stream=job.document.pk
    )
    make.SourceFactory(memory=make.MemoryFactory(graph=job.graph), episode=piece)
    page = f"/admin/graphs/document/{job.document.ref}/"
    assert job.ref in console.get(f"{page}change/").content.decode()
    assert console.post(f"{page}delete/").status_code == 302
    assert (Memory.objects.count(), IngestJob.objects.count()) == (0, 0)
    assert AuditEntry.objects.get(action="document.deleted").actor == "operator"
