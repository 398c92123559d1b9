"""What the API asks of documents: keep one with its job, change what it is called. Deleting is `ingest.erase`'s."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from graphs.models import Document, Graph
from ingest import tasks
from ingest.models import IngestJob
from memos.api.problems import not_found
from memos.projects import audit
from memos.projects.audit import Caller
from users.models import Group, User


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to keep. ``content`` is the text itself or JSON as text; ``created_at`` None means now."""

    type: str
    content: str
    name: str | None = None
    created_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def keep_document(*, caller: Caller, graph: Graph, document: NewDocument) -> IngestJob:
    """Keep a document with its job and the audit entry. It is cut and read by the worker.

    Raises a 404 where the user or the group whose graph it is was deleted meanwhile.
    """
    user = _lock_owner(graph)
    now = timezone.now()
    kept = Document.objects.create(
        project_id=graph.project_id,
        graph=graph,
        type=document.type,
        name=document.name,
        content=document.content,
        metadata=document.metadata,
        created_at=document.created_at or now,
        received_at=now,
    )
    job = IngestJob.objects.create(
        project_id=graph.project_id,
        graph=graph,
        user=user,
        document=kept,
        kind=IngestJob.Kind.DOCUMENT,
        said_at=kept.created_at,
        request_id=caller.request_id,
    )
    audit.record(caller, "document.ingested", kept.ref, type=kept.type, characters=len(kept.content))
    tasks.ring_graph(graph.pk)
    return job


def _lock_owner(graph: Graph) -> User | None:
    """The user whose graph it is, locked as their deletion does it; of a group's graph the group is, and None comes."""
    owners = User.objects if graph.kind == Graph.Kind.USER else Group.objects
    owner = owners.select_for_update(no_key=True).filter(graph=graph).first()
    if owner is None:
        raise not_found("graph", graph.ref)
    return owner if isinstance(owner, User) else None


@transaction.atomic
def update_document(*, caller: Caller, document: Document, **changes: Any) -> None:
    """Change ``name`` or ``metadata``; what was given stays as it is. Raises a 404 where it was deleted meanwhile."""
    if not changes:
        return
    if not Document.objects.filter(pk=document.pk).update(**changes):
        raise not_found("document", document.ref)
    audit.record(caller, "document.updated", document.ref, fields=sorted(changes))
