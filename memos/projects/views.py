"""/v1/audit."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from memos.api.pagination import paginate
from memos.api.renderers import JSON_LINES
from memos.api.views import ProjectViewSet, page_of
from memos.projects import audit, exporting
from memos.projects import serializers as forms
from memos.projects.models import AuditEntry, Scope


class AuditViewSet(ProjectViewSet):
    """Who did what to which, when, in which request."""

    queries = {"list": forms.AuditQuery, "export": forms.AuditSpan}
    scopes = {"list": Scope.ADMIN, "export": Scope.ADMIN}
    reads = {"list": None, "export": None}

    @extend_schema(parameters=[forms.AuditQuery], responses=forms.AuditPage)
    def list(self, request: Request) -> Response:
        """List the project's audit entries, newest first."""
        names = ("action", "target_id", "actor_id", "starts", "ends")
        wanted = {name: self.query[name] for name in names if name in self.query}
        entries = AuditEntry.objects.for_project(self.project).told(**wanted)
        return self.page("entries", paginate(entries, **page_of(self.query)), forms.AuditEntryOut)

    @extend_schema(
        operation_id="exportAudit",
        parameters=[forms.AuditSpan],
        responses={(200, JSON_LINES): OpenApiResponse(forms.AuditEntryOut)},
    )
    def export(self, request: Request) -> StreamingHttpResponse:
        """Stream a span of the audit log as JSON Lines, oldest first; the export itself is in the log."""
        audit.record(self.caller, "audit.exported", self.project.ref, **_shown(self.query))
        return exporting.streamed(AuditEntry.objects.for_project(self.project).told(**self.query))


def _shown(span: dict[str, Any]) -> dict[str, str]:
    return {name: span[key].isoformat() for name, key in (("from", "starts"), ("to", "ends")) if key in span}
