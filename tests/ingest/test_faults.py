"""What goes wrong with one message, with one episode, and with the installation, and whom it holds up."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.utils import timezone

from graphs import embedders
from graphs.embedders import EmbedderUnavailable, ModelMissing
from graphs.kinds import EntityType, MemoryKind
from graphs.models import Embedding, Entity, Episode, Graph, Memory, Relation
from ingest import messages, pipeline, progress, reading
from ingest.extractors.base import SPEAKER, Ending, Fact, Link, Span, Thing, Utterance, sane
from ingest.models import IngestJob
from tests.scripted import Scripted
from tests.world import Api

Run = Callable[[], bool]
TEA = Fact(f"{SPEAKER} likes tea.", MemoryKind.PREFERENCE)
SOMEBODY = Thing(SPEAKER, EntityType.PERSON)
ACME = Thing("Acme", EntityType.ORGANIZATION)


@pytest.fixture
def run() -> Run:
    """One batch; what waits to be tried again is due at once."""

    def one_batch() -> bool:
        IngestJob.objects.update(run_after=timezone.now())
        return pipeline.run(Graph.objects.get().pk)

    return one_batch


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An episode that holds the word can't be indexed."""
    index = reading.indexing.index_episodes

    def refuse(episodes: Sequence[Episode]) -> Any:
        if any("unreadable" in episode.content for episode in episodes):
            raise ValueError("this can't be indexed")
        return index(episodes)

    monkeypatch.setattr(reading.indexing, "index_episodes", refuse)


@pytest.mark.usefixtures("scripted", "unreadable")
def test_an_episode_that_can_not_be_indexed_is_kept_without_vectors_and_its_batch_goes_on(
    api: Api, user: dict[str, Any], thread: dict[str, Any], run: Run
) -> None:
    jobs = api.say(thread, "likes tea", "unreadable cup of tea", {"role": "assistant", "content": "Noted."})["ingested"]
    assert run() is False
    assert Episode.objects.filter(indexed_at=None).count() == 0
    bare = Episode.objects.get(embeddings=None)
    assert (bare.content, bare.excerpt) == ("unreadable cup of tea", "unreadable cup of tea")
    assert Embedding.objects.filter(episode__isnull=False).count() == 2
    answers = [api.get(f"/v1/jobs/{job['jobId']}").json() for job in jobs]
    assert [(answer["status"], answer["attempts"], answer["error"]) for answer in answers] == [("done", 1, None)] * 2
    found = api.post(f"/v1/users/{user['id']}/search", {"query": "unreadable cup"}).json()["items"]
    assert "unreadable cup of tea" in [item["text"] for item in found if item["kind"] == "episode"]


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize(
    "fault",
    [ModelMissing("no model"), EmbedderUnavailable("not now"), OperationalError("no connection")],
    ids=repr,
)
@pytest.mark.parametrize("place", ["index", "extract", "embed"])
def test_a_fault_of_the_installation_is_not_held_against_the_jobs(
    api: Api,
    thread: dict[str, Any],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
    fault: Exception,
    place: str,
) -> None:
    settings.INGEST_MAX_ATTEMPTS = 2

    def fail(*args: Any) -> Any:
        raise fault

    api.say(thread, "likes tea", "likes milk")
    with monkeypatch.context() as broken:
        where = {"index": (reading.indexing, "index_episodes"), "extract": (reading, "extract")}
        broken.setattr(*where.get(place, (embedders.current(), "embed")), fail)
        before = timezone.now()
        assert [run() for _ in range(4)] == [False] * 4
    for job in IngestJob.objects.all():
        assert (job.status, job.attempts) == (IngestJob.Status.QUEUED, 0)
        assert job.error_detail == f"{type(fault).__name__}: {fault}"
        assert (job.run_after - before).total_seconds() > progress.FAULT_PAUSE_SECONDS - 1
    assert Graph.objects.get().lease_until is None
    run()
    assert list(IngestJob.objects.values_list("status", "attempts", "error_code")) == [("done", 1, "")] * 2
    assert Memory.objects.count() == 2


@pytest.mark.usefixtures("scripted")
def test_a_message_that_can_not_be_read_does_not_fail_the_others_of_its_batch(
    api: Api, thread: dict[str, Any], run: Run
) -> None:
    jobs = api.say(thread, "likes tea", "poison", "lives_in Lisbon", "Hello!")["ingested"]
    run()
    answers = [api.get(f"/v1/jobs/{job['jobId']}").json() for job in jobs]
    assert [answer["status"] for answer in answers] == ["done", "queued", "done", "done"]
    assert [answer["attempts"] for answer in answers] == [1, 1, 1, 1]
    reason = {"code": "INGEST_FAILED", "detail": "ExtractionFailed: this can't be read"}
    assert [answer["error"] for answer in answers] == [None, reason, None, None]


