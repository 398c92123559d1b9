"""While much waits to be read: what operators ask for, and what webhooks are told, has its turn all the same."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from ingest import tasks
from ingest.models import IngestJob, Operation
from ingest.operations import request_operation
from ingest.services import ask_for_summary
from memos.bell import ring
from memos.projects.audit import Caller, Caretaker
from memos.projects.models import AuditEntry, Operator
from memos.webhooks import outbox
from memos.webhooks.models import Delivery, EventType
from tests import factories as make
from tests.processes import Worker, wait_until
from users.models import ASKED_FOR, Summary

pytestmark = pytest.mark.django_db

Start = Callable[..., Worker]


@pytest.fixture
def ann(db: None) -> Operator:
    return make.OperatorFactory(username="ann")


def ask(operator: Operator, rows: Any, kind: str = "cancel_jobs") -> Operation:
    by = Caretaker.from_operator(operator, "req_1")
    return request_operation(by=by, kind=kind, keys=[row.pk for row in rows])


def much_to_read(count: int = 120) -> list[IngestJob]:
    """Each in a graph of its own, rung for."""
    project = make.ProjectFactory()
    jobs = []
    for _ in range(count):
        jobs.append(make.IngestJobFactory(message__thread__user__project=project, message__content="likes tea"))
        make.EpisodeFactory(message=jobs[-1].message)
        ring(tasks.ingest_graph, str(jobs[-1].graph_id))
    return jobs


def is_done(operation: Operation) -> bool:
    return Operation.objects.filter(pk=operation.pk, status="done").exists()


def still_waiting() -> int:
    return IngestJob.objects.filter(status="queued", run_after__lte=timezone.now()).count()


@pytest.mark.django_db(transaction=True)
def test_an_operation_is_done_before_what_waits_to_be_read(start_worker: Start, ann: Operator) -> None:
    failed = [make.IngestJobFactory(status="failed", error_code="X") for _ in range(20)]
    much_to_read()
    start_worker(SLOW="0.5", ROWS="5")
    wait_until(lambda: IngestJob.objects.filter(status="done").exists())
    operation = ask(ann, failed, "retry_jobs")
    wait_until(lambda: is_done(operation), seconds=10)
    assert still_waiting() > 60
    assert AuditEntry.objects.filter(action="job.retried").count() == 20


@pytest.mark.django_db(transaction=True)
def test_an_import_that_ran_away_is_stopped(start_worker: Start, ann: Operator) -> None:
    jobs = much_to_read()
    start_worker(SLOW="0.5")
    wait_until(lambda: IngestJob.objects.filter(status="done").exists())
    operation = ask(ann, jobs)
    wait_until(lambda: is_done(operation), seconds=10)
    operation.refresh_from_db()
    assert operation.done > 90
    assert (operation.done + operation.skipped, operation.failed) == (120, 0)
    cancelled = IngestJob.objects.filter(error_code="CANCELLED")
    assert (cancelled.count(), still_waiting()) == (operation.done, 0)
    assert AuditEntry.objects.filter(action="job.cancelled").count() == operation.done
    done = IngestJob.objects.filter(status="done")
    assert set(done.values_list("pk", flat=True)) == {job.pk for job in jobs[: operation.skipped]}  # the oldest


@pytest.mark.django_db(transaction=True)
def test_webhooks_are_told_before_what_waits_is_read(start_worker: Start) -> None:
    jobs = much_to_read()
    webhook = make.WebhookFactory(project=jobs[0].project, url="https://127.0.0.1:1/")
    start_worker(SLOW="0.5")
    wait_until(lambda: IngestJob.objects.filter(status="done").exists())
    outbox.emit(webhook.project_id, EventType.USER_DELETED, lambda: [outbox.Told({"userId": "usr_1"})])
    wait_until(lambda: Delivery.objects.filter(attempts__gt=0).exists(), seconds=10)
    assert still_waiting() > 60


@pytest.mark.django_db(transaction=True)
def test_a_summary_is_made_before_what_waits_is_read(start_worker: Start, ann: Operator) -> None:
    jobs = much_to_read()
    start_worker(SLOW="0.5")
    wait_until(lambda: IngestJob.objects.filter(status="done").exists())
    user = make.UserFactory(project=jobs[0].project)
    ask_for_summary(caller=Caller.from_operator(user.project, ann, "req_1"), user=user)
    wait_until(lambda: not Summary.objects.filter(ASKED_FOR, user=user).exists(), seconds=10)
    assert still_waiting() > 60


@pytest.mark.django_db(transaction=True)
def test_while_an_operation_runs_messages_are_read(start_worker: Start, ann: Operator) -> None:
    """Also where the worker has one process, as here."""
    failed = [make.IngestJobFactory(status="failed", error_code="X") for _ in range(8)]
    read = IngestJob.objects.filter(pk__in=[job.pk for job in much_to_read(80)], status="done")
    start_worker(SLOW="0.1", ROWS="1")
    before = wait_until(read.count)
    operation = ask(ann, failed, "retry_jobs")
    wait_until(lambda: is_done(operation))
    assert 4 < read.count() - before < 70
