"""Reading a graph: what users and groups share of their endpoints."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery as TextQuery
from django.db.models import QuerySet

from graphs.models import Entity, Graph, Memory
from graphs.search import Filters
from memos import ids
from memos.api.pagination import Page, paginate
from memos.api.views import page_of

_NOWHERE = UUID(int=0)


def list_memories(graph: Graph, query: dict[str, Any]) -> Page:
    """A page of a graph's memories; by default what is believed and holds now."""
    rows = Memory.objects.all() if query["include_invalidated"] else Memory.objects.holding()
    return paginate(with_provenance(_filtered(rows.filter(graph=graph), query)), **page_of(query))


def with_provenance(rows: QuerySet[Memory]) -> QuerySet[Memory]:
    """What `MemoryOut` shows beside the row itself."""
    return rows.select_related("about").prefetch_related("mentions__entity", "sources__episode")


def filters_of(wanted: dict[str, Any]) -> Filters:
    """The filters of a search as its body names them; an id of another kind finds nothing."""
    given = dict(wanted.get("filters", {}))
    thread = given.pop("thread_id", None)
    return Filters(stream=(ids.decode("thr", thread) or _NOWHERE) if thread else None, **given)


def _filtered(rows: QuerySet[Memory], query: dict[str, Any]) -> QuerySet[Memory]:
    if "kind" in query:
        rows = rows.filter(kind=query["kind"])
    if "entity_id" in query:
        rows = rows.filter(mentions__entity__in=Entity.objects.by_ref(query["entity_id"]))
    if "q" in query:
        rows = rows.filter(tsv=TextQuery(query["q"], config="english", search_type="websearch"))
    return rows
