"""What is kept of the past: sums by the hour, and by the day once they are old."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Sum, Value, When
from django.db.models.functions import TruncDay

from memos.figures import sql
from memos.figures.latency import BUCKETS
from memos.projects.models import Project

HOURS_KEPT = timedelta(days=2)
"""For how long the hours of a day are told apart."""
KEPT = timedelta(days=90)

M = TypeVar("M", bound=models.Model)
Projects = Collection[UUID] | None
"""Of which projects; None means of all, and of what belongs to none."""


class TallyQuerySet(models.QuerySet[M]):
    def of(self, projects: Projects, since: datetime) -> Self:
        rows = self.filter(starts_at__gte=since)
        return rows if projects is None else rows.filter(project__in=projects)

    def by_time(self, *names: str, daily: bool) -> list[tuple[Any, ...]]:
        """(hour or day, *names, count)."""
        step: Any = TruncDay("starts_at", tzinfo=UTC) if daily else F("starts_at")
        return self.annotate(step=step).sums("step", *names)

    def sums(self, *names: str) -> list[tuple[Any, ...]]:
        """(*names, count)."""
        return list(self.order_by().values_list(*names).annotate(total=Sum("count")))


class RequestTallyQuerySet(TallyQuerySet["RequestTally"]):
    def add(self, rows: Iterable[Any]) -> None:
        """Add counts to what is there: ``(starts_at, project, key, method, route, status, count, buckets)`` each."""
        sql.write(sql.ADD_REQUESTS, rows)

    def classed(self) -> Self:
        """With ``status_class``: "2xx" to "5xx"."""
        return self.annotate(status_class=_class_of("status"))

    def latencies(self) -> dict[str, list[int]]:
        """The histograms of the routes, of requests that were answered as asked."""
        sums = {f"bucket{at}": Sum(f"buckets__{at}") for at in range(BUCKETS)}
        rows = self.filter(status__lt=400).order_by().values_list("route").annotate(**sums)
        return {route: [sum_ or 0 for sum_ in buckets] for route, *buckets in rows}


def _class_of(column: str) -> Case:
    cases = [When(Q(**{f"{column}__lt": top}), then=Value(f"{top // 100 - 1}xx")) for top in (300, 400, 500)]
    return Case(*cases, default=Value("5xx"), output_field=models.CharField())


class Tally(models.Model):
    """``starts_at`` is the beginning of the hour, or of the day (UTC) where it is ``daily``."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    daily = models.BooleanField(default=False)
    count = models.BigIntegerField()

    class Meta:
        abstract = True


class RequestTally(Tally):
    """Requests to the API. ``route`` is the pattern of the path. Without a key, it was refused for want of one.

    ``buckets`` is the histogram of `latency`. The project and the key are no foreign keys in the database: a count is
    written after its request, and is not to fail or lock for what became of them meanwhile."""

    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False, db_constraint=False
    )
    key = models.UUIDField(null=True)
    method = models.CharField(max_length=7)
    route = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    buckets = ArrayField(models.IntegerField(), size=BUCKETS)

    objects = RequestTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "project", "key", "starts_at", "daily", "route", "method", "status",
                name="request_tally_is_one", nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes = [models.Index("starts_at", name="request_tally_by_time")]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}: {self.count}"


class RowTallyQuerySet(TallyQuerySet["RowTally"]):
    def count_at_least(self, rows: Iterable[Any]) -> None:
        """``(starts_at, project, kind, count)`` each. Counting again never lowers a count: see RowTally."""
        sql.write(sql.RAISE_ROWS, rows)


class RowTally(Tally):
    """What came in an hour, as it was counted in that hour and the one after. What is deleted later was there all the
    same: the figure stays. What was deleted before it was first counted, within a minute, is in no figure."""

    class Kind(models.TextChoices):
        MESSAGE = "message", "messages"
        MEMORY = "memory", "memories"
        JOB_DONE = "job_done", "jobs done"
        JOB_FAILED = "job_failed", "jobs failed"

    kind = models.CharField(max_length=10, choices=Kind.choices)

    objects = RowTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "kind", "starts_at", "daily", name="row_tally_is_one"),
        ]
        indexes = [models.Index("starts_at", name="row_tally_by_time")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"


class Mark(models.Model):
    """How far rows have been counted: the hours before ``counted_to`` change no more."""

    kind = models.CharField(max_length=10, primary_key=True)
    counted_to = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} to {self.counted_to}"


class StorageShareQuerySet(models.QuerySet["StorageShare"]):
    def of(self, projects: Projects) -> Self:
        return self if projects is None else self.filter(project__in=projects)

    def by_project(self) -> list[tuple[UUID | None, int]]:
        """The largest first."""
        rows = self.order_by().values_list("project_id").annotate(total=Sum("bytes"))
        return list(rows.order_by("-total"))


class StorageShare(models.Model):
    """A project's part of a table with its indexes, estimated from its part of the rows. Measured now and then."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    table = models.CharField(max_length=63)
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    measured_at = models.DateTimeField()

    objects = StorageShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "table", name="storage_share_is_one", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.bytes}"
