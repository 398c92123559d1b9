"""Operations on many rows: what is asked for is done once, whatever happens, by whoever still may."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from graphs.models import Memory
from ingest.models import IngestJob, Operation
from ingest.operations import KINDS, cancel_operation, request_operation, tasks, work
from memos.api.problems import Problem
from memos.projects.audit import Caretaker
from memos.projects.models import AuditEntry, Membership, Operator
from tests import factories as make
from tests.conftest import Drain
from tests.processes import Worker, at_once, wait_until
from tests.world import Api
from users.models import Summary

pytestmark = pytest.mark.django_db

Start = Callable[..., Worker]


@pytest.fixture
def ann(db: None) -> Operator:
    return make.OperatorFactory(username="ann")


def by(operator: Operator) -> Caretaker:
    return Caretaker.from_operator(operator, "req_1")


def failed_jobs(count: int, **of: Any) -> list[IngestJob]:
    thread = make.ThreadFactory(**of)
    jobs = [make.IngestJobFactory(message__thread=thread, status="failed", error_code="X") for _ in range(count)]
    for job in jobs:
        make.EpisodeFactory(message=job.message)
    return jobs


def ask(operator: Operator, rows: Any, kind: str = "retry_jobs") -> Operation:
    return request_operation(by=by(operator), kind=kind, keys=[row.pk for row in rows])


def run(operation: Operation) -> Operation:
    while work.advance(operation.pk):
        pass
    operation.refresh_from_db()
    return operation


def counts(operation: Operation) -> tuple[str, int, int, int, int]:
    one = operation
    return one.status, one.position, one.done, one.skipped, one.failed


def test_each_row_is_done_by_its_service_with_the_operator_on_record(ann: Operator) -> None:
    jobs = failed_jobs(3)
    operation = run(ask(ann, jobs))
    assert counts(operation) == ("done", 3, 3, 0, 0)
    assert not IngestJob.objects.exclude(status="queued").exists()
    entries = AuditEntry.objects.filter(action="job.retried")
    assert {entry.target_id for entry in entries} == {job.ref for job in jobs}
    assert {(entry.actor, entry.actor_label, entry.request_id) for entry in entries} == {("operator", "ann", "req_1")}
    asked, done = AuditEntry.objects.filter(target_id=operation.ref).order_by("pk")
    assert (asked.action, asked.detail) == ("operation.requested", {"kind": "retry_jobs", "total": 3})
    assert (done.action, done.detail["done"], done.project) == ("operation.done", 3, jobs[0].project)


def test_what_is_gone_or_has_nothing_to_do_is_skipped_and_what_breaks_fails(
    ann: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, gone, done, broken = jobs = failed_jobs(4)
    real = KINDS["retry_jobs"].run

    def run_or_break(caller: Any, key: Any) -> None:
        real(caller, key)
        if key == broken.pk:
            raise RuntimeError("said: my secret")

    operation = ask(ann, jobs)
    monkeypatch.setitem(KINDS, "retry_jobs", kind_with(run_or_break))
    IngestJob.objects.filter(pk=gone.pk).delete()
    IngestJob.objects.filter(pk=done.pk).update(status="done")
    assert counts(run(operation)) == ("done", 4, 1, 2, 1)
    assert [(one["ref"], one["outcome"], one["code"]) for one in operation.reasons] == [
        (gone.ref, "skipped", "NOT_FOUND"), (done.ref, "skipped", "JOB_NOT_FAILED"), (broken.ref, "failed", "INTERNAL"),
    ]  # fmt: skip
    assert operation.reasons[2]["detail"] == "RuntimeError"  # what it says may be what somebody said
    broken.refresh_from_db()
    assert broken.status == "failed"  # nothing of it stays
    assert good.pk in IngestJob.objects.filter(status="queued").values_list("pk", flat=True)


def kind_with(call: Any) -> Any:
    kind = KINDS["retry_jobs"]
    return type(kind)(kind.title, kind.model, kind.right, call, kind.warning)


def test_the_reasons_of_the_first_are_kept(ann: Operator) -> None:
    jobs = failed_jobs(25)
    IngestJob.objects.update(status="done")
    operation = run(ask(ann, jobs))
    assert (operation.skipped, len(operation.reasons)) == (25, 20)


def test_a_slice_that_the_database_breaks_off_is_done_anew(ann: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, calls, real = failed_jobs(3), [], KINDS["retry_jobs"].run

    def break_once(caller: Any, key: Any) -> None:
        real(caller, key)
        calls.append(key)
        if len(calls) == 2:
            raise OperationalError("deadlock detected")

    monkeypatch.setitem(KINDS, "retry_jobs", kind_with(break_once))
    operation = ask(ann, jobs)
    with pytest.raises(OperationalError):
        work.advance(operation.pk)
    assert not IngestJob.objects.filter(status="queued").exists()
    assert counts(run(operation)) == ("done", 3, 3, 0, 0)
    assert operation.is_careful
    assert AuditEntry.objects.filter(action="job.retried").count() == 3


def test_a_row_that_kills_the_worker_each_time_is_passed_over(ann: Operator, settings: LazySettings) -> None:
    settings.INGEST_MAX_ATTEMPTS = 2
    first, second = jobs = failed_jobs(2)
    operation = ask(ann, jobs)
    Operation.objects.update(tries=2, is_careful=True)
    assert counts(run(operation)) == ("done", 2, 1, 0, 1)
    assert (operation.reasons[0]["ref"], operation.reasons[0]["code"]) == (first.ref, "GAVE_UP")
    second.refresh_from_db()
    assert second.status == "queued"


def test_it_is_cancelled_in_the_middle(ann: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ROWS", 2)
    jobs = failed_jobs(5)
    operation = ask(ann, jobs)
    assert work.advance(operation.pk)
    cancel_operation(by=by(ann), operation=operation)
    assert counts(run(operation)) == ("cancelled", 2, 2, 0, 0)
    assert operation.error == "Cancelled by ann."
    assert IngestJob.objects.filter(status="queued").count() == 2
    entry = AuditEntry.objects.get(action="operation.cancelled")
    assert (entry.detail["done"], entry.detail["total"]) == (2, 5)
    with pytest.raises(Problem):
        cancel_operation(by=by(ann), operation=operation)


@pytest.mark.django_db(transaction=True)
def test_cancelled_within_a_slice_nothing_of_that_slice_stays(ann: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cancels does not wait for the slice."""
    operation = ask(ann, failed_jobs(2))
    real = work.Slice.do

    def do_and_be_cancelled(part: Any) -> None:
        real(part)
        at_once(1, lambda number: cancel_operation(by=by(ann), operation=Operation.objects.get()))

    monkeypatch.setattr(work.Slice, "do", do_and_be_cancelled)
    assert work.advance(operation.pk) is False
    operation.refresh_from_db()
    assert counts(operation) == ("cancelled", 0, 0, 0, 0)
    assert not IngestJob.objects.filter(status="queued").exists()
    assert not AuditEntry.objects.filter(action="job.retried").exists()


