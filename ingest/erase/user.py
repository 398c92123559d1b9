"""A whole user goes by a few statements over sets, not row by row."""

from django.db import models, transaction

from graphs.models import Document, Embedding, Entity, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from ingest.erase.rows import delete
from ingest.models import IngestJob
from memos.api.problems import not_found
from memos.projects import audit
from memos.projects.audit import Caller
from threads.models import Message, Thread
from users.models import Summary, User

_OF_A_GRAPH: tuple[type[models.Model], ...] = (
    IngestJob, Embedding, Mention, Relation, Source, MemoryRevision, Memory, Entity, Episode, Document
)  # fmt: skip


@transaction.atomic
def erase_user(*, caller: Caller, user: User) -> None:
    """Delete a user with everything that is kept about them; a job that is running writes nothing afterwards.

    Raises a 404 where somebody else was faster.
    """
    locked = User.objects.select_for_update().filter(pk=user.pk).first()
    if locked is None:
        raise not_found("user", user.ref)
    Graph.objects.select_for_update().get(pk=locked.graph_id)  # waits for the job that is being written
    counts = _delete_graph_rows(locked.graph_id)
    counts["message"] = delete(Message.objects.filter(thread__user=locked))
    counts["thread"] = delete(Thread.objects.filter(user=locked))
    delete(Summary.objects.filter(user=locked))
    delete(User.objects.filter(pk=locked.pk))
    delete(Graph.objects.filter(pk=locked.graph_id))
    audit.record(caller, "user.deleted", user.ref, rows=counts)


def _delete_graph_rows(graph_id: object) -> dict[str, int]:
    rows = ((model, model._default_manager.filter(graph=graph_id)) for model in _OF_A_GRAPH)
    return {model._meta.model_name or "": delete(found) for model, found in rows}
