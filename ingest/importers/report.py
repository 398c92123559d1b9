"""What came of an import: counts, and what was passed over and why."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KEPT = 1000
"""Records that were skipped are counted all and named up to here."""


class Unreadable(Exception):
    """A file that is not what it was said to be. The message is one sentence with the file and the place."""


class BadRecord(Exception):
    """One record that can't be taken over. The message is the reason."""


def _nothing(*told: Any) -> None:
    pass


@dataclass
class Report:
    """``read`` hears how many bytes of the files have been gone through, ``skip`` of each bad record, as it is met."""

    on_read: Callable[[int], None] = _nothing
    on_skip: Callable[[str, str], None] = _nothing
    added: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)

    def read(self, size: int) -> None:
        self.on_read(size)

    def skip(self, place: str, reason: object) -> None:
        """A record that is not as it should be."""
        self.on_skip(place, str(reason))
        self.reasons[str(reason)] += 1
        if len(self.skipped) < KEPT:
            self.skipped.append((place, str(reason)))

    def leave_out(self, what: str, count: int = 1) -> None:
        """Something that is in order and has no counterpart here."""
        if count:
            self.left_out[what] += count

    def remark(self, what: str) -> None:
        """Something that was taken over otherwise than it stood; told once, with how often."""
        self.remarks[what] += 1


def stop(place: str, reason: str) -> None:
    """For ``on_skip`` where one bad record is to end it all."""
    raise Unreadable(f"{place}: {reason}")
