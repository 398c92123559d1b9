"""Two entities become one, and one becomes two: mentions, relations and what is said by them follow.

A merge is kept with the entity that stays (``Entity.merged``), so that it can be undone to the row. Two that were
split are told apart by their names, and neither is meant by a mere resemblance with the other's any more. See
docs/decisions/0007.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from graphs.entities import call, create_entity, keys_of
from graphs.models import Entity, Memory, Mention, Relation
from ingest import facts

_STATE = ("type", "apart", "summary", "merged")
"""What is kept of a merged entity as it is, beside its names and times."""


DEEPEST = 20
"""Levels of entities that were merged into merged ones: each is kept within the next, and has to be read again."""


def depth(merged: Sequence[dict[str, Any]]) -> int:
    """How many levels a list of what was merged holds."""
    return max((1 + depth(record["state"].get("merged", ())) for record in merged), default=0)


def absorb(entity: Entity, other: Entity) -> None:
    """Let ``other`` go into ``entity``, which keeps all that it needs to give it back."""
    record = {
        "id": str(other.pk),
        "name": other.name,
        "aliases": other.aliases,
        "state": {name: getattr(other, name) for name in _STATE},
        "seen": [moment.isoformat() for moment in (other.first_seen_at, other.last_seen_at)],
        "before": [moment.isoformat() for moment in (entity.first_seen_at, entity.last_seen_at)],
        "names": sorted(set(other.names) - set(entity.names)),
        "mentions": _move_mentions(other, entity),
        "relations": _move_relations(other, entity),
        "about": _move_speech(Memory.objects.filter(about=other), entity),
    }
    call(entity, entity.name, [*entity.aliases, other.name, *other.aliases])
    entity.apart = sorted({*entity.apart, *other.apart} - set(entity.names))
    entity.first_seen_at = min(entity.first_seen_at, other.first_seen_at)
    entity.last_seen_at = max(entity.last_seen_at, other.last_seen_at)
    entity.merged = [*entity.merged, record]
    Entity.objects.filter(pk=other.pk).delete()
    entity.save()


def _move_mentions(other: Entity, entity: Entity) -> dict[str, Any]:
    """``both`` are the memories that speak of the two, with the names that they use: one mention is enough."""
    theirs = Mention.objects.filter(entity=other)
    shared = list(theirs.filter(memory__mentions__entity=entity))
    theirs.filter(pk__in=[mention.pk for mention in shared]).delete()
    moved = list(theirs.values_list("memory", flat=True))
    theirs.update(entity=entity)
    both = {mention.memory_id: mention.names for mention in shared}
    for kept in Mention.objects.filter(entity=entity, memory__in=both):
        kept.names = list(dict.fromkeys([*kept.names, *both[kept.memory_id]]))
        kept.save(update_fields=["names"])
    return {"moved": _refs(moved), "both": {str(memory): names for memory, names in both.items()}}


def _move_relations(other: Entity, entity: Entity) -> dict[str, Any]:
    """``dropped`` are those that would assert what another one asserts, or that something is related to itself."""
    rows = list(Relation.objects.filter(Q(subject=other) | Q(object=other)).order_by("id"))
    taken = _arrows(Relation.objects.filter(memory__in={row.memory_id for row in rows}))
    moved: dict[str, list[UUID]] = {"subject": [], "object": []}
    dropped = []
    for row in rows:
        end = "subject" if row.subject_id == other.pk else "object"
        arrow = _arrow(row, other.pk, entity.pk)
        if arrow[1] == arrow[3] or arrow in taken:
            dropped.append(row)
        else:
            taken.add(arrow)
            moved[end].append(row.pk)
    Relation.objects.filter(pk__in=[row.pk for row in dropped]).delete()
    for end, found in moved.items():
        Relation.objects.filter(pk__in=found).update(**{end: entity})
    return {end: _refs(found) for end, found in moved.items()} | {"dropped": [_kept(row) for row in dropped]}


Arrow = tuple[UUID, UUID, str, UUID]


def _arrows(rows: Iterable[Relation]) -> set[Arrow]:
    return {(row.memory_id, row.subject_id, row.predicate, row.object_id) for row in rows}


def _arrow(row: Relation, old: UUID, new: UUID) -> Arrow:
    subject, object_ = (new if end == old else end for end in (row.subject_id, row.object_id))
    return row.memory_id, subject, row.predicate, object_


def _kept(row: Relation) -> dict[str, str]:
    ends = {"memory_id": row.memory_id, "subject_id": row.subject_id, "object_id": row.object_id}
    return {"id": str(row.pk), "predicate": row.predicate} | {name: str(key) for name, key in ends.items()}


def _move_speech(memories: Iterable[Memory], entity: Entity) -> list[str]:
    """What one of them said of themselves is said by the other now."""
    found = list(memories)
    for memory in found:
        _attribute(memory, entity)
    return _refs(memory.pk for memory in found)


def _attribute(memory: Memory, entity: Entity) -> None:
    """Whom a memory is about is part of what it says; where the other has said the same, both memories stay."""
    memory.about = entity
    before, memory.digest = memory.digest, facts.digest_of(memory)
    if memory.digest != before and facts.believed_twin(memory):
        memory.digest = before
    memory.save(update_fields=["about", "digest"])


def give_back(entity: Entity, record: dict[str, Any]) -> Entity:
    """Undo a merge: the other one is there again, under its id, with what came from it and is still there."""
    first, last = map(datetime.fromisoformat, record["seen"])
    other = Entity(
        pk=UUID(record["id"]),
        project_id=entity.project_id,
        graph_id=entity.graph_id,
        first_seen_at=first,
        last_seen_at=last,
        **record["state"],
    )
    call(other, record["name"], record["aliases"])
    other.save(force_insert=True)
    entity.merged = [one for one in entity.merged if one["id"] != record["id"]]
    _unsee(entity, record)
    _lose_names(entity, record["names"])
    tell_apart(entity, other)
    _return_mentions(entity, other, record["mentions"])
    _return_relations(entity, other, record["relations"])
    _move_speech(Memory.objects.filter(about=entity, pk__in=record["about"]), other)
    return other


def _unsee(entity: Entity, record: dict[str, Any]) -> None:
    """The times are as before the merge, unless it was seen since."""
    seen, before = (list(map(datetime.fromisoformat, record[name])) for name in ("seen", "before"))
    if entity.first_seen_at == seen[0]:
        entity.first_seen_at = before[0]
    if entity.last_seen_at == seen[1]:
        entity.last_seen_at = before[1]


def _lose_names(entity: Entity, names: Iterable[str]) -> None:
    lost = set(names)
    call(entity, entity.name, [alias for alias in entity.aliases if not keys_of(alias, entity.type) & lost])


def tell_apart(one: Entity, other: Entity) -> None:
    """From now on neither is meant, by mere resemblance, by a name that the other has."""
    for entity, names in ((one, other.names), (other, one.names)):
        entity.apart = sorted({*entity.apart, *names} - set(entity.names))
        entity.save()


def _return_mentions(entity: Entity, other: Entity, record: dict[str, Any]) -> None:
    Mention.objects.filter(entity=entity, memory__in=_uuids(record["moved"])).update(entity=other)
    owner = {"project_id": entity.project_id, "graph_id": entity.graph_id, "entity": other}
    left = Mention.objects.filter(entity=entity, memory__in=_uuids(record["both"]))
    rows = [Mention(memory_id=kept.memory_id, names=record["both"][str(kept.memory_id)], **owner) for kept in left]
    Mention.objects.bulk_create(rows)


def _return_relations(entity: Entity, other: Entity, record: dict[str, Any]) -> None:
    Relation.objects.filter(pk__in=record["subject"], subject=entity).update(subject=other)
    Relation.objects.filter(pk__in=record["object"], object=entity).update(object=other)
    dropped = record["dropped"]
    memories = _present(Memory.objects.filter(graph=entity.graph_id), [row["memory_id"] for row in dropped])
    every = Entity.objects.filter(graph=entity.graph_id)
    ends = _present(every, [row[end] for row in dropped for end in ("subject_id", "object_id")])
    owner = {"project_id": entity.project_id, "graph_id": entity.graph_id}
    rows = [
        Relation(**owner, **row)
        for row in dropped
        if row["memory_id"] in memories and {row["subject_id"], row["object_id"]} <= ends
    ]
    Relation.objects.bulk_create(rows, ignore_conflicts=True)


def _present(rows: QuerySet[Any], keys: Sequence[str]) -> set[str]:
    return set(_refs(rows.filter(pk__in=keys).values_list("pk", flat=True)))


def part(
    entity: Entity,
    name: str,
    type_: str,
    aliases: Sequence[str],
    memories: Sequence[Memory],
    relations: Sequence[Relation] = (),
) -> Entity:
    """A new entity that the memories speak of instead of ``entity``, whose names it takes along.

    Their relations follow. Of ``relations`` beside those it is an end too, and the memories that assert them speak of
    both.
    """
    times = [memory.said_at for memory in [*memories, *(one.memory for one in relations)]] or [entity.last_seen_at]
    new = create_entity(entity.graph, name, type_, min(times), aliases=aliases)
    new.last_seen_at = max(times)
    _lose_names(entity, set(new.names) - keys_of(entity.name, entity.type))
    tell_apart(entity, new)
    Mention.objects.filter(entity=entity, memory__in=memories).update(entity=new)
    Relation.objects.filter(subject=entity, memory__in=memories).update(subject=new)
    Relation.objects.filter(object=entity, memory__in=memories).update(object=new)
    _move_speech(Memory.objects.filter(about=entity, pk__in=[memory.pk for memory in memories]), new)
    _lend(entity, new, [one for one in relations if one.memory not in memories])
    return new


def _lend(entity: Entity, new: Entity, relations: Sequence[Relation]) -> None:
    rows = Relation.objects.filter(pk__in=[one.pk for one in relations])
    rows.filter(subject=entity).update(subject=new)
    rows.filter(object=entity).update(object=new)
    owner = {"project_id": entity.project_id, "graph_id": entity.graph_id, "entity": new}
    spoken_of = {one.memory_id for one in relations}
    Mention.objects.bulk_create([Mention(memory_id=key, **owner) for key in spoken_of])


def _uuids(keys: Iterable[str]) -> list[UUID]:
    return [UUID(key) for key in keys]


def _refs(keys: Iterable[UUID]) -> list[str]:
    return [str(key) for key in keys]
