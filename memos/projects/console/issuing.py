"""The page that shows a secret this once, whatever is made with it."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from memos.projects.console import handing
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.rendering import rendered
from memos.projects.console.shown import page_of


class IssuingAdmin(ConsoleAdmin):
    """A form that makes a secret leads on to a page of its own, so that loading that again makes no second one.
    ``issued_name`` is what the secret is called, ``issued_told`` says what becomes of it."""

    issued_name: ClassVar[str] = ""
    issued_told: ClassVar[str] = ""

    def titled(self, row: Any) -> str:
        raise NotImplementedError

    def about(self, row: Any) -> str:
        """Whose the secret is and what it is good for."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.issued)
        return [path("<path:object_id>/issued/", view, name=self._route), *super().get_urls()]

    def to_secret(self, request: HttpRequest, row: Any, secret: str) -> HttpResponse:
        response = redirect(self._shown_at(row))
        handing.send(request, response, ref=row.ref, path=self._shown_at(row), secret=secret)
        return response

    def issued(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Only GET takes: a HEAD would leave nothing to show."""
        row = self.row_of(request, object_id)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        secret = handing.take(request, row.ref)
        response = self._shown(request, row, secret) if secret else self._gone(request, row)
        handing.forget(response, ref=row.ref, path=self._shown_at(row))
        return response

    def _shown(self, request: HttpRequest, row: Any, secret: str) -> HttpResponse:
        told = {"name": self.issued_name, "told": self.issued_told, "about": self.about(row)}
        given = {"secret": secret, "row": row, "path": page_of(row)}
        return rendered(self, request, "admin/issued.html", title=self.titled(row), **told, **given)

    def _gone(self, request: HttpRequest, row: Any) -> HttpResponse:
        messages.info(request, f"The {self.issued_name} was shown once, and is not kept. If it is lost, rotate it.")
        return redirect(page_of(row))

    @property
    def _route(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_issued"

    def _shown_at(self, row: Any) -> str:
        return reverse(f"admin:{self._route}", args=[row.ref])
