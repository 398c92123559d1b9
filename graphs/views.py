"""Reading a graph: what users and groups share of their endpoints."""

from typing import Any

from django.contrib.postgres.search import SearchQuery as TextQuery
from django.db.models import QuerySet

from graphs.models import Entity, Graph, Memory
from memos.api.pagination import Page, paginate
from memos.api.problems import not_found
from memos.api.views import page_of


def list_memories(graph: Graph, query: dict[str, Any]) -> Page:
    """A page of a graph's memories; by default what is believed and holds now."""
    rows = Memory.objects.all() if query["include_invalidated"] else Memory.objects.holding()
    return paginate(with_provenance(_filtered(rows.filter(graph=graph), graph, query)), **page_of(query))


def with_provenance(rows: QuerySet[Memory]) -> QuerySet[Memory]:
    """What `MemoryOut` shows beside the row itself."""
    return rows.select_related("about").prefetch_related("mentions__entity", "sources__episode")


def _filtered(rows: QuerySet[Memory], graph: Graph, query: dict[str, Any]) -> QuerySet[Memory]:
    if "kind" in query:
        rows = rows.filter(kind=query["kind"])
    if "entity_id" in query:
        rows = rows.filter(mentions__entity=_entity(graph, query["entity_id"]))
    if "q" in query:
        rows = rows.filter(tsv=TextQuery(query["q"], config="english", search_type="websearch"))
    return rows


def _entity(graph: Graph, ref: str) -> Entity:
    entity = Entity.objects.filter(graph=graph).by_ref(ref).first()
    if entity is None:
        raise not_found("entity", ref)
    return entity
