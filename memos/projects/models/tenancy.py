"""The tenant, and what every row that belongs to one has."""

from typing import ClassVar, Self, TypeVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from memos import ids

MOST_DAYS = 36_500
"""The longest that the audit log can be told to be kept for, short of for ever."""


class Identified(models.Model):
    """A row with a ULID as its key, shown as ``<PREFIX>_<ulid>``."""

    PREFIX: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)

    class Meta:
        abstract = True

    @property
    def ref(self) -> str:
        return ids.encode(self.PREFIX, self.id)

    def __str__(self) -> str:
        return self.ref


def limit_field(help_text: str) -> "models.PositiveIntegerField[int | None, int | None]":
    """A rate limit; null means none."""
    return models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)], help_text=help_text)


class Project(Identified):
    """The tenant. Every live project has a test twin, a project of its own that shares nothing with it."""

    PREFIX = "prj"

    class Mode(models.TextChoices):
        LIVE = "live"
        TEST = "test"

    name = models.CharField(max_length=100)
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    live_twin = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="test_twin"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    requests_per_minute = limit_field("Of all its keys together. Empty: no limit.")
    key_requests_per_minute = limit_field("Of each key that has no limit of its own. Empty: no limit.")
    audit_reads = models.BooleanField(default=False, help_text="The audit log also has who read what.")
    audit_retention_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text="Sealed entries of the audit log that are older are deleted. Empty: kept for ever.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("name", "mode", name="project_name_is_unique"),
            models.CheckConstraint(
                condition=Q(requests_per_minute__isnull=True) | Q(requests_per_minute__gte=1),
                name="project_limit_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(key_requests_per_minute__isnull=True) | Q(key_requests_per_minute__gte=1),
                name="project_key_limit_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(audit_retention_days__isnull=True) | Q(audit_retention_days__range=(1, MOST_DAYS)),
                name="project_audit_retention_is_some_days",
            ),
            models.CheckConstraint(
                condition=Q(mode="live", live_twin=None) | Q(mode="test", live_twin__isnull=False),
                name="project_test_is_a_twin",
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.mode == self.Mode.LIVE else f"{self.name} (test)"


M = TypeVar("M", bound="Record")


class RecordQuerySet(models.QuerySet[M]):
    """Scope first, then look up: what belongs to another project is simply not found."""

    def for_project(self, project: Project) -> Self:
        return self.filter(project=project)

    def by_ref(self, ref: str) -> Self:
        """The row with that public id; none at all where it is no id of this kind."""
        key = ids.decode(self.model.PREFIX, ref)
        return self.none() if key is None else self.filter(pk=key)


class Record(Identified):
    """A row that belongs to a project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False, editable=False)

    class Meta:
        abstract = True
