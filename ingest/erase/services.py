"""Deletes a memory, a message, a thread or a document, with all that rests on it alone, in one transaction with its
audit entry.

What has another source stays; what had been ended by it is open again. A job that is running writes nothing of it
afterwards. A memory that was deleted by hand does not come back: its message was read once, and nothing reads it again;
whoever says it anew makes it known anew.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from graphs.models import Document, Episode, Graph, Memory
from ingest import attempts, lease, tasks
from ingest.erase import beliefs, rows
from ingest.erase.losses import loss
from ingest.models import IngestJob
from memos.api.models import Answer
from memos.api.problems import not_found
from memos.projects import audit
from memos.projects.audit import Caller
from threads.models import Message, Thread
from users.models import User


@transaction.atomic
def delete_message(*, caller: Caller, message: Message) -> None:
    """Raises a 404 where somebody else was faster. The places of the others in the thread never change."""
    thread = message.thread
    graph = lock_graph(thread.user.graph_id)
    Thread.objects.select_for_update(no_key=True).filter(pk=thread.pk).first()
    rows.delete(IngestJob.objects.filter(message=message))
    counts = _forget(graph, Episode.objects.filter(graph=graph, source_id=message.pk))
    if not rows.delete(Message.objects.filter(pk=message.pk)):
        raise not_found("message", message.ref)
    Thread.objects.filter(pk=thread.pk).update(message_count=F("message_count") - 1)
    Answer.objects.forget(graph_id=graph.pk, ref=message.ref)
    audit.record(caller, "message.deleted", message.ref, **counts)


@transaction.atomic
def delete_thread(*, caller: Caller, thread: Thread) -> None:
    """Raises a 404 where somebody else was faster."""
    graph = lock_graph(thread.user.graph_id)
    if not Thread.objects.select_for_update().filter(pk=thread.pk).exists():
        raise not_found("thread", thread.ref)
    rows.delete(IngestJob.objects.filter(thread=thread))
    counts = _forget(graph, Episode.objects.filter(graph=graph, stream=thread.pk))
    counts["messages"] = rows.delete(Message.objects.filter(thread=thread))
    rows.delete(Thread.objects.filter(pk=thread.pk))
    Answer.objects.forget(graph_id=graph.pk, ref=thread.ref)
    audit.record(caller, "thread.deleted", thread.ref, **counts)


@transaction.atomic
def delete_document(*, caller: Caller, document: Document) -> None:
    """Raises a 404 where somebody else was faster. What had been read of it so far goes, and nothing more is read."""
    graph = lock_graph(document.graph_id)
    rows.delete(IngestJob.objects.filter(document=document))
    counts = _forget(graph, Episode.objects.filter(graph=graph, source_id=document.pk))
    if not rows.delete(Document.objects.filter(pk=document.pk)):
        raise not_found("document", document.ref)
    Answer.objects.forget(graph_id=graph.pk, ref=document.ref)
    audit.record(caller, "document.deleted", document.ref, **counts)


@transaction.atomic
def delete_memory(*, caller: Caller, memory: Memory) -> None:
    """Raises a 404 where somebody else was faster. What was said stays, and can be recalled word for word."""
    graph = lock_graph(memory.graph_id)
    if not Memory.objects.filter(pk=memory.pk).exists():
        raise not_found("memory", memory.ref)
    counts = _forget(graph, Episode.objects.none(), memory)
    Answer.objects.forget(graph_id=graph.pk, ref=memory.ref)
    audit.record(caller, "memory.deleted", memory.ref, **counts)


def lock_graph(graph_id: UUID) -> Graph:
    """A graph that nobody else writes to until the end of the transaction; its user first, as everybody does."""
    list(User.objects.select_for_update(no_key=True).filter(graph=graph_id))
    graph = Graph.objects.select_for_update().filter(pk=graph_id).first()
    if graph is None:
        raise not_found("graph", "")
    return graph


def stop_work(graph: Graph) -> None:
    """Whoever works on a graph writes nothing more; what they had begun is due again, as if they had not.

    Who let their lease run out may still be alive, and could write as long as nobody took it after them. They are
    stopped too, and what they had begun is counted as it is for the dead.
    """
    if graph.lease_until:
        lease.revoke(graph)
    if graph.lease_until and graph.lease_until > timezone.now():
        begun = IngestJob.objects.filter(graph=graph, status=IngestJob.Status.RUNNING)
        begun.update(
            status=IngestJob.Status.QUEUED,
            attempts=Greatest(F("attempts") - 1, 0),
            history=attempts.interrupted(timezone.now()),
        )
    tasks.ring_graph(graph.pk)


def _forget(graph: Graph, episodes: QuerySet[Episode], *memories: Memory) -> dict[str, int]:
    stop_work(graph)
    lost = loss(graph, episodes, [memory.pk for memory in memories])
    return rows.forget(lost, beliefs.without(lost))
