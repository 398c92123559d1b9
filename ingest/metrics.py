"""What waits, for /metrics. Each look-up reads a partial index that holds nothing but what waits or has failed."""

from collections.abc import Iterator

from django.db.models import Case, Count, F, Min, When
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from graphs.models import Episode
from ingest.models import QUEUED_AGAIN, IngestJob

_SHOWN = (IngestJob.Status.QUEUED, IngestJob.Status.RUNNING, IngestJob.Status.FAILED)


class Waiting(Collector):
    def describe(self) -> Iterator[Metric]:
        """Nothing is read from the database before somebody asks."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("memos_jobs", "Ingest jobs that wait, run or have failed.", labels=["status"])
        counts = dict(IngestJob.objects.filter(status__in=_SHOWN).values_list("status").annotate(Count("pk")))
        for status in _SHOWN:
            jobs.add_metric([status], counts.get(status, 0))
        yield jobs
        since = Case(When(QUEUED_AGAIN, then=F("run_after")), default=F("created_at"))
        oldest = IngestJob.objects.unfinished().aggregate(at=Min(since))["at"]
        age = (timezone.now() - oldest).total_seconds() if oldest else 0
        yield GaugeMetricFamily(
            "memos_oldest_job_age_seconds", "Since when the oldest unfinished job waits.", value=age
        )
        waiting = Episode.objects.filter(indexed_at=None).count()
        yield GaugeMetricFamily("memos_episodes_not_indexed", "What was said and can't be recalled yet.", value=waiting)
