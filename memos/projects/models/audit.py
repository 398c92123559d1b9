"""Who did what."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils import timezone

from memos import ids
from memos.projects.models.tenancy import Project, Record, RecordQuerySet

CLOCK_SLACK = timedelta(hours=1)
"""How far the time in an id may be from the time that stands beside it."""

READS = Q(action__endswith=".read") | Q(action="search.performed")
"""What only looked, where a project audits its reads."""


class AuditQuerySet(RecordQuerySet["AuditEntry"]):
    def in_chain(self, project_id: UUID | OuterRef | None, *, after: UUID | OuterRef | None) -> Self:
        """Those of a project (None: of no project) behind an id, oldest first.

        Not by equality: of a column that equals a constant the planner drops the order, and with it the index by
        project; it may then read the primary key past all that other projects have written."""
        rows = self.filter(pk__gt=after) if after else self.all()
        if project_id is None:
            return rows.filter(project=None).order_by("pk")
        return rows.filter(project__gte=project_id, project__lte=project_id).order_by("-project", "pk")

    def changes(self) -> Self:
        """Without the reads, which may be most of the log."""
        return self.filter(~READS)

    def told(self, *, starts: datetime | None = None, ends: datetime | None = None, **wanted: str) -> Self:
        """Those from ``starts`` on and before ``ends``.

        Ids are sorted by time: their bounds let the index by project serve, however long the log is."""
        rows = self.filter(**wanted)
        if starts:
            rows = rows.filter(at__gte=starts, pk__gte=ids.first_at(starts - CLOCK_SLACK))
        if ends:
            rows = rows.filter(at__lt=ends, pk__lt=ids.first_at(ends + CLOCK_SLACK))
        return rows


class AuditEntry(Record):
    """Who did what to which, when, in which request. It holds ids and labels without personal data, so that it
    outlives its target and an erasure. Append only: the database refuses to change or delete one.

    What is done to the installation itself, such as to its operators, belongs to no project."""

    PREFIX = "aud"

    class Actor(models.TextChoices):
        KEY = "key", "API key"
        OPERATOR = "operator"
        COMMAND = "command"
        SYSTEM = "system"

    project = models.ForeignKey(  # type: ignore[assignment]
        Project, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False, null=True
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.CharField(max_length=10, choices=Actor.choices, editable=False)
    actor_id = models.CharField(max_length=64, editable=False)
    actor_label = models.CharField(max_length=150, editable=False)
    action = models.CharField(max_length=50, editable=False)
    target_id = models.CharField(max_length=64, editable=False)
    detail = models.JSONField(default=dict, editable=False)
    request_id = models.CharField(max_length=100, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(F("project"), F("id").desc(), name="audit_by_project"),
            models.Index(F("target_id"), name="audit_by_target"),
            models.Index(F("at").desc(), name="audit_by_time"),
            models.Index(F("actor"), F("id").desc(), name="audit_by_actor"),
            models.Index(F("action"), F("id").desc(), name="audit_by_action"),
            models.Index(F("project"), F("actor_id"), F("id").desc(), name="audit_by_project_and_actor"),
            models.Index(F("actor_id"), F("id").desc(), name="audit_by_actor_id"),
            models.Index(F("request_id"), condition=~Q(request_id=""), name="audit_by_request"),
            models.Index(F("id").desc(), condition=~READS, name="audit_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_id}"
