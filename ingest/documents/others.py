"""What a document says of others. "I" in a text is not the user whose graph it was given to.

What is left is what it says of somebody by name: "Tom Baker leads the billing team." It ends nothing that was said in a
conversation, and instructs nobody: a document can't tell the assistant what to do. The extractor was made for what
people say in chat; where the sentence, or what it takes for a name, may have come out wrong, nothing is better.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from graphs.kinds import MemoryKind
from ingest.extractors.base import SPEAKER, Fact, Span
from ingest.extractors.local.kin import RELATIONS

_TWO_YEARS = re.compile(r"\b\d{4} \d{3,4}\b")
"""A year was added to a day that had one: those before 1900 are not known."""
_CODE = re.compile(r"[=(){}\[\]<>\\|`_\"]|(?<!\w)'|::|//")
_DANGLING = re.compile(r"\b(?:an?|and|are|as|at|by|for|from|in|is|of|on|or|that|the|to|was|were|which|with)\.$")
_LOWER = re.compile(r"\b[a-z]+\b")


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """The words that stand in lower case somewhere: at the start of a sentence they are no names."""
    return frozenset(word for text in texts for word in _LOWER.findall(text))


def said_of_others(fact: Fact, written_at: datetime, common: frozenset[str]) -> Fact | None:
    """The fact as one that nobody in particular tells; None where it takes somebody who says I to mean anything, or
    where it may be misread."""
    if fact.kind is MemoryKind.INSTRUCTION or _is_of_the_speaker(fact) or not _names_its_subject(fact, common):
        return None
    if any(pattern.search(fact.content) for pattern in (_TWO_YEARS, _CODE, _DANGLING)):
        return None
    return replace(fact, span=_told(fact.span, written_at), ends=(), corrects=(), slot="", closes=())


def _is_of_the_speaker(fact: Fact) -> bool:
    linked = [thing for link in fact.links for thing in (link.subject, link.object)]
    return SPEAKER in fact.content or any(thing.name == SPEAKER for thing in (*fact.things, *linked))


def _names_its_subject(fact: Fact, common: frozenset[str]) -> bool:
    """The sentence begins with a name, and not with one such as "Dad": nobody knows whose."""
    opening = fact.content.replace(",", " ").replace("'s ", " ")
    names = (thing.name for thing in fact.things if thing.name[:1].isupper() and opening.startswith(f"{thing.name} "))
    return any(name.lower() not in common and name.split()[0].lower() not in RELATIONS for name in names)


def _told(span: Span, written_at: datetime) -> Span:
    """A change without a date began when a speaker told of it; when a text was written says nothing of that."""
    is_guessed = span.valid_from is not None and span.valid_from.date() == written_at.date()
    return Span(valid_to=span.valid_to) if is_guessed else span
