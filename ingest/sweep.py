"""What waits without anybody working on it. Each look-up reads a partial index that holds nothing but what waits."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from graphs.models import Episode, Graph
from graphs.models.graph import SUMMARY_DUE
from ingest.models import IngestJob
from users.models import ASKED_FOR, Summary, User

MOST = 500
"""Rings in one sweep; the rest wait for the next one."""


def waiting_graphs() -> list[UUID]:
    """Graphs with due work and a free lease."""
    free = Q(graph__lease_until=None) | Q(graph__lease_until__lt=timezone.now())
    with_jobs = IngestJob.objects.due().filter(free).values_list("graph", flat=True).distinct()
    unindexed = Episode.objects.filter(free, indexed_at=None).values_list("graph", flat=True).distinct()
    return list({*with_jobs[:MOST], *unindexed[:MOST]})


def waiting_summaries() -> list[UUID]:
    """Users whose summary somebody asked for, or that is missing or stale and whose ring was lost."""
    asked = Summary.objects.filter(ASKED_FOR).values_list("user", flat=True)
    stale = User.objects.filter(graph__in=Graph.objects.filter(SUMMARY_DUE)).values_list("pk", flat=True)
    return list({*asked[:MOST], *stale[:MOST]})
