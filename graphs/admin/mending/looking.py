"""The rows that a mending may touch, as they stand."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from graphs.admin.base import span
from graphs.admin.facts import state_of
from graphs.admin.mending.comparing import NOTHING, Shown, Snapshot, counted, listed
from graphs.models import Entity, Memory, Mention, Relation
from graphs.models.memory import SUPPORTING
from graphs.render import name_of, sentence
from memos.projects.console.shown import MOST, short


def memories(memory: Memory, others: Collection[UUID] = ()) -> Snapshot:
    """A memory, what it ended or was ended by, what it was split into, and ``others``."""
    near = Q(pk__in=[memory.pk, *others]) | Q(invalidated_by=memory)
    near |= Q(pk__in=Memory.objects.filter(pk=memory.pk).values("invalidated_by"))
    near |= Q(pk__in=memory.revisions.model.objects.filter(invalidated_by=memory).values("memory"))
    now = Memory.objects.filter(pk=memory.pk).values_list("retired_at", flat=True).first()
    if now:
        near |= Q(created_at=now)
    rows = Memory.objects.filter(near, graph=memory.graph_id).select_related("about", "invalidated_by__about")
    resting = Count("sources", filter=Q(sources__role__in=SUPPORTING))
    found = rows.defer("tsv").annotate(resting=resting).order_by("pk")[:MOST]
    kept = sorted(found, key=lambda row: row.pk != memory.pk)
    return {row.pk: Shown(short(sentence(row), 200), _values(row)) for row in kept}


def _values(memory: Any) -> dict[str, str]:
    other = memory.invalidated_by
    return {
        "Sentence": sentence(memory),
        "Kind": memory.kind,
        "State": state_of(memory),
        "Valid": span(memory.valid_from, memory.valid_to, memory.valid_precision).replace(NOTHING, ""),
        "Because of": short(sentence(other), 200) if other else "",
        "Rests on": counted(memory.resting, "source", "sources"),
    }


def entities(entity: Entity, others: Collection[UUID] = ()) -> Snapshot:
    """An entity, ``others``, and what was made of it."""
    known = Q(pk__in=[entity.pk, *others, *(UUID(one["id"]) for one in entity.merged)])
    rows = Entity.objects.filter(known, graph=entity.graph_id).order_by("pk")
    return {row.pk: Shown(name_of(row), _named(row)) for row in sorted(rows, key=lambda row: row.pk != entity.pk)}


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
        "Spoken of in": counted(Mention.objects.filter(entity=entity).count(), "memory", "memories"),
        "Linked by": counted(relations, "relation", "relations"),
    }
