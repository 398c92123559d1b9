"""How the worker reads a document: slice by slice, after what was said, all or nothing."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.utils import timezone

from graphs.models import Document, Embedding, Episode, Graph, Memory
from ingest import lease as leases
from ingest import pipeline, reading, sweep
from ingest.documents import cutting, slices
from ingest.models import IngestJob
from tests.conftest import Drain
from tests.meanwhile import meanwhile
from tests.scripted import Scripted
from tests.world import Api


def book(chapters: int) -> str:
    return "\n\n".join(f"# {number}\n\nof Tom: likes thing {number}" for number in range(chapters))


def run() -> bool:
    """One batch; what waits to be tried again is due at once."""
    IngestJob.objects.update(run_after=timezone.now())
    return pipeline.run(Graph.objects.get().pk)


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "PIECES", 4)
    cutting.cut.cache_clear()


def job() -> IngestJob:
    return IngestJob.objects.get(kind="document")


@pytest.mark.usefixtures("scripted")
def test_it_is_written_slice_by_slice_and_done_when_all_of_it_is_there(api: Api, user: dict[str, Any]) -> None:
    given = api.give(user, book(10))
    steps = []
    while not steps or steps[-1]["job"]["status"] != "done":
        assert run() is (len(steps) < 2)
        steps.append(api.get(f"/v1/documents/{given['documentId']}").json())
    assert [step["pieces"] for step in steps] == [{"done": done, "total": 10} for done in (4, 8, 10)]
    assert [step["job"]["written"]["memories"] for step in steps] == [4, 8, 10]
    assert [step["job"]["status"] for step in steps] == ["running", "running", "done"]
    assert len({step["job"]["startedAt"] for step in steps}) == 1
    assert steps[-1]["job"]["attempts"] == 1
    assert list(Episode.objects.order_by("position").values_list("position", flat=True)) == list(range(10))
    assert Episode.objects.filter(indexed_at=None).count() == 0
    assert Embedding.objects.count() == 20


@pytest.mark.usefixtures("scripted")
def test_it_is_cut_once(api: Api, user: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = []
    real = cutting.prose.cut
    monkeypatch.setattr(cutting.prose, "cut", lambda text: cuts.append(text) or real(text))
    api.give(user, book(20))
    drain()
    assert len(cuts) == 1


def test_what_is_said_meanwhile_comes_before_the_next_slice(
    api: Api, user: dict[str, Any], thread: dict[str, Any], scripted: Scripted
) -> None:
    api.give(user, book(8))
    api.say(thread, "likes tea")
    run()
    assert (scripted.heard[-1], job().position) == (["likes tea"], 0)
    run()
    api.say(thread, "likes milk", {"role": "assistant", "content": "Noted."})
    run()
    assert (scripted.heard[-1], job().position) == (["likes milk"], 4)
    assert not Episode.objects.filter(indexed_at=None).exists()
    run()
    assert job().status == "done"


@pytest.mark.usefixtures("scripted")
def test_documents_are_read_one_after_the_other(api: Api, user: dict[str, Any]) -> None:
    given = [api.give(user, book(6), createdAt=f"{year}-01-01T00:00:00Z")["jobId"] for year in (2024, 2020)]
    seen = []
    for _ in range(4):
        run()
        seen.append([api.get(f"/v1/jobs/{key}").json()["status"] for key in given])
    assert seen == [["running", "queued"], ["done", "queued"], ["done", "running"], ["done", "done"]]


@pytest.mark.usefixtures("scripted")
def test_a_slice_that_fails_backs_off_and_fails_at_last_with_its_reason(
    api: Api, user: dict[str, Any], thread: dict[str, Any], settings: LazySettings
) -> None:
    settings.INGEST_MAX_ATTEMPTS = 3
    given = api.give(user, book(6) + "\n\n# poison\n\npoison")
    other = api.give(user, book(1))
    api.say(thread, "likes tea")
    waits = []
    run()
    run()
    assert (job_of(given).position, job_of(given).attempts) == (4, 0)
    for attempt in (1, 2):
        begun = timezone.now()
        run()
        waits.append(round((job_of(given).run_after - begun).total_seconds()))
        assert (job_of(given).position, job_of(given).status, job_of(given).attempts) == (4, "queued", attempt)
    assert waits == [2, 4]
    run()
    answer = api.get(f"/v1/jobs/{given['jobId']}").json()
    assert (answer["status"], answer["attempts"]) == ("failed", 3)
    assert answer["error"] == {"code": "INGEST_FAILED", "detail": "ExtractionFailed: this can't be read"}
    assert Episode.objects.filter(source_kind="document").count() == 4
    run()
    assert job_of(other).status == "done"


def job_of(given: dict[str, Any]) -> IngestJob:
    return IngestJob.objects.by_ref(given["jobId"]).get()


@pytest.mark.usefixtures("scripted")
def test_a_slice_that_went_well_clears_what_went_wrong_before(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.give(user, book(6))
    with monkeypatch.context() as broken:
        broken.setattr(reading, "extract", _fail(ValueError("it broke")))
        run()
        assert (job().error_detail, job().attempts) == ("ValueError: it broke", 1)
    run()
    assert (job().error, job().attempts, job().position) == (None, 0, 4)


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize(
    "where", [(reading, "extract"), (reading, "index"), (slices, "cut")], ids=lambda place: place[1]
)
def test_a_fault_of_the_installation_is_not_held_against_it(
    api: Api, user: dict[str, Any], settings: LazySettings, monkeypatch: pytest.MonkeyPatch, where: tuple[Any, str]
) -> None:
    settings.INGEST_MAX_ATTEMPTS = 1
    api.give(user, book(2))
    with monkeypatch.context() as broken:
        broken.setattr(*where, _fail(OperationalError("no connection")))
        assert [run() for _ in range(3)] == [False] * 3
    assert (job().status, job().attempts, job().error_detail) == ("queued", 0, "OperationalError: no connection")
    run()
    assert (job().status, job().attempts) == ("done", 1)


def _fail(error: Exception) -> Any:
    def fail(*args: Any) -> Any:
        raise error

    return fail


@pytest.mark.usefixtures("scripted")
def test_a_slice_that_can_not_be_written_leaves_nothing_and_counts_nothing_twice(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.give(user, book(8))
    run()
    with monkeypatch.context() as broken:
        real = slices._move_on

        def move_and_fail(*args: Any) -> None:
            real(*args)
            raise ValueError("the disk is full")

        broken.setattr(slices, "_move_on", move_and_fail)
        run()
    assert (job().position, job().written["memories"], job().attempts) == (4, 4, 1)
    assert (Episode.objects.count(), Memory.objects.count()) == (4, 4)
    run()
    assert (job().position, job().written["memories"], job().status) == (8, 8, "done")


@pytest.mark.usefixtures("scripted")
def test_a_document_that_is_deleted_while_a_slice_is_read_leaves_nothing(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given, other = api.give(user, book(8)), api.give(user, "of Tom: likes cake")
    run()
    real = reading.extract

    def delete_meanwhile(utterances: Any) -> Any:
        monkeypatch.setattr(reading, "extract", real)
        Graph.objects.update(lease_until=None)  # the lease has run out, and nobody took it
        api.delete(f"/v1/documents/{given['documentId']}")
        return real(utterances)

    monkeypatch.setattr(reading, "extract", delete_meanwhile)
    assert run() is True  # there is another document
    assert (Episode.objects.count(), Memory.objects.count(), Document.objects.count()) == (0, 0, 1)
    run()
    assert job_of(other).status == "done"


@pytest.mark.usefixtures("scripted")
def test_a_worker_that_lost_the_lease_writes_no_piece_twice(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    api.give(user, book(8))
    graph_id, real = Graph.objects.get().pk, reading.extract

    def sleep(utterances: Any) -> Any:
        monkeypatch.setattr(reading, "extract", real)
        Graph.objects.update(lease_until=timezone.now())
        while pipeline.run(graph_id):
            pass
        return real(utterances)

    monkeypatch.setattr(reading, "extract", sleep)
    assert run() is False
    assert (job().status, job().position, Episode.objects.count(), Memory.objects.count()) == ("done", 8, 8, 8)


MOMENTS = {"extract": reading, "_write_facts": slices}


@pytest.mark.usefixtures("scripted")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("whose", ["users/{id}", "documents/{document}"])
def test_a_slice_that_is_being_read_writes_nothing_after_a_deletion(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch, moment: str, whose: str
) -> None:
    """Within the transaction of the slice the deletion waits for it; before that it goes through at once."""
    given = api.give(user, book(8))
    path = f"/v1/{whose.format(id=user['id'], document=given['documentId'])}"
    at, waits = (MOMENTS[moment], moment), moment == "_write_facts"
    with meanwhile(lambda: api.delete(path).status_code, monkeypatch, at=at, waits=waits) as answers:
        pipeline.run(Graph.objects.get().pk)
    assert answers == [200]
    for model in (Document, IngestJob, Episode, Memory, Embedding):
        assert model.objects.count() == 0, model


@pytest.mark.usefixtures("scripted")
def test_the_sweeper_rings_for_a_document_that_was_left_between_two_slices(api: Api, user: dict[str, Any]) -> None:
    api.give(user, book(8))
    run()
    assert sweep.waiting_graphs() == [Graph.objects.get().pk]
    held = leases.take(Graph.objects.get().pk)
    assert held
    assert sweep.waiting_graphs() == []


@pytest.mark.usefixtures("scripted")
def test_a_fact_that_was_stated_and_stands_in_a_document_is_one_memory(api: Api, drain: Drain) -> None:
    group = api.new_group("acme")
    api.state("acme", "Tom likes tea.")
    given = api.give(group, "of Tom: likes tea")
    drain()
    memory = Memory.objects.get()
    assert {source.episode.source_kind for source in memory.sources.all()} == {"statement", "document"}
    api.delete(f"/v1/documents/{given['documentId']}")
    assert [source.episode.source_kind for source in memory.sources.all()] == ["statement"]
