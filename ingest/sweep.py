"""What waits without anybody working on it."""

from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from graphs.models import Episode, Graph
from ingest.models import IngestJob
from users.models import Summary

MOST = 500
"""Rings in one sweep; the rest wait for the next one."""


def waiting_graphs() -> list[UUID]:
    """Graphs with due work and a free lease. Both look-ups read partial indexes that hold nothing but what waits."""
    with_jobs = IngestJob.objects.due().order_by("run_after").values_list("graph", flat=True)[: MOST * 20]
    unindexed = Episode.objects.filter(indexed_at=None).values_list("graph", flat=True).distinct()[:MOST]
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return list(Graph.objects.filter(free, pk__in={*with_jobs, *unindexed}).values_list("pk", flat=True)[:MOST])


def waiting_summaries() -> list[UUID]:
    """Users whose summary somebody asked for and has not been made."""
    asked = Q(requested_at__gt=F("generated_at")) | Q(requested_at__isnull=False, generated_at=None)
    return list(Summary.objects.filter(asked).values_list("user", flat=True)[:MOST])
