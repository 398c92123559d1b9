"""The rows that a drawing is made of: entities, relations, and when each relation was believed and held.

A few queries, however many rows there are. Moments are milliseconds since 1970, in UTC.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, Value, When
from django.utils import timezone

from graphs.models import Entity, Graph, MemoryRevision, Relation
from graphs.render import name_of
from memos import ids
from memos.projects.console.counting import capped

MOST_ENTITIES = 2_000
MOST_RELATIONS = 8_000
MOST_NEAR = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BELIEVED = Q(mentions__memory__retired_at=None)


@dataclass(frozen=True)
class Picture:
    """What is drawn, and in words what is left out."""

    graph: Graph
    entities: list[Entity]
    relations: list[dict[str, Any]]
    left_out: str


def draw(graph: Graph, focus: Entity | None = None, *, only_near: bool = False) -> Picture:
    """The entities of a graph that are mentioned most, `focus` and its neighbours first, or only those."""
    near = neighbours(focus) if focus else []
    known = Entity.objects.filter(graph=graph)
    found = list(_most_mentioned(known.filter(pk__in=near) if only_near else known, near)[: MOST_ENTITIES + 1])
    cut = len(found) > MOST_ENTITIES
    drawn = found[:MOST_ENTITIES]
    relations = list(_between(graph, [entity.pk for entity in drawn] if cut or only_near else None))
    return Picture(graph, drawn, relations[:MOST_RELATIONS], _left_out(known if cut else None, len(relations)))


def neighbours(entity: Entity) -> list[UUID]:
    """The entity, and those at the other ends of its relations."""
    rows = Relation.objects.filter(Q(subject=entity) | Q(object=entity), graph=entity.graph_id)
    ends = rows.values_list("subject_id", "object_id").order_by()[:MOST_NEAR]
    return list(dict.fromkeys([entity.pk, *(end for pair in ends for end in pair)]))


def _most_mentioned(entities: QuerySet[Entity], near: Sequence[UUID]) -> QuerySet[Entity]:
    """With ``mentions``, the believed memories that speak of each, and ``known_at``, when the first was recorded."""
    rank = Case(When(pk__in=near, then=Value(0)), default=Value(1), output_field=IntegerField())
    counted = entities.annotate(
        mentioned=Count("mentions", filter=_BELIEVED), known_at=Min("mentions__memory__created_at")
    )
    columns = ("name", "type", "aliases", "is_subject", "first_seen_at", "graph")
    return counted.only(*columns).order_by(rank, "-is_subject", "-mentioned", "pk")


def _between(graph: Graph, entities: Sequence[UUID] | None) -> QuerySet[Relation, Any]:
    """The newest first; ordered by a column of the memory, so that no scan of all graphs' relations looks cheap."""
    rows = Relation.objects.filter(graph=graph)
    if entities is not None:
        rows = rows.filter(subject__in=entities, object__in=entities)
    return rows.order_by("-memory__said_at", "-pk").values(
        "pk", "subject_id", "predicate", "object_id", "memory_id",
        said_at=F("memory__said_at"), valid_from=F("memory__valid_from"), valid_to=F("memory__valid_to"),
        recorded_at=F("memory__recorded_at"), retired_at=F("memory__retired_at"),
    )[: MOST_RELATIONS + 1]  # fmt: skip


def _left_out(entities: QuerySet[Entity] | None, relations: int) -> str:
    told = []
    if entities is not None:
        told.append(
            f"The {MOST_ENTITIES:,} entities that are mentioned most, of {capped(entities)}: "
            "the search finds the others, and draws the graph around them."
        )
    if relations > MOST_RELATIONS:
        told.append(f"The newest {MOST_RELATIONS:,} relations between them.")
    return " ".join(told)


def as_data(picture: Picture) -> dict[str, Any]:
    """For the browser. Relations name their entities and their memory by their places in the lists."""
    places = {entity.pk: place for place, entity in enumerate(picture.entities)}
    drawn = [row for row in picture.relations if row["subject_id"] in places and row["object_id"] in places]
    by_memory = {row["memory_id"]: row for row in drawn}
    memories = {key: place for place, key in enumerate(by_memory)}
    earlier = _earlier_states(picture.graph, by_memory)
    return {
        "entities": [_entity(entity) for entity in picture.entities],
        "memories": [_spans(row, earlier[key]) for key, row in by_memory.items()],
        "relations": [
            [places[row["subject_id"]], row["predicate"], places[row["object_id"]], memories[row["memory_id"]],
             ids.encode(Relation.PREFIX, row["pk"])]
            for row in drawn
        ],
        "leftOut": picture.left_out,
        "now": _ms(timezone.now()),
    }  # fmt: skip


def _entity(entity: Any) -> dict[str, Any]:
    return {
        "id": entity.ref,
        "name": name_of(entity),
        "type": entity.type,
        "aliases": entity.aliases,
        "subject": entity.is_subject,
        "mentions": entity.mentioned,
        "known": _ms(entity.known_at),
        "seen": _ms(entity.first_seen_at),
    }


def _earlier_states(graph: Graph, memories: Collection[UUID]) -> dict[UUID, list[list[int | None]]]:
    """Those in which a memory said what it says now: what it is linked to is of its present words.

    Where there are many, all that assert something are looked up: thousands of keys in a query take longer."""
    many = len(memories) > MOST_NEAR
    asserting: Any = Relation.objects.filter(graph=graph).values("memory") if many else memories
    rows = MemoryRevision.objects.filter(memory__in=asserting, content=F("memory__content")).order_by("recorded_from")
    found: dict[UUID, list[list[int | None]]] = defaultdict(list)
    for key, *span in rows.values_list("memory_id", "recorded_from", "recorded_to", "valid_to"):
        found[key].append([_ms(end) for end in span])
    return found


def _spans(row: dict[str, Any], earlier: list[list[int | None]]) -> dict[str, Any]:
    """``world``: from when to when it held, as we see it now; null where it is believed no more. ``states``: recorded
    from, recorded until, and the end that it had then, as `Memory.objects.as_of` reads them."""
    believed = row["retired_at"] is None
    present = [[_ms(row["recorded_at"]), None, _ms(row["valid_to"])]] if believed else []
    return {
        "world": [_ms(row["valid_from"] or row["said_at"]), _ms(row["valid_to"])] if believed else None,
        "states": [*earlier, *present],
    }


def _ms(at: datetime | None) -> int | None:
    """Rounded up, as a browser's clock has no microseconds: what was recorded at a moment counts from then on."""
    return -((_EPOCH - at) // timedelta(milliseconds=1)) if at else None
