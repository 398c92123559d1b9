"""Whom to tell, and what there is to tell them: a delivery's row is the queue, and Celery only rings."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from memos.projects.models import Record, RecordQuerySet

GRACE = timedelta(hours=24)
"""How long the secret before the last rotation signs too."""


class EventType(models.TextChoices):
    JOB_DONE = "job.done", "job.done"
    JOB_FAILED = "job.failed", "job.failed"
    MEMORY_CREATED = "memory.created", "memory.created"
    MEMORY_INVALIDATED = "memory.invalidated", "memory.invalidated"
    USER_DELETED = "user.deleted", "user.deleted"
    TEST = "webhook.test", "webhook.test"


KNOWN_EVENTS = [event.value for event in EventType if event is not EventType.TEST]
"""What a webhook can ask for; a test comes when somebody wants one."""
WANTED = [(event, event) for event in KNOWN_EVENTS]

_LISTENING = """
    SELECT * FROM webhooks_webhook
    WHERE project_id = %s AND enabled AND (events = '{}' OR %s = ANY(events))
    ORDER BY id FOR KEY SHARE
"""


class WebhookQuerySet(RecordQuerySet["Webhook"]):
    def listening(self, project_id: UUID, event: EventType) -> list["Webhook"]:
        """Those that want the event. None of them can be deleted before the transaction ends, so that what is written
        for them has its webhook; Django has no word for a lock that lets others hold and change the row meanwhile."""
        return list(self.raw(_LISTENING, [project_id, event.value]))

    def free(self) -> Self:
        """Nobody delivers to them right now."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=timezone.now()), enabled=True)

    def with_due(self) -> Self:
        return self.filter(Exists(Delivery.objects.due().filter(webhook=OuterRef("pk"))))


class Webhook(Record):
    """An address that wants to be told. No ``events`` means all of them.

    The secret is derived from the pepper, the id and ``secret_generation``, and kept nowhere. ``lease_until`` keeps a
    second courier away while one delivers.
    """

    PREFIX = "whk"

    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=500, blank=True)
    events = ArrayField(models.CharField(max_length=20, choices=EventType.choices), default=list, blank=True)
    include_content = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    secret_generation = models.PositiveIntegerField(default=1, editable=False)
    pepper_id = models.CharField(max_length=20, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    old_pepper_id = models.CharField(max_length=20, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(events__contained_by=KNOWN_EVENTS), name="webhook_events_are_known"),
            models.CheckConstraint(
                condition=Q(rotated_at=None, secret_generation=1)
                | Q(rotated_at__isnull=False, secret_generation__gt=1),
                name="webhook_rotation_is_dated",
            ),
        ]
        indexes = [models.Index(F("project"), F("id").desc(), name="webhook_by_project")]

    @property
    def old_secret_ends_at(self) -> datetime | None:
        """Until when the secret before the last rotation signs too; None when it does not any more."""
        end = self.rotated_at + GRACE if self.rotated_at else None
        return end if end and end > timezone.now() else None


class DeliveryQuerySet(RecordQuerySet["Delivery"]):
    def due(self) -> Self:
        return self.filter(status=Delivery.Status.QUEUED, run_after__lte=timezone.now())


class Delivery(Record):
    """One event for one webhook, written in the transaction of what it tells of.

    ``event_id`` is the same for every webhook, retry and replay. ``graph_id`` and ``subject_id`` say of whom and of
    what the payload speaks, so that it is forgotten with them; they are no foreign keys: some outlive what they name.
    """

    PREFIX = "whd"
    EVENT_PREFIX = "evt"

    class Status(models.TextChoices):
        QUEUED = "queued"
        DELIVERED = "delivered"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.CharField(max_length=20, choices=EventType.choices)
    event_id = models.UUIDField(editable=False)
    graph_id = models.UUIDField(null=True, editable=False)
    subject_id = models.UUIDField(null=True, editable=False)
    payload = models.JSONField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField(default=timezone.now)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    response_excerpt = models.TextField(blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="queued", finished_at=None)
                | Q(status__in=["delivered", "failed"], finished_at__isnull=False),
                name="delivery_waits_or_is_finished",
            ),
        ]
        indexes = [
            models.Index("webhook", "run_after", condition=Q(status="queued"), name="delivery_due"),
            models.Index("webhook", F("id").desc(), name="delivery_by_webhook"),
            models.Index("webhook", F("id").desc(), condition=Q(status="failed"), name="delivery_failed"),
            models.Index("graph_id", condition=Q(graph_id__isnull=False), name="delivery_by_graph"),
            models.Index("subject_id", condition=Q(subject_id__isnull=False), name="delivery_by_subject"),
            models.Index("finished_at", condition=Q(finished_at__isnull=False), name="delivery_by_end"),
        ]
