"""The base of every endpoint under /v1: the project comes from the key, the query and the body are strict."""

from typing import Any, cast
from uuid import UUID

from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from memos.api import idempotency
from memos.api.middleware import current_request_id
from memos.api.pagination import Page, PageQuery
from memos.api.serializers import CamelSerializer
from memos.projects.audit import Caller
from memos.projects.authentication import scope_of
from memos.projects.models import ApiKey, Project, Scope


class NoQuery(CamelSerializer):
    """An endpoint that takes no query parameter refuses every one."""


class ProjectViewSet(viewsets.ViewSet):
    """A view parses, calls one service and serialises; it sees one project only."""

    scopes: dict[str, Scope] = {}
    """Action → the scope it needs, where that is not `read` for GET and `write` for the rest."""
    queries: dict[str, type[CamelSerializer]] = {}
    """Action → the serializer of its query parameters; every other action takes none."""
    waiting: frozenset[str] = frozenset()
    """Actions that wait for a worker, and so can't be one transaction."""
    graph_id: UUID | None = None
    """The graph that the request is about: what is kept of its answer goes with it."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.query = self._read_query(request)
        if self._is_to_be_done_once(request):
            keep = idempotency.in_steps if self.action in self.waiting else idempotency.once
            self.post = keep(self, getattr(self, self.action or ""))  # `dispatch` looks for its handler after this

    def look_up(self, **named: str) -> None:
        """Find what the path names and set `graph_id`, or raise a 404; a view with an action in `waiting` can do so."""

    def to_keep(self, data: Any) -> Any:
        """What of an answer may be kept, to be given again: all of it, unless it is shown once."""
        return data

    def _is_to_be_done_once(self, request: Request) -> bool:
        writes = request.method == "POST" and scope_of(self, self.action or "", "POST") != Scope.READ
        return writes and idempotency.HEADER in request.headers

    def _read_query(self, request: Request) -> dict[str, Any]:
        serializer = self.queries.get(self.action or "", NoQuery)(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
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
