"""/v1/memories, and reading a graph: what users and groups share of their endpoints."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery as TextQuery
from django.db.models import Prefetch, QuerySet
from django.db.models.expressions import Combinable
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from graphs.languages import DEFAULT, search_config
from graphs.models import Entity, Graph, Memory, Source
from graphs.serializers import History, MemoryChanges, MemoryOut
from ingest.edits import edit_memory
from ingest.erase import delete_memory
from memos.api.pagination import Page, paginate
from memos.api.problems import not_found
from memos.api.serializers import Deleted
from memos.api.views import ProjectViewSet, page_of


class MemoryViewSet(ProjectViewSet):
    problems = {"partial_update": ["MEMORY_RETIRED"]}

    def get_memory(self, ref: str) -> Memory:
        rows = Memory.objects.for_project(self.project).by_ref(ref).select_related("about")
        memory = rows.defer("tsv").first()
        if memory is None:
            raise not_found("memory", ref)
        return memory

    @extend_schema(responses=MemoryOut)
    def retrieve(self, request: Request, memory_id: str) -> Response:
        """Get one memory, whether it is still believed or not."""
        return Response(shown(self.get_memory(memory_id)))

    @extend_schema(request=MemoryChanges, responses=MemoryOut)
    def partial_update(self, request: Request, memory_id: str) -> Response:
        """Change a memory by hand; what it was before is kept in its history."""
        memory = self.get_memory(memory_id)
        edit_memory(caller=self.caller, memory=memory, **self.body(MemoryChanges))
        return Response(shown(memory))

    @extend_schema(responses={200: Deleted})
    def destroy(self, request: Request, memory_id: str) -> Response:
        """Delete a memory and its history; what it had ended is open again, and what was said stays."""
        memory = self.get_memory(memory_id)
        delete_memory(caller=self.caller, memory=memory)
        return Response({"deleted": True, "id": memory.ref})

    @extend_schema(responses=History)
    def history(self, request: Request, memory_id: str) -> Response:
        """List the earlier states of a memory, newest first."""
        memory = self.get_memory(memory_id)
        revisions = list(memory.revisions.order_by("-recorded_from"))
        for revision in revisions:
            revision.memory = memory
        return Response(History({"revisions": revisions}).data)


def shown(memory: Memory) -> Any:
    """A memory as it stands in the database now."""
    return MemoryOut(with_provenance(Memory.objects.filter(pk=memory.pk)).get()).data


def list_memories(graph: Graph, query: dict[str, Any]) -> Page:
    """A page of a graph's memories; by default what is believed and holds now, or was and did at ``as_of``."""
    moment = query.get("as_of")
    rows = Memory.objects.as_of(moment) if moment else Memory.objects.all()
    rows = rows if query["include_invalidated"] else rows.holding(moment)
    return paginate(with_provenance(_filtered(rows.filter(graph=graph), graph, query), moment), **page_of(query))


def with_provenance(rows: QuerySet[Memory], moment: datetime | None = None) -> QuerySet[Memory]:
    """What `MemoryOut` shows beside the row itself."""
    resting = Source.objects.supporting(moment).select_related("episode").defer("episode__tsv").order_by("pk")
    return rows.select_related("about").prefetch_related("mentions__entity", Prefetch("sources", resting))


def _filtered(rows: QuerySet[Memory], graph: Graph, query: dict[str, Any]) -> QuerySet[Memory]:
    if "kind" in query:
        rows = rows.filter(kind=query["kind"])
    if "entity_id" in query:
        rows = rows.filter(mentions__entity=_entity(graph, query["entity_id"]))
    if "q" in query:
        rows = rows.filter(tsv=words_in(rows, query["q"]))
    return rows


def _entity(graph: Graph, ref: str) -> Entity:
    entity = Entity.objects.filter(graph=graph).by_ref(ref).first()
    if entity is None:
        raise not_found("entity", ref)
    return entity


def words_in(rows: QuerySet[Any], text: str) -> Combinable:
    """The words in every language that the memories or episodes are in: each is indexed in its own."""
    languages = rows.order_by().values_list("language", flat=True).distinct()
    configs = sorted({search_config(language) for language in languages} or {search_config(DEFAULT)})
    return reduce(or_, (TextQuery(text, config=config, search_type="websearch") for config in configs))
