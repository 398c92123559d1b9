"""The audit log in the console: searched, seen to be sealed, and taken away as a file."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from unfold.decorators import action

from memos import ids
from memos.projects import audit, exporting
from memos.projects.audit import Caller, Caretaker
from memos.projects.console.auditfilters import (
    ActionFilter,
    ActorFilter,
    ReadsFilter,
    RequestFilter,
    Span,
    SpanForm,
    TargetFilter,
    scope,
)
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.lists import FirstProjects, NewestChoices, RefChangeList
from memos.projects.console.rights import caller_of, caretaker_of, is_superuser, may, projects_for
from memos.projects.console.search import Finding
from memos.projects.console.shown import list_of, moment, page_at, tally, to
from memos.projects.models import AuditEntry, AuditSeal
from memos.projects.models.seal import seals_of
from memos.projects.sealing.standing import standing

EXPORT = "projects.export_auditentry"
FREE = ("q", TargetFilter.parameter_name, RequestFilter.parameter_name)
"""Parameters with what somebody typed."""
Streamed = Callable[[QuerySet[AuditEntry]], StreamingHttpResponse]


class SealedChangeList(RefChangeList):
    """Knows by which seals the entries of the page are sealed."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        seals = seals_of(self.result_list)
        for entry in self.result_list:
            entry.sealed = seals[entry.pk]


@admin.register(AuditEntry)
class AuditEntryAdmin(ConsoleAdmin):
    personal = False
    list_display = ("moment", "action", "target_id", "actor", "actor_label", "project", "seal")
    list_filter = (
        ("at", Span), ReadsFilter, ActionFilter, ActorFilter, TargetFilter, RequestFilter,
        ("actor", NewestChoices), ("project", FirstProjects),
    )  # fmt: skip
    list_filter_submit = True
    list_before_template = "admin/projects/auditentry/standing.html"
    search_help_text = "Id of the target, the request or the actor, aud_…, prj_…, action"
    finding = Finding(
        owners={"prj": "project"},
        direct=("target_id", "request_id", "actor_id"),
        beginnings=("action", "actor_label", "request_id"),
    )
    related = ("project",)
    fieldsets = (
        (None, {"fields": ("shown_id", "moment", "project_link", "action", "target_id", "detail")}),
        ("Who", {"fields": ("actor", "actor_id", "actor_label", "request_id")}),
        ("Seal", {"fields": ("seal",)}),
    )
    actions_list = ("export", "export_csv")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SealedChangeList]:
        return SealedChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The links to the exports have the filters of the list."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", {})
        for one in shown.get("actions_list", []):
            one["path"] += f"?{request.GET.urlencode()}"
        if "cl" in shown:
            shown.update(_told(request, shown["cl"]))
        return response

    @action(description="Export as JSON Lines", url_path="export", icon="download", permissions=["export"])
    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        return self._export(request, exporting.streamed)

    @action(description="Export as CSV", url_path="export-csv", icon="table_view", permissions=["export"])
    def export_csv(self, request: HttpRequest) -> StreamingHttpResponse:
        return self._export(request, exporting.streamed_csv)

    def _export(self, request: HttpRequest, streamed: Streamed) -> StreamingHttpResponse:
        """All that the list shows with its filters, on however many pages, where the operator may export."""
        entries = self.get_changelist_instance(request).get_queryset(request)
        if not is_superuser(request):
            entries = entries.filter(project__in=projects_for(request, EXPORT))
        answer, filters = streamed(entries), sorted(_filters(request))  # what is written from here on is not in it
        with transaction.atomic():
            for by, target in _logs(request):
                audit.record(by, "audit.exported", target, filters=filters)
        return answer

    def has_export_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, EXPORT)

    @admin.display(description="at (UTC)")
    def moment(self, entry: AuditEntry) -> str:
        return moment(entry.at)

    @admin.display(description="sealed")
    def seal(self, entry: Any) -> str:
        """By which seal. What lies between two seals was not there when they were made."""
        found = entry.sealed if hasattr(entry, "sealed") else seals_of([entry])[entry.pk]
        if found is None:
            return "not yet"
        if UUID(found["first"]) > entry.pk:
            return "NOT SEALED"
        seal = ids.encode(AuditSeal.PREFIX, UUID(found["id"]))
        return to(page_at("projects.auditseal", seal), f"seal {found['number']:,}")


def _logs(request: HttpRequest) -> Iterator[tuple[Caller | Caretaker, str]]:
    """Where it stands that they were taken: in the log of each project, or, of all there is, in the installation's."""
    keys = scope(request)
    if keys is None:
        yield caretaker_of(request), "installation"
        return
    for project in projects_for(request, EXPORT).filter(pk__in=keys):
        yield caller_of(request, project), project.ref


def _told(request: HttpRequest, changes: Any) -> dict[str, Any]:
    """What stands above the list."""
    found = standing(scope(request))
    hidden = request.GET.get(ReadsFilter.parameter_name) == "changes"
    return {
        "standing": found,
        "wrong": SpanForm("at", request.GET.dict()).wrong,
        "entries": tally(f"{found.entries:,}", ("entry", "entries")),
        "seals": tally(f"{found.seals:,}", ("seal", "seals")),
        "unverified": tally(f"{found.unverified:,}", ("chain", "chains")),
        "seals_path": list_of(AuditSeal),
        "toggle": "Show reads too" if hidden else "Hide reads",
        "toggle_path": changes.get_query_string({ReadsFilter.parameter_name: None if hidden else "changes"}, ["p"]),
    }


def _filters(request: HttpRequest) -> Iterator[str]:
    """What the list is narrowed by; a term that was searched for may be anything, and is not told."""
    return (name if name in FREE else f"{name}={value[:64]}" for name, value in request.GET.items() if value)
