"""What every mending begins and ends with."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from graphs.models import Graph, Memory
from ingest import facts
from ingest.erase import rows
from ingest.erase.services import lock_graph, stop_work
from memos.api.problems import Problem, not_found
from memos.projects import audit
from memos.projects.audit import Caller


def locked(memory: Memory) -> tuple[Graph, Memory]:
    """The memory as it is while nobody else writes into its graph. Raises a 404 where it is gone."""
    graph = lock_graph(memory.graph_id)
    found = Memory.objects.select_related("about", "graph").filter(pk=memory.pk, graph=graph).first()
    if found is None:
        raise not_found("memory", memory.ref)
    return graph, found


def locked_belief(memory: Memory) -> Memory:
    """As ``locked``. Raises a 409 where it is believed no more."""
    _, found = locked(memory)
    if found.retired_at:
        raise Problem(409, "MEMORY_RETIRED", "This memory is not believed any more, and can't be changed.")
    return found


def mended(caller: Caller, action: str, memory: Memory, touched: Collection[UUID] = (), **detail: Any) -> None:
    """Write the entry; the summary, search, and whoever is reading for the graph follow. ``touched`` are the other
    memories that were changed."""
    graph = Graph.objects.get(pk=memory.graph_id)
    Graph.objects.filter(pk=graph.pk).update(summarised_version=0)
    facts.bump(graph)
    stop_work(graph)
    rows.forget_summary(graph, {memory.pk, *touched})
    audit.record(caller, action, memory.ref, **detail)
