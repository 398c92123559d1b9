"""How a job moves on: begun, waiting to be tried again, failed, done. All of it is written under the graph's lease."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone

from ingest import events
from ingest import lease as leases
from ingest.lease import Lease
from ingest.models import IngestJob

FAULT_PAUSE_SECONDS = 5.0
PROGRESS = ["status", "attempts", "run_after", "started_at", "finished_at", "written", "error_code", "error_detail"]
"""The columns by which a job moves on."""

log = logging.getLogger(__name__)


def begin(job: IngestJob, now: datetime) -> None:
    """Count the attempt; a job that has used up its attempts fails here, whatever killed the worker.

    Should it kill the worker once more, it is not due again before the others of its graph had their turn.
    """
    if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
        _fail(job, "GAVE_UP", job.error_detail or f"The worker died each time that this {job.kind} was read.")
        return
    job.attempts += 1
    job.run_after = now
    job.started_at = job.started_at if job.position else now
    job.status = IngestJob.Status.RUNNING
    if job.attempts > 1:
        job.run_after += timedelta(seconds=2**job.attempts)


def end(job: IngestJob, written: dict[str, int], now: datetime) -> None:
    job.written = written
    job.status = IngestJob.Status.DONE
    job.error_code = job.error_detail = ""
    job.finished_at = now


def back_off(lease: Lease, job: IngestJob, error: Exception) -> None:
    """Let a job wait, twice as long each time; the others of the graph go on."""
    log.error("job %s could not be read", job.ref, exc_info=error)
    detail = f"{type(error).__name__}: {error}"[:2000].replace("\0", "")
    if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
        _fail(job, "INGEST_FAILED", detail)
    else:
        _wait(job, detail, seconds=2**job.attempts)
    with leases.writing(lease):
        save([job])


def give_back(lease: Lease, jobs: Sequence[IngestJob], error: Exception) -> None:
    """The installation is at fault: nothing is held against the jobs."""
    log.error("graph %s has to wait", lease.graph_id, exc_info=error)
    with leases.writing(lease):
        for job in jobs:
            job.attempts -= 1
            _wait(job, f"{type(error).__name__}: {error}"[:2000], seconds=FAULT_PAUSE_SECONDS)
        save(jobs)


def save(jobs: Sequence[IngestJob]) -> None:
    """One statement for those that moved on alike: `bulk_update` builds a CASE for every column of every row."""
    for state, alike in groupby(jobs, key=state_of):
        IngestJob.objects.filter(pk__in=[job.pk for job in alike]).update(**state)
    events.jobs_ended(jobs)


def state_of(job: IngestJob) -> dict[str, Any]:
    return {name: getattr(job, name) for name in PROGRESS}


def _wait(job: IngestJob, detail: str, *, seconds: float) -> None:
    job.status = IngestJob.Status.QUEUED
    job.run_after = timezone.now() + timedelta(seconds=seconds)
    job.error_code, job.error_detail = "INGEST_FAILED", detail


def _fail(job: IngestJob, code: str, detail: str) -> None:
    job.status = IngestJob.Status.FAILED
    job.error_code, job.error_detail = code, detail
    job.finished_at = timezone.now()
