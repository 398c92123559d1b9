"""Conversations, as they were had."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from memos.projects.models import Record, RecordQuerySet
from users.models import User


class Thread(Record):
    """A conversation of a user. The counters are the next free places of a message and of an episode.

    ``external_id`` is what an import finds it again by: where it comes from, and its id there. The API knows none.
    """

    PREFIX = "thr"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="threads", db_index=False)
    external_id = models.CharField(max_length=255, null=True, blank=True, editable=False)
    name = models.CharField(max_length=200, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    message_count = models.BigIntegerField(default=0, editable=False)
    next_position = models.BigIntegerField(default=0, editable=False)
    next_episode = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "user", "external_id", condition=Q(external_id__isnull=False), name="thread_external_id_is_unique"
            ),
        ]
        indexes = [
            models.Index(F("user"), F("id").desc(), name="thread_by_user"),
            models.Index(F("project"), F("id").desc(), name="thread_by_project"),
        ]


class Message(Record):
    """One turn of a thread. Its position never changes. ``created_at`` is when it was said."""

    PREFIX = "msg"

    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"
        SYSTEM = "system"
        TOOL = "tool"

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages", db_index=False)
    position = models.BigIntegerField(editable=False)
    role = models.CharField(max_length=9, choices=Role.choices)
    content = models.TextField()
    name = models.CharField(max_length=200, null=True, blank=True)
    external_id = models.CharField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("thread", "position", name="message_has_its_own_place"),
            models.UniqueConstraint(
                "thread", "external_id", condition=Q(external_id__isnull=False), name="message_external_id_is_unique"
            ),
        ]
        indexes = [models.Index(F("project"), F("id").desc(), name="message_by_project")]
