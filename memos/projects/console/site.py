"""The console itself, where it is more than its pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from unfold.sites import UnfoldAdminSite

from memos.projects import operators
from memos.projects.console.base import caretaker_of, operator_of
from memos.projects.console.home.system import system


class ConsoleSite(UnfoldAdminSite):
    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [path("system/", self.admin_view(self.system), name="system"), *super().get_urls()]

    def system(self, request: HttpRequest) -> HttpResponse:
        return system(request, self.each_context(request))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        with operators.password_recorded(caretaker_of(request), operator_of(request).pk):
            return super().password_change(request, extra_context)
