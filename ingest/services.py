"""What the API asks of ingestion: keep messages with their jobs, make a summary. Services write rows and ring."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from graphs.models import Episode
from graphs.sentences import pieces
from ingest import tasks
from ingest.models import IngestJob
from memos.api.problems import Problem, not_found
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


@dataclass(frozen=True, slots=True)
class Regenerated:
    """``generated`` is False where no memory had changed since the last one, and nothing was computed."""

    generated: bool
    text: str
    memory_count: int


def regenerate_summary(*, caller: Caller, user: User, force: bool) -> Regenerated:
    """Ring the task that makes summaries and wait for it.

    Raises 503 ``SUMMARY_PENDING`` after 30 s, and a 404 where the user is deleted meanwhile.
    """
    summary = Summary.objects.filter(user=user).first()
    if summary and summary.generated_at and summary.graph_version == user.graph.version and not force:
        return Regenerated(False, summary.text, summary.memory_count)
    made = _wait_for_summary(user, _ask_for_summary(caller, user))
    return Regenerated(True, made.text, made.memory_count)


@transaction.atomic
def _ask_for_summary(caller: Caller, user: User) -> datetime:
    _lock_user(user)
    asked = timezone.now()
    Summary.objects.update_or_create(user=user, defaults={"project_id": user.project_id, "requested_at": asked})
    audit.record(caller, "summary.requested", user.ref)
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
