"""What is measured on, whatever file it came from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. ``id`` is what evidence names, unique in its conversation."""

    id: str
    text: str
    said_at: datetime
    role: str = "user"
    name: str | None = None
    thread: str = ""

    @property
    def speaker(self) -> str:
        return self.name or self.role

    @property
    def line(self) -> str:
        """As a system that quotes whole turns puts it into its block."""
        return f"[{self.said_at.day} {self.said_at:%B %Y}] {self.speaker}: {self.text}"


@dataclass(frozen=True, slots=True)
class Question:
    """``apart`` are those that have no answer in the conversation: they are never counted with the others.

    ``asked_on`` is the day of the question as the reader of the block is told it; "" where the data has none.
    """

    id: str
    category: str
    text: str
    answer: str
    evidence: tuple[str, ...]
    apart: bool = False
    asked_on: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is told to one user's memory, in the order in which it is told. Turns of a thread stand together."""

    id: str
    turns: Sequence[Turn]
    questions: Sequence[Question]
    first_name: str | None = None

    def threads(self) -> Iterator[list[Turn]]:
        for _, turns in groupby(self.turns, key=lambda turn: turn.thread):
            yield list(turns)

    @property
    def texts(self) -> dict[str, str]:
        return {turn.id: turn.text for turn in self.turns}


@dataclass(frozen=True, slots=True)
class Corpus:
    """``protocol`` names the prompts of the judge, ``digest`` the bytes that were read (sha256)."""

    form: str
    protocol: str
    digest: str
    conversations: Sequence[Conversation]
    categories: Sequence[str]

    def questions(self) -> Iterator[tuple[Conversation, Question]]:
        for conversation in self.conversations:
            for question in conversation.questions:
                yield conversation, question