def test_an_operator_who_may_not_is_refused(ann: Operator) -> None:
    bob = make.OperatorFactory(username="bob", is_superuser=False)
    jobs = failed_jobs(1)
    with pytest.raises(PermissionDenied):
        ask(bob, jobs)
    make.MembershipFactory(operator=bob, project=jobs[0].project, role=Membership.Role.SUPPORT)
    bob = Operator.objects.get(pk=bob.pk)
    with pytest.raises(PermissionDenied):
        ask(bob, [*jobs, *failed_jobs(1)])  # the second one is of another project
    assert ask(bob, jobs).project == jobs[0].project
    assert Operation.objects.count() == 1


@pytest.mark.parametrize("change", ["demoted", "out", "gone"])
def test_one_who_was_demoted_meanwhile_does_nothing_more(monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    monkeypatch.setattr(work, "ROWS", 1)
    bob, jobs = make.OperatorFactory(username="bob", is_superuser=False), failed_jobs(2)
    make.MembershipFactory(operator=bob, project=jobs[0].project, role=Membership.Role.SUPPORT)
    operation = ask(bob, jobs)
    assert work.advance(operation.pk)
    match change:
        case "demoted":
            Membership.objects.update(role=Membership.Role.VIEWER)
        case "out":
            Operator.objects.filter(pk=bob.pk).update(is_active=False)
        case "gone":
            Operator.objects.filter(pk=bob.pk).delete()
    assert counts(run(operation)) == ("failed", 1, 1, 0, 0)
    assert operation.error == "bob may not do this any more."
    assert AuditEntry.objects.get(action="operation.failed").detail["done"] == 1


def test_of_several_projects_those_are_done_where_they_still_may() -> None:
    bob, first, second = make.OperatorFactory(is_superuser=False), *failed_jobs(1), *failed_jobs(1)
    for job in (first, second):
        make.MembershipFactory(operator=bob, project=job.project, role=Membership.Role.SUPPORT)
    operation = ask(bob, [first, second])
    assert operation.project is None
    Membership.objects.filter(project=second.project).delete()
    assert counts(run(operation)) == ("done", 2, 1, 0, 1)
    assert operation.reasons[0]["code"] == "FORBIDDEN"
    assert AuditEntry.objects.get(action="job.retried").project == first.project


def test_it_takes_some_rows_and_not_too_many(ann: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = failed_jobs(2)
    monkeypatch.setattr("ingest.operations.services.MOST", 1)
    with pytest.raises(Problem):
        ask(ann, jobs)
    IngestJob.objects.all().delete()
    with pytest.raises(Problem):
        ask(ann, jobs[:1])


def test_each_kind_does_what_it_says(
    ann: Operator, api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea", "likes milk")
    cancelled = list(IngestJob.objects.all())
    assert counts(run(ask(ann, cancelled, "cancel_jobs")))[2] == 2
    assert set(IngestJob.objects.values_list("error_code", flat=True)) == {"CANCELLED"}
    row = cancelled[0].thread
    assert counts(run(ask(ann, [row], "reingest_threads")))[2] == 1
    drain()
    assert Memory.objects.count() == 2
    assert counts(run(ask(ann, [row.user], "regenerate_summaries")))[2] == 1
    assert Summary.objects.get().requested_at
    assert counts(run(ask(ann, Memory.objects.all()[:1], "delete_memories")))[2] == 1
    assert Memory.objects.count() == 1
    assert counts(run(ask(ann, [row], "delete_threads")))[2] == 1
    assert (Memory.objects.count(), IngestJob.objects.count()) == (0, 0)


def test_memories_are_withdrawn_restored_and_closed_and_skipped_where_they_are_so_already(ann: Operator) -> None:
    memories = [make.MemoryFactory() for _ in range(2)]
    for kind in ("withdraw_memories", "restore_memories", "close_memories"):
        assert counts(run(ask(ann, memories[:1], kind)))[2:] == (1, 0, 0)
        again = run(ask(ann, memories[:1], kind))
        assert (counts(again)[2:], again.reasons[0]["code"]) == ((0, 1, 0), "NOTHING_TO_DO")
    actions = AuditEntry.objects.filter(target_id=memories[0].ref).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["memory.retired", "memory.restored", "memory.closed"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_right_of_each_kind_is_one_that_a_role_gives(kind: Any) -> None:
    project = make.ProjectFactory()
    for role, has in (("support", True), ("viewer", False)):
        operator = make.OperatorFactory(is_superuser=False)
        make.MembershipFactory(operator=operator, project=project, role=role)
        assert operator.has_perm(kind.right, project) is has


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_does_a_slice(ann: Operator) -> None:
    jobs = failed_jobs(30)
    operation = ask(ann, jobs)
    at_once(6, lambda number: run(Operation.objects.get(pk=operation.pk)))
    operation.refresh_from_db()
    assert counts(operation) == ("done", 30, 30, 0, 0)
    assert AuditEntry.objects.filter(action="job.retried").count() == 30
    assert AuditEntry.objects.filter(action="operation.done").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(start_worker: Start, ann: Operator) -> None:
    jobs = failed_jobs(25)
    first = start_worker(HOLD_AT="operation", ROWS="10")
    operation = ask(ann, jobs)
    wait_until(lambda: Operation.objects.filter(position=10, tries=1).exists())
    time.sleep(0.3)
    first.kill()
    assert AuditEntry.objects.filter(action="job.retried").count() == 10
    start_worker(ROWS="10")
    wait_until(lambda: Operation.objects.filter(status="done").exists())
    operation.refresh_from_db()
    assert counts(operation) == ("done", 25, 25, 0, 0)
    retried = AuditEntry.objects.filter(action="job.retried").values_list("target_id", flat=True)
    assert sorted(retried) == sorted(job.ref for job in jobs)
    wait_until(lambda: not IngestJob.objects.exclude(status="done").exists())


@pytest.mark.django_db(transaction=True)
def test_a_row_that_kills_its_worker_holds_up_no_other(start_worker: Start, ann: Operator) -> None:
    jobs = failed_jobs(5)
    start_worker(DEADLY=str(jobs[2].pk), ATTEMPTS="2")
    operation = ask(ann, jobs)
    wait_until(lambda: Operation.objects.filter(status="done").exists())
    operation.refresh_from_db()
    assert counts(operation) == ("done", 5, 4, 0, 1)
    assert [(one["ref"], one["code"]) for one in operation.reasons] == [(jobs[2].ref, "GAVE_UP")]


@pytest.mark.django_db(transaction=True)
def test_a_ring_that_is_lost_is_rung_again(start_worker: Start, ann: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ring_on_commit", lambda *args: None)
    ask(ann, failed_jobs(1))
    start_worker()
    wait_until(lambda: Operation.objects.filter(status="done").exists())


def test_many_jobs_take_the_statements_of_their_services_and_few_more(ann: Operator) -> None:
    thread = make.ThreadFactory()
    messages = [make.MessageFactory.build(thread=thread, project=thread.project, position=n) for n in range(300)]
    type(messages[0]).objects.bulk_create(messages)
    IngestJob.objects.bulk_create(
        IngestJob(project=thread.project, graph=thread.user.graph, user=thread.user, thread=thread, message=message,
                  said_at=message.created_at, status="failed")
        for message in messages
    )  # fmt: skip
    operation = ask(ann, IngestJob.objects.all())
    with CaptureQueriesContext(connection) as captured:
        run(operation)
    assert operation.done == 300
    assert len(captured) < 300 * 10
