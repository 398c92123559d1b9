"""What the API keeps by itself: the answers to requests that may be sent again."""

from datetime import timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone

from memos.projects.models import Record, RecordQuerySet

KEPT_FOR = timedelta(hours=24)


class AnswerQuerySet(RecordQuerySet["Answer"]):
    def expired(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT_FOR)

    def forget(self, *, graph_id: UUID, ref: str) -> None:
        """Keep that a request was done, but not what was answered, where that may speak of what is deleted: a record
        of that id, or what was told of the graph as a whole. Such an answer that is still to come is not kept."""
        told = Q(body__contains=ref) | Q(of_the_whole=True)
        self.filter(told, graph_id=graph_id, status__isnull=False).update(body="")
        self.filter(graph_id=graph_id, status=None).delete()


class Answer(Record):
    """The answer to a request that came with an `Idempotency-Key`, written in the transaction of its work.

    ``fingerprint`` is a SHA-256 of what was asked. ``status`` NULL says that the work goes on. ``body`` is JSON, and
    empty where what it speaks of was deleted since. ``graph_id`` is the graph that the request was about: the answer is
    deleted with it. ``of_the_whole`` is an answer that was made from what the graph holds: a summary, an entity.
    """

    PREFIX = "idm"

    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    graph_id = models.UUIDField(null=True)
    of_the_whole = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("project", "key", name="answer_is_kept_once")]
        indexes = [
            models.Index("graph_id", condition=Q(graph_id__isnull=False), name="answer_by_graph"),
            models.Index("created_at", name="answer_by_time"),
        ]
