"""Many jobs are cancelled at once, and each is told of as one that was cancelled alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingest.jobs import cancel_job
from ingest.models import IngestJob, Operation
from ingest.operations import cancel_operation, kinds, request_operation, work
from memos.projects.audit import Caretaker
from memos.projects.models import AuditEntry, Membership, Operator
from memos.webhooks.models import Delivery, EventType
from tests import factories as make
from tests.processes import Worker, at_once, wait_until

pytestmark = pytest.mark.django_db

Start = Callable[..., Worker]
LATER = timedelta(hours=1)


@pytest.fixture
def ann(db: None) -> Operator:
    return make.OperatorFactory(username="ann")


def ask(operator: Operator, rows: Any, kind: str = "cancel_jobs") -> Operation:
    by = Caretaker.from_operator(operator, "req_1")
    return request_operation(by=by, kind=kind, keys=[row.pk for row in rows])


def run(operation: Operation) -> Operation:
    while work.advance(operation.pk):
        pass
    operation.refresh_from_db()
    return operation


def counts(operation: Operation) -> tuple[str, int, int, int, int]:
    one = operation
    return one.status, one.position, one.done, one.skipped, one.failed


def waiting_jobs(count: int, **of: Any) -> list[IngestJob]:
    """Of one thread, and no worker takes them."""
    thread = make.ThreadFactory(**of)
    return [make.IngestJobFactory(message__thread=thread, run_after=timezone.now() + LATER) for _ in range(count)]


def is_done(operation: Operation) -> bool:
    return Operation.objects.filter(pk=operation.pk, status="done").exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_it_cancels_many_loses_and_doubles_nothing(
    start_worker: Start, ann: Operator
) -> None:
    jobs = waiting_jobs(25)
    first = start_worker(HOLD_AT="operation", AT_ONCE="10")
    operation = ask(ann, jobs)
    wait_until(lambda: Operation.objects.filter(position=10, tries=1).exists())
    assert IngestJob.objects.filter(status="failed").count() == 10
    first.kill()
    start_worker(AT_ONCE="10")
    wait_until(lambda: is_done(operation))
    operation.refresh_from_db()
    assert counts(operation) == ("done", 25, 25, 0, 0)
    cancelled = AuditEntry.objects.filter(action="job.cancelled").values_list("target_id", flat=True)
    assert sorted(cancelled) == sorted(job.ref for job in jobs)


def test_the_newest_that_wait_are_cancelled_first_and_the_others_told_apart(
    ann: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.jobs.AT_ONCE", 3)
    ended, gone, running, *waiting = jobs = waiting_jobs(7)
    operation = ask(ann, jobs)
    IngestJob.objects.filter(pk=ended.pk).update(status="done")
    IngestJob.objects.filter(pk=gone.pk).delete()
    IngestJob.objects.filter(pk=running.pk).update(status="running")
    assert work.advance(operation.pk)
    operation.refresh_from_db()
    assert counts(operation) == ("running", 3, 3, 0, 0)
    cancelled = IngestJob.objects.filter(error_code="CANCELLED")
    assert set(cancelled.values_list("pk", flat=True)) == {job.pk for job in waiting[1:]}
    assert counts(run(operation)) == ("done", 7, 5, 2, 0)
    assert [(one["ref"], one["code"]) for one in operation.reasons] == [
        (gone.ref, "NOT_FOUND"), (ended.ref, "JOB_ENDED"),
    ]  # fmt: skip
    assert sorted(operation.keys) == sorted(job.pk for job in jobs)
    entries = AuditEntry.objects.filter(action="job.cancelled")
    assert sorted(entries.values_list("detail__status", flat=True)) == ["queued"] * 4 + ["running"]
    assert {(one.actor, one.actor_label, one.request_id) for one in entries} == {("operator", "ann", "req_1")}


def test_one_that_was_cancelled_with_many_is_as_one_that_was_cancelled_alone(ann: Operator) -> None:
    together, alone = jobs = waiting_jobs(2)
    make.WebhookFactory(project=together.project, events=[EventType.JOB_FAILED])
    cancel_job(caller=work.caller_in(Caretaker.from_operator(ann, "req_1"), alone.project), job=alone)
    run(ask(ann, [together]))
    for job in jobs:
        job.refresh_from_db()
    shown = [(one.status, one.error, one.attempts, one.history, bool(one.finished_at)) for one in jobs]
    assert shown[0] == shown[1]
    told = [one.payload["data"] for one in Delivery.objects.order_by("pk")]
    assert [one["jobId"] for one in told] == [alone.ref, together.ref]
    assert [{**one, "jobId": "", "messageId": ""} for one in told[:1]] == [
        {**one, "jobId": "", "messageId": ""} for one in told[1:]
    ]


def test_of_several_projects_those_are_cancelled_at_once_where_one_still_may() -> None:
    bob = make.OperatorFactory(is_superuser=False)
    jobs = [*waiting_jobs(2), *waiting_jobs(2)]
    for job in jobs[::2]:
        make.MembershipFactory(operator=bob, project=job.project, role=Membership.Role.SUPPORT)
    operation = ask(bob, jobs)
    Membership.objects.filter(project=jobs[3].project).delete()
    assert counts(run(operation)) == ("done", 4, 2, 0, 2)
    assert {one["code"] for one in operation.reasons} == {"FORBIDDEN"}
    cancelled = IngestJob.objects.filter(error_code="CANCELLED").values_list("pk", flat=True)
    assert set(cancelled) == {job.pk for job in jobs[:2]}


@pytest.mark.django_db(transaction=True)
def test_cancelled_while_it_cancels_nothing_of_that_slice_stays(ann: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    operation, real = ask(ann, waiting_jobs(3)), work.Slice.do

    def do_and_be_cancelled(part: Any) -> None:
        real(part)
        by = Caretaker.from_operator(ann, "req_2")
        at_once(1, lambda number: cancel_operation(by=by, operation=Operation.objects.get()))

    monkeypatch.setattr(work.Slice, "do", do_and_be_cancelled)
    assert work.advance(operation.pk) is False
    operation.refresh_from_db()
    assert counts(operation) == ("cancelled", 0, 0, 0, 0)
    assert not IngestJob.objects.exclude(status="queued").exists()
    assert not AuditEntry.objects.filter(action="job.cancelled").exists()


def test_many_that_wait_take_few_statements(ann: Operator) -> None:
    operation = ask(ann, waiting_jobs(300))
    with CaptureQueriesContext(connection) as captured:
        run(operation)
    assert operation.done == 300
    assert len(captured) < 40


def test_what_kills_its_worker_when_done_at_once_is_done_row_by_row(ann: Operator, settings: Any) -> None:
    settings.INGEST_MAX_ATTEMPTS = 2
    operation = ask(ann, waiting_jobs(2))
    Operation.objects.update(tries=2, is_careful=True)
    assert counts(run(operation)) == ("done", 2, 1, 0, 1)
    assert operation.reasons[0]["code"] == "GAVE_UP"


def test_only_kinds_that_do_many_at_once_begin_with_the_newest() -> None:
    assert {name for name, kind in kinds.KINDS.items() if kind.first == "newest"} == {"cancel_jobs"}
