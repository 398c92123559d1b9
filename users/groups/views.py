"""/v1/groups."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from graphs import counts
from graphs.search import Filters, search
from graphs.serializers import (
    GroupSearchQuery,
    HitOut,
    MemoryListQuery,
    MemoryOut,
    MemoryPage,
    NewMemory,
    SearchResults,
)
from graphs.views import list_memories, shown
from ingest import erase
from ingest.documents.serializers import IngestedDocument, NewDocument
from ingest.documents.views import accepted
from ingest.statements import Statement, state_memory
from memos.api.pagination import PageQuery, paginate
from memos.api.serializers import Deleted
from memos.api.views import ProjectViewSet, page_of
from memos.projects.models import Scope
from users import serializers as forms
from users import services
from users.models import Group


class GroupViewSet(ProjectViewSet):
    telling = frozenset({"state"})
    queries = {"list": PageQuery, "memories": MemoryListQuery}
    scopes = {"search": Scope.READ}
    problems = {"create": ["GROUP_EXISTS"], "partial_update": ["GROUP_EXISTS"]}

    def get_group(self, name: str) -> Group:
        """The project's group with that name, or a 404; what can't be a name may hold what the database can't read."""
        if not forms.is_group_name(name):
            raise services.group_not_found(name)
        rows = Group.objects.for_project(self.project).filter(name=name).select_related("graph")
        group = rows.annotate(memories=counts.memories(), entities=counts.entities()).first()
        if group is None:
            raise services.group_not_found(name)
        self.graph_id = group.graph_id
        self.target = group
        return group

    @extend_schema(request=forms.NewGroup, responses={201: forms.GroupOut})
    def create(self, request: Request) -> Response:
        """Create a named graph that many users share."""
        group = services.create_group(caller=self.caller, **self.body(forms.NewGroup))
        return Response(forms.GroupOut(self.get_group(group.name)).data, 201)

    @extend_schema(parameters=[PageQuery], responses=forms.GroupPage)
    def list(self, request: Request) -> Response:
        """List the project's groups, newest first."""
        rows = Group.objects.for_project(self.project).select_related("graph")
        counted = rows.annotate(memories=counts.memories(), entities=counts.entities())
        return self.page("groups", paginate(counted, **page_of(self.query)), forms.GroupOut)

    @extend_schema(responses=forms.GroupOut)
    def retrieve(self, request: Request, name: str) -> Response:
        """Get one group."""
        return Response(forms.GroupOut(self.get_group(name)).data)

    @extend_schema(request=forms.GroupChanges, responses=forms.GroupOut)
    def partial_update(self, request: Request, name: str) -> Response:
        """Rename a group, or change its metadata."""
        group, changes = self.get_group(name), self.body(forms.GroupChanges)
        services.update_group(caller=self.caller, group=group, **changes)
        return Response(forms.GroupOut(self.get_group(changes.get("name", name))).data)

    @extend_schema(responses={200: Deleted})
    def destroy(self, request: Request, name: str) -> Response:
        """Delete a group with its graph: everything that was told to it and is known from that."""
        group = self.get_group(name)
        erase.erase_group(caller=self.caller, group=group)
        return Response({"deleted": True, "id": group.ref})

    @extend_schema(request=GroupSearchQuery, responses=SearchResults)
    def search(self, request: Request, name: str) -> Response:
        """Search what the group shares, best first."""
        group, wanted = self.get_group(name), self.body(GroupSearchQuery)
        filters = Filters(as_of=wanted.get("as_of"), **wanted.get("filters", {}))
        found = search([group.graph], wanted["query"], limit=wanted["limit"], kinds=wanted["kinds"], filters=filters)
        return Response({"items": HitOut(found, many=True).data})

    @extend_schema(parameters=[MemoryListQuery], responses=MemoryPage)
    def memories(self, request: Request, name: str) -> Response:
        """List what a group shares; by default what is believed and holds now."""
        return self.page("memories", list_memories(self.get_group(name).graph, self.query), MemoryOut)

    @extend_schema(operation_id="createGroupMemory", request=NewMemory, responses={201: MemoryOut})
    def state(self, request: Request, name: str) -> Response:
        """State a fact that holds for everybody who shares the group."""
        statement = Statement(**self.body(NewMemory))
        memory = state_memory(caller=self.caller, graph=self.get_group(name).graph, statement=statement)
        return Response(shown(memory), 201)

    @extend_schema(request=NewDocument, responses={202: IngestedDocument})
    def ingest(self, request: Request, name: str) -> Response:
        """Keep a text, a JSON value or a message for everybody who shares the group."""
        return accepted(self.caller, self.get_group(name).graph, request)
