"""Greedy packing: the best line first, each paying for its heading and its date when it is the first beneath them."""

from collections.abc import Iterable

from graphs import tokens
from users.context import notes as noted
from users.context.lines import Line
from users.context.notes import SILENT, Notes

HEADING_COST = 7
"""o200k_base tokens of the longest heading with its line break."""

SHORTEST_LINE = 6
"""Tokens; when less is left nothing more is tried."""


class Packer:
    """Holds the lines of a block that is being filled up to ``budget`` tokens."""

    def __init__(self, budget: int, notes: Notes = SILENT):
        self.room = budget
        self.notes = notes
        self.lines: list[Line] = []
        self._open: set[tuple[str, str]] = set()

    def add(self, line: Line, *, within: int | None = None) -> bool:
        """Take the line if there is room for it, and no more than ``within`` tokens."""
        cost = self._cost(line)
        if cost > self.room or (within is not None and cost > within):
            self.notes.passes(line.hit, noted.ROOM if cost > self.room else noted.SHARE, cost)
            return False
        self.room -= cost
        self.lines.append(line)
        self._open |= {(line.section, ""), (line.section, line.day)}
        self.notes.takes(line, cost)
        return True

    def fill(self, lines: Iterable[Line], *, share: int) -> None:
        """Add lines while they cost no more than ``share`` tokens together."""
        for line in lines:
            if share < SHORTEST_LINE:
                return
            before = self.room
            if self.add(line, within=share):
                share -= before - self.room

    def _cost(self, line: Line) -> int:
        heading = 0 if (line.section, "") in self._open else HEADING_COST
        date = 0 if not line.day or (line.section, line.day) in self._open else tokens.count(line.day) + 1
        return line.cost + heading + date
