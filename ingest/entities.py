"""What may be done to an entity: name it, merge others into it, split it. All of it can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from graphs.entities import call
from graphs.kinds import EntityType
from graphs.models import Entity, Graph, Memory, Relation
from ingest import entity_history, facts, merging, tasks
from memos import ids
from memos.api.problems import Problem, invalid, not_found
from memos.projects import audit
from memos.projects.audit import Caller

JOINS_THE_SUBJECT = (EntityType.PERSON, EntityType.TOPIC)
"""What may turn out to be the user: another name of theirs, read as that of a person or of nothing in particular."""


@dataclass(frozen=True, slots=True)
class Split:
    """Either an entity that was merged, which is to be as it was, or what a new entity is called and has: of the
    relations those of its memories, and ``relation_ids`` beside them."""

    entity_id: str | None = None
    name: str = ""
    type: str | None = None
    aliases: Sequence[str] = ()
    memory_ids: Sequence[str] = ()
    relation_ids: Sequence[str] = ()


@transaction.atomic
def update_entity(*, caller: Caller, entity: Entity, **changes: Any) -> Entity:
    """Change ``name``, ``type``, ``aliases`` or ``summary``; an earlier name stays an alias unless aliases are given.

    Raises a 400 where the subject would become something else than a person.
    """
    entity = locked_entity(entity)
    if entity.is_subject and changes.get("type", EntityType.PERSON) != EntityType.PERSON:
        raise invalid("type", "The subject of a graph is a person.")
    earlier = [entity.name] if "name" in changes else []
    if any(value != getattr(entity, name) for name, value in changes.items()):
        entity_history.keep(caller, entity, entity_history.RENAMED)
    entity.type = changes.get("type", entity.type)
    entity.summary = changes.get("summary", entity.summary)
    call(entity, changes.get("name", entity.name), changes.get("aliases", [*entity.aliases, *earlier]))
    entity.apart = [key for key in entity.apart if key not in entity.names]
    entity.save()
    _changed(caller, entity, "entity.updated", fields=sorted(changes))
    return entity


@transaction.atomic
def merge_entities(*, caller: Caller, entity: Entity, entity_ids: Sequence[str]) -> Entity:
    """Merge others of the same graph into an entity, which keeps its name and takes theirs as aliases.

    Raises a 404 for one that is not there, and a 400 where it is the subject or can't be what the subject is.
    """
    entity = locked_entity(entity)
    others = [_other(entity, ref) for ref in dict.fromkeys(entity_ids)]
    for other in others:
        _refuse_what_makes_no_sense(entity, other)
    if 1 + max((merging.depth(other.merged) for other in others), default=0) > merging.DEEPEST:
        detail = f"Entities are merged at most {merging.DEEPEST} levels deep: merge them into one side by side."
        raise Problem(409, "MERGED_TOO_DEEPLY", detail)
    entity_history.keep(caller, entity, entity_history.MERGED, [other.pk for other in others])
    for other in others:
        merging.absorb(entity, other)
    _changed(caller, entity, "entity.merged", entities=[other.ref for other in others])
    return entity


def _other(entity: Entity, ref: str) -> Entity:
    other = Entity.objects.filter(graph=entity.graph_id).by_ref(ref).first()
    if other is None:
        raise not_found("entity", ref)
    return other


def _refuse_what_makes_no_sense(entity: Entity, other: Entity) -> None:
    if other.pk == entity.pk:
        raise invalid("entityIds", "An entity can't be merged into itself.")
    if other.is_subject:
        raise invalid("entityIds", "The subject stays: merge the other one into it.")
    if entity.is_subject and other.type not in JOINS_THE_SUBJECT:
        raise invalid("entityIds", "The subject of a graph is a person.")


@transaction.atomic
def split_entity(*, caller: Caller, entity: Entity, split: Split) -> tuple[Entity, Entity]:
    """Undo a merge, or let a new entity have some of the memories and names of one; the two don't join again.

    Raises a 404 for what was never merged into it, and for a memory or a relation that does not speak of it.
    """
    entity = locked_entity(entity)
    if split.entity_id:
        record = _record(entity, split.entity_id)
        entity_history.keep(caller, entity, entity_history.UNMERGED, [UUID(record["id"])])
        new = merging.give_back(entity, record)
    else:
        new = _part(caller, entity, split)
    _changed(caller, entity, "entity.split", new=new.ref, memories=len(split.memory_ids))
    return entity, new


def _part(caller: Caller, entity: Entity, split: Split) -> Entity:
    memories, relations = _memories(entity, split.memory_ids), _relations(entity, split.relation_ids)
    kept = entity_history.keep(caller, entity, entity_history.SPLIT)
    new = merging.part(entity, split.name, split.type or entity.type, split.aliases, memories, relations)
    kept.others = [new.pk]
    kept.save(update_fields=["others"])
    return new


def _record(entity: Entity, ref: str) -> dict[str, Any]:
    key = str(ids.decode(Entity.PREFIX, ref))
    record = next((one for one in entity.merged if one["id"] == key), None)
    if record is None:
        raise not_found("entity", ref)
    return record


def _memories(entity: Entity, refs: Sequence[str]) -> list[Memory]:
    of_it: QuerySet[Memory] = Memory.objects.filter(graph=entity.graph_id, mentions__entity=entity)
    return _found(of_it, "memory", refs)


def _relations(entity: Entity, refs: Sequence[str]) -> list[Relation]:
    ends = Q(subject=entity) | Q(object=entity)
    of_it: QuerySet[Relation] = Relation.objects.filter(ends, graph=entity.graph_id).select_related("memory")
    return _found(of_it, "relation", refs)


def _found(of_it: QuerySet[Any], what: str, refs: Sequence[str]) -> list[Any]:
    keys = (ids.decode(of_it.model.PREFIX, ref) for ref in refs)
    found = {row.ref: row for row in of_it.filter(pk__in=filter(None, keys))}
    for ref in refs:
        if ref not in found:
            raise not_found(what, ref)
    return list(found.values())


def locked_entity(entity: Entity) -> Entity:
    """The entity as it is while nobody else writes into its graph. Raises a 404 where it is gone meanwhile."""
    graph = Graph.objects.select_for_update(no_key=True).filter(pk=entity.graph_id).first()
    found = Entity.objects.filter(pk=entity.pk, graph=graph).first()
    if graph is None or found is None:
        raise not_found("entity", entity.ref)
    found.graph = graph
    return found


def _changed(caller: Caller, entity: Entity, action: str, **detail: Any) -> None:
    """A summary may name the subject; what else is called what changes no sentence."""
    facts.bump(entity.graph)
    if entity.is_subject:
        Graph.objects.filter(pk=entity.graph_id).update(summarised_version=0)
    audit.record(caller, action, entity.ref, **detail)
    tasks.ring_graph(entity.graph_id)
