"""Seals over the audit log, and what the last verification of them found."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONObject
from django.utils import timezone

from memos.projects.models.audit import AuditEntry
from memos.projects.models.tenancy import Project, Record, RecordQuerySet

ENTRY_BYTES = 16 + 32
"""What a seal keeps of an entry: its id and the HMAC of its content."""


def project_or_none() -> "models.ForeignKey[Project | None, Project | None]":
    """Whose chain it is; null is the chain of the entries that belong to no project."""
    return models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False, null=True
    )


class SealQuerySet(RecordQuerySet["AuditSeal"]):
    def of_chain(self, project_id: UUID | None) -> Self:
        return self.filter(project=project_id) if project_id else self.filter(project=None)

    def newest(self) -> Self:
        """Newest first, without what makes them large."""
        return self.order_by("-number").defer("entries")

    def heads(self, projects: "models.QuerySet[Project]", *, installation: bool) -> Self:
        """The last seal of each chain. A look into the index for each project, however many seals there are."""
        last = self.model._default_manager.filter(project=OuterRef("pk")).order_by("-number").values("pk")[:1]
        found = Q(pk__in=projects.order_by().annotate(head=Subquery(last)).values("head"))
        if installation:
            found |= Q(pk__in=list(self.of_chain(None).newest().values_list("pk", flat=True)[:1]))
        return self.filter(found).defer("entries")


class AuditSeal(Record):
    """A closed range of the audit entries of a project, in the order of their ids.

    ``entries`` has for each its 16 bytes of id and the HMAC-SHA256 of its content; ``digest`` is the HMAC over these,
    the columns here and ``previous``, the digest of the seal before. ``total`` counts the entries up to the end of it.
    Append only, also in the database: only retention may set ``pruned_at`` when it deletes the entries, with
    ``pruning``, the HMAC that shows that it was retention.
    """

    PREFIX = "seal"

    project = project_or_none()  # type: ignore[assignment]
    number = models.PositiveIntegerField(editable=False)
    first_id = models.UUIDField(editable=False)
    last_id = models.UUIDField(editable=False)
    starts = models.DateTimeField(editable=False)
    ends = models.DateTimeField(editable=False)
    count = models.PositiveIntegerField(editable=False)
    total = models.PositiveBigIntegerField(editable=False)
    entries = models.BinaryField(editable=False)
    key_id = models.CharField(max_length=16, editable=False)
    previous = models.BinaryField(max_length=32, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    sealed_at = models.DateTimeField(default=timezone.now, editable=False)
    pruned_at = models.DateTimeField(null=True, editable=False)
    pruning = models.BinaryField(max_length=32, null=True, editable=False)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = "audit seal"
        constraints = [
            models.UniqueConstraint("project", "number", nulls_distinct=False, name="audit_seal_is_one_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1, count__gte=1), name="audit_seal_counts"),
            models.CheckConstraint(condition=Q(last_id__gte=F("first_id")), name="audit_seal_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(pruned_at=None, pruning=None) | Q(pruned_at__isnull=False, pruning__isnull=False),
                name="audit_seal_pruning_is_proven",
            ),
        ]
        indexes = [
            models.Index(F("project"), F("last_id"), name="audit_seal_by_range"),
            models.Index(F("project"), F("number"), condition=Q(pruned_at=None), name="audit_seal_not_pruned"),
        ]

    def __str__(self) -> str:
        return f"seal {self.number} of {self.project or 'the installation'}"


def seals_of(entries: Sequence[AuditEntry]) -> dict[UUID, Any]:
    """The seal that each of a page of entries lies in, as ``{"id", "number", "first"}``, or None."""
    seals = AuditSeal.objects.filter(last_id__gte=OuterRef("pk")).order_by("last_id")
    shown = JSONObject(id="id", number="number", first="first_id")
    found = Case(
        When(project=None, then=Subquery(seals.filter(project=None).values_list(shown)[:1])),
        default=Subquery(seals.filter(project=OuterRef("project")).values_list(shown)[:1]),
        output_field=models.JSONField(),
    )
    rows = AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).annotate(sealed=found)
    return dict(rows.values_list("pk", "sealed"))


class AuditCheck(models.Model):
    """What the last verification of a chain found. ``head`` is the digest of seal ``number``, the last one that held:
    it has to be in the chain the next time. ``underway`` is how far a verification in several steps has come."""

    project = project_or_none()
    checked_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    seals = models.PositiveIntegerField(default=0)
    entries = models.PositiveBigIntegerField(default=0)
    number = models.PositiveIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=bytes)
    broken = models.TextField(blank=True)
    underway = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("project", nulls_distinct=False, name="audit_check_is_one_a_chain"),
        ]

    def __str__(self) -> str:
        return self.broken or f"holds until {self.until}"
