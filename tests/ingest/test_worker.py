"""A real worker with its beat: what it is told is done, whatever happens to it or to the broker."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.db.models import Max

from graphs.models import Episode, Memory, Source
from ingest.models import IngestJob
from memos.celery import app
from tests.processes import Worker, wait_until
from tests.world import Api

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., Worker]


def test_an_appended_message_is_done_without_anybody_asking(
    start_worker: Start, api: Api, user: dict[str, Any], thread: dict[str, Any]
) -> None:
    start_worker()
    [job] = api.say(thread, "likes tea")["ingested"]
    done = wait_until(lambda: _done(api, job["jobId"]))
    assert (done["attempts"], done["written"]["memories"]) == (1, 1)
    wait_until(lambda: api.get(f"/v1/users/{user['id']}").json()["summary"])
    assert api.post(f"/v1/users/{user['id']}/summary", force="true").json() == {
        "generated": True,
        "summary": "Likes tea.",
        "memoryCount": 1,
    }


@pytest.mark.parametrize("place", ["extract", "write"])
def test_a_worker_that_is_killed_in_the_middle_of_a_batch_loses_nothing(
    start_worker: Start, api: Api, user: dict[str, Any], thread: dict[str, Any], place: str
) -> None:
    first = start_worker(HOLD_AT=place)
    said = [f"likes thing {number}\nlives_in town {number}" for number in range(10)]
    api.say(thread, *said, "likes thing 0", {"role": "assistant", "content": "Noted."})
    done_before = {"extract": 0, "write": 1}[place]
    wait_until(lambda: _running() and _finished() == done_before)
    first.kill()
    assert _finished() == done_before

    start_worker()
    wait_until(lambda: not IngestJob.objects.unfinished().exists())
    assert set(IngestJob.objects.values_list("status", flat=True)) == {"done"}
    assert sorted(IngestJob.objects.values_list("attempts", flat=True)) == [1] * done_before + [2] * (11 - done_before)
    assert Memory.objects.count() == Memory.objects.values("content").distinct().count() == 20
    assert Source.objects.filter(role=Source.Role.SUPPORTS).count() == 21
    assert [one["content"] for one in api.memories(user, kind="home")] == ["Alice lives in town 9."]
    wait_until(lambda: not Episode.objects.filter(indexed_at=None).exists())


@pytest.mark.parametrize("place", ["cut", "slice"])
@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_worker_that_is_killed_in_the_middle_of_a_document_neither_loses_nor_doubles_a_piece(
    start_worker: Start, api: Api, user: dict[str, Any], thread: dict[str, Any], kind: str, place: str
) -> None:
    first = start_worker(HOLD_AT=place, PIECES="4")
    paragraphs = [f"# {number}\n\nof Tom: likes thing {number}" for number in range(14)]
    given = api.give(user, "\n\n".join(paragraphs) if kind == "text" else [{"text": one} for one in paragraphs], kind)
    wait_until(lambda: IngestJob.objects.filter(position=4, attempts=1).exists())
    first.kill()
    api.say(thread, "likes tea")
    assert (Episode.objects.filter(source_kind="document").count(), Memory.objects.count() % 4) == (4, 0)

    start_worker(PIECES="4")
    done = wait_until(lambda: _done(api, given["jobId"]))
    memories = 14 if kind == "text" else 0
    assert (done["written"]["memories"], done["attempts"]) == (memories, 1)
    pieces = Episode.objects.filter(source_kind="document").order_by("position")
    assert list(pieces.values_list("position", flat=True)) == list(range(14))
    assert [f"thing {number}" in one.content for number, one in enumerate(pieces)] == [True] * 14
    assert Memory.objects.filter(content__startswith="Tom").count() == memories
    assert Source.objects.filter(episode__in=pieces).count() == memories
    assert not Episode.objects.filter(indexed_at=None).exists()


def test_a_piece_that_kills_its_worker_fails_its_document_and_holds_up_nobody(
    start_worker: Start, api: Api, user: dict[str, Any], thread: dict[str, Any]
) -> None:
    start_worker(ATTEMPTS="2")
    given = api.give(user, "deadly")
    [job] = api.say(thread, "likes tea")["ingested"]
    wait_until(lambda: _done(api, job["jobId"]))
    wait_until(lambda: not IngestJob.objects.unfinished().exists())
    assert api.get(f"/v1/jobs/{given['jobId']}").json()["error"] == {
        "code": "GAVE_UP",
        "detail": "The worker died each time that this document was read.",
    }


def test_a_broker_that_forgets_everything_loses_nothing(
    start_worker: Start, api: Api, thread: dict[str, Any], broker: str
) -> None:
    api.say(thread, "likes tea", "likes milk")
    with redis.Redis.from_url(broker) as client:
        assert client.dbsize() > 0
        client.flushdb()
    start_worker()
    wait_until(lambda: _finished() == 2)
    assert Memory.objects.count() == 2


def test_a_broker_that_is_down_refuses_no_message(
    start_worker: Start,
    api: Api,
    thread: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as down:
        down.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
        down.setattr(app, "_pool", None)
        down.setattr(app.amqp, "_producer_pool", None)
        assert len(api.say(thread, "likes tea")["ingested"]) == 1
    assert "the broker did not take the ring" in caplog.text
    start_worker()
    wait_until(lambda: _finished() == 1)


def test_a_message_that_kills_its_worker_fails_and_holds_up_no_other(
    start_worker: Start, api: Api, thread: dict[str, Any]
) -> None:
    start_worker(ATTEMPTS="2")
    jobs = api.say(thread, "likes tea", "deadly", "likes milk")["ingested"]
    wait_until(lambda: not IngestJob.objects.unfinished().exists())
    answers = [api.get(f"/v1/jobs/{job['jobId']}").json() for job in jobs]
    assert [answer["status"] for answer in answers] == ["done", "failed", "done"]
    assert answers[1]["attempts"] == 2
    assert answers[1]["error"] == {
        "code": "GAVE_UP",
        "detail": "The worker died each time that this message was read.",
    }
    assert IngestJob.objects.filter(status="done").aggregate(most=Max("attempts"))["most"] <= 2
    assert Memory.objects.count() == 2


def _done(api: Api, job_id: str) -> dict[str, Any] | None:
    job = api.get(f"/v1/jobs/{job_id}").json()
    return job if job["status"] == "done" else None


def _running() -> bool:
    return IngestJob.objects.filter(status=IngestJob.Status.RUNNING).exists()


def _finished() -> int:
    return IngestJob.objects.filter(status=IngestJob.Status.DONE).count()
