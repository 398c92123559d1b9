"""What a memory rests on, and what may have ended it, as far as it is kept with the sources."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils.dateparse import parse_datetime

from graphs.entities import keys_of
from graphs.kinds import EntityType
from graphs.models import Graph, Memory, Relation, Source

RESTING = (Source.Role.SUPPORTS, Source.Role.FORMER)
_MOMENTS = ("valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Evidence:
    """An episode that supports a memory: when that was recorded, when it was said, and what it says by itself."""

    memory_id: UUID
    episode_id: UUID
    recorded_at: datetime
    said_at: datetime
    stated: dict[str, Any]


def of(memories: Iterable[Memory], going: Q) -> dict[UUID, list[Evidence]]:
    """What each memory rests on beside the sources that are ``going``, in the order in which it was recorded."""
    rows = Source.objects.filter(memory__in=list(memories), role__in=RESTING).exclude(going)
    found: dict[UUID, list[Evidence]] = defaultdict(list)
    for row in rows.select_related("episode").defer("episode__tsv").order_by("recorded_at", "pk"):
        found[row.memory_id].append(_evidence(row))
    return found


def _evidence(row: Source) -> Evidence:
    stated = {name: _value(name, value) for name, value in row.stated.items()}
    return Evidence(row.memory_id, row.episode_id, row.recorded_at, row.episode.said_at, stated)


def _value(name: str, value: Any) -> Any:
    return parse_datetime(value) if name in _MOMENTS and value else value


@dataclass(frozen=True, slots=True)
class Closer:
    """A belief that ends others: the facts that it ends, and what it says itself."""

    memory: Memory
    objects: frozenset[UUID]
    said: Sequence[Evidence]

    def ends(self, arrows: Iterable[Relation]) -> bool:
        """Whether one of those relations is among what it ends."""
        own = [arrow for arrow in arrows if arrow.subject_id == self.memory.about_id]
        return any(self._ends(arrow, *ending) for arrow in own for ending in self.memory.ends)

    def _ends(self, arrow: Relation, predicate: str, name: str | None) -> bool:
        if arrow.predicate != predicate:
            return False
        if name is None:
            return arrow.object_id not in self.objects
        return bool(keys_of(name, EntityType.ORGANIZATION) & set(arrow.object.names))

    def heard_by(self, moment: datetime) -> list[Evidence]:
        return [one for one in self.said if one.recorded_at <= moment]


def closers(graph: Graph, abouts: set[UUID | None], going: Q, gone: set[UUID]) -> list[Closer]:
    """Every belief that ends others, of those who are spoken of."""
    believed = Memory.objects.believed().filter(graph=graph, about__in=abouts - {None}).exclude(ends=[])
    rows = list(believed.exclude(pk__in=gone).defer("tsv").prefetch_related("relations"))
    said = of(rows, going)
    return [
        Closer(row, frozenset(arrow.object_id for arrow in row.relations.all()), said[row.pk])
        for row in rows
        if said[row.pk]
    ]


WITH_OBJECTS = Prefetch("relations", Relation.objects.select_related("object"))
