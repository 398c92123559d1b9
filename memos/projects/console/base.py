"""The page of a model: who may see it, how its list stays quick, what its links look like."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList as DjangoChangeList
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from memos import ids
from memos.projects import audit, roles
from memos.projects.console.counting import CappedPaginator
from memos.projects.console.lists import RefChangeList
from memos.projects.console.narrowing import is_offered
from memos.projects.console.rights import caller_of, may, operator_of, projects_for
from memos.projects.console.search import Finding
from memos.projects.console.shown import link, list_of, moment, page_of
from memos.projects.models import AuditEntry, Identified, Project

_NAMES = {"ij": "job", "rev": "revision"}
"""What the audit log calls rows whose model has a longer name."""


def record_read(request: HttpRequest, row: Any) -> None:
    """Where the project wants to know who looked at what."""
    project = Project.objects.filter(pk=row.project_id, audit_reads=True).first()
    if project:
        audit.record(caller_of(request, project), f"{_noun(row)}.read", row.ref)


def record_list(request: HttpRequest, rows: Iterable[Any]) -> None:
    """The same of rows of one kind, once for each of their projects, as of a list that the API gives."""
    projects = {row.project_id: _noun(row) for row in rows}
    for project in Project.objects.filter(pk__in=projects, audit_reads=True) if projects else ():
        noun = projects[project.pk]
        nouns = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
        audit.record(caller_of(request, project), f"{nouns}.read", project.ref)


def _noun(row: Any) -> str:
    return _NAMES.get(row.PREFIX, row._meta.model_name)


class ConsoleAdmin(ModelAdmin):
    """Read only, unless a subclass says otherwise. An operator sees and changes what their roles allow."""

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
    worded: ClassVar[Sequence[str]] = ()
    """Fields and columns with what people said, left out for whoever may not read it."""
    first_comes: ClassVar[str] = "It comes with the work of callers and workers."
    """What an empty list says of how the first row gets there."""
    addable: ClassVar[bool] = False
    changeable: ClassVar[bool] = False
    deletable: ClassVar[bool] = False
    project_column: ClassVar[str] = "project"

    @admin.display(description="id")
    def shown_id(self, row: Identified) -> str:
        return row.ref

    @admin.display(description="project")
    def project_link(self, row: Any) -> str:
        return link(row.project)

    @admin.display(description="created (UTC)")
    def created(self, row: Any) -> str:
        return moment(row.created_at)

    def heading(self, request: HttpRequest, row: Any) -> str:
        """What a row is called: on its page, in the trail to it, and where it was searched for."""
        return str(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        keys = roles.projects_with(operator_of(request), self.right("view"))
        if keys is not None:
            rows = rows.filter(**{f"{self.project_column}__in": keys})
        return rows.select_related(*self.related).defer(*self.heavy) if self.related or self.heavy else rows

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        key = ids.decode(self.model.PREFIX, object_id)
        return super().get_object(request, str(key) if key else object_id, from_field)

    def row_of(self, request: HttpRequest, object_id: str) -> Any:
        """What an action is about; a 404 where the operator sees no such row."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        term = search_term.strip()
        return (self.finding_for(request).find(queryset, term) if term else queryset), False

    def finding_for(self, request: HttpRequest) -> Finding:
        seen = not self.worded or self._reads_all(request)
        return self.finding if seen else self.finding.without(self.worded)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if self.personal and "cl" in shown:
            record_list(request, shown["cl"].result_list)
        return response

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return is_offered(self, request, lookup, value) and super().lookup_allowed(lookup, value, request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DjangoChangeList]:
        return RefChangeList

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Where the project of a new row is a choice, it is one among those where the operator may make one."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        if "of" in form.base_fields:
            form.base_fields["of"] = deepcopy(form.base_fields["of"])
            form.base_fields["of"].queryset = projects_for(request, self.right("add"))
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        if obj is None and self.addable:
            return ()
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
            record_read(request, row)
        context |= {"subtitle": self.heading(request, row)} if row is not None else {}
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return redirect(page_of(obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not self.worded or may(request, roles.READ_WORDS, obj):
            return fieldsets
        shown = ((title, {**given, "fields": self._wordless(given["fields"])}) for title, given in fieldsets)
        return [(title, given) for title, given in shown if given["fields"]]

    def get_list_display(self, request: HttpRequest) -> Any:
        """A column with words is there for whoever may read them in all that the list shows."""
        columns = super().get_list_display(request)
        return columns if not self.worded or self._reads_all(request) else self._wordless(columns)

    def _wordless(self, names: Sequence[Any]) -> list[Any]:
        return [name for name in names if name not in self.worded]

    def _reads_all(self, request: HttpRequest) -> bool:
        operator = operator_of(request)
        lists, words = (roles.projects_with(operator, right) for right in (self.right("view"), roles.READ_WORDS))
        return words is None or set(lists or ()) <= set(words)

    def right(self, verb: str) -> str:
        return f"{self.opts.app_label}.{verb}_{self.opts.model_name}"

    def may(self, request: HttpRequest, verb: str, row: Any = None) -> bool:
        """``row`` may be the id of one, as Unfold hands it to the permissions of its actions."""
        found = self.get_object(request, row) if isinstance(row, str) else row
        return may(request, self.right(verb), found)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.addable and self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.changeable and self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletable and self.may(request, "delete", obj)

    # Services write the audit log; Django's own log would be a second one, with what rows say of themselves in it.
    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return None
