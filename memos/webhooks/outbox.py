"""The outbox: what happened is written for every webhook that wants it, in the very transaction of the change."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from memos import ids
from memos.webhooks import tasks
from memos.webhooks.models import Delivery, EventType, Webhook


@dataclass(frozen=True, slots=True)
class Told:
    """What an event tells: ids and kinds. ``content`` goes only to a webhook that asked for it.

    ``graph_id`` is whose it is, and ``subject_id`` what it speaks of: by these it can be forgotten.
    """

    data: dict[str, Any]
    graph_id: UUID | None = None
    subject_id: UUID | None = None
    content: str | None = None


def emit(project_id: UUID, event: EventType, tell: Callable[[], Iterable[Told]]) -> None:
    """Write a delivery of each event for each webhook that wants it, and ring once this is committed.

    Where none does it costs one look-up, and ``tell`` is not called. Many at once cost no more statements than one.
    """
    webhooks = Webhook.objects.listening(project_id, event)
    if webhooks:
        write(webhooks, event, tell())


def write(webhooks: Collection[Webhook], event: EventType, tell: Iterable[Told]) -> list[Delivery]:
    timestamp = _now()
    made = [
        Delivery(
            project_id=webhook.project_id,
            webhook=webhook,
            event=event,
            event_id=event_id,
            graph_id=told.graph_id,
            subject_id=told.subject_id,
            payload={"type": event.value, "timestamp": timestamp, "data": _data(webhook, told)},
        )
        for told, event_id in ((told, ids.new_id()) for told in tell)
        for webhook in webhooks
    ]
    Delivery.objects.bulk_create(made, batch_size=1000)
    for webhook in webhooks:
        tasks.ring_webhook(webhook.pk)
    return made


def forget_graph(graph_id: UUID) -> None:
    """Delete whatever speaks of a user, or of a group, but that they were deleted."""
    _delete(Q(graph_id=graph_id) & ~Q(event=EventType.USER_DELETED))


def forget_subjects(subject_ids: Collection[UUID]) -> None:
    """Delete whatever speaks of some memories: a payload may hold their words."""
    if subject_ids:
        _delete(Q(subject_id__in=subject_ids))


def forget_names(graph_id: UUID) -> None:
    """Take out the sentences of a graph in which a name stands that was taken back; the events stay."""
    told = Delivery.objects.filter(graph_id=graph_id, payload__data__has_key="content")
    told.update(payload=RawSQL("payload #- '{data,content}'", []))


def _delete(which: Q) -> None:
    """First they are locked: a replay of one that goes on now is waited for, and its copy deleted too."""
    rows = Delivery.objects.filter(which)
    list(rows.select_for_update().values_list("pk", flat=True))
    rows._raw_delete(rows.db)


def _data(webhook: Webhook, told: Told) -> dict[str, Any]:
    shown = webhook.include_content and told.content is not None
    return {**told.data, "content": told.content} if shown else told.data


def _now() -> str:
    return timezone.now().isoformat().replace("+00:00", "Z")
