"""Ingest jobs in the console: what waits, what failed and why, what was written."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from unfold.decorators import action
from unfold.decorators import display as label

from graphs.admin.base import owner_of, resting_on, stated
from ingest.jobs import retry_job
from ingest.models import IngestJob
from memos.projects.console.base import ConsoleAdmin, FirstProjects, NewestChoices, caller_of
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, bullets, link, moment, page_of, section, short
from users.admin import named


@admin.register(IngestJob)
class IngestJobAdmin(ConsoleAdmin):
    worded = ("reads", "source_link", "memories_list", "error_detail")
    list_display = ("shown_id", "state", "reads", "user_link", "attempts", "error_code", "created", "finished")
    list_filter = (("status", NewestChoices), ("project", FirstProjects))
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
    heavy = ("document__content",)
    actions_detail = ("retry",)
    fieldsets = (
        (None, {"fields": ("shown_id", "state", "source_link", "thread_link", "user_link", "graph", "project")}),
        ("What was written", {"fields": ("position", "counts", "memories_list")}),
        ("Attempts", {"fields": ("attempts", "error_code", "error_detail", "next_try")}),
        ("When", {"fields": ("created", "started", "finished", "request_id")}),
    )

    def has_retry_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may(request, "change", object_id) and self._failed(request, object_id) is not None

    def _failed(self, request: HttpRequest, object_id: Any) -> IngestJob | None:
        job: IngestJob | None = self.get_object(request, str(object_id))
        return job if job and job.status == IngestJob.Status.FAILED else None

    @action(description="Retry", url_path="retry", icon="replay", permissions=["retry"])
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._failed(request, object_id)
        if job is None:
            raise Http404
        if request.method != "POST":
            everywhere = self.admin_site.each_context(request)
            context = {**everywhere, "opts": self.opts, "title": f"Retry {job.ref}", "job": job}
            return TemplateResponse(request, "admin/ingest/ingestjob/retry.html", context)
        retry_job(caller=caller_of(request, job.project), job=job)
        messages.success(request, f"{job.ref} is queued again.")
        return redirect(page_of(job))

    @label(
        description="status",
        label={"done": "success", "failed": "danger", "running": "info", "queued": "warning"},
    )
    def state(self, job: IngestJob) -> str:
        return job.status

    @admin.display(description="reads")
    def reads(self, job: IngestJob) -> str:
        return _called(job, 60)

    @admin.display(description="reads")
    def source_link(self, job: IngestJob) -> str:
        return link(job.source, _called(job, 200))

    @admin.display(description="thread")
    def thread_link(self, job: IngestJob) -> str:
        return link(job.thread, job.thread.name or job.thread.ref) if job.thread else NOTHING

    @admin.display(description="whose")
    def user_link(self, job: IngestJob) -> str:
        return link(job.user, named(job.user)) if job.user else owner_of(job.graph)

    @admin.display(description="counts")
    def counts(self, job: IngestJob) -> str:
        return ", ".join(f"{count} {name}" for name, count in job.written.items())

    @section("memories")
    def memories_list(self, job: IngestJob) -> str:
        return bullets(stated(memory) for memory in resting_on(job.source.pk))

    @admin.display(description="next try (UTC)")
    def next_try(self, job: IngestJob) -> str:
        return moment(job.run_after) if job.status in IngestJob.UNFINISHED else NOTHING

    @admin.display(description="created (UTC)")
    def created(self, job: IngestJob) -> str:
        return moment(job.created_at)

    @admin.display(description="started (UTC)")
    def started(self, job: IngestJob) -> str:
        return moment(job.started_at)

    @admin.display(description="finished (UTC)")
    def finished(self, job: IngestJob) -> str:
        return moment(job.finished_at)


def _called(job: IngestJob, most: int) -> str:
    """The words of the message, or what the document is called."""
    return short(job.message.content, most) if job.message else str(job.document)
