"""What became of each attempt of a job is kept with it."""

from typing import Any

import pytest
from django.conf import LazySettings

from graphs import embedders
from ingest import attempts, pipeline, reading
from ingest.erase import delete_message
from ingest.jobs import retry_job
from ingest.models import IngestJob
from memos.projects.audit import Caller
from tests import factories as make
from tests.conftest import Drain
from tests.world import Api
from threads.models import Message

pytestmark = pytest.mark.django_db


def outcomes(job: IngestJob) -> list[str]:
    job.refresh_from_db()
    return [one.get("outcome", "running") for one in job.history]


def test_one_that_goes_well_has_one(api: Api, thread: dict[str, Any], drain: Drain) -> None:
    api.say(thread, "likes tea")
    drain()
    [one] = IngestJob.objects.get().history
    assert (one["number"], one["outcome"]) == (1, "done")
    assert one["began"] <= one["ended"]


def test_those_that_failed_say_why_and_a_retry_counts_on(
    api: Api, thread: dict[str, Any], drain: Drain, settings: LazySettings
) -> None:
    settings.INGEST_MAX_ATTEMPTS = 2
    api.say(thread, "poison")
    drain()
    job = IngestJob.objects.get()
    assert outcomes(job) == ["failed", "failed"]
    assert (job.history[0]["code"], bool(job.history[0]["detail"])) == ("INGEST_FAILED", True)
    retry_job(caller=Caller.from_command(job.project, "tests"), job=job)
    drain()
    assert outcomes(job) == ["failed"] * 4
    assert [one["number"] for one in job.history] == [1, 2, 3, 4]
    assert job.attempts == 2


def test_only_the_last_are_kept(api: Api, thread: dict[str, Any], drain: Drain, settings: LazySettings) -> None:
    settings.INGEST_MAX_ATTEMPTS = 25
    api.say(thread, "poison")
    drain()
    assert [one["number"] for one in IngestJob.objects.get().history] == list(range(6, 26))


def test_a_worker_that_died_left_one_without_an_end(drain: Drain, settings: LazySettings) -> None:
    settings.INGEST_MAX_ATTEMPTS = 1
    job = make.IngestJobFactory(status="running", attempts=1, history=[{"number": 1, "began": "2026-11-26T08:00:00"}])
    make.EpisodeFactory(message=job.message)
    drain()
    assert outcomes(job) == ["the worker died"]
    assert job.error_code == "GAVE_UP"


def test_where_the_installation_is_at_fault_it_is_not_counted(
    api: Api, thread: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: Any) -> Any:
        raise embedders.ModelMissing("no file")

    api.say(thread, "likes tea")
    job = IngestJob.objects.get()
    with monkeypatch.context() as patched:
        patched.setattr(reading, "facts_of", missing)
        pipeline.run(job.graph_id)
    assert outcomes(job) == ["interrupted"]
    assert job.attempts == 0
    drain()
    assert outcomes(job) == ["interrupted", "done"]


def test_what_is_deleted_meanwhile_interrupts_the_others(
    api: Api, thread: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.say(thread, "likes tea", "likes milk")
    kept, gone = IngestJob.objects.order_by("pk")
    real = reading.facts_of

    def delete_and_read(*args: Any) -> Any:
        for message in Message.objects.filter(pk=gone.message_id):
            delete_message(caller=Caller.from_command(kept.project, "tests"), message=message)
        return real(*args)

    monkeypatch.setattr(reading, "facts_of", delete_and_read)
    drain()
    assert outcomes(kept) == ["interrupted", "done"]
    assert kept.attempts == 1


def test_a_document_that_goes_well_has_one_however_many_slices(
    api: Api, user: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.documents.slices.PIECES", 1)
    api.give(user, "\n\n".join(f"# {number}\n\nof Tom: likes thing {number}" for number in range(5)))
    drain()
    [one] = IngestJob.objects.get().history
    assert (one["number"], one["outcome"]) == (1, attempts.DONE)
