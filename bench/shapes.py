"""What a case says: a conversation and what it should leave behind. ``bench.conversations`` reads them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SINGLE = "single"
"""The category of a case that names none."""


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    said_at: datetime
    role: str = "user"
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, and the places (from 0) of the messages that hold what answers it."""

    question: str
    evidence: tuple[int, ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """A fact that should be remembered. ``ended`` is when a later fact should have ended it: a date, "any" or None."""

    words: tuple[str, ...]
    kinds: frozenset[str]
    valid_from: str | None = None
    until: str | None = None
    links: tuple[tuple[str, str, str], ...] = ()
    ends: tuple[tuple[str, str | None], ...] | None = None
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """What no memory may hold that is live after the whole conversation; with a date, none that begins then."""

    words: tuple[str, ...]
    valid_from: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A thing that must be one entity under all of its names; "me" among them is the user."""

    names: tuple[str, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """``forget`` are the places of the messages that are deleted after the whole conversation."""

    case: str
    source: str
    messages: tuple[Message, ...]
    category: str = SINGLE
    language: str = "en"
    user: str | None = None
    facts: tuple[Expected, ...] = ()
    may: tuple[tuple[str, ...], ...] = ()
    never: tuple[Never, ...] = ()
    entities: tuple[Named, ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    summary_has: tuple[str, ...] = ()
    summary_lacks: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    forget: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        """Where another language than English tells no facts, what is remembered is free, apart from ``never``."""
        return self.language != "en" and not self.facts

    @property
    def sessions(self) -> list[list[int]]:
        """The places of the messages in runs that arrive together: a new one begins after an hour, or with an older."""
        runs: list[list[int]] = [[0]]
        for place in range(1, len(self.messages)):
            gap = self.messages[place].said_at - self.messages[place - 1].said_at
            if not timedelta() <= gap < timedelta(hours=1):
                runs.append([])
            runs[-1].append(place)
        return runs
