"""What the API asks of ingestion: keep messages with their jobs, state a memory. Services write rows and ring."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from graphs.indexing import write_memory_text
from graphs.kinds import MemoryKind, Precision
from graphs.models import Entity, Episode, Graph, Memory, MemoryRevision, Source
from graphs.models.memory import SPEAKER
from graphs.sentences import pieces
from ingest import facts, tasks
from ingest.models import IngestJob
from memos import ids
from memos.api.problems import Problem, invalid, not_found
from memos.projects import audit
from memos.projects.audit import Caller
from threads.models import Message, Thread
from users.models import Summary, User

SUMMARY_WAIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to append. ``created_at`` is when it was said; None means now."""

    role: str
    content: str
    name: str | None = None
    created_at: datetime | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Appended:
    messages: list[Message]
    jobs: list[IngestJob]


@transaction.atomic
def append_messages(*, caller: Caller, thread: Thread, messages: Sequence[NewMessage]) -> Appended:
    """Keep the messages with their episodes, a job for each of the user's, and the audit entry: all or none.

    Raises a 404 where the thread was deleted meanwhile.
    """
    cut = [pieces(message.content) for message in messages]  # slow for long ones, so before anything is locked
    thread = _lock(thread)
    kept = _messages(thread, messages)
    jobs = [_job(caller, thread, message) for message in kept if message.role == Message.Role.USER]
    Message.objects.bulk_create(kept)
    Episode.objects.bulk_create(_episodes(thread, kept, cut))
    IngestJob.objects.bulk_create(jobs)
    thread.save(update_fields=["message_count", "next_position", "next_episode"])
    audit.record(caller, "messages.appended", thread.ref, messages=len(kept), jobs=len(jobs))
    tasks.ring_graph(thread.user.graph_id)
    return Appended(kept, jobs)


def _lock(thread: Thread) -> Thread:
    """The user is locked first, as their deletion does too, so that neither waits for the other in a circle."""
    user = _lock_user(thread.user)
    locked = Thread.objects.select_for_update(no_key=True).filter(pk=thread.pk).first()
    if locked is None:
        raise not_found("thread", thread.ref)
    locked.user = user
    return locked


def _messages(thread: Thread, messages: Sequence[NewMessage]) -> list[Message]:
    now = timezone.now()
    first = thread.next_position
    thread.next_position += len(messages)
    thread.message_count += len(messages)
    return [
        Message(
            project_id=thread.project_id,
            thread=thread,
            position=first + offset,
            role=new.role,
            content=new.content,
            name=new.name,
            metadata=new.metadata or {},
            created_at=new.created_at or now,
            received_at=now,
        )
        for offset, new in enumerate(messages)
    ]


def _episodes(thread: Thread, messages: Sequence[Message], cut: Sequence[list[str]]) -> list[Episode]:
    parts = [(message, piece) for message, found in zip(messages, cut, strict=True) for piece in found]
    first = thread.next_episode
    thread.next_episode += len(parts)
    return [
        Episode(
            project_id=thread.project_id,
            graph_id=thread.user.graph_id,
            source_kind=Episode.SourceKind.MESSAGE,
            source_id=message.pk,
            stream=thread.pk,
            position=first + offset,
            role=message.role,
            speaker=message.name or "",
            content=piece,
            said_at=message.created_at,
        )
        for offset, (message, piece) in enumerate(parts)
    ]


def _job(caller: Caller, thread: Thread, message: Message) -> IngestJob:
    return IngestJob(
        project_id=thread.project_id,
        graph_id=thread.user.graph_id,
        user=thread.user,
        thread=thread,
        message=message,
        said_at=message.created_at,
        request_id=caller.request_id,
    )


