"""The console itself, where it is more than its pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite

from memos.projects import operators
from memos.projects.console.base import caretaker_of, operator_of
from memos.projects.console.shown import NOTHING


class ConsoleSite(UnfoldAdminSite):
    empty_value_display = NOTHING

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        with operators.password_recorded(caretaker_of(request), operator_of(request).pk):
            return super().password_change(request, extra_context)
