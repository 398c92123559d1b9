"""A page that counts what goes and asks before it deletes a row, and lets a service do it: Django's own would fetch all
that hangs on it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.counting import capped_together
from memos.projects.console.rendering import rendered
from memos.projects.console.rights import caller_of
from memos.projects.console.shown import Names, list_of, page_of, tally

MANY = 1_000
"""Where more rows than these go, whoever lets them go types what they are called."""


class DeletingAdmin(ConsoleAdmin):
    """``what_goes`` is the sentence that an operator reads before they confirm, ``is_gone`` the one afterwards."""

    deletable = True
    what_goes: str
    is_gone = "with what rested on it alone."

    def delete_by(self, caller: Caller, row: Any) -> None:
        raise NotImplementedError

    def going(self, row: Any) -> Mapping[Names, QuerySet[Any]]:
        """What goes beside the row itself, by its names."""
        return {}

    def called(self, row: Any) -> str:
        """What is to be typed where much goes."""
        return row.ref

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.row_of(request, object_id)
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        counts = capped_together(self.going(row))
        asked = self.called(row) if sum(counts.values()) > MANY else ""
        typed = request.POST.get("typed", "")
        if request.method != "POST" or (asked and typed.split() != asked.split()):
            return self._confirmation(request, row, counts, asked)
        return self._delete(request, row)

    def _delete(self, request: HttpRequest, row: Any) -> HttpResponse:
        try:
            self.delete_by(caller_of(request, row.project), row)
        except Problem as problem:
            messages.error(request, str(problem.detail))
        else:
            messages.success(request, f"{row.ref} is deleted, {self.is_gone}")
        return redirect(list_of(self.model))

    def _confirmation(self, request: HttpRequest, row: Any, counts: Mapping[Names, int], asked: str) -> HttpResponse:
        goes = [tally(count, names) for names, count in counts.items() if count]
        told = {"what_goes": self.what_goes, "goes": goes, "asked": asked, "mistyped": request.method == "POST"}
        named = {"shown": self.called(row), "shown_id": row.ref, "path": page_of(row)}
        return rendered(self, request, "admin/delete.html", title=f"Delete {row.ref}", **told, **named)
