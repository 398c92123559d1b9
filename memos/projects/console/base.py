"""The page of a model: who may see it, how its list stays quick, what its links look like."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.filters import ChoicesFieldListFilter, RelatedFieldListFilter
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList as DjangoChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from memos import ids
from memos.api.middleware import current_request_id
from memos.projects import audit
from memos.projects.audit import Caller, Caretaker
from memos.projects.console.counting import CappedPaginator, newest
from memos.projects.console.search import Finding
from memos.projects.console.shown import list_of, page_of
from memos.projects.models import AuditEntry, Identified, Operator, Project

SCOPES = ("graph", "user", "thread", "memory", "episode", "entity", "webhook")
"""Parameters that narrow a list to few rows: what has no index may then be filtered by freely."""


_NAMES = {"ij": "job", "rev": "revision"}
"""What the audit log calls rows whose model has a longer name."""


def operator_of(request: HttpRequest) -> Operator:
    assert isinstance(request.user, Operator)
    return request.user


def caller_of(request: HttpRequest, project: Project) -> Caller:
    return Caller.from_operator(project, operator_of(request), current_request_id())


def caretaker_of(request: HttpRequest) -> Caretaker:
    return Caretaker.from_operator(operator_of(request), current_request_id())


def may_look(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_staff", False))


def may_change(request: HttpRequest) -> bool:
    return may_look(request) and bool(getattr(request.user, "is_superuser", False))


class RefChangeList(ChangeList):
    """Links to rows by their shown ids."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count  # else the heading tells the capped count as if it were all

    def url_for_result(self, result: Identified) -> str:
        return page_of(result)


class NewestChoices(ChoicesFieldListFilter):
    """A filter on a column that has no index: among the newest rows only, unless the list is narrow already."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        found = super().queryset(request, queryset)
        chosen = self.lookup_val is not None and found is not None
        narrow = any(name.split("__")[0] in SCOPES for name in request.GET)
        return newest(found) if chosen and not narrow and found is not None else found


class FirstProjects(RelatedFieldListFilter):
    """A few dozen projects to click on; any other is reached by searching for its id."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [(project.pk, str(project)) for project in Project.objects.order_by("name", "mode")[:40]]


class ConsoleAdmin(ModelAdmin):
    """Read only, unless a subclass says otherwise. Operators may look; superusers may change."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    list_filter_sheet = False
    actions = None
    sortable_by: Sequence[str] = ()
    ordering: Sequence[str] = ("-pk",)
    search_fields = ("pk",)  # shows the box; `finding` says what it finds
    finding: ClassVar[Finding] = Finding()
    related: ClassVar[Sequence[str]] = ()
    heavy: ClassVar[Sequence[str]] = ()
    """Columns that no page shows, left in the database."""
    personal: ClassVar[bool] = True
    """Whether a page shows what somebody told us: then a project may want to know who looked at it."""

    @admin.display(description="id")
    def shown_id(self, row: Identified) -> str:
        return row.ref

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(*self.related).defer(*self.heavy) if self.related or self.heavy else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        key = ids.decode(self.model.PREFIX, object_id)
        return super().get_object(request, str(key) if key else object_id, from_field)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        term = search_term.strip()
        return (self.finding.find(queryset, term) if term else queryset), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DjangoChangeList]:
        return RefChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        if obj is None or not self.has_change_permission(request, obj):
            return [str(name) for name in flatten_fieldsets(self.fieldsets or [])]
        return super().get_readonly_fields(request, obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The audit log is the history."""
        row = self.get_object(request, object_id)
        return redirect(list_of(AuditEntry, q=row.ref if row else object_id))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = kwargs.get("obj")
        if row is not None and self.personal:
            self._record_read(request, row)
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def _record_read(self, request: HttpRequest, row: Any) -> None:
        project = Project.objects.filter(pk=row.project_id, audit_reads=True).first()
        if project:
            audit.record(caller_of(request, project), f"{_NAMES.get(row.PREFIX, row._meta.model_name)}.read", row.ref)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return redirect(page_of(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # Services write the audit log; Django's own log would be a second one, with what rows say of themselves in it.
    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return None
