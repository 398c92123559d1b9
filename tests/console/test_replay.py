"""A thread replayed: each message with what came of it, a page at a time."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ingest.models import IngestJob
from memos.projects.models import AuditEntry, Project
from tests import factories as make
from threads.admin import replay
from threads.models import Message, Thread

pytestmark = pytest.mark.django_db


def path(thread: Thread, query: str = "") -> str:
    return f"/admin/threads/thread/{thread.ref}/replay/{query}"


def shown(console: Client, thread: Thread, query: str = "") -> list[int]:
    return [turn.message.position for turn in console.get(path(thread, query)).context["replay"].turns]


@pytest.fixture
def talk(job: IngestJob, monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Ten messages, of which a page shows four."""
    monkeypatch.setattr(replay, "PAGE", 4)
    monkeypatch.setattr(replay, "BEFORE", 1)
    more = [make.MessageFactory(thread=job.thread, position=place) for place in range(1, 10)]
    Thread.objects.filter(pk=job.thread.pk).update(message_count=10, next_position=10)
    return [job.message, *more]


def test_a_message_stands_beside_what_came_of_it(console: Client, job: IngestJob) -> None:
    memory = job.graph.memories.get()
    ended = make.MemoryFactory(graph=job.graph, invalidated_by=memory, valid_to=memory.said_at)
    make.SourceFactory(memory=ended, episode=job.graph.episodes.get(source_id=job.message.pk), role="closes")
    [turn] = console.get(path(job.thread)).context["replay"].turns

    assert [line.ref for line in turn.learned] == [memory.ref]
    assert [(line.ref, line.state) for line in turn.ended] == [(ended.ref, "ended")]
    assert turn.state == "not remembered yet"


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"status": "done"}, ""),
        ({"status": "failed", "attempts": 5, "error_code": "TIMEOUT"}, "TIMEOUT after 5 attempts"),
        ({"status": "queued", "attempts": 1}, "not remembered yet, tried 1 time"),
    ],
)
def test_a_job_is_told_of_where_it_is_not_done(
    console: Client, job: IngestJob, values: dict[str, Any], state: str
) -> None:
    IngestJob.objects.filter(pk=job.pk).update(**values)
    [turn] = console.get(path(job.thread)).context["replay"].turns
    assert turn.state == state


def test_it_begins_with_the_newest_and_goes_both_ways(console: Client, talk: list[Message]) -> None:
    thread = talk[0].thread
    assert shown(console, thread) == [6, 7, 8, 9]
    newest = console.get(path(thread)).context["replay"]
    assert (newest.older, newest.newer) == ("?end=6", "")
    assert shown(console, thread, newest.older) == [2, 3, 4, 5]
    assert shown(console, thread, "?start=0") == [0, 1, 2, 3]
    oldest = console.get(path(thread, "?start=0")).context["replay"]
    assert (oldest.older, oldest.newer) == ("", "?start=4")


def test_a_message_is_shown_in_its_place(console: Client, talk: list[Message]) -> None:
    asked = talk[5]
    assert shown(console, asked.thread, f"?message={asked.ref}") == [4, 5, 6, 7]
    page = console.get(path(asked.thread, f"?message={asked.ref}")).content.decode()
    assert f'id="{asked.ref}"' in page
    message = console.get(f"/admin/threads/message/{asked.ref}/change/").content.decode()
    assert f"{path(asked.thread)}?message={asked.ref}#{asked.ref}" in message


def test_a_message_that_is_gone_or_of_another_thread_is_said_to_be(console: Client, talk: list[Message]) -> None:
    for ref in (make.MessageFactory().ref, "msg_nothing", "x"):
        response = console.get(path(talk[0].thread, f"?message={ref}"))
        assert response.context["replay"].missing
        assert response.status_code == 200


@pytest.mark.parametrize("query", ["?start=-1", "?end=x", "?start=99999999999999999999", "?message=%00", "?end=0"])
def test_no_address_breaks_it(console: Client, talk: list[Message], query: str) -> None:
    assert console.get(path(talk[0].thread, query)).status_code == 200


def test_a_threads_page_is_its_replay(console: Client, job: IngestJob) -> None:
    page = console.get(f"/admin/threads/thread/{job.thread.ref}/change/")
    assert job.message.content in page.content.decode()
    assert console.post(path(job.thread)).status_code == 403


def test_an_unnamed_thread_is_called_by_its_day(console: Client, job: IngestJob) -> None:
    Thread.objects.filter(pk=job.thread.pk).update(name=None, message_count=1)
    day = f"{job.thread.created_at:%-d %B %Y}"
    assert f"Thread of {day}, 1 message<" in console.get(path(job.thread)).content.decode()


def test_it_costs_the_same_however_much_was_said(console: Client, job: IngestJob) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert console.get(path(job.thread)).status_code == 200
        return len(queries)

    few = statements()
    for place in range(1, 20):
        message = make.MessageFactory(thread=job.thread, position=place)
        make.IngestJobFactory(message=message)
        make.SourceFactory(episode=make.EpisodeFactory(message=message), memory=make.MemoryFactory(graph=job.graph))
    assert statements() <= few <= 12


def test_looking_is_audited_where_the_project_wants_it(console: Client, job: IngestJob) -> None:
    console.get(path(job.thread))
    assert not AuditEntry.objects.filter(action="thread.read").exists()
    Project.objects.filter(pk=job.project.pk).update(audit_reads=True)
    console.get(path(job.thread))
    entry = AuditEntry.objects.get(action="thread.read")
    assert (entry.target_id, entry.actor_label) == (job.thread.ref, "ann")
