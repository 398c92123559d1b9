"""Rows, counted by the hour in which they came, from the times that are in the rows themselves.

Nothing is written where rows are: a look at the newest hours finds them by an index. The hours that may still get rows
are counted again each time, so that it may be stopped anywhere, may be late by days, and counts nothing twice.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, Func, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from memos import ids
from memos.figures import sql
from memos.figures.models import KEPT, Mark, RowTally

STEP = timedelta(days=1)
"""What one transaction counts."""
SLACK = timedelta(minutes=10)
"""How far the clocks of the hosts that make ids may be apart."""
MOST_OPEN = timedelta(days=1)
"""A transaction that is open for longer is waited for no more."""

_OLDEST_TRANSACTION = """
    SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL
"""


class HourOfId(Func):
    """The hour in which a ULID was made: its first 48 bits are milliseconds."""

    template = (
        "to_timestamp((('x' || left(replace(%(expressions)s::text, '-', ''), 12))::bit(48)::bigint / 3600000) * 3600)"
    )
    output_field = models.DateTimeField()


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of ``model`` that are counted as ``kind``: by the time in their ids, or by the column ``at``, which
    needs an index."""

    kind: RowTally.Kind
    model: Any
    at: str = "id"
    only: Q = field(default_factory=Q)

    def counts(self, starts: datetime, ends: datetime) -> list[tuple[Any, ...]]:
        """(hour, project, kind, count)."""
        hour: Any = HourOfId(F("id")) if self.at == "id" else TruncHour(self.at)
        rows = self._within(starts, ends).order_by().annotate(hour=hour).values_list("hour", "project_id")
        return [(at, project, self.kind.value, count) for at, project, count in rows.annotate(count=Count("*"))]

    def first(self, since: datetime) -> datetime | None:
        """The hour of the first row from then on."""
        hour: Any = HourOfId(F("id")) if self.at == "id" else TruncHour(self.at)
        rows = self._within(since, None).order_by(self.at).annotate(hour=hour)
        return rows.values_list("hour", flat=True).first()

    def _within(self, starts: datetime, ends: datetime | None) -> models.QuerySet[Any]:
        low, high = (ids.first_at(starts), ends and ids.first_at(ends)) if self.at == "id" else (starts, ends)
        rows = self.model.objects.filter(self.only, **{f"{self.at}__gte": low})
        return rows.filter(**{f"{self.at}__lt": high}) if high else rows


def catch_up(source: Source, *, seconds: float = 20.0) -> bool:
    """Count what came since the last time, day by day. False where so many seconds did not do for all of it."""
    Mark.objects.get_or_create(kind=source.kind.value)
    end = time.monotonic() + seconds
    while not _count_a_day(source):
        if time.monotonic() > end:
            return False
    return True


@transaction.atomic
def _count_a_day(source: Source) -> bool:
    """Whether that was all. Somebody else who is at it does it all."""
    mark = Mark.objects.select_for_update(skip_locked=True).filter(kind=source.kind.value).first()
    if mark is None:
        return True
    now, settled = timezone.now(), _settled()
    since = max(mark.counted_to or now - KEPT, _hour(now - KEPT))
    starts = source.first(since)
    if starts is None:
        mark.counted_to = max(since, settled)
        mark.save()
        return True
    ends = starts + STEP
    if ends > settled:  # what may still get rows is counted whole, each time
        ends = max(ends, _hour(now) + STEP)
    RowTally.objects.count_at_least(source.counts(starts, ends))
    mark.counted_to = max(since, min(ends, settled))
    mark.save()
    return ends > now


def _settled() -> datetime:
    """The hour before which no row can appear any more: a transaction that is open may have made its ids long ago."""
    now = timezone.now()
    [(oldest,)] = sql.fetch(_OLDEST_TRANSACTION)
    return _hour(max(min(oldest or now, now), now - MOST_OPEN) - SLACK)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
