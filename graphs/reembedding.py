"""Makes the vectors of the current model for a graph that keeps to another, or lacks some, and then changes it over.

What is missing is told by the rows, so that it goes on where it was killed. It may run beside workers: it computes
outside of transactions, and writes while it holds the graph's row, as they do.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from graphs import embedders, indexing
from graphs.models import Embedding, Episode, Graph, Memory
from memos.projects import audit
from memos.projects.audit import Caller

BATCH = 64


def lacking_episodes(graph_id: UUID) -> QuerySet[Episode]:
    """Those that are indexed and have no vector of the current model."""
    vectors = Embedding.objects.filter(episode=OuterRef("pk"), model=embedders.current().model)
    return Episode.objects.filter(~Exists(vectors), graph=graph_id, indexed_at__isnull=False)


def lacking_memories(graph_id: UUID) -> QuerySet[Memory]:
    vectors = Embedding.objects.filter(memory=OuterRef("pk"), model=embedders.current().model)
    return Memory.objects.filter(~Exists(vectors), graph=graph_id)


def lacking(graph_id: UUID) -> int:
    """How many rows of a graph have no vector of the current model."""
    return lacking_episodes(graph_id).count() + lacking_memories(graph_id).count()


def reembed(graph_id: UUID) -> Iterator[int]:
    """Yield after each batch how many rows it had. At the end search keeps to the new vectors; the others are gone."""
    while not _change_over(graph_id):
        while episodes := list(lacking_episodes(graph_id).defer("tsv")[:BATCH]):
            _save_episodes(graph_id, episodes)
            yield len(episodes)
        while memories := list(lacking_memories(graph_id).defer("tsv")[:BATCH]):
            _save_memories(graph_id, memories)
            yield len(memories)


@transaction.atomic
def _change_over(graph_id: UUID) -> bool:
    """Whether nothing is missing any more, and so search looks for the current model's vectors from now on."""
    graph = _locked(graph_id)
    if graph and lacking(graph_id):
        return False
    if graph:
        _keep_to(graph, embedders.current().model)
    return True


def _keep_to(graph: Graph, model: str) -> None:
    gone, _ = Embedding.objects.filter(graph=graph).exclude(model=model).delete()
    before = graph.embedding_model
    graph.embedding_model = model if Embedding.objects.filter(graph=graph).exists() else ""
    graph.search_version += 1  # the row is locked
    graph.save(update_fields=["embedding_model", "search_version"])
    if gone or graph.embedding_model != before:
        caller = Caller.from_command(graph.project, "reembed")
        audit.record(caller, "graph.reembedded", graph.ref, before=before, after=graph.embedding_model)


def _save_episodes(graph_id: UUID, episodes: list[Episode]) -> None:
    vectors = indexing.embed_episodes(episodes)
    with transaction.atomic():
        _locked(graph_id)
        there = set(Episode.objects.filter(pk__in=[row.pk for row in episodes]).values_list("pk", flat=True))
        Embedding.objects.bulk_create([v for v in vectors if v.episode_id in there], ignore_conflicts=True)


def _save_memories(graph_id: UUID, memories: list[Memory]) -> None:
    """One that was worded anew meanwhile is left for the next round."""
    vectors = indexing.index_memories(memories)
    read = {memory.pk: memory.content for memory in memories}
    with transaction.atomic():
        _locked(graph_id)
        now = dict(Memory.objects.filter(pk__in=read).values_list("pk", "content"))
        same = [v for v in vectors if v.memory_id and now.get(v.memory_id) == read[v.memory_id]]
        Embedding.objects.bulk_create(same, ignore_conflicts=True)


def _locked(graph_id: UUID) -> Graph | None:
    return Graph.objects.select_for_update(no_key=True).filter(pk=graph_id).first()
