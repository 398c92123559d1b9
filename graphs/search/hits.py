"""The ranked answer to a query: memories, entities, relations and episodes of one graph, or of several."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone
from pgvector.django import CosineDistance

from graphs import embedders
from graphs.models import Embedding, Entity, Episode, Graph, Memory, Mention, Relation, Source
from graphs.search import question as questions
from graphs.search import weights
from graphs.search.question import Question
from graphs.search.rank import Ranked, rank

KINDS = ("memory", "entity", "relation", "episode")
KIND_CHOICES = [(kind, kind) for kind in KINDS]
DEPTH = 200
"""How many of a graph's best episodes are looked through for the memories that rest on them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. ``score`` is 0 to 1 and comparable within one answer; ``record`` is the row itself."""

    kind: str
    record: Memory | Entity | Relation | Episode
    score: float
    sources: Sequence[Episode] = field(default=())
    """The episodes that it rests on, oldest first."""

    @property
    def key(self) -> tuple[float, str, str]:
        """Best first; the same graph and query give the same order."""
        return (-self.score, self.kind, str(self.record.pk))


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrows what is found: `kind` memories, the others the episodes that a hit rests on."""

    kind: str | None = None
    role: str | None = None
    stream: UUID | None = None

    def episodes(self) -> QuerySet[Episode]:
        wanted = {"role": self.role, "stream": self.stream}
        return Episode.objects.filter(**{name: value for name, value in wanted.items() if value is not None})

    @property
    def narrows_episodes(self) -> bool:
        return bool(self.role or self.stream)


def search(
    graphs: Iterable[Graph],
    query: str,
    *,
    limit: int = 10,
    kinds: Sequence[str] = KINDS,
    filters: Filters | None = None,
) -> list[Hit]:
    """The best hits in those graphs, best first. ``kinds`` is a subset of KINDS."""
    return search_each(graphs, query, limit=limit, kinds=kinds, filters=filters)[:limit]


def search_each(
    graphs: Iterable[Graph],
    query: str,
    *,
    limit: int,
    kinds: Sequence[str] = KINDS,
    filters: Filters | None = None,
) -> list[Hit]:
    """As `search`, but up to ``limit`` hits of each kind in each graph."""
    scope = list(graphs)
    question = questions.read(query, embedders.model_for(graph.embedding_model for graph in scope))
    ranked = rank(scope, question, question.encoded.model)
    wanted = filters or Filters()
    found = [
        hit
        for graph, order in zip(scope, ranked, strict=True)
        for hit in _search_one(graph, order, question, limit=limit, kinds=kinds, filters=wanted)
    ]
    return sorted(found, key=lambda hit: hit.key)


def _search_one(
    graph: Graph, ranked: Ranked, question: Question, *, limit: int, kinds: Sequence[str], filters: Filters
) -> list[Hit]:
    memories = _memories(graph, ranked, question, filters)
    hits = {
        "memory": lambda: memories,
        "episode": lambda: _episodes(graph, ranked, limit, filters),
        "relation": lambda: _relations(memories),
        "entity": lambda: _entities(memories, question),
    }
    return [hit for kind in kinds for hit in sorted(hits[kind](), key=lambda hit: hit.key)[:limit]]


def _episodes(graph: Graph, ranked: Ranked, limit: int, filters: Filters) -> list[Hit]:
    best = ranked.best(len(ranked.outline) if filters.narrows_episodes else limit)
    rows = filters.episodes().filter(graph=graph).defer("tsv").in_bulk([key for key, _ in best])
    kept = [(rows[key], score) for key, score in best if key in rows]
    return [Hit("episode", episode, squash(score), [episode]) for episode, score in kept[:limit]]


def _memories(graph: Graph, ranked: Ranked, question: Question, filters: Filters) -> list[Hit]:
    """The believed memories that rest on the best episodes, or whose own sentence is near the question."""
    near = _nearest(graph, question)
    supporting = Source.objects.filter(graph=graph, role=Source.Role.SUPPORTS)
    resting = supporting.filter(episode__in=[key for key, _ in ranked.best(DEPTH)]).values_list("memory", flat=True)
    rows = Memory.objects.believed().filter(graph=graph, pk__in={*near, *resting})
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.narrows_episodes:
        rows = rows.filter(pk__in=supporting.filter(episode__in=filters.episodes()).values("memory"))
    found = list(rows.select_related("about", "invalidated_by").defer("tsv"))
    supports = sources_of(found)
    scored = zip(found, _own(found, near, question), strict=True)
    return [_memory_hit(memory, supports[memory.pk], ranked, own) for memory, own in scored if memory.pk in supports]


def _memory_hit(memory: Memory, episodes: list[Episode], ranked: Ranked, own: float) -> Hit:
    best = float(ranked.of([episode.pk for episode in episodes]).max())
    return Hit("memory", memory, squash(best + own), episodes)


def _nearest(graph: Graph, question: Question) -> dict[UUID, float]:
    """The memories whose sentences are nearest, with their cosine."""
    if not question.encoded.model:
        return {}
    distance = CosineDistance("vector", question.encoded.vector)
    rows = Embedding.objects.filter(graph=graph, memory__isnull=False, model=question.encoded.model)
    near = rows.annotate(distance=distance).order_by("distance").values_list("memory_id", "distance")[:DEPTH]
    return {key: 1 - float(value) for key, value in near}


def _own(memories: list[Memory], near: dict[UUID, float], question: Question) -> list[float]:
    """What a memory adds to the score of the episode that it rests on."""
    cosines = np.array([near.get(memory.pk, 0.0) for memory in memories])
    z = (cosines - cosines.mean()) / max(float(cosines.std()), 1e-9) if len(cosines) > 1 else np.zeros(len(cosines))
    now = timezone.now()
    over = [bool(memory.valid_to and memory.valid_to <= now and not question.asks_when) for memory in memories]
    return [weights.MEMORY_OWN * float(value) + weights.CLOSED * ended for value, ended in zip(z, over, strict=True)]


def sources_of(memories: Sequence[Memory], moment: datetime | None = None) -> dict[UUID, list[Episode]]:
    """The episodes that support each memory, or did at ``moment``, oldest first."""
    resting = Source.objects.supporting(moment).filter(memory__in=memories)
    rows = resting.select_related("episode").defer("episode__tsv")
    found: dict[UUID, list[Episode]] = {}
    for row in rows.order_by("episode__said_at", "episode_id"):
        found.setdefault(row.memory_id, []).append(row.episode)
    return found


def _relations(memories: list[Hit]) -> list[Hit]:
    by_memory = {hit.record.pk: hit for hit in memories}
    rows = Relation.objects.filter(memory__in=by_memory).select_related("subject", "object", "memory")
    return [Hit("relation", row, by_memory[row.memory_id].score, by_memory[row.memory_id].sources) for row in rows]


def _entities(memories: list[Hit], question: Question) -> list[Hit]:
    """Entities that the found memories speak of, with the best of them; one that the question names comes first."""
    by_memory = {hit.record.pk: hit for hit in memories}
    found: dict[UUID, Hit] = {}
    mentions = Mention.objects.filter(memory__in=by_memory, entity__is_subject=False).select_related("entity")
    for mention in sorted(mentions, key=lambda mention: by_memory[mention.memory_id].key):
        hit = by_memory[mention.memory_id]
        score = 1 - (1 - hit.score) / 2 if mention.entity.key in question.names else hit.score
        found.setdefault(mention.entity_id, Hit("entity", mention.entity, score, hit.sources))
    return list(found.values())


def squash(score: float) -> float:
    """The sum of the levers as 0 to 1; it keeps the order."""
    return round(1 / (1 + math.exp(-score / 2)), 6) if score > -1000 else 0.0
