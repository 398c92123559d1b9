"""Reading a graph: what users and groups share of their endpoints."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery as TextQuery
from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from graphs.languages import DEFAULT, search_config
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
