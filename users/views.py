"""/v1/users."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from graphs import counts
from graphs.search import Filters, search
from graphs.serializers import (
    HitOut,
    MemoryListQuery,
    MemoryOut,
    MemoryPage,
    NewMemory,
    SearchQuery,
    SearchResults,
    message_ids,
    sources,
)
from graphs.views import list_memories, shown
from ingest import erase
from ingest import services as ingestion
from ingest.statements import Statement, state_memory
from ingest.transfer.export import export_user
from ingest.transfer.restore import restore_user
from ingest.users import update_user
from memos.api.pagination import paginate
from memos.api.problems import invalid, not_found
from memos.api.renderers import JSON_LINES
from memos.api.serializers import Deleted, NoBody
from memos.api.views import ProjectViewSet, page_of
from memos.projects.models import Scope
from threads.models import Message, Thread
from users import serializers as forms
from users import services
from users.context import Block, assemble
from users.models import User, UserQuerySet

LATEST_TURNS = 4
"""Messages of a thread that make up the query when `threadId` is given."""


class PlainText(BaseRenderer):
    """The block alone, for `Accept: text/plain`."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        is_block = isinstance(data, dict) and "context" in data
        return data["context"].encode() if is_block else JSONRenderer().render(data)


CONTEXT_RENDERERS = [JSONRenderer, PlainText]


