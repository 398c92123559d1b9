"""What becomes of a message: jobs, memories, and what a failure leaves."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from graphs.models import Embedding, Episode, Graph, Memory
from ingest import lease as leases
from ingest import pipeline, reading, sweep, tasks
from ingest.lease import LeaseLost
from ingest.models import IngestJob
from tests.conftest import Drain
from tests.scripted import Scripted
from tests.world import Api


def test_a_job_that_is_done_says_what_was_written(api: Api, thread: dict[str, Any], drain: Drain) -> None:
    first = api.say(thread, "lives_in Lisbon\nlikes tea")["ingested"][0]
    second = api.say(thread, "lives_in Porto")["ingested"][0]
    queued = api.get(f"/v1/jobs/{first['jobId']}").json()
    job = IngestJob.objects.order_by("id").first()
    assert queued == {
        "id": first["jobId"],
        "status": "queued",
        "kind": "message",
        "userId": thread["userId"],
        "graphId": Graph.objects.get().ref,
        "threadId": thread["id"],
        "messageId": first["messageId"],
        "documentId": None,
        "attempts": 0,
        "error": None,
        "written": {"memories": 0, "closed": 0, "entities": 0, "relations": 0},
        "createdAt": job.created_at.isoformat().replace("+00:00", "Z"),
        "startedAt": None,
        "finishedAt": None,
    }
    drain()
    done = api.get(f"/v1/jobs/{first['jobId']}").json()
    assert (done["status"], done["attempts"], done["error"]) == ("done", 1, None)
    assert done["written"] == {"memories": 2, "closed": 0, "entities": 2, "relations": 2}
    assert queued["createdAt"] < done["startedAt"] < done["finishedAt"]
    written = api.get(f"/v1/jobs/{second['jobId']}").json()["written"]
    assert written == {"memories": 1, "closed": 1, "entities": 1, "relations": 1}


def test_done_means_recallable(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> None:
    message = api.say(thread, "likes tea", {"role": "assistant", "content": "Noted, tea."})["messages"][0]
    drain()
    found = api.post(f"/v1/users/{user['id']}/search", {"query": "tea"}).json()["items"]
    assert {item["kind"] for item in found} == {"memory", "entity", "relation", "episode"}
    assert next(item for item in found if item["kind"] == "memory")["messageIds"] == [message["id"]]
    assert Episode.objects.filter(indexed_at=None).count() == 0
    assert Embedding.objects.count() == 3


def test_jobs_are_read_in_the_order_in_which_they_were_said(
    api: Api, thread: dict[str, Any], scripted: Scripted, drain: Drain
) -> None:
    days = ("2024-03-01", "2024-01-01", "2024-02-01")
    api.say(thread, *({"role": "user", "content": day, "createdAt": f"{day}T00:00:00Z"} for day in days))
    drain()
    assert scripted.heard == [["2024-01-01", "2024-02-01", "2024-03-01"]]


def test_more_than_a_batch_is_done_in_several(
    api: Api, thread: dict[str, Any], scripted: Scripted, drain: Drain
) -> None:
    api.say(thread, *(f"likes thing {number}" for number in range(40)))
    graph = Graph.objects.get()
    assert pipeline.run(graph.pk) is True
    assert pipeline.run(graph.pk) is False
    assert [len(heard) for heard in scripted.heard] == [32, 8]
    assert Memory.objects.count() == 40


def test_a_poison_message_fails_with_a_reason_and_holds_up_no_other(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, settings: LazySettings
) -> None:
    settings.INGEST_MAX_ATTEMPTS = 3
    jobs = api.say(thread, "likes tea", "poison", "lives_in Lisbon")["ingested"]
    graph_id = Graph.objects.get().pk
    assert pipeline.run(graph_id) is False
    waiting = api.get(f"/v1/jobs/{jobs[1]['jobId']}").json()
    assert (waiting["status"], waiting["attempts"]) == ("queued", 1)
    assert waiting["error"] == {"code": "INGEST_FAILED", "detail": "ExtractionFailed: this can't be read"}
    drain()
    answers = [api.get(f"/v1/jobs/{job['jobId']}").json() for job in jobs]
    assert [answer["status"] for answer in answers] == ["done", "failed", "done"]
    assert answers[1]["attempts"] == 3
    assert answers[1]["error"] == {"code": "INGEST_FAILED", "detail": "ExtractionFailed: this can't be read"}
    assert answers[1]["finishedAt"] is not None
    assert [answer["error"] for answer in answers[::2]] == [None, None]
    assert len(api.memories(user)) == 2


def test_what_is_not_understood_stays_recallable_word_for_word(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, settings: LazySettings
) -> None:
    settings.INGEST_MAX_ATTEMPTS = 1
    api.say(thread, "poison in my cup of tea")
    drain()
    found = api.post(f"/v1/users/{user['id']}/search", {"query": "cup of tea"}).json()["items"]
    assert [(item["kind"], item["text"]) for item in found] == [("episode", "poison in my cup of tea")]


def test_a_failing_job_waits_longer_each_time(api: Api, thread: dict[str, Any], drain: Drain) -> None:
    api.say(thread, "poison")
    waits = []
    for _ in range(3):
        IngestJob.objects.update(run_after=timezone.now())
        begun = timezone.now()
        pipeline.run(Graph.objects.get().pk)
        waits.append(round((IngestJob.objects.get().run_after - begun).total_seconds()))
    assert waits == [2, 4, 8]


def test_a_job_that_waits_to_be_tried_again_is_not_taken_before_its_time(
    api: Api, thread: dict[str, Any], scripted: Scripted
) -> None:
    api.say(thread, "poison")
    pipeline.run(Graph.objects.get().pk)
    pipeline.run(Graph.objects.get().pk)
    assert [heard for heard in scripted.heard if heard] == [["poison"]]
    assert sweep.waiting_graphs() == []
    IngestJob.objects.update(run_after=timezone.now())
    assert sweep.waiting_graphs() == [Graph.objects.get().pk]


def test_what_can_not_be_indexed_holds_up_no_message_of_the_user(
    api: Api, thread: dict[str, Any], scripted: Scripted, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = reading.indexing.index_episodes

    def refuse(episodes: list[Episode]) -> Any:
        if any("unreadable" in episode.content for episode in episodes):
            raise ValueError("this can't be indexed")
        return read(episodes)

    monkeypatch.setattr(reading.indexing, "index_episodes", refuse)
    settings.INGEST_MAX_ATTEMPTS = 3
    api.say(thread, {"role": "assistant", "content": "unreadable"}, "likes tea")
    for _ in range(10):
        IngestJob.objects.update(run_after=timezone.now())
        pipeline.run(Graph.objects.get().pk)
    assert IngestJob.objects.get().status == IngestJob.Status.DONE


def test_while_a_worker_has_the_lease_no_other_works_on_the_graph(
    api: Api, thread: dict[str, Any], scripted: Scripted
) -> None:
    api.say(thread, "likes tea")
    graph_id = Graph.objects.get().pk
    held = leases.take(graph_id)
    assert held is not None
    assert leases.take(graph_id) is None
    assert pipeline.run(graph_id) is False
    assert sweep.waiting_graphs() == []
    assert scripted.heard == []
    leases.release(held)
    assert sweep.waiting_graphs() == [graph_id]


def test_a_worker_that_lost_the_lease_writes_nothing(
    api: Api, thread: dict[str, Any], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands still for so long that another takes over, does the work, and is done before it wakes."""
    api.say(thread, "lives_in Lisbon", "likes tea")
    graph_id = Graph.objects.get().pk
    extract = reading.extract

    def extract_late(utterances: Any) -> Any:
        monkeypatch.setattr(reading, "extract", extract)
        Graph.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        while pipeline.run(graph_id):
            pass
        rows.update(_state())
        return extract(utterances)

    rows: dict[str, Any] = {}
    monkeypatch.setattr(reading, "extract", extract_late)
    assert pipeline.run(graph_id) is False
    assert _state() == rows
    assert Memory.objects.count() == 2
    assert list(IngestJob.objects.values_list("status", "attempts")) == [("done", 2), ("done", 2)]


