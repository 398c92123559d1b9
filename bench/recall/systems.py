"""What is measured: a system is told conversations and gives rankings and blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.recall.corpus import Conversation, Question, Turn
from bench.recall.metrics import tokens

CANDIDATES = 300
"""Turns from the top of a ranking that are tried for the block."""


@dataclass(frozen=True, slots=True)
class Block:
    """``claimed`` are the turns that its items name; ``seconds`` is None where the time says nothing."""

    text: str
    claimed: frozenset[str]
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    turns: list[str]
    seconds: float | None = None


class System(Protocol):
    name: str

    def tell(self, conversations: Sequence[Conversation]) -> None:
        """Take in some conversations; those before them may be forgotten. Raises BenchError."""

    def rank(self, conversation: Conversation, question: Question) -> Ranking:
        """Turns, best first; the same turn may come more than once."""

    def block(self, conversation: Conversation, question: Question, budget: int) -> Block: ...


def packed(turns: Sequence[Turn], order: Sequence[int], budget: int) -> Block:
    """Whole turns, best first while they fit (a later one may fit where one did not), shown in their order."""
    chosen, left = [], budget
    for place in order[:CANDIDATES]:
        needed = tokens(turns[place].line)
        if needed <= left:
            chosen.append(place)
            left -= needed
    shown = [turns[place] for place in sorted(chosen)]
    return Block("\n".join(turn.line for turn in shown), frozenset(turn.id for turn in shown))
