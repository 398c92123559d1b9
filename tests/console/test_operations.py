"""Rows of a list are chosen, an operation on them is asked for, and its page shows how far it is."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from graphs.models import Memory
from ingest.models import IngestJob, Operation
from ingest.operations import KINDS, work
from memos.projects.models import AuditEntry, Membership, Operator
from tests import factories as make
from users.models import Summary

pytestmark = pytest.mark.django_db

JOBS = "/admin/ingest/ingestjob/"


def page(row: Any, rest: str = "change") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.ref}/{rest}/"


def failed_jobs(count: int, **of: Any) -> list[IngestJob]:
    thread = make.ThreadFactory(**of)
    return [make.IngestJobFactory(message__thread=thread, status="failed", error_code="X") for _ in range(count)]


def chosen(rows: Any, action: str, **more: Any) -> dict[str, Any]:
    return {"action": action, "select_across": "0", "_selected_action": [str(row.pk) for row in rows], **more}


def signed_in(role: str, *projects: Any) -> Client:
    operator = make.OperatorFactory(username="bob", is_superuser=False)
    for project in projects:
        make.MembershipFactory(operator=operator, project=project, role=role)
    client = Client()
    client.force_login(operator)
    return client


def test_it_counts_what_will_be_touched_before_anything_is(console: Client) -> None:
    jobs = failed_jobs(3)
    response = console.post(JOBS, chosen(jobs[:2], "retry_jobs", index="0"))
    text = response.content.decode()
    assert "Retry jobs (2)" in text
    assert f'value="{jobs[0].pk}"' in text
    assert not Operation.objects.exists()


def test_one_is_counted_as_one(console: Client) -> None:
    assert "to 1 ingest job," in console.post(JOBS, chosen(failed_jobs(1), "retry_jobs")).content.decode()


def test_confirmed_it_is_begun_and_its_page_shown(console: Client) -> None:
    jobs = failed_jobs(3)
    response = console.post(JOBS, chosen(jobs[:2], "retry_jobs", confirmed="yes"))
    operation = Operation.objects.get()
    assert response.headers["Location"] == page(operation)
    assert operation.keys == [job.pk for job in jobs[:2]]
    entry = AuditEntry.objects.get(action="operation.requested")
    assert (entry.actor_label, entry.request_id) == ("ann", response["X-Request-Id"])


def test_all_that_the_filter_shows_are_taken_and_no_other(console: Client) -> None:
    jobs = failed_jobs(60)
    make.IngestJobFactory(status="done")
    path = f"{JOBS}?status__exact=failed"
    form = chosen(jobs[:1], "retry_jobs", select_across="1")
    assert "Retry jobs (60)" in console.post(path, form).content.decode()
    console.post(path, {**form, "confirmed": "yes"})
    assert Operation.objects.get().keys == [job.pk for job in jobs]


def test_a_list_that_has_more_than_an_operation_takes_says_so(console: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memos.projects.console.bulk.MOST", 2)
    jobs = failed_jobs(3)
    form = chosen(jobs, "retry_jobs")
    assert "these are the oldest 2" in console.post(JOBS, form).content.decode()
    console.post(JOBS, {**form, "confirmed": "yes"})
    assert Operation.objects.get().keys == [job.pk for job in jobs[:2]]


def test_what_is_gone_meanwhile_leaves_nothing_to_confirm(console: Client) -> None:
    jobs = failed_jobs(1)
    IngestJob.objects.all().delete()
    response = console.post(JOBS, chosen(jobs, "retry_jobs", confirmed="yes"))
    assert "is there any more" in response.content.decode()
    assert not Operation.objects.exists()


def test_a_viewer_is_offered_nothing(client: Client) -> None:
    jobs = failed_jobs(1)
    bob = signed_in("viewer", jobs[0].project)
    assert "retry_jobs" not in bob.get(JOBS).content.decode()
    bob.post(JOBS, chosen(jobs, "retry_jobs", confirmed="yes"))
    assert not Operation.objects.exists()


def test_rows_of_projects_where_one_may_not_are_left_out() -> None:
    mine, seen = failed_jobs(1), failed_jobs(1)
    bob = signed_in("support", mine[0].project)
    make.MembershipFactory(operator=Operator.objects.get(username="bob"), project=seen[0].project)
    form = chosen([*mine, *seen], "retry_jobs")
    assert "1 ingest job of other projects" in bob.post(JOBS, form).content.decode()
    bob.post(JOBS, {**form, "confirmed": "yes"})
    assert Operation.objects.get().keys == [mine[0].pk]


@pytest.mark.parametrize(("model", "kind"), [
    ("ingest.ingestjob", "retry_jobs"), ("ingest.ingestjob", "cancel_jobs"), ("threads.thread", "reingest_threads"),
    ("threads.thread", "delete_threads"), ("users.user", "regenerate_summaries"),
    ("users.summary", "regenerate_summaries"), ("graphs.memory", "delete_memories"),
    ("graphs.memory", "withdraw_memories"), ("graphs.memory", "restore_memories"), ("graphs.memory", "close_memories"),
])  # fmt: skip
def test_each_list_offers_its_kinds_and_warns(console: Client, job: IngestJob, model: str, kind: str) -> None:
    path = f"/admin/{model.replace('.', '/')}/"
    assert f'value="{kind}"' in console.get(path).content.decode()
    rows = {"ingestjob": IngestJob.objects, "thread": type(job.thread).objects, "user": type(job.user).objects,
            "summary": Summary.objects, "memory": Memory.objects}[model.split(".")[1]]  # fmt: skip
    make.MemoryFactory(project=job.project, graph=job.graph)
    form = chosen(rows.order_by("-pk")[:1], kind)
    assert escape(KINDS[kind].warning) in console.post(path, form).content.decode()
    Operation.objects.all().delete()
    console.post(path, {**form, "confirmed": "yes"})
    operation = Operation.objects.get()
    while work.advance(operation.pk):
        pass
    operation.refresh_from_db()
    assert (operation.status, operation.failed) == ("done", 0)


def test_its_page_shows_what_came_of_it_with_links(console: Client) -> None:
    jobs = failed_jobs(2)
    console.post(JOBS, chosen(jobs, "retry_jobs", confirmed="yes"))
    IngestJob.objects.filter(pk=jobs[0].pk).update(status="done")
    operation = Operation.objects.get()
    work.advance(operation.pk)
    text = console.get(page(operation)).content.decode()
    assert page(jobs[0]) in text
    assert "JOB_NOT_FAILED" in text
    assert '<script src="/static/console/operation.js" type="module">' in text.replace("'", '"')
    assert 'data-ended="yes"' in text
    assert text.count('data-part="done"') == 1
    assert "field-done" not in text  # a second count would stand still while the first goes on
    told = console.get(page(operation, "progress")).json()
    assert told == {
        "status": "done", "total": 2, "position": 2, "done": 1, "skipped": 1, "failed": 0, "ended": True
    }  # fmt: skip


def test_progress_is_one_row_read_without_its_keys(console: Client) -> None:
    operation = make.OperationFactory(keys=[make.UserFactory().pk for _ in range(3)])
    console.get(page(operation, "progress"))
    with CaptureQueriesContext(connection) as captured:
        console.get(page(operation, "progress"))
    [sql] = [one["sql"] for one in captured.captured_queries if "ingest_operation" in one["sql"]]
    assert '"keys"' not in sql
    assert len(captured) <= 5  # the session and the operator, among them


def test_it_is_cancelled_there(console: Client) -> None:
    operation = make.OperationFactory()
    assert page(operation, "cancel") in console.get(page(operation)).content.decode()
    assert "What is done stays done" in console.get(page(operation, "cancel")).content.decode()
    assert console.post(page(operation, "cancel")).status_code == 302
    operation.refresh_from_db()
    assert (operation.status, operation.error) == ("cancelled", "Cancelled by ann.")
    assert AuditEntry.objects.get(action="operation.cancelled").project == operation.project
    assert page(operation, "cancel") not in console.get(page(operation)).content.decode()
    assert console.post(page(operation, "cancel")).status_code in (302, 403)


def test_it_is_seen_in_its_project_and_by_nobody_else(client: Client) -> None:
    operation, other = make.OperationFactory(), make.OperationFactory()
    bob = signed_in("viewer", operation.project)
    assert bob.get(page(operation)).status_code == 200
    assert bob.get(page(other, "progress")).status_code == 404
    assert bob.get(page(other)).status_code in (302, 403, 404)
    assert bob.post(page(operation, "cancel")).status_code == 403
    assert Operation.objects.filter(status="cancelled").count() == 0


def test_one_of_several_projects_is_seen_and_cancelled_by_whoever_asked() -> None:
    jobs = [*failed_jobs(1), *failed_jobs(1)]
    bob = signed_in("support", *(job.project for job in jobs))
    bob.post(JOBS, chosen(jobs, "retry_jobs", confirmed="yes"))
    operation = Operation.objects.get()
    assert operation.project is None
    assert bob.get(page(operation)).status_code == 200
    eve = Client()
    other = make.OperatorFactory(is_superuser=False)
    make.MembershipFactory(operator=other, project=jobs[0].project, role=Membership.Role.ADMIN)
    eve.force_login(other)
    assert eve.get(page(operation, "progress")).status_code == 404
    assert bob.post(page(operation, "cancel")).status_code == 302
    operation.refresh_from_db()
    assert operation.status == "cancelled"


def test_a_job_is_cancelled_on_its_page(console: Client, job: IngestJob) -> None:
    assert page(job, "cancel") in console.get(page(job)).content.decode()
    console.post(page(job, "cancel"))
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "CANCELLED")
    text = console.get(page(job)).content.decode()
    assert "Cancelled by ann." in text
    assert page(job, "cancel") not in text


def test_the_page_of_a_job_shows_its_words_and_its_attempts_to_whoever_may_read_them(job: IngestJob) -> None:
    tried = {"number": 7, "began": "2026-11-26T08:00:00.5+00:00", "outcome": "failed", "code": "INGEST_FAILED",
             "detail": "ValueError: said in confidence"}  # fmt: skip
    IngestJob.objects.filter(pk=job.pk).update(history=[tried])
    shown = signed_in("support", job.project).get(page(job)).content.decode()
    assert job.message.content in shown
    assert "said in confidence" in shown
    Membership.objects.update(role="viewer")
    hidden = Client()
    hidden.force_login(Operator.objects.get(username="bob"))
    text = hidden.get(page(job)).content.decode()
    assert "2026-11-26 08:00:00" in text
    assert "INGEST_FAILED" in text
    assert job.message.content not in text
    assert "said in confidence" not in text


def test_the_page_of_a_documents_job_shows_where_it_stopped(console: Client) -> None:
    paragraphs = "\n\n".join(f"# {number}\n\nThe place is number {number}." for number in range(5))
    document = make.DocumentFactory(content=paragraphs)
    job = make.DocumentJobFactory(document=document, position=2, status="failed", error_code="INGEST_FAILED")
    text = console.get(page(job)).content.decode()
    assert "Piece 3:" in text
    assert "The place is number 2." in text
    assert "The place is number 1." not in text


def test_a_thread_is_read_again_on_its_page(console: Client, job: IngestJob) -> None:
    IngestJob.objects.filter(pk=job.pk).update(status="done")
    asked = console.get(page(job.thread, "reingest")).content.decode()
    assert "1 message" in asked
    assert "comes back where the words still say it" in asked
    console.post(page(job.thread, "reingest"))
    job.refresh_from_db()
    assert job.status == "queued"
    assert AuditEntry.objects.get(action="thread.reingested").actor_label == "ann"


@pytest.mark.parametrize("of", ["user", "summary"])
def test_a_summary_is_made_anew_by_the_worker(console: Client, job: IngestJob, of: str) -> None:
    row = job.user if of == "user" else job.user.summary
    assert page(row, "regenerate") in console.get(page(row)).content.decode()
    assert console.post(page(row, "regenerate")).status_code == 302
    assert Summary.objects.get().requested_at
    assert "is being made" in console.get(page(row)).content.decode()
    assert AuditEntry.objects.get(action="summary.requested").actor_label == "ann"


@pytest.mark.parametrize("rest", ["cancel", "retry"])
def test_a_viewer_changes_no_job(job: IngestJob, rest: str) -> None:
    bob = signed_in("viewer", job.project)
    assert bob.post(page(job, rest)).status_code == 403
    assert bob.post(page(job.thread, "reingest")).status_code == 403
    assert bob.post(page(job.user, "regenerate")).status_code == 403
