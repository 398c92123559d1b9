"""Facts that a caller states, instead of having them read from messages."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from graphs.indexing import write_memory_text
from graphs.kinds import MemoryKind, Precision
from graphs.models import Entity, Episode, Graph, Memory, MemoryRevision, Source
from graphs.models.memory import SPEAKER
from ingest import events, facts, tasks
from ingest.facts import Change
from memos import ids
from memos.api.problems import invalid, not_found
from memos.projects import audit
from memos.projects.audit import Caller


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact as a caller puts it. ``said_at`` is when it was said or learned; None means now.

    ``stream`` is given for what must not be stated twice: no graph has two statements of one stream.
    """

    content: str
    kind: str = MemoryKind.FACT
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    said_at: datetime | None = None
    stream: UUID | None = None


@transaction.atomic
def state_memory(*, caller: Caller, graph: Graph, statement: Statement) -> Memory:
    """Keep a fact that a caller states; one that is believed already gains a source and takes over what was given.

    Raises a 400 where the span would run into another one of the same fact, a 404 where the graph is gone meanwhile,
    and IntegrityError where its stream has been stated.
    """
    locked = Graph.objects.select_for_update(no_key=True).filter(pk=graph.pk).first()
    if locked is None:
        raise not_found("graph", graph.ref)
    graph = locked
    stated = _unsaved(graph, statement)
    words = statement.content.replace(SPEAKER, " ")  # as they came: a name that we know is not the caller's
    episode = statement_of(stated, words, stated.said_at, statement.stream)
    memory = facts.believed_twin(stated)
    if memory is None:
        memory = stated
        memory.save()
        write_memory_text([memory])
        events.memories_created([memory])
    else:
        _restate(memory, stated, episode)
    support(memory, episode, facts.stated_by(stated))
    facts.bump(graph)
    audit.record(caller, "memory.stated", memory.ref)
    tasks.ring_graph(graph.pk)
    return memory


def _unsaved(graph: Graph, statement: Statement) -> Memory:
    subject = Entity.objects.filter(graph=graph, is_subject=True).first()
    memory = Memory(
        project_id=graph.project_id,
        graph=graph,
        about=subject,
        content=facts.spoken_of(subject, statement.content),
        kind=statement.kind,
        said_at=statement.said_at or timezone.now(),
        valid_from=statement.valid_from,
        valid_to=statement.valid_to,
        valid_precision=precision_of(statement.valid_from, statement.valid_to),
        metadata=statement.metadata,
    )
    memory.digest = facts.digest_of(memory)
    return memory


def _restate(memory: Memory, stated: Memory, episode: Episode) -> None:
    """Take over what was given of a fact that is believed already; its earlier state is kept."""
    given = {name: getattr(stated, name) for name in ("valid_from", "valid_to", "valid_precision", "metadata")}
    changed = {name: value for name, value in given.items() if value and value != getattr(memory, name)}
    if stated.kind not in (MemoryKind.FACT, memory.kind):
        changed["kind"] = stated.kind
    if not changed:
        return
    try:
        with transaction.atomic():
            facts.change(memory, Change(MemoryRevision.ChangedBy.API, "stated again", episode), **changed)
    except IntegrityError:
        raise invalid("validTo", "The span runs into another one for which this fact is known.") from None


def precision_of(*moments: datetime | None) -> str | None:
    """A day, unless a time of the day was given."""
    given = [moment for moment in moments if moment]
    if not given:
        return None
    return Precision.DAY if all(moment.time() == time.min for moment in given) else Precision.TIME


def statement_of(memory: Memory, text: str, said_at: datetime, stream: UUID | None = None) -> Episode:
    """The episode that is the source of what a caller says of a memory: its sentence, in a stream of its own."""
    key: UUID = ids.new_id()
    return Episode.objects.create(
        pk=key,
        project_id=memory.project_id,
        graph_id=memory.graph_id,
        source_kind=Episode.SourceKind.STATEMENT,
        source_id=key,
        stream=stream or key,
        position=0,
        content=text,
        said_at=said_at,
    )


def support(
    memory: Memory,
    episode: Episode,
    stated: dict[str, Any],
    *,
    at: datetime | None = None,
    role: str = Source.Role.SUPPORTS,
) -> None:
    """``at`` is since when it rests on it; None means now."""
    owner = {"project_id": memory.project_id, "graph_id": memory.graph_id, "memory": memory}
    Source.objects.create(**owner, episode=episode, stated=stated, role=role, recorded_at=at or timezone.now())
