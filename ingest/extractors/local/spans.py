"""From the dates in a clause to the time that its fact holds for."""

from datetime import UTC, datetime, time

from graphs.dates import Bound, DateSpan, Resolved
from graphs.kinds import MemoryKind, Precision
from ingest.extractors.base import Span
from ingest.extractors.local.clause import Tense
from ingest.extractors.local.readings.base import Reading, is_over
from ingest.extractors.local.scene import Said

OCCASIONS = (MemoryKind.EVENT, MemoryKind.PLAN)
SUBORDINATE = frozenset(("when", "while", "after", "before", "once", "time", "ever"))


def span_of(said: Said, reading: Reading) -> Span:
    date = deciding(said)
    if reading.state:
        return _state(said, date)
    if date is not None:
        return _occasion(date)
    if reading.change and _follows_a_date(said):
        return Span()
    if reading.change and said.clause.tense in (Tense.PAST, Tense.PERFECT) and not said.clause.words & SUBORDINATE:
        return Span(_day(said.said_at), None, Precision.DAY)
    just = (
        "just" in said.clause.words and said.clause.tense in (Tense.PAST, Tense.PERFECT) and reading.kind in OCCASIONS
    )
    return Span(_day(said.said_at), None, Precision.DAY) if just else Span()


def _follows_a_date(said: Said) -> bool:
    """ "I left Acme in April and joined Beta": not on the day it was said."""
    return bool(said.clause.shared) and any(t.ent_type_ == "DATE" for t in said.clause.head.doc)


def deciding(said: Said) -> DateSpan | None:
    """The date that the fact takes: the first that can be one. "For five years" needs a verb in the perfect."""
    return next((date.span for date in said.dates if counts(date, said)), None)


def counts(date: Resolved, said: Said) -> bool:
    return date.span.bound is not Bound.FOR or said.clause.tense is Tense.PERFECT


def _occasion(date: DateSpan) -> Span:
    if date.bound is Bound.UNTIL:
        return Span(None, date.ends, date.precision)
    return Span(date.starts, date.ends if date.bound is Bound.BETWEEN else None, date.precision)


def _state(said: Said, date: DateSpan | None) -> Span:
    """A state that is told in the past is over, at the latest when it was said."""
    over = is_over(said)
    if date is None:
        return Span(None, said.said_at.astimezone(UTC)) if over else Span()
    if date.bound in (Bound.SINCE, Bound.FOR):
        return Span(date.starts, said.said_at.astimezone(UTC) if over else None, date.precision)
    if date.bound in (Bound.UNTIL, Bound.BETWEEN) or over:
        return Span(date.starts, date.ends, date.precision)
    return Span()


def _day(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), UTC)
