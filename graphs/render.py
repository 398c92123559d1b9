"""A memory as the sentence that people read."""

from graphs.models import Entity, Memory
from graphs.models.memory import SPEAKER

UNNAMED = "The user"


def name_of(entity: Entity | None) -> str:
    """How an entity is called; the subject is "The user" until a name is known."""
    return (entity.name if entity else "") or UNNAMED


def sentence(memory: Memory) -> str:
    """``about`` must be fetched with the memory."""
    name = name_of(memory.about)
    text = memory.content.replace(SPEAKER, name if name != UNNAMED else UNNAMED.lower())
    return text[:1].upper() + text[1:]
