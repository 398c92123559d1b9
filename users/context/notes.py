"""What is noted while a block is filled, so that it can be told why a line stands in it, and why another does not.

Whoever fills a block speaks to a `Notes`, which forgets it all: hardly anybody asks. `Kept` is for those who do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from graphs.search import Hit, Why
from users.context.lines import Line

SUMMARY, ENTITIES, FIRST, FACTS, BEST, LEFT = "summary", "entities", "first", "facts", "best", "left"
"""The parts of the budget, in the order in which they are filled; LEFT is what the estimates had set aside too much."""

ROOM = "room"
"""The block has no room for the line."""
SHARE = "share"
"""What is left of the part does not reach for it."""
TOLD = "told"
"""Other lines say it already."""
EMPTY = "empty"
"""It says nothing: a greeting, or the name that the block uses anyway."""

SHOWN, NONE, STALE, DEAR, THEN = "shown", "none", "stale", "dear", "then"
"""A summary: it is shown; there is none; something it rests on holds no longer; it costs too much; it was of another
time than the one asked about."""


class Source(Protocol):
    """What a block is filled from: what a question found, or what stands without one."""

    def best(self, *kinds: str, limit: int) -> Iterable[Hit]:
        """Up to ``limit`` of each kind in each graph, best first."""
        ...

    def why(self, hit: Hit) -> Why: ...


class Notes:
    """Takes note of nothing."""

    def draws(self, source: Source, depth: int) -> None:
        """The block is filled from ``source``, of which it looks at the best ``depth`` of each kind in each graph."""

    def opens(self, part: str, share: int) -> None:
        """A part of the budget, of at most ``share`` tokens, begins."""

    def takes(self, line: Line, cost: int) -> None:
        """A line is taken, with what it costs beneath its heading and date."""

    def passes(self, hit: Hit, reason: str, cost: int = 0) -> None:
        """A hit is passed over; ``cost`` is that of its line where it would have stood."""

    def summary(self, state: str, cost: int = 0) -> None:
        """What became of the summary."""


SILENT = Notes()


@dataclass(slots=True)
class Part:
    """``share`` are the tokens that it may cost, ``used`` those that its ``lines`` do; ``passed`` counts the others."""

    name: str
    share: int
    used: int = 0
    lines: int = 0
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    part: str
    line: Line
    cost: int


@dataclass(frozen=True, slots=True)
class Passed:
    part: str
    reason: str
    cost: int


@dataclass(slots=True)
class Kept(Notes):
    """Keeps what it hears. ``taken`` and ``passed`` are by the ids of what the lines tell; of what is passed over more
    than once, the last time counts."""

    source: Source | None = None
    depth: int = 0
    parts: list[Part] = field(default_factory=list)
    taken: dict[UUID, Taken] = field(default_factory=dict)
    passed: dict[UUID, Passed] = field(default_factory=dict)
    summary_state: str = NONE
    summary_cost: int = 0

    def draws(self, source: Source, depth: int) -> None:
        self.source, self.depth = source, depth

    def opens(self, part: str, share: int) -> None:
        self.parts.append(Part(part, max(share, 0)))

    def takes(self, line: Line, cost: int) -> None:
        part = self.parts[-1]
        part.used += cost
        part.lines += 1
        self.taken[line.hit.record.pk] = Taken(part.name, line, cost)

    def passes(self, hit: Hit, reason: str, cost: int = 0) -> None:
        self.parts[-1].passed += 1
        self.passed[hit.record.pk] = Passed(self.parts[-1].name, reason, cost)

    def summary(self, state: str, cost: int = 0) -> None:
        self.summary_state, self.summary_cost = state, cost
