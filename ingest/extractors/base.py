"""What an extractor is given and what it gives back. Every extractor, local or remote, speaks these types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from graphs.kinds import EntityType, MemoryKind, Precision

SPEAKER = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for the one who speaks, in a fact's sentence and as the name of a thing. It is rendered when the memory is
read ("The user", or a name once known), so a change of name rewrites nothing."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that was said. ``said_at`` is aware; ``language`` is ISO 639-1 ("en")."""

    text: str
    said_at: datetime
    language: str = "en"
    speaker: str | None = None
    """The name that the message carries; None means the graph's own user."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A person, a place, an organisation… that a fact speaks of. ``name`` is SPEAKER for the one who speaks."""

    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow that a fact asserts: (subject, "works_at", object). Predicates are snake_case, third person."""

    subject: Thing
    predicate: str
    object: Thing


@dataclass(frozen=True, slots=True)
class Ending:
    """Earlier facts of the same speaker that a fact ends: those that assert ``predicate`` about ``object``.

    ``object`` None ends every one of them but those with the new fact's own object ("I moved to Lisbon" ends every
    other ``lives_in``).
    """

    predicate: str
    object: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """When a fact holds in the world, half open, aware UTC. For an event or a plan it is its day, month, year or time:
    ``valid_from`` is its start, ``valid_to`` is None, and ``precision`` says how long it is."""

    valid_from: datetime | None = None
    valid_to: datetime | None = None
    precision: Precision | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as a sentence in the third person: "\N{OBJECT REPLACEMENT CHARACTER} lives in Lisbon.\""""

    content: str
    kind: MemoryKind
    confidence: float = 0.8
    span: Span = Span()
    things: tuple[Thing, ...] = ()
    links: tuple[Link, ...] = ()
    ends: tuple[Ending, ...] = ()


class Extractor(Protocol):
    """Finds the facts in what was said. It is pure: no database, and the same input gives the same facts."""

    def load(self) -> None:
        """Load what can be shared by processes that are forked off later; `extract` loads it otherwise."""
        ...

    def extract(self, utterances: Sequence[Utterance]) -> list[list[Fact]]:
        """Return the facts of each utterance, in the order given; an empty list where nothing is worth keeping.

        Raises ``ExtractionFailed`` when the batch could not be read; the job is then tried again.
        """
        ...


class ExtractionFailed(Exception):
    """The extractor could not do its work. ``str()`` of it is shown to the operator."""
