"""What may be done to a job that is kept."""

from django.db import transaction
from django.utils import timezone

from ingest import tasks
from ingest.models import IngestJob
from memos.api.problems import Problem, not_found
from memos.projects import audit
from memos.projects.audit import Caller

_AS_NEW = {"status": IngestJob.Status.QUEUED, "attempts": 0, "started_at": None, "finished_at": None}


@transaction.atomic
def retry_job(*, caller: Caller, job: IngestJob) -> IngestJob:
    """Queue a job that failed once more, as if it had not been tried; of a document it reads what is left.

    No worker touches a job that failed, and of several who retry it the first one changes the row: the others are told
    409 ``JOB_NOT_FAILED``, as for any job that did not fail. Raises a 404 where it is gone meanwhile.
    """
    failed = IngestJob.objects.filter(pk=job.pk, status=IngestJob.Status.FAILED)
    if not failed.update(**_AS_NEW, run_after=timezone.now(), error_code="", error_detail=""):
        raise _why_not(job)
    audit.record(caller, "job.retried", job.ref)
    tasks.ring_graph(job.graph_id)
    return IngestJob.objects.get(pk=job.pk)


def _why_not(job: IngestJob) -> Problem:
    status = IngestJob.objects.filter(pk=job.pk).values_list("status", flat=True).first()
    if status is None:
        return not_found("job", job.ref)
    return Problem(409, "JOB_NOT_FAILED", f"The job is {status}: only one that failed can be retried.")
