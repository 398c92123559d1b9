"""A memory as the sentence that people read."""

from graphs.models import Entity, Memory
from graphs.models.memory import SPEAKER

UNNAMED = "The user"


def name_of(entity: Entity | None) -> str:
    """How an entity is called; the subject is "The user" until a name is known."""
    return (entity.name if entity else "") or UNNAMED


def call(entity: Entity | None) -> str:
    """``name_of`` in the middle of a sentence."""
    name = name_of(entity)
    return name.lower() if name == UNNAMED else name


def is_only_a_name(memory: Memory) -> bool:
    """ "Ann's name is Ann." tells a reader nothing once the name is used."""
    return memory.content == f"{SPEAKER}'s name is {name_of(memory.about)}."


def sentence(memory: Memory) -> str:
    """``about`` must be fetched with the memory."""
    return in_words(memory.content, memory.about)


def in_words(content: str, about: Entity | None) -> str:
    """By their name, but for the sentence that gives it: "The user prefers to be called Ann"."""
    own = content == f"{SPEAKER} prefers to be called {name_of(about)}."
    text = content.replace(SPEAKER, UNNAMED if own and about and about.is_subject else call(about))
    return text[:1].upper() + text[1:]
