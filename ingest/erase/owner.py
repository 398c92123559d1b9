"""A whole user, or a whole group, goes by a few statements over sets, not row by row."""

from collections.abc import Sequence

from django.db import models, transaction
from django.db.models import QuerySet

from graphs.models import (
    Document,
    Embedding,
    Entity,
    EntityRevision,
    Episode,
    Graph,
    Memory,
    MemoryRevision,
    Mention,
    Relation,
    Source,
)
from ingest import events
from ingest.erase.rows import delete
from ingest.models import IngestJob
from memos.api.models import Answer
from memos.api.problems import Problem, not_found
from memos.projects import audit
from memos.projects.audit import Caller
from threads.models import Message, Thread
from users.models import Group, Summary, User
from users.services import group_not_found

_OF_A_GRAPH: tuple[type[models.Model], ...] = (
    IngestJob, Document, Embedding, Mention, Relation, Source, MemoryRevision, Memory, Entity,
    EntityRevision, Episode,
)  # fmt: skip


@transaction.atomic
def erase_user(*, caller: Caller, user: User) -> None:
    """Delete a user with everything that is kept about them; a job that is running writes nothing afterwards.

    Raises a 404 where somebody else was faster.
    """
    theirs = (
        Message.objects.filter(thread__user=user.pk),
        Thread.objects.filter(user=user.pk),
        Summary.objects.filter(user=user.pk),
    )
    _erase(caller, user, not_found("user", user.ref), theirs)


@transaction.atomic
def erase_group(*, caller: Caller, group: Group) -> None:
    """As a user, with all that its graph knows. Raises a 404 ``GROUP_NOT_FOUND`` where somebody else was faster."""
    _erase(caller, group, group_not_found(group.name))


def _erase(caller: Caller, owner: User | Group, gone: Problem, rest: Sequence[QuerySet[models.Model]] = ()) -> None:
    """The owner is locked first, as everybody does who writes under one, and ``rest`` hangs on the owner alone."""
    owners = type(owner)._default_manager.filter(pk=owner.pk)
    if not owners.select_for_update().exists():
        raise gone
    graph = Graph.objects.select_for_update().get(pk=owner.graph_id)  # waits for the job that is being written
    found = [*(model._default_manager.filter(graph=graph) for model in _OF_A_GRAPH), *rest]
    counts = {rows.model._meta.model_name: delete(rows) for rows in found}
    delete(owners)
    delete(Graph.objects.filter(pk=graph.pk))
    delete(Answer.objects.filter(graph_id=graph.pk))
    events.owner_deleted(owner)
    audit.record(caller, f"{owner._meta.model_name}.deleted", owner.ref, rows=counts)
