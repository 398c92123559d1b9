"""A job is cancelled, or it is done: never both."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from graphs.models import Episode, Memory
from ingest import pipeline, reading
from ingest.documents import slices
from ingest.jobs import cancel_job, retry_job
from ingest.models import IngestJob
from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry, Project
from memos.webhooks.models import Delivery, EventType
from tests import factories as make
from tests.conftest import Drain
from tests.processes import at_once
from tests.world import Api

pytestmark = pytest.mark.django_db


def caller() -> Caller:
    return Caller.from_operator(Project.objects.first(), make.OperatorFactory(username="ann"), "req_1")


def said(api: Api, thread: dict[str, Any], *words: str) -> list[IngestJob]:
    api.say(thread, *words)
    return list(IngestJob.objects.order_by("pk"))


def test_one_that_waits_has_failed_and_says_who_cancelled_it(api: Api, thread: dict[str, Any], drain: Drain) -> None:
    [job] = said(api, thread, "likes tea")
    cancel_job(caller=caller(), job=job)
    drain()
    shown = api.get(f"/v1/jobs/{job.ref}").json()
    assert (shown["status"], shown["attempts"]) == ("failed", 0)
    assert shown["error"] == {"code": "CANCELLED", "detail": "Cancelled by ann."}
    assert shown["finishedAt"]
    assert not Memory.objects.exists()
    assert Episode.objects.exclude(indexed_at=None).count() == 1  # its words are recalled all the same
    entry = AuditEntry.objects.get(action="job.cancelled")
    assert (entry.actor_label, entry.target_id, entry.detail) == ("ann", job.ref, {"status": "queued"})


def test_webhooks_are_told_as_of_any_failure(api: Api, thread: dict[str, Any]) -> None:
    make.WebhookFactory(project=api.project, events=[EventType.JOB_FAILED])
    [job] = said(api, thread, "likes tea")
    cancel_job(caller=caller(), job=job)
    told = Delivery.objects.get().payload["data"]
    assert (told["jobId"], told["error"]) == (job.ref, {"code": "CANCELLED"})


@pytest.mark.parametrize("status", ["done", "failed"])
def test_one_that_has_ended_has_nothing_to_cancel(api: Api, thread: dict[str, Any], status: str) -> None:
    [job] = said(api, thread, "likes tea")
    IngestJob.objects.update(status=status)
    with pytest.raises(Problem) as refused:
        cancel_job(caller=caller(), job=job)
    assert refused.value.code == "JOB_ENDED"
    assert not AuditEntry.objects.filter(action="job.cancelled").exists()


def test_a_retry_brings_it_back(api: Api, thread: dict[str, Any], drain: Drain) -> None:
    [job] = said(api, thread, "likes tea")
    cancel_job(caller=caller(), job=job)
    retry_job(caller=caller_of(job), job=job)
    drain()
    job.refresh_from_db()
    assert (job.status, job.error) == ("done", None)
    assert Memory.objects.count() == 1


def caller_of(job: IngestJob) -> Caller:
    return Caller.from_command(job.project, "tests")


@pytest.mark.parametrize("words", ["likes tea", "nothing of note", "poison"])
def test_one_that_is_being_read_writes_nothing_and_the_others_go_on(
    api: Api, thread: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Whether it states something, states nothing, or can't be read."""
    first, second = said(api, thread, words, "likes milk")
    real = reading.facts_of

    def cancel_and_read(*args: Any) -> Any:
        if IngestJob.objects.filter(pk=first.pk, status="running").exists():
            cancel_job(caller=caller(), job=first)
        return real(*args)

    monkeypatch.setattr(reading, "facts_of", cancel_and_read)
    drain()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.error_code, second.status) == ("failed", "CANCELLED", "done")
    assert [one.content[1:] for one in Memory.objects.all()] == [" likes milk."]
    assert [one["outcome"] for one in first.history] == ["cancelled"]


def test_of_a_document_what_was_written_stays_and_a_retry_reads_the_rest(
    api: Api, user: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "PIECES", 2)
    api.give(user, "\n\n".join(f"# {number}\n\nof Tom: likes thing {number}" for number in range(6)))
    job, real = IngestJob.objects.get(), slices._read

    def cancel_and_read(running: IngestJob) -> Any:
        if running.position == 2 and not AuditEntry.objects.filter(action="job.cancelled").exists():
            cancel_job(caller=caller(), job=running)
        return real(running)

    monkeypatch.setattr(slices, "_read", cancel_and_read)
    drain()
    job.refresh_from_db()
    assert (job.status, job.error_code, job.position) == ("failed", "CANCELLED", 2)
    assert Episode.objects.count() == 2
    retry_job(caller=caller_of(job), job=job)
    drain()
    job.refresh_from_db()
    assert (job.status, job.position, Episode.objects.count()) == ("done", 6, 6)
    assert [one["outcome"] for one in job.history] == ["cancelled", "done"]
    assert job.started_at


@pytest.mark.django_db(transaction=True)
def test_while_workers_read_and_operators_cancel_each_job_is_one_or_the_other(
    api: Api, thread: dict[str, Any], drain: Drain
) -> None:
    jobs = said(api, thread, *(f"likes thing {number}" for number in range(40)))
    by, stop = caller(), threading.Event()

    def work_or_cancel(number: int) -> None:
        if number == 0:
            while not stop.is_set():
                pipeline.run(jobs[0].graph_id)
            return
        for job in jobs[number - 1 :: 3]:
            with suppress(Problem):
                cancel_job(caller=by, job=job)
        if not IngestJob.objects.unfinished().exists():
            stop.set()

    timer = threading.Timer(5, stop.set)
    timer.start()
    at_once(4, work_or_cancel)
    timer.cancel()
    connection.close()
    IngestJob.objects.unfinished().update(run_after=timezone.now())
    pipeline.run(jobs[0].graph_id)
    done = IngestJob.objects.filter(status="done")
    cancelled = IngestJob.objects.filter(status="failed", error_code="CANCELLED")
    assert done.count() + cancelled.count() == 40
    assert Memory.objects.count() == done.count()
    assert AuditEntry.objects.filter(action="job.cancelled").count() == cancelled.count()
