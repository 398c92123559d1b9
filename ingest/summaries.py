"""When a user's short biography is made, and how it is kept. What it says is in `ingest.biography`."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from graphs.models import Graph, Memory
from graphs.models.graph import SUMMARY_DUE
from ingest.biography.compose import compose
from users.models import Summary, User


def due_users(graph_id: UUID) -> list[UUID]:
    """The user of a graph, where the summary is missing, may say what has ended, or enough has changed since."""
    due = Graph.objects.filter(SUMMARY_DUE, pk=graph_id)
    return list(User.objects.filter(graph__in=due).values_list("pk", flat=True))


ATTEMPTS = 3
"""How often a summary is begun anew because what it rests on went or changed meanwhile."""


def summarise(user_id: UUID) -> None:
    """Make the summary of a user; nothing where the user is gone."""
    for _ in range(ATTEMPTS):
        if _summarise(user_id):
            return


def _summarise(user_id: UUID) -> bool:
    """False where a memory that it rests on was deleted or changed while it was made: no such text is kept."""
    user = User.objects.select_related("graph").filter(pk=user_id).first()
    if user is None:
        return True
    started, version = timezone.now(), user.graph.version
    text, used = compose(user.graph)
    count = Memory.objects.holding().filter(graph=user.graph).count()
    with transaction.atomic():
        if not User.objects.select_for_update(no_key=True).filter(pk=user_id).exists():
            return True
        if Memory.objects.filter(pk__in=used, recorded_at__lte=started).count() < len(set(used)):
            return False
        values = {
            "text": text,
            "memory_ids": used,
            "memory_count": count,
            "graph_version": version,
            "generated_at": started,
        }
        Summary.objects.update_or_create(user=user, defaults={"project_id": user.project_id, **values})
        Graph.objects.filter(pk=user.graph_id, version=version).update(summarised_version=version)
    return True
