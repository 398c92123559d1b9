"""Ingest jobs in the console: what waits, what failed and why, what it read, what was written."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html_join
from unfold.decorators import action
from unfold.decorators import display as label

from graphs.admin.base import owner_of, resting_on, stated
from graphs.admin.naming import titled as document_title
from ingest.admin.states import CHOICE, JobStates
from ingest.attempts import Attempt
from ingest.documents.stopping import next_pieces
from ingest.jobs import cancel_job, retry_job
from ingest.models import CANCELLED, IngestJob
from memos.api.problems import Problem
from memos.projects.console.base import record_read
from memos.projects.console.bulk import BulkAdmin
from memos.projects.console.confirming import confirmation
from memos.projects.console.lists import FirstProjects
from memos.projects.console.rights import caller_of
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, bullets, grid, link, moment, page_of, section, short, tally
from threads.admin.naming import titled as thread_title
from users.naming import named

ONE = {"memories": "memory", "entities": "entity", "relations": "relation"}
JOINER = "\N{WORD JOINER}"
"""Keeps a line from breaking behind the dots of a shortened id."""
MOST_WORDS = 5_000
"""Characters of a message, or of a piece of a document, that the page of a job shows."""


@admin.register(IngestJob)
class IngestJobAdmin(BulkAdmin):
    worded = ("reads", "source_link", "thread_link", "input_words", "memories_list", "error_detail", "attempts_why")
    list_display = ("shown_id", "state", "reads", "whose", "attempts", "error_code", "created")
    list_filter = (("status", JobStates), ("project", FirstProjects))
    search_help_text = "ij_…, msg_…, doc_…, thr_…, usr_…, grph_…, prj_…"
    finding = Finding(
        owners={
            "msg": "message",
            "doc": "document",
            "thr": "thread",
            "usr": "user",
            "grph": "graph",
            "prj": "project",
        },
        beginnings=("error_code", "request_id"),
    )
    related = ("message", "document", "thread", "user", "graph__user", "graph__group", "project")
    heavy = ("document__content", "history")
    bulk = {"retry_jobs": "pk", "cancel_jobs": "pk"}
    actions_detail = ("retry", "cancel")
    fieldsets = (
        (
            None,
            {"fields": ("shown_id", "state", "source_link", "thread_link", "thread", "user_link", "graph", "project")},
        ),
        ("Why it failed", {"fields": ("error_code", "error_detail", "next_try")}),
        ("What it reads", {"fields": ("input_words",)}),
        ("What was written", {"fields": ("pieces_read", "counts", "memories_list")}),
        ("Attempts", {"fields": ("attempts", "attempts_table", "attempts_why")}),
        ("When", {"fields": ("created", "started", "finished", "request_id")}),
    )

    def has_retry_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_change_one(request, object_id, IngestJob.Status.FAILED)

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may_change_one(request, object_id, *IngestJob.UNFINISHED)

    def _may_change_one(self, request: HttpRequest, object_id: Any, *statuses: str) -> bool:
        """A list asks for no job in particular, and a job that is in none of the statuses has no such button."""
        job = self.get_object(request, str(object_id))
        return job is not None and job.status in statuses and self.may(request, "change", job)

    @action(description="Retry", url_path="retry", icon="replay", permissions=["retry"])
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self.row_of(request, object_id)
        if request.method == "POST":
            return self._done(request, job, retry_job, "is queued again")
        reason = f"{job.ref} failed after {tally(job.attempts, ('attempt', 'attempts'))}: {job.error_code}"
        why = f", {job.error_detail}" if self._shows(request, job, "error_detail") else ""
        record_read(request, job)
        told = [f"{reason}{why}", "It is queued again, as if it had not been tried."]
        title = f"Retry {job.ref}"
        return confirmation(self, request, title=title, sentences=told, button="Retry the job", back=page_of(job))

    @action(description="Cancel", url_path="cancel", icon="cancel", permissions=["cancel"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self.row_of(request, object_id)
        if request.method == "POST":
            return self._done(request, job, cancel_job, "is cancelled")
        told = [
            "It ends as failed, with the code CANCELLED, and can be retried. A worker that reads it writes nothing."
        ]
        return confirmation(
            self, request, title=f"Cancel {job.ref}", sentences=told, button="Cancel the job", back=page_of(job),
            destroys=True,
        )  # fmt: skip

    def _done(self, request: HttpRequest, job: IngestJob, service: Any, told: str) -> HttpResponse:
        """The job may have moved on since its page was shown."""
        try:
            service(caller=caller_of(request, job.project), job=job)
        except Problem as problem:
            messages.error(request, str(problem.detail))
        else:
            messages.success(request, f"{job.ref} {told}.")
        return redirect(page_of(job))

    def _shows(self, request: HttpRequest, job: IngestJob, name: str) -> bool:
        return any(name in given["fields"] for _, given in self.get_fieldsets(request, job))

    @label(
        description="status",
        label={"done": "success", "failed": "danger", "running": "info", "queued": "warning", CHOICE: "info"},
    )
    def state(self, job: IngestJob) -> str:
        return CHOICE if job.error_code == CANCELLED else job.status

    @admin.display(description="reads")
    def reads(self, job: IngestJob) -> str:
        return _called(job, 40)

    @admin.display(description="reads")
    def source_link(self, job: IngestJob) -> str:
        return link(job.source, _called(job, 200))

    @section("words")
    def input_words(self, job: IngestJob) -> str:
        """The message, or the pieces of the document where its job stands, from which it would be read on."""
        if job.message:
            return short(job.message.content, MOST_WORDS)
        if job.status == IngestJob.Status.DONE:
            return "All of the document is read."
        pieces = next_pieces(job)
        shown = ((f"Piece {job.position + place + 1:,}:", short(piece, 1_000)) for place, piece in enumerate(pieces))
        return format_html_join("", '<p class="mb-2"><strong>{}</strong> {}</p>', shown) or NOTHING

    @section("the last of them")
    def attempts_table(self, job: IngestJob) -> str:
        headers = ("No.", "Began (UTC)", "Ended (UTC)", "Outcome", "Code")
        return grid(headers, [_row(one) for one in reversed(job.history)])

    @section("what went wrong")
    def attempts_why(self, job: IngestJob) -> str:
        """An error may quote what was said."""
        return bullets(f"No. {one['number']}: {one['detail']}" for one in reversed(job.history) if one.get("detail"))

    @admin.display(description="thread's name")
    def thread_link(self, job: IngestJob) -> str:
        return link(job.thread, thread_title(job.thread)) if job.thread else NOTHING

    @admin.display(description="whose")
    def whose(self, job: IngestJob) -> str:
        """Short enough for a list: of an id its end tells more than its beginning."""
        if not job.user:
            return owner_of(job.graph)
        name = named(job.user)
        return link(job.user, f"usr_…{JOINER}{name[-6:]}" if name == job.user.ref else short(name, 24))

    @admin.display(description="whose")
    def user_link(self, job: IngestJob) -> str:
        return link(job.user, named(job.user)) if job.user else owner_of(job.graph)

    @admin.display(description="pieces read")
    def pieces_read(self, job: IngestJob) -> str:
        return f"{job.position:,}" if job.document_id else NOTHING

    @admin.display(description="counts")
    def counts(self, job: IngestJob) -> str:
        counts = ((count, ONE.get(name, name) if count == 1 else name) for name, count in job.written.items())
        return ", ".join(f"{count:,} {name}" for count, name in counts)

    @section("memories")
    def memories_list(self, job: IngestJob) -> str:
        return bullets(stated(memory) for memory in resting_on(job.source.pk))

    @admin.display(description="next try (UTC)")
    def next_try(self, job: IngestJob) -> str:
        return moment(job.run_after) if job.status in IngestJob.UNFINISHED else NOTHING

    @admin.display(description="started (UTC)")
    def started(self, job: IngestJob) -> str:
        return moment(job.started_at)

    @admin.display(description="finished (UTC)")
    def finished(self, job: IngestJob) -> str:
        return moment(job.finished_at)


def _called(job: IngestJob, most: int) -> str:
    """The words of the message, or what the document is called."""
    return short(job.message.content, most) if job.message else short(document_title(job.document), most)


def _row(attempt: Attempt) -> list[Any]:
    began, ended = (_second(attempt.get(name)) for name in ("began", "ended"))
    return [attempt["number"], began, ended, attempt.get("outcome", "running"), attempt.get("code", NOTHING)]


def _second(at: object) -> str:
    return datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M:%S") if isinstance(at, str) else NOTHING
