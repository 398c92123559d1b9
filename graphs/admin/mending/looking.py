"""The rows that a mending may touch, as they stand."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from graphs.admin.base import span
from graphs.admin.facts import state_of
from graphs.admin.mending.comparing import Shown, Snapshot, listed
from graphs.models import Entity, Memory, MemoryRevision, Mention, Relation
from graphs.models.memory import SUPPORTING
from graphs.render import name_of, sentence
from ingest.mending.merged import parts_of
from memos.projects.console.shown import MOST, NOTHING, short, tally


def memories(memory: Memory, others: Collection[UUID] = ()) -> Snapshot:
    """A memory, what it ended or was ended by, what it was split into, and ``others``; the first of them."""
    keys = dict.fromkeys([memory.pk, *others, *_near(memory)])
    rows = Memory.objects.filter(pk__in=list(keys)[:MOST], graph=memory.graph_id)
    resting = Count("sources", filter=Q(sources__role__in=SUPPORTING))
    found = rows.select_related("about", "invalidated_by__about").defer("tsv").annotate(resting=resting)
    return {row.pk: Shown(short(sentence(row), 200), _values(row)) for row in sorted(found, key=_first(memory.pk))}


def _near(memory: Memory) -> list[UUID]:
    """Each by an index of its own."""
    now = Memory.objects.get(pk=memory.pk)
    ended = Memory.objects.filter(invalidated_by=memory).order_by("pk").values_list("pk", flat=True)
    once = MemoryRevision.objects.filter(invalidated_by=memory).order_by("pk").values_list("memory", flat=True)
    parts = parts_of(now).values_list("pk", flat=True)
    closer = [now.invalidated_by_id] if now.invalidated_by_id else []
    return [*closer, *parts[:MOST], *ended[:MOST], *once[:MOST]]


def _first(key: UUID) -> Callable[[Any], tuple[bool, UUID]]:
    return lambda row: (row.pk != key, row.pk)


def _values(memory: Any) -> dict[str, str]:
    other = memory.invalidated_by
    return {
        "Sentence": sentence(memory),
        "Kind": memory.kind,
        "State": state_of(memory),
        "Valid": span(memory.valid_from, memory.valid_to, memory.valid_precision).replace(NOTHING, ""),
        "Because of": short(sentence(other), 200) if other else "",
        "Rests on": tally(memory.resting, ("source", "sources")),
    }


def entities(entity: Entity, others: Collection[UUID] = ()) -> Snapshot:
    """An entity, ``others``, and what was made of it."""
    known = Q(pk__in=[entity.pk, *others, *(UUID(one["id"]) for one in entity.merged)])
    rows = Entity.objects.filter(known, graph=entity.graph_id)
    return {row.pk: Shown(name_of(row), _named(row)) for row in sorted(rows, key=_first(entity.pk))}


def newer_entities(entity: Entity, others: Collection[UUID], since: UUID | None) -> Snapshot:
    """With those that were made after ``since``."""
    made = Entity.objects.filter(graph=entity.graph_id, pk__gt=since) if since else Entity.objects.none()
    return entities(entity, [*others, *made.values_list("pk", flat=True)])


def _named(entity: Entity) -> dict[str, str]:
    relations = Relation.objects.filter(Q(subject=entity) | Q(object=entity)).count()
    return {
        "Name": name_of(entity),
        "Type": entity.get_type_display(),
        "Aliases": listed(entity.aliases),
        "Summary": entity.summary,
        "Told apart from": listed(entity.apart),
        "Spoken of in": tally(Mention.objects.filter(entity=entity).count(), ("memory", "memories")),
        "Linked by": tally(relations, ("relation", "relations")),
    }