class UserViewSet(ProjectViewSet):
    queries = {
        "list": forms.UserListQuery,
        "context": forms.ContextQuery,
        "export": forms.ExportQuery,
        "summary": forms.SummaryQuery,
        "memories": MemoryListQuery,
    }
    scopes = {"search": Scope.READ}
    problems = {
        "create": ["USER_EXISTS"],
        "partial_update": ["USER_EXISTS"],
        "restore": ["USER_EXISTS"],
        "summary": ["SUMMARY_PENDING"],
    }
    waiting = frozenset({"summary"})
    telling = frozenset({"summary", "state"})
    reads = {"summary": "summary.read"}

    def look_up(self, **named: str) -> None:
        self.get_user(named["user_id"])

    def get_user(self, ref: str, rows: UserQuerySet | None = None) -> User:
        """The project's user with that id, or a 404."""
        users = (User.objects.all() if rows is None else rows).filter(project=self.project)
        user = users.by_path(ref).select_related("graph").first()
        if user is None:
            raise services.user_not_found(ref)
        self.graph_id = user.graph_id
        self.target = user
        return user

    @extend_schema(request=forms.NewUser, responses={201: forms.UserOut})
    def create(self, request: Request) -> Response:
        """Create a user and, in the same transaction, their graph."""
        user = services.create_user(caller=self.caller, **self.body(forms.NewUser))
        self.graph_id = user.graph_id
        return Response(forms.UserOut(user).data, 201)

    @extend_schema(parameters=[forms.UserListQuery], responses=forms.UserPage)
    def list(self, request: Request) -> Response:
        """List the project's users with thread and memory counts, newest first."""
        wanted = {name: self.query[name] for name in ("external_id", "email") if name in self.query}
        found = User.objects.for_project(self.project).filter(**wanted).with_words(self.query.get("q", ""))
        rows = _with_counts(found.select_related("graph"))
        return self.page("users", paginate(rows, **page_of(self.query)), forms.UserInList)

    @extend_schema(responses=forms.UserDetail)
    def retrieve(self, request: Request, user_id: str) -> Response:
        """Get one user with full stats and the biographical summary."""
        return Response(self._detail(user_id))

    @extend_schema(request=forms.UserChanges, responses=forms.UserDetail)
    def partial_update(self, request: Request, user_id: str) -> Response:
        """Change a user; what their graph calls them follows the first name."""
        user = self.get_user(user_id)
        update_user(caller=self.caller, user=user, **self.body(forms.UserChanges))
        return Response(self._detail(user.ref))

    def _detail(self, ref: str) -> Any:
        rows = _with_counts(User.objects.select_related("summary")).annotate(entities=counts.entities())
        return forms.UserDetail(self.get_user(ref, rows)).data

    @extend_schema(responses={200: Deleted})
    def destroy(self, request: Request, user_id: str) -> Response:
        """Delete a user with their graph, threads, messages and everything derived from them."""
        user = self.get_user(user_id)
        erase.erase_user(caller=self.caller, user=user)
        return Response({"deleted": True, "id": user.ref})

    @extend_schema(responses=forms.UserGraph)
    def graph(self, request: Request, user_id: str) -> Response:
        """Diagnostic: the graph of this user."""
        user = self.get_user(user_id, User.objects.annotate(memories=counts.memories()))
        return Response(forms.UserGraph(user).data)

    @extend_schema(
        operation_id="exportUser", parameters=[forms.ExportQuery], responses={(200, JSON_LINES): OpenApiTypes.STR}
    )
    def export(self, request: Request, user_id: str) -> FileResponse:
        """All that is kept about a user as JSON Lines, which `POST /v1/users/import` takes back."""
        user = self.get_user(user_id)
        file = export_user(caller=self.caller, user=user, vectors=self.query["vectors"])
        return FileResponse(file, as_attachment=True, filename=f"{user.ref}.jsonl", content_type=JSON_LINES)

    @extend_schema(
        operation_id="importUser", request={JSON_LINES: OpenApiTypes.STR}, responses={201: forms.ImportedUser}
    )
    def restore(self, request: Request) -> Response:
        """Restore a user from an export: all of it, or nothing. Importing the same file again answers 409."""
        sent: Any = request.data
        if not sent:
            raise invalid("body", "Send an export, with its Content-Length.")
        with sent as file:
            restored = restore_user(caller=self.caller, file=file)
        self.graph_id = restored.owner.graph_id
        return Response(forms.ImportedUser(restored).data, 201)

    @extend_schema(
        operation_id="regenerateSummary", parameters=[forms.SummaryQuery], request=None, responses=forms.SummaryOut
    )
    def summary(self, request: Request, user_id: str) -> Response:
        """Regenerate the biographical summary; without `force` only when memories have changed."""
        user = self.get_user(user_id)
        self.body(NoBody)
        result = ingestion.regenerate_summary(caller=self.caller, user=user, force=self.query["force"])
        return Response(forms.SummaryOut(result).data)

    @extend_schema(
        operation_id="getContext",
        parameters=[forms.ContextQuery],
        responses={(200, "application/json"): forms.ContextOut, (200, "text/plain"): OpenApiResponse(str)},
    )
    def context(self, request: Request, user_id: str) -> Response:
        """A block to paste into a system prompt, within a budget of tokens."""
        user = self.get_user(user_id)
        groups = services.groups_named(self.caller, self.query["groups"])
        block = assemble(
            user=user,
            template=self.query["template"],
            max_tokens=self.query["max_tokens"],
            query=self._question(user),
            groups=groups,
            as_of=self.query.get("as_of"),
        )
        return Response(_context(user, block, self.query))

    def _question(self, user: User) -> str | None:
        """The query, or the latest turns of the thread that was named."""
        if "thread_id" not in self.query:
            return self.query.get("query")
        thread = self._thread(user, self.query["thread_id"])
        latest = Message.objects.filter(thread=thread).order_by("-position").values_list("content", flat=True)
        return "\n".join(reversed(latest[:LATEST_TURNS]))[-2000:] or None

    def _thread(self, user: User, ref: str) -> Thread:
        thread = Thread.objects.for_project(self.project).filter(user=user).by_ref(ref).first()
        if thread is None:
            raise not_found("thread", ref)
        return thread

    @extend_schema(request=SearchQuery, responses=SearchResults)
    def search(self, request: Request, user_id: str) -> Response:
        """Search memories, entities, relations and episodes, best first."""
        user, wanted = self.get_user(user_id), self.body(SearchQuery)
        groups = services.groups_named(self.caller, wanted["groups"])
        graphs = [user.graph, *(group.graph for group in groups)]
        filters = self._filters(user, as_of=wanted.get("as_of"), **wanted.get("filters", {}))
        found = search(graphs, wanted["query"], limit=wanted["limit"], kinds=wanted["kinds"], filters=filters)
        return Response({"items": HitOut(found, many=True).data})

    def _filters(self, user: User, thread_id: str | None = None, **given: Any) -> Filters:
        return Filters(stream=self._thread(user, thread_id).pk if thread_id else None, **given)

    @extend_schema(parameters=[MemoryListQuery], responses=MemoryPage)
    def memories(self, request: Request, user_id: str) -> Response:
        """List what is known of a user; by default what is believed and holds now."""
        page = list_memories(self.get_user(user_id).graph, self.query)
        return self.page("memories", page, MemoryOut)

    @extend_schema(operation_id="createUserMemory", request=NewMemory, responses={201: MemoryOut})
    def state(self, request: Request, user_id: str) -> Response:
        """State a fact directly, instead of having it read from messages."""
        statement = Statement(**self.body(NewMemory))
        memory = state_memory(caller=self.caller, graph=self.get_user(user_id).graph, statement=statement)
        return Response(shown(memory), 201)


def _with_counts(users: UserQuerySet) -> UserQuerySet:
    threads = counts.per(Thread.objects.all(), "user")
    return users.annotate(thread_count=threads, memories=counts.memories())


def _context(user: User, block: Block, query: dict[str, Any]) -> dict[str, Any]:
    items = [
        {
            "id": hit.record.ref,
            "kind": hit.kind,
            "score": hit.score,
            "messageIds": message_ids(hit.sources),
            "sources": sources(hit.sources),
        }
        for hit in block.hits
    ]
    return {
        "userId": user.ref,
        "template": query["template"],
        "context": block.text,
        "tokens": block.tokens,
        "maxTokens": query["max_tokens"],
        "groups": query["groups"],
        "items": items,
    }
