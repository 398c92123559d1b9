"""The console itself, where it is more than its pages."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite

from memos.projects.console import account, searching, signing_in
from memos.projects.console.home import system
from memos.projects.console.shown import NOTHING
from memos.projects.models import Project


class ProjectChoices(AutocompleteJsonView):
    """Of projects alone, which forms ask for: anything else is looked for in its list, where looking is audited."""

    def process_request(self, request: HttpRequest) -> Any:
        asked = super().process_request(request)
        if asked[1].model is not Project:
            raise PermissionDenied
        return asked


class ConsoleSite(UnfoldAdminSite):
    empty_value_display = NOTHING

    def extra_urls(self) -> list[URLPattern]:
        own = {
            "account/": (account.page, "account"),
            "account/two-factor/": (account.set_up, "account_two_factor"),
            "account/two-factor/remove/": (account.remove, "account_two_factor_remove"),
            "account/recovery-codes/": (account.renew_codes, "account_recovery_codes"),
            "account/sessions/end/": (account.end_sessions, "account_sessions_end"),
            "system/": (system.page, "system"),
        }
        return [
            path("login/code/", signing_in.check_code, name="login_code"),
            path("login/two-factor/", signing_in.set_up, name="login_two_factor"),
            *(path(route, self.admin_view(view), name=name) for route, (view, name) in own.items()),
        ]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """In place of Unfold's own, which keeps for minutes what somebody was once shown."""
        return searching.answer(request)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        return ProjectChoices.as_view(admin_site=self)(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return signing_in.sign_in(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return signing_in.sign_out(request) if request.method == "POST" else HttpResponseNotAllowed(["POST"])

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        return account.change_password(request)
