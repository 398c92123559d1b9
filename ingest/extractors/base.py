"""What an extractor is given and what it gives back. Every extractor, local or remote, speaks these types."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from graphs.kinds import EntityType, MemoryKind, Precision

SPEAKER = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for the one who speaks, in a fact's sentence and as the name of a thing. It is rendered when the memory is
read ("The user", or a name once known), so a change of name rewrites nothing."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said earlier in the same thread. It is no source of facts, it tells what is spoken of."""

    text: str
    said_at: datetime
    role: str = "user"
    """"user", "assistant"…: the role of its message."""
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that was said. ``said_at`` is aware; ``language`` is ISO 639-1 ("en")."""

    text: str
    said_at: datetime
    language: str = "en"
    speaker: str | None = None
    """The name that the message carries; None means the graph's own user."""
    before: tuple[Turn, ...] = ()
    """The turns of the thread that led to it, oldest first; as few as the caller likes."""

    def said_before(self) -> list[Turn]:
        """The speaker's own turns among them."""
        return [turn for turn in self.before if turn.role == "user" and turn.speaker == self.speaker]


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
class Closing:
    """Earlier facts of the same speaker that a fact ends, told from their sentences: those that ``pattern``, a regular
    expression, matches from their start, and that hold ``word``, whatever its case."""

    pattern: str
    word: str = ""


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
    corrects: tuple[str, ...] = ()
    """The contents of earlier facts of the same speaker that were wrong all along ("no, it was Tuesday")."""
    slot: str = ""
    """How a fact begins of which only one can hold: "\N{OBJECT REPLACEMENT CHARACTER}'s favourite drink is". It ends
    the earlier ones of the same speaker that begin so."""
    closes: tuple[Closing, ...] = ()


LONGEST_SENTENCE = 2_000
LONGEST_PREDICATE = 50


def sane(fact: Fact) -> Fact | None:
    """The fact as the database can keep it; None where nothing is left of it. An extractor may be a language model."""
    content = fact.content.replace("\0", "").strip()[:LONGEST_SENTENCE]
    if not content.replace(SPEAKER, "").strip():
        return None
    span = fact.span
    if span.valid_from and span.valid_to and span.valid_to < span.valid_from:
        span = replace(span, valid_to=None)
    return replace(
        fact,
        content=content,
        span=span,
        things=tuple(filter(_is_sane, fact.things)),
        links=tuple(filter(_is_sane_link, fact.links)),
        ends=tuple(ending for ending in fact.ends if "\0" not in ending.predicate + (ending.object or "")),
    )


def _is_sane_link(link: Link) -> bool:
    named = 0 < len(link.predicate) <= LONGEST_PREDICATE and "\0" not in link.predicate
    return named and _is_sane(link.subject) and _is_sane(link.object)


def _is_sane(thing: Thing) -> bool:
    return bool(thing.name.strip()) and "\0" not in "".join((thing.name, *thing.aliases))


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
