# ruff: noqa: E501 -- a pattern is easier to read on one line
"""What a reading finds in a clause."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graphs.dates import Bound, DateSpan, Unit
from graphs.kinds import EntityType, MemoryKind
from ingest.extractors.base import Ending, Link, Thing
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.scene import Said
from ingest.extractors.local.words import ADDITIONS, CHANGES, HABITS

PLAIN = 0.9
LOOSE = 0.7
WEAK = 0.6


@dataclass(frozen=True, slots=True)
class Reading:
    kind: MemoryKind
    links: tuple[Link, ...] = ()
    ends: tuple[Ending, ...] = ()
    confidence: float = PLAIN
    change: bool = False
    """It happened at one moment and something holds since then: without a date, that moment is when it was said."""
    state: bool = False
    """It holds for a while: a date opens or closes it, rather than being its day."""


Reader = Callable[[Said], Reading | None]


def links(subject: Thing | None, predicate: str, objects: Iterable[Thing]) -> tuple[Link, ...]:
    return tuple(Link(subject, predicate, each) for each in objects) if subject else ()


def replaces(said: Said) -> bool:
    """ "I work at Beta now": what was true of the same kind is over."""
    if said.clause.words & ADDITIONS:
        return False
    text = said.text.lower().replace("now and", "").replace("right now", "")
    return any(word in CHANGES for word in text.rstrip(".!").split()) or "these days" in text or said.corrects


def ends_others(said: Said, predicate: str) -> tuple[Ending, ...]:
    return (Ending(predicate),) if replaces(said) else ()


def is_over(said: Said) -> bool:
    return said.clause.tense in (Tense.PAST, Tense.USED_TO)


OFTEN = re.compile(
    r"\b(?:once|twice|times) (?:a|per|each) (?:day|week|month|year)\b|\bon (?:\w+)days\b"
    r"|\b(?:\d+|an?|one|two|three|four|five|six|ten|several|many) [\w ]{2,25} (?:a|per) (?:day|week|month|night)(?=\W*$)"
    r"|\bin the (?:mornings|evenings|afternoons)\b|\bon weekends\b|\bat weekends\b",
    re.IGNORECASE,
)


def is_habitual(said: Said) -> bool:
    own = bool(said.clause.words & HABITS) or bool(OFTEN.search(said.text))
    return own or _is_of_a_routine(said)


def _is_of_a_routine(said: Said) -> bool:
    """ "I get up at six every day *and go for a run*"."""
    if not said.clause.shared or said.clause.head.dep_ != "conj":
        return False
    words = {t.lower_ for t in said.clause.head.head.subtree if t.i < said.clause.head.left_edge.i}
    return bool(words & HABITS) and "never" not in words


def is_ahead(said: Said) -> bool:
    """It has a date that is still to come."""
    return any(date.span.bound is Bound.AT and _is_to_come(date.span, said) for date in said.dates)


def _is_to_come(date: DateSpan, said: Said) -> bool:
    """Today is ahead only for what will be done: "I'm struggling today" is no plan."""
    if date.starts is None or date.ends is None or date.ends <= said.said_at:
        return False
    whole = date.unit not in (Unit.DAY, Unit.MORNING)
    return (
        date.starts > said.said_at
        or said.clause.tense is Tense.FUTURE
        or (whole and said.clause.tense is Tense.PROGRESSIVE)
    )


def person(name: str) -> Thing:
    return Thing(name, EntityType.PERSON)


def animal(name: str) -> Thing:
    return Thing(name, EntityType.ANIMAL)


def place(name: str) -> Thing:
    return Thing(name, EntityType.PLACE)


def organization(name: str) -> Thing:
    return Thing(name, EntityType.ORGANIZATION)


def topic(name: str) -> Thing:
    return Thing(name, EntityType.TOPIC)
