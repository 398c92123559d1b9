"""What a memory is linked to once somebody gave it other words."""

import re
from collections import Counter
from uuid import UUID

from graphs.entities import create_entity, keys_of, named
from graphs.kinds import EntityType
from graphs.models import Entity, Episode, Memory, Mention, Relation
from ingest.erase import names, rows

LONGEST_NAME = 5
"""Words that may take the place of a name; more are a sentence."""


def put_in_place(memory: Memory, before: str) -> None:
    """Where all that changed is a name, what it was linked by is linked to what is named now."""
    for mention in Mention.objects.filter(memory=memory).select_related("entity"):
        name = _in_place_of(mention.entity, before, memory.content)
        if name and mention.entity_id != memory.about_id:
            new = _entity(memory, name, mention.entity.type)
            Mention.objects.get_or_create(
                memory=memory,
                entity=new,
                defaults={"project_id": memory.project_id, "graph_id": memory.graph_id, "names": [name]},
            )
            Relation.objects.filter(memory=memory, object=mention.entity).exclude(subject=new).update(object=new)
            return


def _in_place_of(entity: Entity, before: str, after: str) -> str:
    """What stands in ``after`` where the entity was named in ``before``; nothing if anything else differs."""
    for name in filter(None, (entity.name, *entity.aliases)):
        start, found, end = before.partition(name)
        if found and len(after) > len(start + end) and after.startswith(start) and after.endswith(end):
            new = after[len(start) : len(after) - len(end)].strip()
            return new if new != name and 0 < len(new.split()) <= LONGEST_NAME else ""
    return ""


def _entity(memory: Memory, name: str, type_: str) -> Entity:
    """The only one of that name and type, or else a new one."""
    found = list(named(memory.graph, name, type_).filter(type=type_)[:2])
    return found[0] if len(found) == 1 else create_entity(memory.graph, name, type_, memory.said_at)


def speak_of_less(memory: Memory) -> None:
    """Mentions and relations of what it does not name any more go, and the names that are known from it alone."""
    mentions = list(Mention.objects.filter(memory=memory).select_related("entity"))
    kept = {row.entity_id for row in mentions if row.entity_id == memory.about_id or is_named(memory, row.entity)}
    lost = _lost_names(memory, kept)
    rows.delete(Mention.objects.filter(memory=memory).exclude(entity__in=kept))
    rows.delete(Relation.objects.filter(memory=memory).exclude(subject__in=kept, object__in=kept))
    Mention.objects.filter(memory=memory, entity__in=lost).update(names=[])
    names.forget_unmentioned(memory.graph)
    names.take_back(lost, rows.given_names(memory.graph_id))


def _lost_names(memory: Memory, kept: set[UUID]) -> dict[UUID, set[str]]:
    """Of whom it is about, and of what it does not name any more."""
    said = memory.content.casefold()
    known_from_it = names.given_by(memory.graph, Episode.objects.none(), [memory.pk])
    unkept = {key: found for key, found in known_from_it.items() if key == memory.about_id or key not in kept}
    lost = {key: {name for name in found if name not in said} for key, found in unkept.items()}
    return {key: found for key, found in lost.items() if found}


def is_named(memory: Memory, entity: Entity) -> bool:
    """Whether the sentence has one of its names in it, as words."""
    called = "|".join(re.escape(name) for name in (entity.name, *entity.aliases) if name)
    return bool(called and re.search(rf"(?<!\w)(?:{called})(?!\w)", memory.content, re.IGNORECASE))


def speak_again(memory: Memory) -> None:
    """Of what its words name, where nothing else in the graph goes by that name."""
    words = re.findall(r"[\w'’.&+#-]*[\w+#]", memory.content)
    spans = {" ".join(words[i : i + n]) for n in range(1, LONGEST_NAME + 1) for i in range(len(words) - n + 1)}
    keys = {key for span in spans for key in keys_of(span, EntityType.TOPIC)}
    known = Entity.objects.filter(graph=memory.graph_id, names__overlap=list(keys), is_subject=False)
    found = [entity for entity in known.exclude(mentions__memory=memory) if is_named(memory, entity)]
    shared = Counter(name for entity in found for name in entity.names)
    owner = {"project_id": memory.project_id, "graph_id": memory.graph_id, "memory": memory}
    clear = [entity for entity in found if all(shared[name] == 1 for name in entity.names)]
    Mention.objects.bulk_create([Mention(entity=entity, names=[entity.name], **owner) for entity in clear])
