"""What goes with some episodes and memories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q, QuerySet

from graphs.models import Episode, Graph, Source
from ingest.erase.evidence import RESTING, Evidence


@dataclass(frozen=True, slots=True)
class Loss:
    """The episodes that go, the memories that go with them, and those that lose a source and stay: each with when the
    first source that it loses was recorded. Those that are ``kept`` lose none, and what they ended stays so."""

    graph: Graph
    episodes: QuerySet[Episode]
    gone: set[UUID]
    poorer: dict[UUID, datetime]
    kept: frozenset[UUID]

    @property
    def going(self) -> Q:
        """The sources that go."""
        return Q(episode__in=self.episodes) & ~Q(memory__in=self.kept)

    @property
    def weaker(self) -> set[UUID]:
        return self.gone | set(self.poorer)

    def founded(self, memory: UUID, others: Sequence[Evidence]) -> bool:
        """Whether a memory that has others began with a source that goes."""
        return memory in self.poorer and self.poorer[memory] < others[0].recorded_at


def loss(
    graph: Graph,
    episodes: QuerySet[Episode],
    memories: Iterable[UUID] = (),
    kept: frozenset[UUID] = frozenset(),
) -> Loss:
    """What goes with those episodes and memories; what is ``kept`` rests on the episodes as before."""
    sources = Source.objects.filter(graph=graph).exclude(memory__in=kept)
    going = sources.filter(episode__in=episodes, role__in=RESTING).order_by().values_list("memory")
    touched = dict(going.annotate(first=Min("recorded_at")))
    others = sources.filter(memory__in=touched, role=Source.Role.SUPPORTS).exclude(episode__in=episodes)
    gone = (set(touched) - set(others.values_list("memory", flat=True))) | set(memories)
    return Loss(graph, episodes, gone, {key: first for key, first in touched.items() if key not in gone}, kept)
