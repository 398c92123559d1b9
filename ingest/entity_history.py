"""What entities were called before somebody changed them, as long as what they were called may be known."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from graphs.entities import key_of, keys_of
from graphs.kinds import ChangedBy, EntityType
from graphs.models import Entity, EntityRevision, Graph
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry

RENAMED = "changed"
MERGED = "others were merged into it"
SPLIT = "split"
UNMERGED = "a merge was undone"

KEPT = ("name", "type", "aliases", "summary")


def changed_by(caller: Caller) -> ChangedBy:
    return ChangedBy.OPERATOR if caller.actor == AuditEntry.Actor.OPERATOR else ChangedBy.API


def keep(caller: Caller, entity: Entity, reason: str, others: Sequence[UUID] = ()) -> EntityRevision:
    """Keep what an entity is called, before that changes."""
    return EntityRevision.objects.create(
        project_id=entity.project_id,
        graph_id=entity.graph_id,
        entity_id=entity.pk,
        changed_by=changed_by(caller),
        reason=reason,
        others=list(others),
        **{name: getattr(entity, name) for name in KEPT},
    )


def unlearn(graph: Graph, lost: Mapping[UUID, Collection[str]], gone: Collection[str]) -> None:
    """Forget the history of entities that are no more, the names that each ``lost`` and those that are ``gone``, by
    their keys: nobody goes by them any more."""
    revisions = EntityRevision.objects.filter(graph=graph)
    if not revisions.exists():
        return
    revisions.exclude(entity_id__in=_living(graph)).delete()
    for row in revisions:
        _forget(row, lost.get(row.entity_id, ()), set(gone))


def _living(graph: Graph) -> set[UUID]:
    """Those that have a row, and those that were merged into one that has."""
    found: set[UUID] = set()
    for key, merged in Entity.objects.filter(graph=graph).values_list("pk", "merged"):
        found |= {key, *_merged(merged)}
    return found


def _merged(records: Iterable[Mapping[str, Any]]) -> set[UUID]:
    return {key for one in records for key in (UUID(one["id"]), *_merged(one["state"].get("merged", ())))}


def _forget(row: EntityRevision, lost: Collection[str], gone: set[str]) -> None:
    named = [name for name in (row.name, *row.aliases) if name]
    left = [one for one in named if key_of(one) not in lost and not is_among(one, gone)]
    if left == named:
        return
    if not left:
        row.delete()
        return
    row.name, row.aliases = left[0], left[1:]
    row.save(update_fields=["name", "aliases"])


def is_among(name: str, keys: Collection[str]) -> bool:
    return bool(keys_of(name, EntityType.ORGANIZATION) & set(keys))
