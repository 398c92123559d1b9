"""What webhooks are told of ingestion: ids and kinds. Personal data does not leave by itself; who wants it asks."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from graphs.models import Memory
from graphs.render import sentence
from ingest.models import IngestJob
from memos import ids
from memos.webhooks import outbox
from memos.webhooks.models import EventType
from memos.webhooks.outbox import Told
from users.models import Group, User


def jobs_ended(jobs: Sequence[IngestJob]) -> None:
    """Tell of those that are done or have failed, in the transaction in which they ended."""
    ends = {IngestJob.Status.DONE: EventType.JOB_DONE, IngestJob.Status.FAILED: EventType.JOB_FAILED}
    for status, event in ends.items():
        ended = [job for job in jobs if job.status == status]
        if ended:
            outbox.emit(ended[0].project_id, event, partial(map, _of_job, ended))


def memories_created(memories: Sequence[Memory]) -> None:
    """Tell of new memories of one graph."""
    if memories:
        outbox.emit(memories[0].project_id, EventType.MEMORY_CREATED, lambda: _of_memories(memories))


def memory_invalidated(memory: Memory) -> None:
    """Tell that a memory has been given an end, or was retired, and by which memory, where it was one."""
    told = {
        "reason": "retired" if memory.retired_at else "ended",
        "invalidatedBy": _ref("mem", memory.invalidated_by_id),
    }
    outbox.emit(memory.project_id, EventType.MEMORY_INVALIDATED, lambda: _of_memories([memory], **told))


def owner_deleted(owner: User | Group) -> None:
    """Tell that a user is gone, and forget what was to be told of them, or of a group, before.

    In this order: whoever deletes a webhook holds it and then its deliveries, too.
    """
    if isinstance(owner, User):
        data = {"userId": owner.ref, "graphId": ids.encode("grph", owner.graph_id)}
        outbox.emit(owner.project_id, EventType.USER_DELETED, lambda: [Told(data, owner.graph_id, owner.pk)])
    outbox.forget_graph(owner.graph_id)


def _of_job(job: IngestJob) -> Told:
    data: dict[str, Any] = {
        "jobId": job.ref,
        "kind": job.kind,
        "userId": _ref("usr", job.user_id),
        "graphId": _ref("grph", job.graph_id),
        "threadId": _ref("thr", job.thread_id),
        "messageId": _ref("msg", job.message_id),
        "documentId": _ref("doc", job.document_id),
    }
    if job.status == IngestJob.Status.FAILED:
        return Told({**data, "error": {"code": job.error_code}}, job.graph_id, job.pk)
    return Told({**data, "written": job.written}, job.graph_id, job.pk)


def _of_memories(memories: Sequence[Memory], **more: Any) -> list[Told]:
    """They are of one graph."""
    user = User.objects.filter(graph=memories[0].graph_id).values_list("pk", flat=True).first()
    return [
        Told(
            {
                "memoryId": memory.ref,
                "kind": memory.kind,
                "userId": _ref("usr", user),
                "graphId": _ref("grph", memory.graph_id),
                **more,
            },
            memory.graph_id,
            memory.pk,
            sentence(memory),
        )
        for memory in memories
    ]


def _ref(prefix: str, key: UUID | None) -> str | None:
    return ids.encode(prefix, key) if key else None
