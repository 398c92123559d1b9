"""How a page mends: a form if it needs one, then what will change, then the change itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from graphs.admin.base import GraphRowAdmin
from graphs.admin.mending.comparing import Snapshot, tried
from ingest.erase.services import lock_graph
from memos.api.problems import Problem
from memos.projects.console.base import record_read
from memos.projects.console.rendering import rendered
from memos.projects.console.shown import page_of

PREVIEW, CONFIRM, SEARCH = "preview", "confirm", "search"


@dataclass(frozen=True, slots=True)
class Mending:
    """A page: ``told`` is what is to be known before, ``fields`` are the names of a problem's fields in the form."""

    title: str
    told: str
    button: str
    done: str
    do: Callable[[], object]
    look: Callable[[], Snapshot]
    form: forms.Form | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def step_of(request: HttpRequest) -> str:
    return request.POST.get("step", "") if request.method == "POST" else ""


def given(request: HttpRequest) -> Any:
    """What a form is bound to: nothing while somebody still looks for something."""
    return request.POST if step_of(request) in (PREVIEW, CONFIRM) else None


def sought(request: HttpRequest) -> str:
    """The words that others are searched by; no text of PostgreSQL holds a NUL."""
    return request.POST.get("q", "").replace("\0", " ").strip()


class MendingAdmin(GraphRowAdmin):
    """``steps`` names the states in which each action is of use, by their names."""

    steps: ClassVar[Mapping[str, Sequence[str]]] = {}

    def has_mend_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Asked once for each of the actions of a page."""
        known = request.__dict__.setdefault("_may_mend", {})
        if object_id not in known:
            known[object_id] = self.may(request, "change", object_id)
        return bool(known[object_id])

    def state_for_steps(self, row: Any) -> str:
        raise NotImplementedError

    def version_of(self, row: Any) -> str:
        """Another one after each mending of the row, whoever does it."""
        raise NotImplementedError

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        actions = super().get_actions_detail(request, object_id)
        row = self.get_object(request, object_id) if actions else None
        state = self.state_for_steps(row) if row else ""
        return [one for one in actions if state in self.steps.get(one.method.original_function_name, [state])]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = kwargs.get("obj")
        if row is not None:
            row.__dict__["mendable"] = self.has_mend_permission(request, row.ref)
        return super().render_change_form(request, context, *args, **kwargs)

    def mend(self, request: HttpRequest, row: Any, page: Mending) -> HttpResponse:
        step, form = step_of(request), page.form
        if form is not None and not (form.is_bound and form.is_valid()):
            return self._shown(request, row, page)
        try:
            with transaction.atomic():
                if self._is_stale(request, row):
                    messages.error(request, "It was changed meanwhile: look at it again. Nothing was done.")
                    return redirect(page_of(row))
                if step == CONFIRM:
                    page.do()
                    messages.success(request, page.done)
                    return redirect(page_of(row))
                changes = tried(page.do, page.look)
            return self._shown(request, row, page, changes=changes, tried=True)
        except Problem as error:
            return self._refused(request, row, page, error)

    def _is_stale(self, request: HttpRequest, row: Any) -> bool:
        """Whether somebody was faster than a form that was filled in, or confirmed, for the row as it was before. It
        is not changed any more until the end of the transaction."""
        seen = request.POST.get("seen")
        if seen is None:
            return False
        lock_graph(row.graph_id)
        return seen != self.version_of(row)

    def _refused(self, request: HttpRequest, row: Any, page: Mending, error: Problem) -> HttpResponse:
        told = error.members.get("errors") or [{"field": "", "message": str(error.detail)}]
        if page.form is None:
            messages.error(request, " ".join(one["message"] for one in told))
            return redirect(page_of(row))
        for one in told:
            name = page.fields.get(one["field"])
            page.form.add_error(name if name in page.form.fields else None, one["message"])
        return self._shown(request, row, page)

    def _shown(self, request: HttpRequest, row: Any, page: Mending, **context: Any) -> HttpResponse:
        record_read(request, row)
        context |= {"mending": page, "form": page.form, "back": page_of(row)}
        context |= {"seen": request.POST.get("seen") or self.version_of(row)}
        return rendered(self, request, "admin/graphs/mending/page.html", title=page.title, **context)
