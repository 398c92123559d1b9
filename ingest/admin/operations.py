"""Operations in the console: how far they are, what came of them, and a way to stop them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from unfold.decorators import action
from unfold.decorators import display as label

from ingest.models import Operation
from ingest.operations import KINDS, cancel_operation
from memos.api.problems import Problem
from memos.projects import roles
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.confirming import confirmation
from memos.projects.console.lists import FirstProjects
from memos.projects.console.rights import caretaker_of, operator_of
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, counted, grid, link, list_of, moment, page_at, page_of, section, to
from memos.projects.models import AuditEntry

COLOURS = {"done": "success", "failed": "danger", "running": "info", "queued": "warning", "cancelled": "warning"}


@admin.register(Operation)
class OperationAdmin(ConsoleAdmin):
    """What an operator asked for in several projects belongs to none: they see it, and superusers do."""

    personal = False
    list_display = ("called", "state", "progress", "troubles", "asked_by", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "op_…, prj_…, operator"
    finding = Finding(owners={"prj": "project"}, beginnings=("operator_label", "kind"))
    related = ("project",)
    heavy = ("keys",)
    actions_detail = ("cancel",)
    change_form_outer_before_template = "admin/ingest/operation/progress.html"
    fieldsets = (  # the counts are in the part that is kept up to date
        (None, {"fields": ("called", "shown_id", "state", "error", "project_link", "asked_by")}),
        ("What came of it", {"fields": ("reasons_table", "entries")}),
        ("When", {"fields": ("created", "started", "finished")}),
    )

    @property
    def media(self) -> forms.Media:
        script = forms.Script("console/operation.js", type="module")
        return super().media + forms.Media(css={"all": ["console/operation.css"]}, js=[script])  # type: ignore[list-item]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        rows = Operation.objects.select_related(*self.related).defer(*self.heavy).order_by("-pk")
        operator = operator_of(request)
        keys = roles.projects_with(operator, self.right("view"))
        return rows if keys is None else rows.filter(Q(project__in=keys) | Q(project=None, operator=operator))

    def may(self, request: HttpRequest, verb: str, row: Any = None) -> bool:
        """Whoever asked for one of several projects may see and cancel it, as long as they may do so anywhere."""
        found = self.get_object(request, row) if isinstance(row, str) else row
        own = found is not None and found.project_id is None and found.operator_id == operator_of(request).pk
        return super().may(request, verb, None if own else row)

    def get_urls(self) -> list[Any]:
        live = path(
            "<str:object_id>/progress/", self.admin_site.admin_view(self.live), name="ingest_operation_progress"
        )
        return [live, *super().get_urls()]

    def live(self, request: HttpRequest, object_id: str) -> JsonResponse:
        """How far it is, for the page that shows it."""
        operation = self.get_object(request, object_id)
        if operation is None or not self.has_view_permission(request, operation):
            raise Http404
        names = ("status", "total", "position", "done", "skipped", "failed")
        told = {name: getattr(operation, name) for name in names}
        response = JsonResponse({**told, "ended": operation.status not in Operation.UNFINISHED})
        response["Cache-Control"] = "no-store"
        return response

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        operation = self.get_object(request, str(object_id))
        unfinished = operation is not None and operation.status in Operation.UNFINISHED
        return unfinished and self.may(request, "change", operation)

    @action(description="Cancel", url_path="cancel", icon="cancel", permissions=["cancel"])
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        operation = self.row_of(request, object_id)
        if request.method == "POST":
            return self._cancel(request, operation)
        told = ["What is done stays done. Nothing more is begun."]
        return confirmation(
            self, request, title=f"Cancel “{self.called(operation)}”", sentences=told, button="Cancel the operation",
            back=page_of(operation), destroys=True,
        )  # fmt: skip

    def _cancel(self, request: HttpRequest, operation: Operation) -> HttpResponse:
        try:
            cancel_operation(by=caretaker_of(request), operation=operation)
        except Problem as problem:
            messages.error(request, str(problem.detail))
        else:
            messages.success(request, f"{operation.ref} is cancelled.")
        return redirect(page_of(operation))

    @admin.display(description="what")
    def called(self, operation: Operation) -> str:
        return f"{KINDS[operation.kind].title} ({operation.total:,})"

    @label(description="status", label=COLOURS)
    def state(self, operation: Operation) -> str:
        return operation.status

    @admin.display(description="progress")
    def progress(self, operation: Operation) -> str:
        return f"{operation.position:,} of {counted(operation.total, KINDS[operation.kind].model)}"

    @admin.display(description="skipped, failed")
    def troubles(self, operation: Operation) -> str:
        return f"{operation.skipped:,}, {operation.failed:,}" if operation.skipped or operation.failed else NOTHING

    @section("skipped and failed")
    def reasons_table(self, operation: Operation) -> str:
        """The first of either."""
        model = KINDS[operation.kind].model
        rows = [
            [to(page_at(model._meta.label_lower, one["ref"]), one["ref"]), one["outcome"], one["code"], one["detail"]]
            for one in operation.reasons
        ]
        return grid(("Which", "Outcome", "Code", "Why"), rows)

    @admin.display(description="audit entries")
    def entries(self, operation: Operation) -> str:
        return to(list_of(AuditEntry, q=operation.ref), "What the audit log says of it")

    @admin.display(description="asked for by")
    def asked_by(self, operation: Operation) -> str:
        return operation.operator_label

    @admin.display(description="project")
    def project_link(self, operation: Operation) -> str:
        return link(operation.project) if operation.project else "several"

    @admin.display(description="started (UTC)")
    def started(self, operation: Operation) -> str:
        return moment(operation.started_at)

    @admin.display(description="finished (UTC)")
    def finished(self, operation: Operation) -> str:
        return moment(operation.finished_at)