def test_a_batch_is_bounded_by_its_characters(
    api: Api, thread: dict[str, Any], scripted: Scripted, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "BATCH_CHARACTERS", 100)
    api.say(thread, "a" * 50, "b" * 50, "c" * 150, "d" * 99, "e" * 2)
    assert [run() for _ in range(4)] == [True, True, True, False]
    assert [[text[0] for text in heard] for heard in scripted.heard] == [["a", "b"], ["c"], ["d"], ["e"]]
    assert set(IngestJob.objects.values_list("status", "attempts")) == {("done", 1)}


@pytest.mark.usefixtures("scripted")
@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ("", "The worker died each time that this message was read."),
        ("ValueError: it broke", "ValueError: it broke"),
    ],
)
def test_a_job_that_comes_back_too_often_fails_with_its_reason(
    api: Api, thread: dict[str, Any], run: Run, settings: LazySettings, known: str, shown: str
) -> None:
    settings.INGEST_MAX_ATTEMPTS = 3
    first, second = api.say(thread, "likes tea", "likes milk")["ingested"]
    dead = IngestJob.objects.order_by("pk")[:1]
    IngestJob.objects.filter(pk__in=dead).update(status="running", attempts=3, error_detail=known)
    while run():
        pass
    answer = api.get(f"/v1/jobs/{first['jobId']}").json()
    assert (answer["status"], answer["attempts"]) == ("failed", 3)
    assert answer["error"] == {"code": "GAVE_UP", "detail": shown}
    assert answer["finishedAt"] is not None
    assert api.get(f"/v1/jobs/{second['jobId']}").json()["status"] == "done"


def test_a_fact_loses_its_nuls_and_what_is_beyond_its_length() -> None:
    assert sane(replace(TEA, content=f"\0{SPEAKER} likes\0 tea. ")) == TEA
    assert len(sane(replace(TEA, content="x" * 5000)).content) == 2000


@pytest.mark.parametrize("content", ["", " \n", "\0", SPEAKER, f" {SPEAKER} \0"])
def test_of_a_fact_that_says_nothing_nothing_is_left(content: str) -> None:
    assert sane(replace(TEA, content=content)) is None


def test_an_end_before_the_start_is_dropped() -> None:
    start, end = datetime(2024, 5, 2, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)
    assert sane(replace(TEA, span=Span(start, end))).span == Span(start, None)
    for span in (Span(end, start), Span(None, end), Span(start, None), Span(start, start)):
        assert sane(replace(TEA, span=span)).span == span


@pytest.mark.parametrize("predicate", ["", "x" * 51, "likes\0"])
def test_a_link_without_a_predicate_that_can_be_kept_is_dropped(predicate: str) -> None:
    fine = Link(SOMEBODY, "x" * 50, ACME)
    assert sane(replace(TEA, links=(Link(SOMEBODY, predicate, ACME), fine))).links == (fine,)


def test_an_ending_that_can_not_be_kept_is_dropped() -> None:
    fine = (Ending("lives_in"), Ending("likes", "tea"))
    assert sane(replace(TEA, ends=(Ending("likes\0"), *fine, Ending("likes", "\0tea")))).ends == fine


@pytest.mark.parametrize(
    "thing",
    [
        Thing("", EntityType.TOPIC),
        Thing(" \n", EntityType.TOPIC),
        Thing("a\0b", EntityType.TOPIC),
        Thing("a", EntityType.TOPIC, ("b\0",)),
    ],
)
def test_a_thing_without_a_name_that_can_be_kept_is_dropped_with_its_links(thing: Thing) -> None:
    links = (Link(SOMEBODY, "likes", thing), Link(thing, "likes", SOMEBODY), Link(SOMEBODY, "likes", ACME))
    kept = sane(replace(TEA, things=(thing, ACME), links=links))
    assert (kept.things, kept.links) == ((ACME,), links[2:])


class Careless:
    """An extractor that returns what no table can hold."""

    def load(self) -> None:
        """There is nothing to load."""

    def extract(self, utterances: Sequence[Utterance]) -> list[list[Fact]]:
        nameless = Thing("\0", EntityType.TOPIC)
        predicates = ("x" * 1000, "at\0", "works_at")
        links = (Link(SOMEBODY, "likes", nameless), *(Link(SOMEBODY, predicate, ACME) for predicate in predicates))
        span = Span(datetime(2024, 5, 2, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC))
        fact = Fact(
            f"{SPEAKER} works\0 at Acme.",
            MemoryKind.WORK,
            span=span,
            things=(nameless,),
            links=links,
            ends=(Ending("\0"),),
        )
        return [[fact, replace(fact, content=SPEAKER)] for _ in utterances]


def test_what_a_careless_extractor_returns_is_kept_as_far_as_it_can_be(
    api: Api, user: dict[str, Any], thread: dict[str, Any], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "extractor", Careless)
    api.say(thread, "I work at Acme.")
    run()
    assert IngestJob.objects.get().status == IngestJob.Status.DONE
    [memory] = api.memories(user)
    assert (memory["content"], memory["validTo"]) == ("Alice works at Acme.", None)
    assert list(Relation.objects.values_list("predicate", "object__name")) == [("works_at", "Acme")]
    assert set(Entity.objects.values_list("name", flat=True)) == {"Alice", "Acme"}
