"""Everything that the database holds of a graph, by content: without keys and without the moments of the clock."""

from typing import Any

from graphs.models import Document, Embedding, Entity, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from ingest.models import IngestJob
from threads.models import Message

State = dict[str, list[Any]]


def state_of(graph: Graph) -> State:
    memories = {memory.pk: _memory(memory) for memory in Memory.objects.filter(graph=graph).select_related("about")}
    named: dict[Any, Any] = {
        "messages": _messages(graph),
        "documents": list(Document.objects.filter(graph=graph).values_list("content", "type", "created_at", "pieces")),
        "jobs": list(IngestJob.objects.filter(graph=graph).values_list(*JOB)),
        "episodes": list(Episode.objects.filter(graph=graph).values_list("content", "said_at", "role", "tsv")),
        "memories": [(*memories[row.pk], _of(memories, row.invalidated_by_id)) for row in _all(Memory, graph)],
        "revisions": _revisions(graph, memories),
        "sources": _sources(graph, memories),
        "mentions": [(memories[row.memory_id], row.entity.name, row.names) for row in _all(Mention, graph, "entity")],
        "relations": [
            (memories[row.memory_id], row.subject.name, row.predicate, row.object.name)
            for row in _all(Relation, graph, "subject", "object")
        ],
        "entities": list(Entity.objects.filter(graph=graph).values_list(*ENTITY)),
        "embeddings": [
            (_of(memories, row.memory_id), row.episode and row.episode.content, row.model, _beginning(row))
            for row in _all(Embedding, graph, "episode")
        ],
    }
    return {name: sorted(rows, key=repr) for name, rows in named.items()}


JOB = ("message__content", "document__content", "status", "position")
ENTITY = ("name", "key", "type", "aliases", "names", "is_subject", "summary")


def _all(model: Any, graph: Graph, *related: str) -> Any:
    rows = model.objects.filter(graph=graph)
    return rows.select_related(*related) if related else rows


def _of(memories: dict[Any, Any], key: Any) -> Any:
    return memories[key] if key else None


def _memory(memory: Memory) -> tuple[Any, ...]:
    span = (memory.valid_from, memory.valid_to, memory.valid_precision, memory.retired_at)
    about = memory.about.name if memory.about else None
    return (memory.content, memory.kind, memory.said_at, *span, str(memory.ends), memory.confidence, about, memory.tsv)


def _revisions(graph: Graph, memories: dict[Any, Any]) -> list[Any]:
    rows = _all(MemoryRevision, graph, "cause")
    return [
        (memories[r.memory_id], r.content, r.valid_from, r.valid_to, _of(memories, r.invalidated_by_id), r.changed_by,
         r.reason, r.cause and r.cause.content)
        for r in rows
    ]  # fmt: skip


def _sources(graph: Graph, memories: dict[Any, Any]) -> list[Any]:
    rows = _all(Source, graph, "episode")
    return [(memories[r.memory_id], r.episode.content, r.episode.said_at, r.role, str(r.stated)) for r in rows]


def _beginning(row: Embedding) -> list[float]:
    return [round(float(number), 3) for number in row.vector[:4]]


def difference(one: State, two: State) -> dict[str, Any]:
    """What stands in one of them only, by table."""
    return {name: ([r for r in one[name] if r not in two[name]], [r for r in two[name] if r not in one[name]])
            for name in one if one[name] != two[name]}  # fmt: skip


def _messages(graph: Graph) -> list[Any]:
    rows = Message.objects.filter(thread__user__graph=graph)
    return list(rows.values_list("content", "role", "created_at", "name"))
