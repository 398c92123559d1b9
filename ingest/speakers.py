"""Who says I."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from graphs.entities import NAMING, call, create_entity, keys_of, named
from graphs.kinds import EntityType
from graphs.models import Entity, Graph, Memory


def speaker_of(graph: Graph, name: str, said_at: datetime) -> Entity | None:
    """Who says I: the graph's subject, unless a name says who else. Where a group's graph is told no name: nobody."""
    subject = Entity.objects.filter(graph=graph, is_subject=True).first()
    keys = keys_of(name, EntityType.PERSON)
    if not name or (subject and keys & set(subject.names)):
        return subject
    people = named(graph, name, EntityType.PERSON).filter(type=EntityType.PERSON)
    spoken = Exists(Memory.objects.filter(about=OuterRef("pk")))
    found = people.annotate(has_spoken=spoken).order_by("-has_spoken", "first_seen_at", "id").first()
    if found is None and subject and _is_full_name_of(subject, *keys):
        call(subject, subject.name, [*subject.aliases, name])
        subject.save(update_fields=NAMING)
        return subject
    return found or create_entity(graph, name, EntityType.PERSON, said_at)


def call_speaker(speaker: Entity, name: str) -> None:
    """They have said what they are called; their earlier names stay aliases."""
    others = (*speaker.aliases, speaker.name)
    call(speaker, name, [alias for alias in others if alias != name])
    speaker.save(update_fields=NAMING)


def _is_full_name_of(subject: Entity, key: str) -> bool:
    """The user Alice writes under her full name, "Alice Miller"."""
    return " " not in subject.key and key.split()[0] == subject.key and key not in subject.apart
