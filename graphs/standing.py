"""What stands out in a graph without a question: the most important and the most recent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from graphs.kinds import MemoryKind
from graphs.models import Entity, Episode, Graph, Memory, Mention
from graphs.search import Hit, Lever, Why, sources_of

_IMPORTANCE = {
    MemoryKind.INSTRUCTION: 1.0,
    MemoryKind.IDENTITY: 0.95,
    MemoryKind.HEALTH: 0.9,
    MemoryKind.WORK: 0.85,
    MemoryKind.HOME: 0.85,
    MemoryKind.RELATIONSHIP: 0.8,
    MemoryKind.PLAN: 0.75,
    MemoryKind.GOAL: 0.75,
    MemoryKind.PREFERENCE: 0.7,
    MemoryKind.POSSESSION: 0.6,
    MemoryKind.SKILL: 0.6,
    MemoryKind.EVENT: 0.5,
    MemoryKind.FACT: 0.5,
}
"""Who somebody is and what must be heeded comes before what once happened."""
_HALF_LIFE_DAYS = 90.0
_RECENCY = 0.3
_PAST_EVENT = 0.6
_SAID = Q(source_kind=Episode.SourceKind.MESSAGE) | Q(source_kind=Episode.SourceKind.DOCUMENT, position=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands out in graphs, now or at a moment."""

    graphs: Sequence[Graph]
    moment: datetime | None = None

    def best(self, *kinds: str, limit: int) -> list[Hit]:
        """Up to ``limit`` of each kind in each graph, best first."""
        of = {"memory": memories, "entity": entities, "episode": episodes}
        found = (hit for graph in self.graphs for kind in kinds for hit in of[kind](graph, limit, self.moment))
        return sorted(found, key=lambda hit: hit.key)

    def why(self, hit: Hit) -> Why:
        """What the score of one of those is the sum of."""
        match hit.record:
            case Memory() as memory:
                return Why(_levers(memory, self.moment or timezone.now()), hit.score)
            case Entity():
                return Why((Lever("facts", hit.score, 1.0),), hit.score)
            case _:
                return Why((Lever("latest", hit.score, 1.0),), hit.score)


def subject(graph: Graph) -> Entity | None:
    return Entity.objects.filter(graph=graph, is_subject=True).first()


def memories(graph: Graph, limit: int, moment: datetime | None = None) -> list[Hit]:
    """Facts that hold now, or were believed to at ``moment``, the most important and most recent first."""
    now = moment or timezone.now()
    found = list(
        Memory.objects.as_of(moment)
        .holding(moment)
        .filter(graph=graph)
        .select_related("about", "invalidated_by")
        .defer("tsv")
        .order_by("-said_at", "pk")[: limit * 3]
    )
    best = sorted(found, key=lambda memory: (-_standing(memory, now), str(memory.pk)))[:limit]
    supports = sources_of(best, moment)
    return [Hit("memory", memory, _standing(memory, now), supports.get(memory.pk, [])) for memory in best]


def episodes(graph: Graph, limit: int, moment: datetime | None = None) -> list[Hit]:
    """What was said last, newest first; at ``moment``, of what had been heard by then. A document stands with its
    beginning: its last page says nothing by being the last."""
    rows = Episode.objects.filter(_SAID, graph=graph, indexed_at__isnull=False)
    heard = rows.filter(created_at__lte=moment) if moment else rows
    found = list(heard.with_document_names().order_by("-said_at", "-position", "pk")[:limit])
    return [Hit("episode", episode, round(0.5 / (rank + 2), 6), [episode]) for rank, episode in enumerate(found)]


def entities(graph: Graph, limit: int, moment: datetime | None = None) -> list[Hit]:
    """What most of the facts that hold speak of, or did at ``moment``; each rests on the latest of them."""
    told = Memory.objects.as_of(moment).holding(moment).filter(graph=graph).values("pk")
    rows = Entity.objects.filter(graph=graph, is_subject=False)
    counted = rows.annotate(facts=Count("mentions", filter=Q(mentions__memory__in=told)))
    best = list(counted.filter(facts__gt=0).order_by("-facts", "-last_seen_at", "pk")[:limit])
    spoken_of = Mention.objects.filter(entity__in=best, memory__in=told)
    latest = dict(
        spoken_of.order_by("entity", "-memory__said_at", "-memory").distinct("entity").values_list("entity", "memory")
    )
    supports = sources_of(list(latest.values()), moment)
    return [
        Hit("entity", entity, round(1 - 1 / (entity.facts + 1), 6), supports.get(latest[entity.pk], []))
        for entity in best
        if entity.pk in latest  # what spoke of it may be gone since
    ]


def _standing(memory: Memory, now: datetime) -> float:
    return round(sum(lever.part for lever in _levers(memory, now)), 6)


def _levers(memory: Memory, now: datetime) -> tuple[Lever, Lever]:
    days = max((now - memory.said_at).total_seconds() / 86400, 0.0)
    importance = _IMPORTANCE[MemoryKind(memory.kind)] * memory.confidence
    if memory.kind == MemoryKind.PLAN and memory.valid_from and memory.valid_from < now:
        importance *= _PAST_EVENT  # a plan whose day has passed may have come true or not
    recency = _RECENCY * 0.5 ** (days / _HALF_LIFE_DAYS)
    return Lever("importance", (1 - _RECENCY) * importance, 1 - _RECENCY), Lever("recency", recency, _RECENCY)
