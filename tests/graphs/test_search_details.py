"""Search while a worker indexes beside it, and what is kept of a graph between two searches."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.conf import LazySettings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from graphs import embedders
from graphs.indexing import changed
from graphs.models import Embedding, Episode, Graph, Memory, Source
from graphs.search import Filters, index, outline, search, texts
from graphs.search.index import GraphIndex, index_of
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


def read_again(graph: Graph) -> GraphIndex:
    changed(graph.pk)
    graph.refresh_from_db()
    return index_of(graph, embedders.current().model)


def contents(read: GraphIndex, stem: str) -> dict[UUID, float]:
    """Episode → how often the stem stands in it."""
    counts = read.episodes.frequencies([stem])[:, 0]
    return {read.outline.uuid(place): float(counts[place]) for place in range(len(read.outline))}


def after_load(monkeypatch: pytest.MonkeyPatch, do: Callable[[], Any]) -> None:
    """Do something right after the outline was read, and before what hangs on it is."""
    load = outline.load

    def load_and_do(*args: Any) -> Any:
        read = load(*args)
        do()
        return read

    monkeypatch.setattr(outline, "load", load_and_do)


@pytest.mark.parametrize("key", [FIRST, BETWEEN, LAST], ids=["first", "between", "last"])
def test_a_search_stands_an_episode_that_is_indexed_beside_it(
    graph: Graph, key: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def index_one() -> None:
        episode = EpisodeFactory(pk=key, graph=graph, content="Alice likes black tea.")
        memory = MemoryFactory(graph=graph, content="Alice likes black tea.")
        SourceFactory(memory=memory, episode=episode)
        embedder = embedders.current()
        EmbeddingFactory(memory=memory, model=embedder.model, vector=embedder.embed([TEA])[0].vector)

    after_load(monkeypatch, index_one)
    hits = search([graph], "Who likes tea?", kinds=("memory", "episode"), limit=10)
    assert Episode.objects.count() == 4
    found = {hit.record.pk for hit in hits if hit.kind == "episode"}
    assert found == {UUID(int=2), UUID(int=3), UUID(int=2**128 - 2)}
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_a_search_stands_an_episode_that_is_deleted_beside_it(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    after_load(monkeypatch, lambda: Episode.objects.filter(pk=UUID(int=3)).delete())
    found = {hit.record.pk for hit in search([graph], "Who likes tea?", kinds=("episode",), limit=10)}
    assert found == {UUID(int=2), UUID(int=2**128 - 2)}


def test_a_search_stands_a_first_episode_that_is_indexed_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = GraphFactory(subject_name="Alice")
    after_load(monkeypatch, lambda: EpisodeFactory(graph=empty, content=TEA))
    assert search([empty], "tea", kinds=("memory", "episode"), limit=10) == []


def test_an_unchanged_graph_is_not_read_again(graph: Graph, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = read_again(graph)
    with django_assert_num_queries(0):
        assert index_of(graph, embedders.current().model) is first


@pytest.mark.parametrize("key", [FIRST, BETWEEN, LAST], ids=["first", "between", "last"])
def test_what_is_new_is_added_to_what_is_kept(graph: Graph, key: UUID) -> None:
    before = read_again(graph)
    EpisodeFactory(pk=key, graph=graph, content="Tea, tea and coffee.")
    after = read_again(graph)
    assert contents(after, "tea") == contents(before, "tea") | {key: 2.0}
    assert contents(after, "coffe") == dict.fromkeys(contents(before, "tea"), 0.0) | {key: 1.0}


def test_what_is_gone_is_not_kept(graph: Graph) -> None:
    before = contents(read_again(graph), "tea")
    Episode.objects.filter(pk=UUID(int=2)).delete()
    assert contents(read_again(graph), "tea") == {key: n for key, n in before.items() if key != UUID(int=2)}


def test_all_is_read_anew_once_more_is_gone_than_there(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "SLICE", 1)
    read_again(graph)
    Episode.objects.exclude(pk=UUID(int=2)).filter(graph=graph).delete()
    EpisodeFactory(pk=LAST, graph=graph, content="Black tea.")
    after = read_again(graph)
    assert len(after.episodes.places) == 2
    assert contents(after, "tea") == {UUID(int=2): 1.0, LAST: 1.0}


def test_a_new_vector_of_an_old_text_is_read(graph: Graph) -> None:
    episode = Episode.objects.get(pk=UUID(int=2))
    code = embedders.current().embed([TEA])[0]
    before = read_again(graph).episodes
    assert not before.vectors.any()
    EmbeddingFactory(
        graph=graph,
        episode=episode,
        memory=None,
        model=embedders.current().model,
        vector=code.vector,
        tokens=code.tokens.tobytes(),
        pieces=len(code.tokens),
    )
    after = read_again(graph).episodes
    assert np.allclose(after.vectors[0], code.vector, atol=1e-3)
    assert np.array_equal(after.tokens[after.starts[0] :][: after.pieces[0]], code.tokens)
    Embedding.objects.filter(episode=episode).delete()
    assert not read_again(graph).episodes.vectors.any()


def test_the_indexes_used_last_are_kept_as_far_as_there_is_room(settings: LazySettings) -> None:
    kept = index._Kept()
    graphs = [GraphFactory() for _ in range(3)]
    for graph in graphs:
        EpisodeFactory(graph=graph, content=TEA)
    read = [read_again(graph) for graph in graphs]
    settings.SEARCH_MEMORY_BYTES = read[0].size + read[1].size
    keys = [(graph.pk, "") for graph in graphs]
    kept.put(keys[0], read[0])
    kept.put(keys[1], read[1])
    kept.get(keys[0])
    kept.put(keys[2], read[2])
    assert [kept.get(key) for key in keys] == [read[0], None, read[2]]


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


@pytest.fixture
def moved() -> Graph:
    """Alice lived in Berlin, then in Porto, and lives in Lisbon; the last two are told in words of their own."""
    graph, now = GraphFactory(subject_name="Alice"), timezone.now()
    told = ["Alice lives in Berlin.", "Alice settled down in Porto.", "Alice has become a Lisboner."]
    homes = [MemoryFactory(graph=graph, content=content) for content in told]
    for home in homes:
        SourceFactory(memory=home, episode=EpisodeFactory(graph=graph, content=home.content))
    for home, next_home, days in zip(homes, homes[1:], (20, 10), strict=False):
        home.valid_to, home.invalidated_by = now - timedelta(days=days), next_home
        home.save()
    for number in range(5):
        memory = MemoryFactory(graph=graph, content=f"Alice bought {number} chairs.")
        SourceFactory(memory=memory, episode=EpisodeFactory(graph=graph, content=memory.content))
    return graph


def homes_of(graph: Graph, query: str, **filters: Any) -> list[str]:
    hits = search([graph], query, kinds=("memory",), filters=Filters(**filters), limit=3)
    return [hit.record.content for hit in hits]


def test_what_replaced_a_fact_answers_before_it(moved: Graph) -> None:
    homes = homes_of(moved, "Where does she live?")
    assert homes[0] == "Alice has become a Lisboner."
    assert set(homes[1:]) == {"Alice lives in Berlin.", "Alice settled down in Porto."}


def test_who_asks_when_is_answered_with_what_was(moved: Graph) -> None:
    assert homes_of(moved, "When does she live in Berlin?")[0] == "Alice lives in Berlin."


def test_what_had_not_ended_then_is_not_replaced_then(moved: Graph) -> None:
    Memory.objects.filter(graph=moved).update(recorded_at=timezone.now() - timedelta(days=30))
    Source.objects.update(recorded_at=timezone.now() - timedelta(days=30))
    Episode.objects.update(created_at=timezone.now() - timedelta(days=30))
    then = timezone.now() - timedelta(days=25)
    assert homes_of(moved, "Where does she live?", as_of=then)[0] == "Alice lives in Berlin."


def test_vectors_of_another_length_under_the_same_name_are_left_out(graph: Graph) -> None:
    """The endpoint changed its model under one name: what is older is still found, by its words at least."""
    model, episodes = embedders.current().model, list(Episode.objects.order_by("pk"))
    for episode, width in zip(episodes, (4, 384, 0), strict=True):
        Embedding.objects.filter(episode=episode).delete()
        if width:
            EmbeddingFactory(episode=episode, memory=None, model=model, vector=[1.0] * width)
    read = read_again(graph)
    assert read.episodes.vectors.shape == (3, 384)
    assert read.episodes.vectors.any(axis=1).tolist() == [False, True, False]
    late = EpisodeFactory(graph=graph, content=TEA)
    Embedding.objects.filter(episode=late).delete()
    EmbeddingFactory(episode=late, memory=None, model=model, vector=[1.0] * 8)
    assert read_again(graph).episodes.vectors.shape == (4, 384)
    assert len(search([graph], "green tea", kinds=["episode"])) == 4
