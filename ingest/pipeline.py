"""From what was said to memories: one graph at a time, under its lease."""

import logging
from uuid import UUID

from graphs.models import Episode
from ingest import lease as leases
from ingest import messages
from ingest.documents import slices
from ingest.lease import Lease, LeaseLost
from ingest.models import IngestJob

log = logging.getLogger(__name__)


def run(graph_id: UUID) -> bool:
    """Do a batch of what is due in a graph; True when there is more to do at once."""
    lease = leases.take(graph_id)
    if lease is None:
        return False
    try:
        with leases.kept(lease):
            went_well = _batch(lease)
    except LeaseLost:
        log.info("the lease on graph %s was lost: another worker goes on", graph_id)
        return False
    finally:
        leases.release(lease)
    return went_well and is_due(graph_id)


def is_due(graph_id: UUID) -> bool:
    jobs = IngestJob.objects.due().filter(graph=graph_id)
    return jobs.exists() or Episode.objects.filter(graph=graph_id, indexed_at=None).exists()


def _batch(lease: Lease) -> bool:
    """What was said comes first: whoever waits for an answer does not wait for a book. False where the installation is
    at fault."""
    batch = messages.claim(lease)
    if batch:
        return messages.read(lease, batch)
    job = slices.claim(lease)
    return job is None or slices.read(lease, job)
