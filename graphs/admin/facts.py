"""A fact as a timeline shows it: a memory with what it replaced, what replaced it, and how it was corrected."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from graphs import counts
from graphs.admin.periods import lasted
from graphs.admin.words import Quote, quote
from graphs.models import Memory, MemoryRevision, Source
from graphs.render import in_words, sentence
from memos.projects.console.shown import list_of, moment, page_of

HOLDS, ENDED, RETIRED = "holds", "ended", "withdrawn"
MOST_QUOTES, MOST_CORRECTIONS, MOST_REPLACED = 3, 3, 3


def state_of(memory: Memory) -> str:
    """Withdrawn as never having been so, ended in the world, or true to this day."""
    if memory.retired_at:
        return RETIRED
    return ENDED if memory.valid_to and memory.valid_to <= timezone.now() else HOLDS


@dataclass(frozen=True, slots=True)
class Line:
    """A fact in one line."""

    ref: str
    text: str
    lasted: str
    path: str
    state: str


def line(memory: Memory) -> Line:
    """``about`` and ``invalidated_by`` must be fetched with it."""
    return Line(memory.ref, sentence(memory), lasted(memory), page_of(memory), state_of(memory))


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier state: until when it was believed, who changed it and why, and what of it was different."""

    at: str
    by: str
    reason: str
    text: str
    lasted: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Fact:
    line: Line
    kind: str
    replaced_by: Line | None
    replaces: list[Line]
    quotes: list[Quote]
    more_quotes: int
    ended_by: list[Quote]
    corrections: list[Correction]
    more_corrections: str
    """The path of the list that has all of them, where there are more."""


def with_all(rows: QuerySet[Memory]) -> QuerySet[Memory]:
    """What a `Fact` shows beside the row: of each memory no more than is shown, and one of what is cut off."""
    said = Source.objects.select_related("episode").defer("episode__tsv").order_by("pk")
    supporting, closing = said.filter(role=Source.Role.SUPPORTS), said.filter(role=Source.Role.CLOSES)
    replaced = Memory.objects.select_related("about", "invalidated_by").defer("tsv", "invalidated_by__tsv")
    revisions = MemoryRevision.objects.order_by("-recorded_from")
    found: Any = (
        rows.select_related("about", "invalidated_by__about", "invalidated_by__invalidated_by")
        .defer("tsv", "invalidated_by__tsv", "invalidated_by__invalidated_by__tsv")
        .annotate(source_count=counts.per(Source.objects.supporting(), "memory"))
    )
    hanging: list[Any] = [
        Prefetch("sources", supporting[:MOST_QUOTES], to_attr="supports"),
        Prefetch("sources", closing[:1], to_attr="closings"),
        Prefetch("revisions", revisions[: MOST_CORRECTIONS + 1], to_attr="earlier"),
        Prefetch("invalidated", replaced.order_by("-pk")[:MOST_REPLACED], to_attr="replaced"),
    ]
    return found.prefetch_related(*hanging)


def fact(memory: Any) -> Fact:
    """Of a memory from `with_all`."""
    earlier = memory.earlier[:MOST_CORRECTIONS]
    return Fact(
        line=line(memory),
        kind=memory.kind,
        replaced_by=line(memory.invalidated_by) if memory.invalidated_by else None,
        replaces=[line(other) for other in memory.replaced],
        quotes=[quote(source.episode) for source in memory.supports],
        more_quotes=memory.source_count - len(memory.supports),
        ended_by=[quote(source.episode) for source in memory.closings],
        corrections=list(_corrections(memory, earlier)),
        more_corrections=list_of(MemoryRevision, memory=memory.pk) if len(memory.earlier) > len(earlier) else "",
    )


def _corrections(memory: Memory, earlier: list[MemoryRevision]) -> Iterator[Correction]:
    """Newest first, each against the state that followed it."""
    after: Memory | MemoryRevision = memory
    for state in earlier:
        yield Correction(
            at=moment(state.recorded_to),
            by=state.changed_by,
            reason=state.reason,
            text=in_words(state.content, memory.about) if state.content != after.content else "",
            lasted=_lasted_before(state, after),
            kind=state.kind if state.kind != after.kind else "",
            path=page_of(state),
        )
        after = state


def _lasted_before(state: MemoryRevision, after: Memory | MemoryRevision) -> str:
    if (state.valid_from, state.valid_to) == (after.valid_from, after.valid_to):
        return ""
    ended_since = after.valid_to and not state.valid_to
    return lasted(state) or ("no end known" if ended_since else "no time known")
