"""The base of every endpoint under /v1: the project comes from the key, the query and the body are strict."""

from collections.abc import Sequence
from typing import Any, cast

from rest_framework import viewsets
from rest_framework.exceptions import ErrorDetail, MethodNotAllowed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from memos.api.middleware import current_request_id
from memos.api.pagination import Page, PageQuery
from memos.api.serializers import CamelSerializer
from memos.projects.audit import Caller
from memos.projects.models import ApiKey, Project, Scope


class NoQuery(CamelSerializer):
    """An endpoint that takes no query parameter refuses every one."""


class ProjectViewSet(viewsets.ViewSet):
    """A view parses, calls one service and serialises; it sees one project only."""

    scopes: dict[str, Scope] = {}
    """Action → the scope it needs, where that is not `read` for GET and `write` for the rest."""
    queries: dict[str, type[CamelSerializer]] = {}
    """Action → the serializer of its query parameters; every other action takes none."""
    problems: dict[str, Sequence[str]] = {}
    """Action → codes of `memos.api.codes` that it gives beside those which follow from what it takes."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if (request.method or "").lower() not in (self.action_map or {}):
            raise MethodNotAllowed(request.method or "")  # before its query is looked at
        self.query = self._read_query(request)

    def _read_query(self, request: Request) -> dict[str, Any]:
        """What stands there twice is refused: only one of the two could be heeded."""
        sent = request.query_params
        twice = [ErrorDetail("Give it once; with commas, where it is a list.", "repeated")]
        errors: dict[str, Any] = {name[:100]: twice for name, values in sent.lists() if len(values) > 1}
        serializer = self.queries.get(self.action or "", NoQuery)(data=sent.dict())
        if not serializer.is_valid() or errors:
            raise ValidationError({**serializer.errors, **errors})
        return serializer.validated_data

    @property
    def key(self) -> ApiKey:
        return cast(ApiKey, self.request.auth)

    @property
    def project(self) -> Project:
        return self.key.project

    @property
    def caller(self) -> Caller:
        return Caller.from_key(self.key, current_request_id())

    def body(self, serializer_class: type[CamelSerializer]) -> dict[str, Any]:
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def page(self, name: str, page: Page, serializer_class: type[CamelSerializer], **extra: Any) -> Response:
        rows = serializer_class(page.rows, many=True).data
        return Response({**extra, name: rows, "nextCursor": page.next_cursor})


def page_of(query: dict[str, Any]) -> dict[str, Any]:
    """What `paginate` needs of a list's query."""
    return {name: query[name] for name in PageQuery().get_fields() if name in query}
