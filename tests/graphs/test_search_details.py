"""Search while a worker indexes beside it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.utils import timezone

from graphs import embedders
from graphs.models import Episode, Graph
from graphs.search import lexical, outline, search
from tests.factories import EmbeddingFactory, EpisodeFactory, GraphFactory, MemoryFactory, SourceFactory

pytestmark = pytest.mark.django_db

FIRST, BETWEEN, LAST = UUID(int=1), UUID(int=2**127), UUID(int=2**128 - 1)
"""Where the id of the new episode stands among the others."""
TEA = "Alice likes green tea."


@pytest.fixture
def graph() -> Graph:
    made = GraphFactory(subject_name="Alice")
    for key in (2, 3, 2**128 - 2):
        EpisodeFactory(pk=UUID(int=key), graph=made, content=TEA)
    return made


def _outline(graph: Graph) -> outline.Outline:
    embedder = embedders.current()
    return outline.load(graph.pk, embedder.model, embedder.embed_query(TEA))


@pytest.mark.parametrize("key", [FIRST, BETWEEN, LAST], ids=["first", "between", "last"])
def test_an_episode_that_the_outline_does_not_hold_counts_for_nobody(graph: Graph, key: UUID) -> None:
    read = _outline(graph)
    before = lexical._frequencies(graph.pk, read, ["tea"])
    EpisodeFactory(pk=key, graph=graph, content="Tea, tea and tea.")
    assert np.array_equal(lexical._frequencies(graph.pk, read, ["tea"]), before)
    assert before.sum() == 3


@pytest.mark.parametrize("key", [FIRST, BETWEEN, LAST], ids=["first", "between", "last"])
def test_a_search_stands_an_episode_that_is_indexed_beside_it(
    graph: Graph, key: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = outline.load

    def load_and_index(*args: Any) -> outline.Outline:
        read = load(*args)
        episode = EpisodeFactory(pk=key, graph=graph, content="Alice likes black tea.")
        memory = MemoryFactory(graph=graph, content="Alice likes black tea.")
        SourceFactory(memory=memory, episode=episode)
        EmbeddingFactory(memory=memory, model=args[1], vector=args[2].vector)
        return read

    monkeypatch.setattr(outline, "load", load_and_index)
    hits = search([graph], "Who likes tea?", kinds=("memory", "episode"), limit=10)
    assert Episode.objects.count() == 4
    found = {hit.record.pk for hit in hits if hit.kind == "episode"}
    assert found == {UUID(int=2), UUID(int=3), UUID(int=2**128 - 2)}
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_a_search_stands_a_first_episode_that_is_indexed_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = GraphFactory(subject_name="Alice")
    load = outline.load

    def load_and_index(*args: Any) -> outline.Outline:
        read = load(*args)
        EpisodeFactory(graph=empty, content=TEA)
        return read

    monkeypatch.setattr(outline, "load", load_and_index)
    assert search([empty], "tea", kinds=("memory", "episode"), limit=10) == []


def test_a_speaker_whose_name_is_blank_does_not_fail_a_search() -> None:
    graph = GraphFactory(subject_name="Alice")
    EpisodeFactory(graph=graph, content=TEA, speaker="  ")
    hits = search([graph], "What does Alice like?", kinds=("episode",), limit=10)
    assert [hit.record.content for hit in hits] == [TEA]


@pytest.mark.parametrize(("days", "is_demoted"), [(-1, True), (1, False)], ids=["yesterday", "tomorrow"])
def test_only_a_fact_that_is_over_ranks_lower(days: int, is_demoted: bool) -> None:
    graph = GraphFactory()
    episode = EpisodeFactory(graph=graph, content=TEA)
    memories = [
        MemoryFactory(graph=graph, content=TEA, digest=1, valid_to=None),
        MemoryFactory(graph=graph, content=TEA, digest=2, valid_to=timezone.now() + timedelta(days=days)),
    ]
    for memory in memories:
        SourceFactory(memory=memory, episode=episode)
    scores = {hit.record.pk: hit.score for hit in search([graph], "green tea", kinds=["memory"])}
    open_ended, ending = (scores[memory.pk] for memory in memories)
    assert (ending < open_ended) is is_demoted
