"""What was done to a person and to what is theirs, as the audit log has it.

The log knows a target by its id alone: what is theirs is looked up first, the newest of each kind, and is then found by
the index on targets. What was done to something that is gone since is in the log, but no more known as theirs.
"""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from graphs.models import Document, Entity, Memory
from ingest.models import IngestJob
from memos.projects.console.shown import MOST, list_of, moment, page_of
from memos.projects.models import AuditEntry
from threads.models import Message, Thread
from users.models import User

NEWEST = 300
"""Ids of each kind that are looked for."""


def audit(request: HttpRequest, owner: Any) -> dict[str, Any]:
    targets = [owner.ref, owner.graph.ref, *_theirs(owner)]
    rows = AuditEntry.objects.filter(project=owner.project_id, target_id__in=targets).order_by("-pk")
    found = list(rows[: MOST + 1])
    entries = [(page_of(row), moment(row.at), row.action, row.target_id, row.actor_label) for row in found[:MOST]]
    told = {"entries": entries, "more_entries": len(found) > MOST, "looked_for": NEWEST}
    return told | {"all_path": list_of(AuditEntry, q=owner.ref), "log_path": list_of(AuditEntry)}


def _theirs(owner: Any) -> Iterator[str]:
    by_graph = (Memory, Entity, Document, IngestJob)
    found: list[Any] = [model._default_manager.filter(graph=owner.graph_id) for model in by_graph]
    if isinstance(owner, User):
        found += [Thread.objects.filter(user=owner), _messages(owner)]
    for rows in found:
        yield from (row.ref for row in rows.order_by("-pk").only("pk")[:NEWEST])


def _messages(user: User) -> Any:
    """Of the threads that are newest: no index has the messages of a user by their age."""
    threads = Thread.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)[:NEWEST]
    return Message.objects.filter(thread__in=list(threads))