def test_the_lease_is_extended_while_a_long_message_is_indexed(
    api: Api, thread: dict[str, Any], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = []
    index = reading.indexing.index_episodes

    def note_and_index(episodes: list[Episode]) -> Any:
        ends.append(Graph.objects.get().lease_until)
        return index(episodes)

    monkeypatch.setattr(reading.indexing, "index_episodes", note_and_index)
    api.say(thread, "I like tea. " * 2_000)
    pipeline.run(Graph.objects.get().pk)
    assert len(ends) == 4
    assert ends == sorted(set(ends))
    assert IngestJob.objects.get().status == IngestJob.Status.DONE


def test_a_lease_that_was_taken_over_cannot_be_written_under(api: Api, user: dict[str, Any]) -> None:
    graph_id = Graph.objects.get().pk
    old = leases.take(graph_id)
    assert old is not None
    Graph.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    new = leases.take(graph_id)
    assert new is not None
    with pytest.raises(LeaseLost), leases.writing(old):
        pass
    leases.release(old)
    assert leases.take(graph_id) is None
    with leases.writing(new) as graph:
        assert graph.pk == graph_id


def test_the_sweeper_rings_for_what_waits_and_for_nothing_else(
    api: Api, thread: dict[str, Any], scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(tasks, "ring", lambda task, key: rung.append(key))
    tasks.sweep_graphs()
    assert rung == []
    api.say(thread, {"role": "assistant", "content": "Hello!"})
    tasks.sweep_graphs()
    assert rung == [str(Graph.objects.get().pk)]


def _state() -> dict[str, Any]:
    """All that a batch may write."""
    return {
        "memories": list(Memory.objects.order_by("id").values("id", "valid_to", "recorded_at")),
        "jobs": list(IngestJob.objects.order_by("id").values("id", "status", "finished_at", "written")),
        "embeddings": Embedding.objects.count(),
        "versions": list(Graph.objects.values_list("version", flat=True)),
    }


def test_messages_that_state_nothing_move_on_together(
    api: Api, thread: dict[str, Any], scripted: Scripted, drain: Drain
) -> None:
    api.say(thread, *(f"{number}, hello!" for number in range(12)))
    with CaptureQueriesContext(connection) as read:
        drain()
    assert len([query for query in read if query["sql"].startswith('UPDATE "ingest_ingestjob" SET "status"')]) == 2
    assert list(IngestJob.objects.values_list("status", "attempts").distinct()) == [("done", 1)]


def test_a_memory_is_inserted_with_its_full_text(
    api: Api, thread: dict[str, Any], scripted: Scripted, drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon", "likes tea")
    with CaptureQueriesContext(connection) as written:
        drain()
    assert [query for query in written if query["sql"].startswith('UPDATE "graphs_memory"')] == []
    assert Memory.objects.filter(tsv=SearchQuery("lisbon", config="english")).count() == 1
    assert Memory.objects.filter(tsv=SearchQuery("tea", config="english")).count() == 1
