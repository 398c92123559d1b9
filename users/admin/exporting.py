"""All that is kept about a user as a file, the one that the API gives: counted first, then streamed."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from unfold.decorators import action

from ingest.transfer.export import export_user
from ingest.transfer.records import OF_USER
from memos.api.problems import Problem
from memos.api.renderers import JSON_LINES
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.counting import capped_together
from memos.projects.console.rendering import rendered
from memos.projects.console.rights import caller_of
from memos.projects.console.shown import list_of, names_of, page_of, tally
from users.models import User
from users.naming import named


class ExportingAdmin(ConsoleAdmin):
    def has_export_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may(request, "export", object_id)

    @action(description="Export", url_path="export", icon="download", permissions=["export"])
    def export(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        user = self.row_of(request, object_id)
        return self._file(request, user) if request.method == "POST" else self._offer(request, user)

    def _file(self, request: HttpRequest, user: User) -> HttpResponseBase:
        vectors = "vectors" in request.POST
        try:
            file = export_user(caller=caller_of(request, user.project), user=user, vectors=vectors)
        except Problem as problem:
            messages.error(request, str(problem.detail))
            return redirect(list_of(User))
        return FileResponse(file, as_attachment=True, filename=f"{user.ref}.jsonl", content_type=JSON_LINES)

    def _offer(self, request: HttpRequest, user: User) -> HttpResponse:
        owners = {"user": user.pk, "graph": user.graph_id}
        held = capped_together({names_of(record.model): record.rows(owners) for record in OF_USER.records})
        lines = [tally(count, names) for names, count in held.items() if count]
        given = {"lines": lines, "user_ref": user.ref, "path": page_of(user)}
        return rendered(self, request, "admin/users/user/export.html", title=f"Export {named(user)}", **given)
