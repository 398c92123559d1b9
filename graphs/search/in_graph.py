"""What was found in one graph: the hits of each kind, best first, with the rows fetched as they are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db.models import F, prefetch_related_objects
from numpy.typing import NDArray

from graphs.models import Entity, Episode, Graph, Memory, MemoryRevision, Relation
from graphs.search.outline import as_uuid
from graphs.search.question import Question
from graphs.search.rank import Ranked

_EPISODE = (
    "graph_id", "project_id", "source_kind", "source_id", "stream", "position", "role", "speaker", "language",
    "content", "said_at", "excerpt",
)  # fmt: skip
"""The columns of an episode that an answer shows."""
_NOT_SHOWN = ("tsv", "metadata", "ends")


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


class InGraph:
    """The hits of each kind in one graph, best first."""

    def __init__(self, graph: Graph, ranked: Ranked, as_of: datetime | None):
        self.graph_id = graph.pk
        self.ranked = ranked
        self._index = ranked.scope.index
        self._sources = ranked.scope.sources
        self._as_of = as_of
        self._rows: dict[int, Episode] = {}
        self._people: dict[UUID | None, Entity] = {}
        self._episode_scores = squash(ranked.episodes)
        self._memory_scores = squash(ranked.memories)

    def episodes(self, chunk: int) -> Iterator[Hit]:
        for places in _chunks(self._episode_scores, chunk):
            rows = self._episode_rows(places)
            for place in places:
                if place in rows:
                    yield Hit("episode", rows[place], float(self._episode_scores[place]), [rows[place]])

    def memories(self, chunk: int) -> Iterator[Hit]:
        beliefs = self._index.beliefs
        for places in _chunks(self._memory_scores, chunk):
            rows = self._memory_rows([beliefs.uuid(place) for place in places])
            sources = self._sources_of(places)
            for place in places:
                memory = rows.get(beliefs.uuid(place))
                if memory:
                    yield Hit("memory", memory, float(self._memory_scores[place]), sources[place])

    def relations(self, chunk: int) -> Iterator[Hit]:
        """Those that the memories assert, each as good as its memory."""
        beliefs = self._index.beliefs
        memory_of = beliefs.asserted[:, 0]
        scores = self._linking_scores()[memory_of]
        for places in _chunks(scores, chunk):
            known = Relation.objects.select_related("subject", "object")
            memories = self._memory_rows([beliefs.uuid(place) for place in memory_of[places].tolist()])
            rows = known.in_bulk([as_uuid(beliefs.relations[place]) for place in places])
            sources = self._sources_of(memory_of[places].tolist())
            for place in places:
                relation = rows.get(as_uuid(beliefs.relations[place]))
                if relation and relation.memory_id in memories:
                    relation.memory = memories[relation.memory_id]
                    yield Hit("relation", relation, float(scores[place]), sources[int(memory_of[place])])

    def entities(self, question: Question, chunk: int) -> Iterator[Hit]:
        """Each as good as the best memory that speaks of it; one that the question names comes first."""
        beliefs = self._index.beliefs
        best, scores = self.spoken_of()
        named = list(beliefs.named(question.names))
        scores[named] = np.where(scores[named] > 0, 1 - (1 - scores[named]) / 2, 0)
        for places in _chunks(scores, chunk):
            rows = Entity.objects.in_bulk([beliefs.entity(place) for place in places])
            sources = self._sources_of([best[place] for place in places])
            for place in places:
                entity = rows.get(beliefs.entity(place))
                if entity:
                    yield Hit("entity", entity, float(scores[place]), sources[best[place]])

    def spoken_of(self) -> tuple[dict[int, int], NDArray[np.float64]]:
        """Entity → the best memory that speaks of it, and the score of that for each entity."""
        beliefs = self._index.beliefs
        linking = self._linking_scores()
        memories, entities = beliefs.mentions[np.argsort(-linking[beliefs.mentions[:, 0]], kind="stable")].T
        spoken_of, first = np.unique(entities, return_index=True)
        best = dict(zip(spoken_of.tolist(), memories[first].tolist(), strict=True))
        scores = np.zeros(len(beliefs.entities))
        scores[spoken_of] = linking[memories[first]]
        return best, scores

    def _linking_scores(self) -> NDArray[np.float64]:
        """The scores of memories; 0 for one that said something else then: what it is linked to is of its words now."""
        if self._as_of is None:
            return self._memory_scores
        then = MemoryRevision.objects.filter(recorded_from__lte=self._as_of, recorded_to__gt=self._as_of)
        other = then.filter(graph=self.graph_id).exclude(content=F("memory__content")).values_list("memory", flat=True)
        return np.where(self._index.beliefs.among(other), 0.0, self._memory_scores)

    def _sources_of(self, places: list[int]) -> dict[int, list[Episode]]:
        """The episodes that each memory rests on, oldest first."""
        pairs = self._sources[np.isin(self._sources[:, 0], places)]
        rows = self._episode_rows(sorted({int(place) for place in pairs[:, 1]}))
        found: dict[int, list[Episode]] = {place: [] for place in places}
        for memory, episode in pairs.tolist():
            if episode in rows:
                found[memory].append(rows[episode])
        return {place: sorted(episodes, key=_told) for place, episodes in found.items()}

    def _memory_rows(self, ids: list[UUID]) -> dict[UUID, Memory]:
        """Each with whom it is about, whom most memories share, and with what ended it."""
        rows = {row.pk: row for row in Memory.objects.as_of(self._as_of).filter(pk__in=ids).defer(*_NOT_SHOWN)}
        strangers = {row.about_id for row in rows.values()} - self._people.keys() - {None}
        self._people |= Entity.objects.in_bulk(strangers)
        for row in rows.values():
            row.about = self._people.get(row.about_id)
        prefetch_related_objects([row for row in rows.values() if row.invalidated_by_id], "invalidated_by")
        return rows

    def _episode_rows(self, places: list[int]) -> dict[int, Episode]:
        """Place → row; one that stands for a memory too is fetched once."""
        ids = {place: self._index.outline.uuid(place) for place in places if place not in self._rows}
        rows = Episode.objects.only(*_EPISODE).with_document_names().in_bulk(list(ids.values()))
        self._rows |= {place: rows[key] for place, key in ids.items() if key in rows}
        return self._rows


def squash(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of the levers as 0 to 1, in the same order; 0 for what is not to be found."""
    with np.errstate(over="ignore"):
        return np.round(1 / (1 + np.exp(-scores / 2)), 6)


def _told(episode: Episode) -> tuple[datetime, str]:
    return episode.said_at, str(episode.pk)


def _chunks(scores: NDArray[np.float64], size: int) -> Iterator[list[int]]:
    """The places of what is above 0, best first, a few at first and then more: most who ask are content with few."""
    order = np.argsort(-scores, kind="stable")
    order = order[: int((scores > 0).sum())]
    start = 0
    while start < len(order):
        yield order[start : start + size].tolist()
        start, size = start + size, 2 * size
