"""The audit log in the console: looked through by day, and taken away as a file."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.dateparse import parse_date
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from memos.projects import audit, exporting
from memos.projects.console.base import ConsoleAdmin, FirstProjects, NewestChoices, caretaker_of
from memos.projects.console.search import Finding
from memos.projects.console.shown import link, moment
from memos.projects.models import AuditEntry


class Days(RangeDateFilter):
    """From the one day to the other, both of them with it, in UTC. What is no day is left out."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day("from"), self._day("to")
        starts = _midnight(first) if first else None
        return queryset.told(starts=starts, ends=_midnight(last + timedelta(days=1)) if last else None)  # type: ignore[attr-defined]

    def _day(self, end: str) -> date | None:
        """Of the years that an id can tell."""
        try:
            day = parse_date(str(self.used_parameters.get(f"{self.parameter_name}_{end}", "")))
        except ValueError:
            return None
        return day if day and 1970 < day.year < 9998 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


@admin.register(AuditEntry)
class AuditEntryAdmin(ConsoleAdmin):
    personal = False
    list_display = ("moment", "action", "target_id", "actor", "actor_label", "project")
    list_filter = (("at", Days), ("actor", NewestChoices), ("project", FirstProjects))
    list_filter_submit = True
    search_help_text = "Id of the target, aud_…, prj_…, action"
    finding = Finding(
        owners={"prj": "project"}, direct=("target_id",), beginnings=("action", "actor_label", "request_id")
    )
    related = ("project",)
    fieldsets = (
        (None, {"fields": ("shown_id", "moment", "project_link", "action", "target_id", "detail")}),
        ("Who", {"fields": ("actor", "actor_id", "actor_label", "request_id")}),
    )
    actions_list = ("export",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The link to the export has the filters of the list."""
        response = super().changelist_view(request, extra_context)
        for one in getattr(response, "context_data", {}).get("actions_list", []):
            one["path"] += f"?{request.GET.urlencode()}"
        return response

    @action(description="Export", url_path="export", icon="download", permissions=["view"])
    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """All that the list shows with its filters, on however many pages."""
        entries = self.get_changelist_instance(request).get_queryset(request)
        audit.record(caretaker_of(request), "audit.exported", "installation", filters=sorted(_filters(request)))
        return exporting.streamed(entries)

    @admin.display(description="at (UTC)")
    def moment(self, entry: AuditEntry) -> str:
        return moment(entry.at)

    @admin.display(description="project")
    def project_link(self, entry: AuditEntry) -> str:
        return link(entry.project)


def _filters(request: HttpRequest) -> Iterator[str]:
    """What the list is narrowed by; a term that was searched for may be anything, and is not told."""
    return (name if name == "q" else f"{name}={value[:64]}" for name, value in request.GET.items() if value)
