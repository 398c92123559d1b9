"""A job that failed is retried in the console as through the API."""

import pytest
from django.test import Client

from ingest.models import IngestJob
from memos.projects.models import AuditEntry

pytestmark = pytest.mark.django_db


def path_of(job: IngestJob, page: str) -> str:
    return f"/admin/ingest/ingestjob/{job.ref}/{page}/"


@pytest.fixture
def failed(job: IngestJob) -> IngestJob:
    IngestJob.objects.update(status="failed", attempts=5, error_code="INGEST_FAILED", error_detail="<b>it broke</b>")
    return job


def test_it_asks_first_and_says_why_it_failed(console: Client, failed: IngestJob) -> None:
    assert path_of(failed, "retry") in console.get(path_of(failed, "change")).content.decode()
    page = console.get(path_of(failed, "retry")).content.decode()
    assert "&lt;b&gt;it broke&lt;/b&gt;" in page
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_it_is_queued_and_the_operator_is_on_record(console: Client, failed: IngestJob) -> None:
    assert console.post(path_of(failed, "retry")).status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("queued", 0)
    entry = AuditEntry.objects.get(action="job.retried")
    assert (entry.target_id, entry.actor_label) == (failed.ref, "ann")


@pytest.mark.parametrize("status", ["queued", "running", "done"])
def test_one_that_did_not_fail_has_nothing_to_retry(console: Client, job: IngestJob, status: str) -> None:
    IngestJob.objects.update(status=status)
    assert path_of(job, "retry") not in console.get(path_of(job, "change")).content.decode()
    assert console.post(path_of(job, "retry")).status_code in (403, 404)
    job.refresh_from_db()
    assert job.status == status


def test_an_onlooker_retries_nothing(onlooker: Client, failed: IngestJob) -> None:
    assert path_of(failed, "retry") not in onlooker.get(path_of(failed, "change")).content.decode()
    assert onlooker.post(path_of(failed, "retry")).status_code == 403
    failed.refresh_from_db()
    assert failed.status == "failed"
