"""The time that a fact held for, as people say it: "Mar 2024 – Apr 2026", "since 3 May 2026"."""

from datetime import datetime

from graphs.kinds import MemoryKind, Precision
from graphs.models import Memory, MemoryRevision

_FORMATS = {Precision.YEAR: "%Y", Precision.MONTH: "%b %Y", Precision.TIME: "%-d %b %Y, %H:%M"}
_DAY = "%-d %b %Y"
_HAPPENS = (MemoryKind.EVENT, MemoryKind.PLAN)


def day(at: datetime) -> str:
    return at.strftime(_DAY)


def lasted(state: Memory | MemoryRevision) -> str:
    """Of a memory, or of an earlier state of one; empty where no time is known."""
    starts = _date(state.valid_from, state.valid_precision)
    ends = _date(state.valid_to, _precision_of_end(state))
    if ends:
        return f"{starts} – {ends}" if starts and starts != ends else starts or f"until {ends}"
    return f"since {starts}" if starts and state.kind not in _HAPPENS else starts


def _precision_of_end(state: Memory | MemoryRevision) -> str | None:
    """The fact that ended it says how exactly the end is known; of an earlier state it is not fetched."""
    by = state.invalidated_by if isinstance(state, Memory) else None
    return by.valid_precision if by else state.valid_precision


def _date(at: datetime | None, precision: str | None) -> str:
    return at.strftime(_FORMATS.get(Precision(precision or Precision.DAY), _DAY)) if at else ""
