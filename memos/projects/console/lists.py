"""Parts of lists: links to rows, and filters that stay quick in large tables."""

from typing import Any

from django.contrib.admin.filters import ChoicesFieldListFilter, RelatedFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList

from memos.projects.console.counting import newest
from memos.projects.console.narrowing import SCOPES
from memos.projects.console.rights import projects_for
from memos.projects.console.shown import page_of
from memos.projects.models import Identified


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
        seen = projects_for(request, "projects.view_project")
        return [(project.pk, str(project)) for project in seen.order_by("name", "mode")[:40]]