@transaction.atomic
def state_memory(
    *,
    caller: Caller,
    graph: Graph,
    content: str,
    kind: str = MemoryKind.FACT,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    metadata: dict[str, Any] | None = None,
) -> Memory:
    """Keep a fact that a caller states; one that is believed already gains a source and takes over what was given.

    Raises a 400 where the span would run into another one of the same fact.
    """
    graph = Graph.objects.select_for_update(no_key=True).get(pk=graph.pk)
    content = content.replace(SPEAKER, " ")  # it would be read as the name of whom the memory is about
    episode = _statement(graph, content)
    stated = Memory(
        project_id=graph.project_id,
        graph=graph,
        about=Entity.objects.filter(graph=graph, is_subject=True).first(),
        content=content,
        kind=kind,
        said_at=episode.said_at,
        valid_from=valid_from,
        valid_to=valid_to,
        valid_precision=Precision.DAY if valid_from or valid_to else None,
        digest=facts.digest(content, None, valid_from if kind in facts.DATED else None),
        metadata=metadata or {},
    )
    memory = facts.believed_twin(stated)
    if memory is None:
        memory = stated
        memory.save()
        write_memory_text([memory])
    else:
        _restate(memory, stated)
    Source.objects.create(project_id=graph.project_id, graph=graph, memory=memory, episode=episode)
    facts.bump(graph)
    audit.record(caller, "memory.stated", memory.ref)
    tasks.ring_graph(graph.pk)
    return memory


def _restate(memory: Memory, stated: Memory) -> None:
    """Take over what was given of a fact that is believed already; its earlier state is kept."""
    given = {name: getattr(stated, name) for name in ("valid_from", "valid_to", "valid_precision", "metadata")}
    changed = {name: value for name, value in given.items() if value and value != getattr(memory, name)}
    if stated.kind not in (MemoryKind.FACT, memory.kind):
        changed["kind"] = stated.kind
    if not changed:
        return
    facts.keep_revision(memory, MemoryRevision.ChangedBy.API, "stated again")
    for name, value in changed.items():
        setattr(memory, name, value)
    try:
        with transaction.atomic():
            memory.save(update_fields=[*changed, "recorded_at"])
    except IntegrityError:
        raise invalid("validTo", "The span runs into another one for which this fact is known.") from None


def _statement(graph: Graph, content: str) -> Episode:
    key: UUID = ids.new_id()
    return Episode.objects.create(
        pk=key,
        project_id=graph.project_id,
        graph=graph,
        source_kind=Episode.SourceKind.STATEMENT,
        source_id=key,
        stream=key,
        position=0,
        content=content,
        said_at=timezone.now(),
    )


@dataclass(frozen=True, slots=True)
class Regenerated:
    """``generated`` is False where no memory had changed since the last one, and nothing was computed."""

    generated: bool
    text: str
    memory_count: int


def regenerate_summary(*, user: User, force: bool) -> Regenerated:
    """Ring the task that makes summaries and wait for it.

    Raises 503 ``SUMMARY_PENDING`` after 30 s, and a 404 where the user is deleted meanwhile.
    """
    summary = Summary.objects.filter(user=user).first()
    if summary and summary.generated_at and summary.graph_version == user.graph.version and not force:
        return Regenerated(False, summary.text, summary.memory_count)
    made = _wait_for_summary(user, _ask_for_summary(user))
    return Regenerated(True, made.text, made.memory_count)


@transaction.atomic
def _ask_for_summary(user: User) -> datetime:
    _lock_user(user)
    asked = timezone.now()
    Summary.objects.update_or_create(user=user, defaults={"project_id": user.project_id, "requested_at": asked})
    tasks.ring_summary(user.pk)
    return asked


def _wait_for_summary(user: User, asked: datetime) -> Summary:
    deadline = time.monotonic() + SUMMARY_WAIT_SECONDS
    while time.monotonic() < deadline:
        summary = Summary.objects.filter(user=user).first()
        if summary is None:
            raise not_found("user", user.ref)
        if summary.generated_at and summary.generated_at >= asked:
            return summary
        time.sleep(0.1)
    detail = "The summary is being made: ask again in a moment."
    raise Problem(503, "SUMMARY_PENDING", detail, headers={"Retry-After": "10"})


def _lock_user(user: User) -> User:
    """Whoever writes under a user locks them, as their deletion does. Raises a 404 where they are gone."""
    locked = User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    if locked is None:
        raise not_found("user", user.ref)
    return locked
