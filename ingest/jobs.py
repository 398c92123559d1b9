"""What may be done to a job that is kept."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from graphs.models import Graph
from ingest import progress, tasks
from ingest.models import IngestJob
from memos.api.problems import Problem, not_found
from memos.projects import audit
from memos.projects.audit import Caller

AS_NEW: dict[str, Any] = {
    "status": IngestJob.Status.QUEUED,
    "attempts": 0,
    "started_at": None,
    "finished_at": None,
    "error_code": "",
    "error_detail": "",
}
"""As if it had not been tried; what is known of the tries stays in its history."""

AT_ONCE = 1000
"""Jobs that are cancelled in one statement: their graphs are locked for as long."""


@transaction.atomic
def retry_job(*, caller: Caller, job: IngestJob) -> IngestJob:
    """Queue a job that failed once more, as if it had not been tried; of a document it reads what is left.

    No worker touches a job that failed, and of several who retry it the first one changes the row: the others are told
    409 ``JOB_NOT_FAILED``, as for any job that did not fail. Raises a 404 where it is gone meanwhile.
    """
    failed = IngestJob.objects.filter(pk=job.pk, status=IngestJob.Status.FAILED)
    if not failed.update(**AS_NEW, run_after=timezone.now()):
        raise _why_not(job)
    audit.record(caller, "job.retried", job.ref)
    tasks.ring_graph(job.graph_id)
    return IngestJob.objects.get(pk=job.pk)


@transaction.atomic
def cancel_job(*, caller: Caller, job: IngestJob) -> IngestJob:
    """End a job that waits or is being read: it has failed, with the code ``CANCELLED``, and can be retried.

    Whoever writes a job holds its graph, and so does this: it is done or cancelled, never both. A worker that reads it
    meanwhile writes nothing more of it, and goes on with the others; what a document was cut into so far stays. Raises
    409 ``JOB_ENDED`` where there is nothing to cancel, and a 404 where it is gone.
    """
    list(Graph.objects.select_for_update(no_key=True).filter(pk=job.graph_id))
    found = IngestJob.objects.filter(pk=job.pk).first()
    if found is None:
        raise not_found("job", job.ref)
    if found.status not in IngestJob.UNFINISHED:
        raise Problem(409, "JOB_ENDED", f"The job is {found.status}: there is nothing to cancel.")
    was = found.status
    progress.cancel(found, caller.actor_label)
    audit.record(caller, "job.cancelled", found.ref, status=was)
    return found


@transaction.atomic
def cancel_waiting_jobs(*, caller: Caller, keys: Sequence[UUID]) -> list[UUID]:
    """Cancel the newest `AT_ONCE` of those jobs of the project that wait, in few statements; returns which they were.

    What workers take they take from the other end, and so this wins against them. One that they have taken is left to
    `cancel_job`.
    """
    waiting = IngestJob.objects.for_project(caller.project).filter(status=IngestJob.Status.QUEUED)
    newest = dict(waiting.filter(pk__in=keys).order_by("-pk").values_list("pk", "graph")[:AT_ONCE])
    graphs = Graph.objects.select_for_update(no_key=True).filter(pk__in=set(newest.values()))
    list(graphs.order_by("pk").values_list("pk"))
    jobs = list(waiting.filter(pk__in=newest).order_by("-pk"))
    progress.cancel_waiting(jobs, caller.actor_label)
    audit.record_each(caller, "job.cancelled", [job.ref for job in jobs], status=IngestJob.Status.QUEUED)
    return [job.pk for job in jobs]


def _why_not(job: IngestJob) -> Problem:
    status = IngestJob.objects.filter(pk=job.pk).values_list("status", flat=True).first()
    if status is None:
        return not_found("job", job.ref)
    return Problem(409, "JOB_NOT_FAILED", f"The job is {status}: only one that failed can be retried.")
