"""An extractor for tests that reads a made-up language, so that no test of the pipeline rests on what English means.

A line is ``predicate object``: "lives_in Lisbon" asserts it and ends every other home, "likes tea" asserts it,
"stopped_likes tea" ends it, "over tea" ends what any sentence says of it. "of Tom: likes tea" says it of somebody else.
"at 2024-05-01 visited Rome" happened on that day. "poison" can't be read, "deadly" kills the process that reads it.
Everything else says nothing.
"""

import os
import re
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from graphs.kinds import EntityType, MemoryKind, Precision
from ingest.extractors.base import SPEAKER, Closing, Ending, ExtractionFailed, Fact, Link, Span, Thing, Utterance

PREDICATES = {
    "named": (MemoryKind.IDENTITY, EntityType.PERSON),
    "lives_in": (MemoryKind.HOME, EntityType.PLACE),
    "works_at": (MemoryKind.WORK, EntityType.ORGANIZATION),
    "likes": (MemoryKind.PREFERENCE, EntityType.TOPIC),
    "visited": (MemoryKind.EVENT, EntityType.PLACE),
    "plans": (MemoryKind.PLAN, EntityType.EVENT),
    "wants": (MemoryKind.INSTRUCTION, EntityType.TOPIC),
}
ONE_AT_A_TIME = ("lives_in", "works_at")
_OF_OTHERS = re.compile(r"of (\w+): (.+)")
_LINE = re.compile(rf"(?:at (\S+) )?(stopped_)?({'|'.join(PREDICATES)}) (.+)")


class Scripted:
    def __init__(self) -> None:
        self.heard: list[list[str]] = []
        """The texts of each call."""

    def load(self) -> None:
        """There is nothing to load."""

    def extract(self, utterances: Sequence[Utterance]) -> list[list[Fact]]:
        self.heard.append([utterance.text for utterance in utterances])
        return [_facts(utterance.text) for utterance in utterances]


def _facts(text: str) -> list[Fact]:
    if "deadly" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "poison" in text:
        raise ExtractionFailed("this can't be read")
    if text.startswith("over "):
        return [_over(text.removeprefix("over "))]
    return [fact for line in text.splitlines() for fact in _of_line(line)]


def _of_line(line: str) -> list[Fact]:
    if others := _OF_OTHERS.fullmatch(line):
        return [_of(others[1], fact) for fact in _of_line(others[2])]
    found = _LINE.fullmatch(line)
    return [_fact(*found.groups())] if found else []


def _of(name: str, fact: Fact) -> Fact:
    """The fact with a name in the place of the speaker's."""
    who = Thing(name, EntityType.PERSON)
    links = tuple(Link(who, link.predicate, link.object) for link in fact.links)
    return replace(fact, content=fact.content.replace(SPEAKER, name), things=(who, *fact.things), links=links, ends=())


def _over(word: str) -> Fact:
    closing = Closing(rf"{SPEAKER} likes {re.escape(word)}\b", word)
    return Fact(f"{SPEAKER} is done with {word}.", MemoryKind.EVENT, closes=(closing,))


def _fact(day: str | None, stopped: str | None, predicate: str, name: str) -> Fact:
    kind, type_ = PREDICATES[predicate]
    thing = Thing(name, type_)
    link = Link(Thing(SPEAKER, EntityType.PERSON), predicate, thing)
    words = f"{SPEAKER} {'no longer ' if stopped else ''}{predicate.replace('_', ' ')} {name}."
    return Fact(
        content=words,
        kind=kind,
        span=_span(day),
        things=(thing,),
        links=() if stopped else (link,),
        ends=_ends(predicate, name if stopped else None),
    )


def _span(day: str | None) -> Span:
    return Span(datetime.fromisoformat(day).replace(tzinfo=UTC), precision=Precision.DAY) if day else Span()


def _ends(predicate: str, stopped: str | None) -> tuple[Ending, ...]:
    if stopped:
        return (Ending(predicate, stopped),)
    return (Ending(predicate),) if predicate in ONE_AT_A_TIME else ()
