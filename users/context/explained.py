"""A block with the reason for each of its lines, and what just missed: told by the very call that made it."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from graphs.search import Found, Hit, Reading, Why
from users.context import notes as noted
from users.context.assemble import Block, assemble
from users.context.lines import Line
from users.context.notes import Kept, Part
from users.context.pack import SHORTEST_LINE
from users.models import Group, User

MISSED = 10
"""How many of what just missed are told of, and as many again of what other lines say already."""

TOO_LONG = "too_long"
"""It was taken, and had to go again: the whole cost more than its lines were thought to."""
FULL = "full"
"""It was not tried any more: hardly a token was left."""
GAVE_UP = "gave_up"
"""It was not tried any more: too many before it had found no room."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the block: ``rank`` among all memories and excerpts, or among entities, from 1; ``cost`` in tokens with
    the heading and the date that it was the first beneath."""

    line: Line
    rank: int | None
    why: Why
    part: str
    cost: int


@dataclass(frozen=True, slots=True)
class Missed:
    """What is not in the block. ``reason`` is one of `users.context.notes` or of this module; ``cost`` is 0 where its
    line was never made; ``told_by`` is a line that rests on the same words."""

    hit: Hit
    rank: int
    why: Why
    reason: str
    cost: int = 0
    told_by: Line | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """``lines`` are those of the block from top to bottom; ``reading`` is None where nothing was asked; ``seconds`` is
    what making the block took, without the telling."""

    block: Block
    seconds: float
    lines: list[Told]
    missed: list[Missed]
    parts: list[Part]
    summary: str
    summary_cost: int
    reading: Reading | None


def explain(
    *,
    user: User,
    template: str,
    max_tokens: int,
    query: str | None = None,
    groups: Sequence[Group] = (),
    as_of: datetime | None = None,
) -> Explanation:
    """What `assemble` makes of the same arguments, and why."""
    kept = Kept()
    started = time.perf_counter()
    block = assemble(
        user=user, template=template, max_tokens=max_tokens, query=query, groups=groups, as_of=as_of, notes=kept
    )
    seconds = time.perf_counter() - started
    ranks, missed = _ranked(kept, block)
    return Explanation(
        block=block,
        seconds=seconds,
        lines=[_told(kept, line, ranks) for line in shown(block)],
        missed=missed,
        parts=_parts(kept, block),
        summary=_summary(kept, block),
        summary_cost=kept.summary_cost,
        reading=kept.source.reading if isinstance(kept.source, Found) else None,
    )


def shown(block: Block) -> list[Line]:
    """The lines in the order in which they stand in the text."""
    return [line for _, line in by_row(block) if line]


def by_row(block: Block) -> Iterator[tuple[str, Line | None]]:
    """Each row of the text with the line that it is; a heading, a date and what frames the block are none."""
    waiting: dict[str, list[Line]] = {}
    for line in sorted(block.lines, key=lambda line: (line.section, line.order)):
        waiting.setdefault(line.text, []).append(line)
    for row in block.text.split("\n"):
        yield row, waiting[row].pop(0) if waiting.get(row) else None


def _told(kept: Kept, line: Line, ranks: dict[UUID, int]) -> Told:
    assert kept.source
    key = line.hit.record.pk
    taken = kept.taken[key]
    return Told(line, ranks.get(key), kept.source.why(line.hit), taken.part, taken.cost)


def _ranked(kept: Kept, block: Block) -> tuple[dict[UUID, int], list[Missed]]:
    """The ranks of what is in the block, and the best of what is not."""
    assert kept.source
    entities = kept.source.best("entity", limit=kept.depth) if any(_is_entity(line) for line in block.lines) else ()
    ranks = {hit.record.pk: rank for rank, hit in enumerate(entities, 1)}
    wanted = {line.hit.record.pk for line in block.lines if not _is_entity(line)}
    told: list[Missed] = []
    missed: list[Missed] = []
    for rank, hit in enumerate(kept.source.best("memory", "episode", limit=kept.depth), 1):
        if hit.record.pk in wanted:
            ranks[hit.record.pk] = rank
            wanted.remove(hit.record.pk)
        else:
            of = told if _reason(kept, hit) in (noted.TOLD, noted.EMPTY) else missed
            if len(of) < MISSED:
                of.append(_missed(kept, block, hit, rank))
        if not wanted and len(missed) == MISSED:
            break
    return ranks, sorted([*told, *missed], key=lambda one: one.rank)


def _missed(kept: Kept, block: Block, hit: Hit, rank: int) -> Missed:
    assert kept.source
    reason = _reason(kept, hit)
    passed = kept.passed.get(hit.record.pk)
    sources = {episode.pk for episode in hit.sources}
    same = (line for line in block.lines if sources & {episode.pk for episode in line.hit.sources})
    told_by = next((line for line in same if not _is_entity(line)), None) if reason == noted.TOLD else None
    return Missed(hit, rank, kept.source.why(hit), reason, passed.cost if passed else 0, told_by)


def _reason(kept: Kept, hit: Hit) -> str:
    if hit.record.pk in kept.taken:
        return TOO_LONG
    if passed := kept.passed.get(hit.record.pk):
        in_part = passed.part in (noted.FIRST, noted.FACTS)
        if not (in_part and passed.reason == noted.SHARE):
            return passed.reason
    room = kept.parts[-1].share - kept.parts[-1].used
    return FULL if room < SHORTEST_LINE else GAVE_UP


def _is_entity(line: Line) -> bool:
    return line.hit.kind == "entity"


def _parts(kept: Kept, block: Block) -> list[Part]:
    """What each part of the budget went on; the summary's is what it cost where it is shown."""
    summary = next((part for part in kept.parts if part.name == noted.SUMMARY), None)
    if summary and _summary(kept, block) == noted.SHOWN:
        summary.used, summary.lines = kept.summary_cost, 1
    return [part for part in kept.parts if part.name != noted.LEFT or part.lines]


def _summary(kept: Kept, block: Block) -> str:
    """A summary whose lines left it no room after all went again."""
    gone = kept.summary_state == noted.SHOWN and not block.text
    return noted.DEAR if gone else kept.summary_state
