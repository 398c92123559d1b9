"""What waits and what failed, as it is now: each from an index that holds no more than that."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from ulid import ULID

from ingest.models import GONE_WRONG, QUEUED_AGAIN, IngestJob
from memos.projects.console.counting import CAP
from memos.projects.console.home.sight import Sight
from memos.projects.models import Project


@dataclass(frozen=True, slots=True)
class Work:
    """Counts go to 10,001, which stands for more. ``age`` is how long the oldest unfinished job has been there, or has
    been there once more. What somebody cancelled has not failed."""

    waiting: int
    failed: int
    age: timedelta | None


def work_of(sight: Sight) -> Work:
    jobs = IngestJob.objects.filter(**sight.limits)
    failed = jobs.filter(GONE_WRONG)
    return Work(_upto(jobs.unfinished()), _upto(failed), _age(sight))


def _upto(rows: QuerySet[IngestJob]) -> int:
    return rows.order_by()[: CAP + 1].count()


def _age(sight: Sight) -> timedelta | None:
    """Project by project: in the index of jobs by status the oldest of each stands at its end."""
    projects = Project.objects.all() if sight.keys is None else Project.objects.filter(pk__in=sight.keys)
    firsts = projects.order_by().values_list(_again(), *(_oldest(status) for status in IngestJob.UNFINISHED))
    found = [(again, [_made_at(key) for key in keys if key]) for again, *keys in firsts]
    since = [moment for again, made in found for moment in (*made, again) if moment]
    return max(sight.now - min(since), timedelta()) if since else None


def _oldest(status: str) -> Subquery:
    jobs = IngestJob.objects.filter(project=OuterRef("pk"), status=status).exclude(QUEUED_AGAIN)
    return Subquery(jobs.order_by("pk").values("pk")[:1])


def _again() -> Subquery:
    """Since when the oldest of all waits, if it was queued once more: such are mostly older than all others."""
    jobs = IngestJob.objects.filter(project=OuterRef("pk"), status=IngestJob.Status.QUEUED).order_by("pk")
    return Subquery(jobs.values_list(Case(When(QUEUED_AGAIN, then=F("run_after"))))[:1])


def _made_at(key: UUID) -> datetime:
    return ULID.from_uuid(key).datetime.astimezone(UTC)
