"""What goes with what, as a page counts it before it goes. The services in `ingest.erase` say what goes in truth."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from graphs.models import Document, Embedding, Entity, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from ingest.models import IngestJob
from memos.api.models import Answer
from memos.projects.console.shown import Names, names_of
from memos.webhooks.models import Delivery, EventType

Going = dict[Names, QuerySet[Any]]
_OF_A_GRAPH = (
    Memory, MemoryRevision, Entity, Relation, Episode, Document, Source, Mention, Embedding, IngestJob
)  # fmt: skip
_OF_A_MEMORY = (MemoryRevision, Source, Mention, Relation, Embedding)
ALONE = ("memory that rests on it alone", "memories that rest on it alone")
REOPENED = ("memory that it had ended, open again", "memories that it had ended, open again")


def with_graph(graph: Graph) -> Going:
    """All that hangs on a graph, told of it outside, or kept of the answers about it."""
    rows: Going = {names_of(model): model._default_manager.filter(graph=graph) for model in _OF_A_GRAPH}
    told = Delivery.objects.filter(graph_id=graph.pk).exclude(event=EventType.USER_DELETED)
    return rows | {names_of(Delivery): told, names_of(Answer): Answer.objects.filter(graph_id=graph.pk)}


def with_words(graph_id: Any, said: Q) -> Going:
    """All that goes with some episodes; ``said`` says which."""
    episodes = Episode.objects.filter(said, graph=graph_id)
    sources = Source.objects.filter(memory=OuterRef("pk"))
    supports, closes = sources.supporting(), sources.filter(role=Source.Role.CLOSES)
    memories = Memory.objects.filter(graph=graph_id)
    from_them, from_others = (Exists(rows) for rows in (_in(supports, episodes), _out(supports, episodes)))
    ended = memories.filter(Exists(_in(closes, episodes)), ~Exists(_out(closes, episodes)), from_others)
    return {
        names_of(Episode): episodes,
        names_of(Embedding): Embedding.objects.filter(episode__in=episodes),
        ALONE: memories.filter(from_them, ~from_others),
        REOPENED: ended,
    }


def with_memory(memory: Memory) -> Going:
    rows: Going = {names_of(model): model._default_manager.filter(memory=memory) for model in _OF_A_MEMORY}
    return rows | {REOPENED: Memory.objects.filter(invalidated_by=memory)}


def _in(sources: QuerySet[Source], episodes: QuerySet[Episode]) -> QuerySet[Source]:
    return sources.filter(episode__in=episodes)


def _out(sources: QuerySet[Source], episodes: QuerySet[Episode]) -> QuerySet[Source]:
    return sources.exclude(episode__in=episodes)
