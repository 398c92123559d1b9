"""How a job moves on: begun, waiting to be tried again, failed, done. All of it is written under the graph's lease."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone

from ingest import attempts, events
from ingest import lease as leases
from ingest.lease import Lease
from ingest.models import CANCELLED, IngestJob

FAULT_PAUSE_SECONDS = 5.0
PROGRESS = ["status", "attempts", "run_after", "started_at", "finished_at", "written", "error_code", "error_detail"]
PROGRESS += ["history"]
"""The columns by which a job moves on."""

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody cancelled the job while it was read: write nothing of it, and go on with the others."""


def begin(job: IngestJob, now: datetime) -> None:
    """Count the attempt; a job that has used up its attempts fails here, whatever killed the worker.

    Should it kill the worker once more, it is not due again before the others of its graph had their turn.
    """
    if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
        attempts.bury(job)
        _fail(job, "GAVE_UP", job.error_detail or f"The worker died each time that this {job.kind} was read.")
        return
    job.attempts += 1
    job.run_after = now
    job.started_at = (job.position and job.started_at) or now
    job.status = IngestJob.Status.RUNNING
    if job.attempts > 1:
        job.run_after += timedelta(seconds=2**job.attempts)
    attempts.begin(job, now)


def end(job: IngestJob, written: dict[str, int], now: datetime) -> None:
    job.written = written
    job.status = IngestJob.Status.DONE
    job.error_code = job.error_detail = ""
    job.finished_at = now
    attempts.end(job, attempts.DONE, now)


def back_off(lease: Lease, job: IngestJob, error: Exception) -> None:
    """Let a job wait, twice as long each time; the others of the graph go on."""
    log.error("job %s could not be read", job.ref, exc_info=error)
    detail = _told(error)
    attempts.end(job, attempts.FAILED, timezone.now(), "INGEST_FAILED", detail)
    if job.attempts >= settings.INGEST_MAX_ATTEMPTS:
        _fail(job, "INGEST_FAILED", detail)
    else:
        _wait(job, detail, seconds=2**job.attempts)
    with leases.writing(lease):
        save(still_running([job]))


def cancel(job: IngestJob, by: str) -> None:
    """The graph must be locked: a worker that reads the job finds it cancelled when it comes to write."""
    now = timezone.now()
    if job.status == IngestJob.Status.RUNNING:
        attempts.end(job, attempts.CANCELLED, now)
    _fail(job, CANCELLED, f"Cancelled by {by}.")
    save([job])


def cancel_waiting(jobs: Sequence[IngestJob], by: str) -> None:
    """As `cancel`, in one statement: of jobs that wait nothing else changes. Their graphs must be locked."""
    for job in jobs:
        _fail(job, CANCELLED, f"Cancelled by {by}.")
    if jobs:
        ended = {name: getattr(jobs[0], name) for name in ("status", "error_code", "error_detail", "finished_at")}
        IngestJob.objects.filter(pk__in=[job.pk for job in jobs]).update(**ended)
        events.jobs_ended(jobs)


def give_back(lease: Lease, jobs: Sequence[IngestJob], error: Exception) -> None:
    """The installation is at fault: nothing is held against the jobs."""
    log.error("graph %s has to wait", lease.graph_id, exc_info=error)
    with leases.writing(lease):
        running = still_running(jobs)
        for job in running:
            job.attempts -= 1
            attempts.end(job, attempts.INTERRUPTED, timezone.now(), "INGEST_FAILED", _told(error))
            _wait(job, _told(error), seconds=FAULT_PAUSE_SECONDS)
        save(running)


def still_running(jobs: Sequence[IngestJob]) -> list[IngestJob]:
    """Those that nobody cancelled meanwhile."""
    rows = IngestJob.objects.filter(pk__in=[job.pk for job in jobs], status=IngestJob.Status.RUNNING)
    running = set(rows.values_list("pk", flat=True))
    return [job for job in jobs if job.pk in running]


def save_end(job: IngestJob) -> None:
    """Write the end of a job that is running. Raises Cancelled where it is not any more: all that was written of it in
    the transaction must go too."""
    if not IngestJob.objects.filter(pk=job.pk, status=IngestJob.Status.RUNNING).update(**state_of(job)):
        raise Cancelled(job.ref)
    events.jobs_ended([job])


def save(jobs: Sequence[IngestJob]) -> None:
    """One statement for those that moved on alike: `bulk_update` builds a CASE for every column of every row."""
    for state, alike in groupby(jobs, key=state_of):
        IngestJob.objects.filter(pk__in=[job.pk for job in alike]).update(**state)
    events.jobs_ended(jobs)


def state_of(job: IngestJob) -> dict[str, Any]:
    return {name: getattr(job, name) for name in PROGRESS}


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000].replace("\0", "")


def _wait(job: IngestJob, detail: str, *, seconds: float) -> None:
    job.status = IngestJob.Status.QUEUED
    job.run_after = timezone.now() + timedelta(seconds=seconds)
    job.error_code, job.error_detail = "INGEST_FAILED", detail


def _fail(job: IngestJob, code: str, detail: str) -> None:
    job.status = IngestJob.Status.FAILED
    job.error_code, job.error_detail = code, detail
    job.finished_at = timezone.now()
