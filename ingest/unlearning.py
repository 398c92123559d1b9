"""Names that went with what was erased are forgotten in what is kept for later, too: merges that could be undone, and
who was told apart from whom."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from graphs.entities import key_of, keys_of
from graphs.kinds import EntityType
from graphs.models import Entity, Graph
from ingest import entity_history


def unlearn(graph: Graph, lost: Mapping[UUID, Collection[str]]) -> None:
    """Forget names in what is kept for later too: those that each entity had from what was erased, by their keys."""
    gone = {key for keys in lost.values() for name in keys for key in keys_of(name, EntityType.ORGANIZATION)}
    still = Entity.objects.filter(graph=graph, names__overlap=list(gone)).values_list("names", flat=True)
    gone -= {key for names in still for key in names}
    entity_history.unlearn(graph, lost, gone)
    for entity in Entity.objects.filter(graph=graph).exclude(merged=[], apart=[]):
        before = entity.merged, entity.apart
        entity.merged = _without(entity.merged, lost.get(entity.pk, ()), gone)
        entity.apart = [key for key in entity.apart if key not in gone]
        if (entity.merged, entity.apart) != before:
            entity.save(update_fields=["merged", "apart"])


def _without(merged: Sequence[dict[str, Any]], lost: Collection[str], gone: Collection[str]) -> list[dict[str, Any]]:
    """Without the names that an entity ``lost`` and the keys that nobody goes by any more; a merge of what has no name
    left can't be undone."""
    found, keys = [], {key for name in lost for key in keys_of(name, EntityType.ORGANIZATION)}
    for record in merged:
        names = [name for name in (record["name"], *record["aliases"]) if key_of(name) not in lost]
        state = record["state"] | {
            "merged": _without(record["state"]["merged"], lost, gone),
            "apart": [key for key in record["state"]["apart"] if key not in gone],
        }
        own = [key for key in record["names"] if key not in keys]
        mentions = record["mentions"] | {"both": _unnamed(record["mentions"]["both"], lost)}
        if names:
            kept = {"name": names[0], "aliases": names[1:], "names": own, "state": state, "mentions": mentions}
            found.append(record | kept)
    return found


def _unnamed(both: Mapping[str, Sequence[str]], lost: Collection[str]) -> dict[str, list[str]]:
    return {memory: [name for name in names if key_of(name) not in lost] for memory, names in both.items()}
