"""A change of an entity is taken back."""

from uuid import UUID

from django.db import transaction

from graphs.models import Entity, EntityRevision
from ingest import entity_history
from ingest.entities import Split, locked_entity, merge_entities, split_entity, update_entity
from memos import ids
from memos.api.problems import Problem, invalid, not_found
from memos.projects.audit import Caller


@transaction.atomic
def restore_entity(*, caller: Caller, entity: Entity, revision: EntityRevision) -> Entity:
    """Take back the change that ended an earlier state: an entity is called what it was, what was merged into it is
    split off, what was split off is merged into it again.

    Raises a 404 where it or the state is gone, and a 400 where nothing is left of the change to take back.
    """
    found = locked_entity(entity)
    state = EntityRevision.objects.filter(pk=revision.pk, entity_id=found.pk).first()
    if state is None:
        raise not_found("revision", revision.ref)
    match state.reason:
        case entity_history.MERGED:
            _split_off(caller, found, state.others)
        case entity_history.SPLIT | entity_history.UNMERGED:
            _merge_again(caller, found, state.others)
        case _:
            _rename(caller, found, state)
    return Entity.objects.get(pk=found.pk)


def _split_off(caller: Caller, entity: Entity, others: list[UUID]) -> None:
    there = {UUID(record["id"]) for record in entity.merged}
    refs = [ids.encode(Entity.PREFIX, key) for key in others if key in there]
    if not refs:
        raise _nothing_left()
    for ref in refs:
        split_entity(caller=caller, entity=entity, split=Split(entity_id=ref))


def _merge_again(caller: Caller, entity: Entity, others: list[UUID]) -> None:
    there = Entity.objects.filter(pk__in=others, graph=entity.graph_id)
    refs = [other.ref for other in there]
    if not refs:
        raise _nothing_left()
    merge_entities(caller=caller, entity=entity, entity_ids=refs)


def _rename(caller: Caller, entity: Entity, state: EntityRevision) -> None:
    """The names of what was merged into it since still mean it, and those that it was told apart from still don't."""
    merged = [name for record in entity.merged for name in (record["name"], *record["aliases"])]
    before = [name for name in state.aliases if not entity_history.is_among(name, entity.apart)]
    names = {"name": state.name, "type": state.type, "aliases": [*before, *merged], "summary": state.summary}
    if all(_same(getattr(entity, field), value) for field, value in names.items()):
        raise _nothing_left()
    update_entity(caller=caller, entity=entity, **names)


def _same(one: str | list[str], other: str | list[str]) -> bool:
    return sorted(set(one)) == sorted(set(other)) if isinstance(one, list) else one == other


def _nothing_left() -> Problem:
    return invalid("revision", "Nothing is left of this change that could be taken back.")
