"""A page that asks before it deletes a row, and lets a service do it: Django's own would fetch all that hangs on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from memos.projects.audit import Caller
from memos.projects.console.base import ConsoleAdmin, caller_of
from memos.projects.console.shown import list_of, page_of


class DeletingAdmin(ConsoleAdmin):
    """``what_goes`` is the sentence that an operator reads before they confirm."""

    deletable = True

    what_goes: str

    def delete_by(self, caller: Caller, row: Any) -> None:
        raise NotImplementedError

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        if request.method != "POST":
            return self._confirmation(request, row)
        self.delete_by(caller_of(request, row.project), row)
        messages.success(request, f"{row.ref} is deleted, with what rested on it alone.")
        return redirect(list_of(self.model))

    def _confirmation(self, request: HttpRequest, row: Any) -> HttpResponse:
        everywhere = self.admin_site.each_context(request)
        context = {**everywhere, "opts": self.opts, "title": f"Delete {row.ref}", "what_goes": self.what_goes}
        return TemplateResponse(request, "admin/delete.html", context | {"ref": row.ref, "path": page_of(row)})
