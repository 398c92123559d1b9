"""What the API asks of ingestion: keep messages with their jobs, make a summary. Services write rows and ring."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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
    external_id: str | None = None
    metadata: dict[str, Any] | None = None

    def differs_from(self, message: Message) -> list[str]:
        """The fields that say something else, by their names in the API. Who gives no time means no other one."""
        mine = (self.role, self.content, self.name, self.created_at or message.created_at)
        theirs = (message.role, message.content, message.name, message.created_at)
        names = ("role", "content", "name", "createdAt")
        return [name for name, one, other in zip(names, mine, theirs, strict=True) if one != other]


@dataclass(frozen=True, slots=True)
class Appended:
    """A message for each that was given, and the jobs of those that have one, each once."""

    messages: list[Message]
    jobs: list[IngestJob]


@transaction.atomic
def append_messages(*, caller: Caller, thread: Thread, messages: Sequence[NewMessage]) -> Appended:
    """Keep the messages with their episodes, a job for each of the user's, and the audit entry: all or none.

    One whose external id the thread knows is answered with the first one; with other content that is a 409
    ``MESSAGE_EXISTS``. Raises a 404 where the thread was deleted meanwhile.
    """
    cut = [pieces(message.content) for message in messages]  # slow for long ones, so before anything is locked
    thread = _lock(thread)
    answered = _messages(thread, messages)
    told = list(dict.fromkeys(answered))
    new = [message for message in told if message._state.adding]
    if new:
        _append(caller, thread, new, dict(zip((message.pk for message in answered), cut, strict=True)))
    return Appended(answered, [one.job for one in told if one.role == Message.Role.USER and hasattr(one, "job")])


def _append(caller: Caller, thread: Thread, new: Sequence[Message], cut: Mapping[UUID, list[str]]) -> None:
    jobs = [_job(caller, thread, message) for message in new if message.role == Message.Role.USER]
    episodes = _episodes(thread, new, cut)
    Message.objects.bulk_create(new)
    Episode.objects.bulk_create(episodes)
    IngestJob.objects.bulk_create(jobs)
    thread.save(update_fields=["message_count", "next_position", "next_episode"])
    audit.record(caller, "messages.appended", thread.ref, messages=len(new), jobs=len(jobs))
    tasks.ring_graph(thread.user.graph_id)


def _lock(thread: Thread) -> Thread:
    """The user is locked first, as their deletion does too, so that neither waits for the other in a circle."""
    user = _lock_user(thread.user)
    locked = Thread.objects.select_for_update(no_key=True).filter(pk=thread.pk).first()
    if locked is None:
        raise not_found("thread", thread.ref)
    locked.user = user
    return locked


def _messages(thread: Thread, messages: Sequence[NewMessage]) -> list[Message]:
    """Those that are kept already, and the others, unsaved, in the order given. The thread must be locked."""
    now = timezone.now()
    known = _known(thread, messages)
    answered = []
    for place, given in enumerate(messages):
        message = known.get(given.external_id) or _message(thread, given, now)
        if given.external_id is not None:
            known[given.external_id] = message
            _refuse_another(message, given, f"messages[{place}]: " if len(messages) > 1 else "")
        answered.append(message)
    return answered


def _known(thread: Thread, messages: Sequence[NewMessage]) -> dict[str | None, Message]:
    """What the thread has under the external ids that are given, with the jobs."""
    wanted = {message.external_id for message in messages} - {None}
    rows = Message.objects.filter(thread=thread, external_id__in=wanted).select_related("job")
    return {message.external_id: message for message in rows} if wanted else {}


def _refuse_another(message: Message, given: NewMessage, where: str) -> None:
    """Raises 409 ``MESSAGE_EXISTS``, with the id of the first one where that is kept already."""
    others = given.differs_from(message)
    if others:
        detail = f"{where}A message with externalId {given.external_id!r} exists with another {' and '.join(others)}."
        known: dict[str, Any] = {} if message._state.adding else {"id": message.ref}
        raise Problem(409, "MESSAGE_EXISTS", detail, **known)


def _message(thread: Thread, new: NewMessage, now: datetime) -> Message:
    """The next message of a thread, unsaved."""
    place = thread.next_position
    thread.next_position += 1
    thread.message_count += 1
    return Message(
        project_id=thread.project_id,
        thread=thread,
        position=place,
        role=new.role,
        content=new.content,
        name=new.name,
        external_id=new.external_id,
        metadata=new.metadata or {},
        created_at=new.created_at or now,
        received_at=now,
    )


def _episodes(thread: Thread, messages: Sequence[Message], cut: Mapping[UUID, list[str]]) -> list[Episode]:
    parts = [(message, piece) for message in messages for piece in cut[message.pk]]
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
    made = _wait_for_summary(user, ask_for_summary(caller=caller, user=user))
    return Regenerated(True, made.text, made.memory_count)


@transaction.atomic
def ask_for_summary(*, caller: Caller, user: User) -> datetime:
    """Have the worker make a new summary; it is there once ``generated_at`` is not before the time that is returned.

    Raises a 404 where the user was deleted meanwhile.
    """
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
