"""What was remembered of a conversation, in the terms of a case, wherever it comes from."""

from dataclasses import dataclass
from datetime import datetime

from graphs.kinds import Precision
from ingest.extractors.base import SPEAKER, Fact

FORMATS = {Precision.YEAR: "%Y", Precision.MONTH: "%Y-%m", Precision.DAY: "%Y-%m-%d", Precision.TIME: "%Y-%m-%dT%H:%M"}
ME = "me"
USER = "The user"


class NotIngested(Exception):
    """A message could not be read to its end, or not be deleted."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fact. ``links`` and ``ends`` are in lower case, ``me`` is the speaker. ``until`` is an end that was said;
    ``closed`` says that a later fact has ended it, and ``ended_at`` is its end in either case."""

    content: str
    kind: str
    start: str | None
    until: str | None
    links: frozenset[tuple[str, str, str]]
    ends: frozenset[tuple[str, str | None]]
    language: str
    closed: bool = False
    ended_at: datetime | None = None

    def is_live(self, at: datetime) -> bool:
        return self.ended_at is None or self.ended_at > at

    def __str__(self) -> str:
        links = " ".join(f"({' '.join(link)})" for link in sorted(self.links))
        ends = " ".join(f"-{predicate}:{thing}" for predicate, thing in sorted(self.ends, key=str))
        closed = f" closed {self.ended_at:%Y-%m-%d}" if self.closed and self.ended_at else ""
        return f"[{self.kind} {self.start}/{self.until}{closed}] {self.content} {links} {ends}".strip()


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity: its names as :func:`key_of` has them, with ``me`` among those of the user."""

    names: frozenset[str]
    type: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a conversation has left behind. ``things`` and ``summary`` are None where nobody resolves entities."""

    facts: list[Found]
    things: list[Thing] | None = None
    summary: str | None = None


def key_of(name: str) -> str:
    return " ".join(name.casefold().split())


def start_of(valid_from: datetime | None, precision: str | None) -> str | None:
    return valid_from.strftime(FORMATS[Precision(precision)]) if valid_from and precision else None


def found_by_extractor(fact: Fact, language: str, speaker: str | None) -> Found:
    span = fact.span
    return Found(
        content=fact.content.replace(SPEAKER, speaker or USER),
        kind=fact.kind.value,
        start=start_of(span.valid_from, span.precision),
        until=f"{span.valid_to:%Y-%m-%d}" if span.valid_to else None,
        links=frozenset((_name(link.subject.name), link.predicate, _name(link.object.name)) for link in fact.links),
        ends=frozenset((end.predicate, end.object.lower() if end.object else None) for end in fact.ends),
        language=language,
        ended_at=span.valid_to,
    )


def _name(name: str) -> str:
    return ME if name == SPEAKER else name.lower()
