"""The lease on a graph: one worker at a time, fenced, so that one that lost it can write nothing more."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from graphs.models import Graph


@dataclass(frozen=True, slots=True)
class Lease:
    graph_id: UUID
    token: int


class LeaseLost(Exception):
    """Somebody else works on this graph now, or it is gone: stop, and write nothing."""


@transaction.atomic
def take(graph_id: UUID) -> Lease | None:
    """The lease, or None while another worker holds it or where there is no such graph."""
    graph = Graph.objects.select_for_update(no_key=True).filter(pk=graph_id).first()
    if graph is None or (graph.lease_until and graph.lease_until > timezone.now()):
        return None
    graph.lease_token += 1
    graph.lease_until = _end()
    graph.save(update_fields=["lease_token", "lease_until"])
    return Lease(graph.pk, graph.lease_token)


@contextmanager
def writing(lease: Lease) -> Iterator[Graph]:
    """A transaction in which the lease is held for certain; it also extends it. Raises LeaseLost."""
    with transaction.atomic():
        graph = Graph.objects.select_for_update(no_key=True).filter(pk=lease.graph_id, lease_token=lease.token).first()
        if graph is None:
            raise LeaseLost(str(lease.graph_id))
        graph.lease_until = _end()
        graph.save(update_fields=["lease_until"])
        yield graph


@contextmanager
def kept(lease: Lease) -> Iterator[None]:
    """Extend the lease in the background while the block computes: a long message may take longer than a lease."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(lease, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(lease: Lease, done: threading.Event) -> None:
    try:
        while not done.wait(settings.INGEST_LEASE_SECONDS / 3):
            Graph.objects.filter(pk=lease.graph_id, lease_token=lease.token).update(lease_until=_end())
    finally:
        connection.close()


def revoke(graph: Graph) -> None:
    """Take the lease from whoever holds it: what they computed may rest on what is being deleted or changed now.

    The graph must be locked. Their work is due again at once.
    """
    Graph.objects.filter(pk=graph.pk).update(lease_token=F("lease_token") + 1, lease_until=None)


def release(lease: Lease) -> None:
    Graph.objects.filter(pk=lease.graph_id, lease_token=lease.token).update(lease_until=None)


def _end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.INGEST_LEASE_SECONDS)
