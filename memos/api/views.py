"""The base of every endpoint under /v1: the project comes from the key, the query and the body are strict."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from rest_framework import viewsets
from rest_framework.exceptions import ErrorDetail, MethodNotAllowed, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from memos.api import idempotency, ratelimits, readlog, sizes
from memos.api.middleware import current_request_id
from memos.api.pagination import Page, PageQuery
from memos.api.parsers import most_bytes
from memos.api.serializers import CamelSerializer
from memos.projects import audit
from memos.projects.audit import Caller
from memos.projects.authentication import scope_of
from memos.projects.models import ApiKey, Identified, Project, Scope

_REPEATED = ErrorDetail("This parameter stands here more than once.", code="repeated")


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
    waiting: frozenset[str] = frozenset()
    """Actions that wait for a worker, and so can't be one transaction."""
    telling: frozenset[str] = frozenset()
    """Actions that are answered with what a graph holds: nobody is told it again once something was deleted there."""
    graph_id: UUID | None = None
    """The graph that the request is about: what is kept of its answer goes with it."""
    reads: dict[str, str | None] = {}
    """Action → what the audit log calls it where reads are audited; None where nothing personal is read. What is not
    here and reads is named after its route."""
    target: Identified | None = None
    """What the path names, set by whoever looks it up where its id does not stand there: a name, an external id."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        self._count()
        sizes.check(request, most_bytes(self))
        super().initial(request, *args, **kwargs)
        if (request.method or "").lower() not in (self.action_map or {}):
            raise MethodNotAllowed(request.method or "")  # before its query is looked at
        self.query = self._read_query(request)
        if self._is_to_be_done_once(request):
            keep = idempotency.in_steps if self.action in self.waiting else idempotency.once
            self.post = keep(self, getattr(self, self.action or ""))  # `dispatch` looks for its handler after this

    @property
    def tells_of_the_graph(self) -> bool:
        return (self.action or "") in self.telling

    def look_up(self, **named: str) -> None:
        """Find what the path names and set `graph_id`, or raise a 404; a view with an action in `waiting` can do so."""

    def to_keep(self, data: Any) -> Any:
        """What of an answer may be kept, to be given again: all of it, unless it is shown once."""
        return data

    def _is_to_be_done_once(self, request: Request) -> bool:
        writes = request.method == "POST" and scope_of(self, self.action or "", "POST") != Scope.READ
        return writes and idempotency.HEADER in request.headers

    def _count(self) -> None:
        """Before anything else is looked at, so that every answer to a key tells what is left of its limits."""
        counted = ratelimits.count(self.key)
        self.headers |= counted.headers
        counted.check()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if response.status_code < 300 and self.project.audit_reads:
            self._record_read(request)
        return super().finalize_response(request, response, *args, **kwargs)

    def _record_read(self, request: Request) -> None:
        route = request.resolver_match.route if request.resolver_match else ""
        action = readlog.action_of(self, self.action or "", request.method or "", route)
        if action:
            audit.record(self.caller, action, readlog.target_of(self, self.kwargs))

    def _read_query(self, request: Request) -> dict[str, Any]:
        given = request.query_params
        serializer = self.queries.get(self.action or "", NoQuery)(data=given.dict())
        repeated = {name[:100]: [_REPEATED] for name, values in given.lists() if len(values) > 1}
        serializer.is_valid(raise_exception=not repeated)
        if repeated:
            raise ValidationError({**serializer.errors, **repeated})
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
