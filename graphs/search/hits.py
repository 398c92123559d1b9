"""The ranked answer to a query: memories, entities, relations and episodes of one graph, or of several."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from itertools import count, islice
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from graphs import embedders
from graphs.models import Episode, Graph, Memory, Source
from graphs.search import question as questions
from graphs.search.beliefs import KINDS as MEMORY_KINDS
from graphs.search.beliefs import Beliefs, sources_then
from graphs.search.in_graph import Hit, InGraph
from graphs.search.index import index_of
from graphs.search.outline import ROLES, Outline
from graphs.search.question import Question
from graphs.search.rank import Scope, rank
from graphs.search.why import Reading, Reasons, Why, reading

KINDS = ("memory", "entity", "relation", "episode")
KIND_CHOICES = [(kind, kind) for kind in KINDS]
CHUNK = 64
"""Rows that are fetched at once at first, as they are asked for, unless fewer are wanted; then twice as many."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrows what is found: `kind` memories, the others the episodes that a hit rests on. They are said from
    ``starts`` on and before ``ends``. ``as_of`` answers with what was known and believed at a moment."""

    kind: str | None = None
    role: str | None = None
    stream: UUID | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    as_of: datetime | None = None

    def scope(self, graph: Graph, model: str) -> Scope:
        """What is let through of a graph."""
        index = index_of(graph, model)
        sources = index.beliefs.sources
        if self.as_of:
            sources = sources_then(graph.pk, index.beliefs, index.outline, self.as_of)
        return Scope(index, self._episodes(index.outline), self._memories(graph, index.beliefs), sources)

    def _episodes(self, outline: Outline) -> NDArray[np.bool_]:
        kept = np.ones(len(outline), dtype=bool)
        if self.role:
            kept &= outline.roles == ROLES.index(self.role)
        if self.stream:
            kept &= outline.streams == self.stream.bytes
        if self.starts:
            kept &= outline.said_at >= self.starts.timestamp()
        if self.ends:
            kept &= outline.said_at < self.ends.timestamp()
        if self.as_of:
            kept &= outline.created_at <= self.as_of.timestamp()
        else:
            kept &= ~outline.is_void
        return kept

    def _memories(self, graph: Graph, beliefs: Beliefs) -> NDArray[np.bool_]:
        """Whatever they rest on."""
        if self.as_of:
            then = Memory.objects.as_of(self.as_of).filter(graph=graph)
            of_kind = then.filter(kind=self.kind) if self.kind else then
            return beliefs.among(of_kind.values_list("pk", flat=True))
        kept = beliefs.believed
        return kept & (beliefs.kinds == MEMORY_KINDS.index(self.kind)) if self.kind else kept


class Found:
    """What was found for a query in graphs. Rows are fetched as they are asked for, and once."""

    def __init__(self, graphs: Sequence[Graph], question: Question, filters: Filters):
        scopes = [filters.scope(graph, question.encoded.model) for graph in graphs]
        self._question = question
        ranked = rank(scopes, question)
        self._graphs = [InGraph(graph, one, filters.as_of) for graph, one in zip(graphs, ranked, strict=True)]
        self._streams: dict[tuple[str, int], _Stream] = {}

    def best(self, *kinds: str, limit: int) -> Iterator[Hit]:
        """Up to ``limit`` hits of each kind in each graph, best first."""
        streams = [self._stream(kind, place, min(limit, CHUNK)) for kind in kinds for place in range(len(self._graphs))]
        return heapq.merge(*(islice(stream, limit) for stream in streams), key=lambda hit: hit.key)

    def why(self, hit: Hit) -> Why:
        """The levers that its score comes from."""
        return self._reasons[hit.record.graph_id].of(hit)

    @cached_property
    def reading(self) -> Reading:
        """How the query was understood."""
        return reading(self._question, [graph.ranked for graph in self._graphs])

    @cached_property
    def _reasons(self) -> dict[UUID, Reasons]:
        return {graph.graph_id: Reasons(graph, self._question) for graph in self._graphs}

    def _stream(self, kind: str, place: int, chunk: int) -> "_Stream":
        graph = self._graphs[place]
        hits: dict[str, Callable[[int], Iterator[Hit]]] = {
            "memory": graph.memories,
            "episode": graph.episodes,
            "relation": graph.relations,
            "entity": partial(graph.entities, self._question),
        }
        return self._streams.setdefault((kind, place), _Stream(hits[kind](chunk)))


class _Stream:
    """An iterator that can be begun again; it is drawn from only once, and only as far as somebody went."""

    def __init__(self, source: Iterator[Hit]):
        self._source = source
        self._drawn: list[Hit] = []

    def __iter__(self) -> Iterator[Hit]:
        for place in count():
            if place == len(self._drawn):
                following = next(self._source, None)
                if following is None:
                    return
                self._drawn.append(following)
            yield self._drawn[place]


def find(graphs: Iterable[Graph], query: str, filters: Filters | None = None) -> Found:
    """Rank what is in those graphs for a query; its relative dates are read against the moment that is asked for."""
    scope, filters = list(graphs), filters or Filters()
    model = embedders.model_for(graph.embedding_model for graph in scope)
    return Found(scope, questions.read(query, model, filters.as_of), filters)


def search(
    graphs: Iterable[Graph],
    query: str,
    *,
    limit: int = 10,
    kinds: Sequence[str] = KINDS,
    filters: Filters | None = None,
) -> list[Hit]:
    """The best hits in those graphs, best first. ``kinds`` is a subset of KINDS."""
    return list(islice(find(graphs, query, filters).best(*kinds, limit=limit), limit))


def sources_of(memories: Sequence[Memory | UUID], moment: datetime | None = None) -> dict[UUID, list[Episode]]:
    """The episodes that support each memory, or did at ``moment``, oldest first."""
    resting = Source.objects.supporting(moment).filter(memory__in=memories)
    rows = resting.select_related("episode").defer("episode__tsv")
    found: dict[UUID, list[Episode]] = {}
    for row in rows.order_by("episode__said_at", "episode_id"):
        found.setdefault(row.memory_id, []).append(row.episode)
    return found
