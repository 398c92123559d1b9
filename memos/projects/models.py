"""The tenancy: who owns what, who may do what, and who did what."""

from datetime import datetime, timedelta
from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils import timezone

from memos import ids

CLOCK_SLACK = timedelta(hours=1)
"""How far the time in an id may be from the time that stands beside it."""

MOST_DAYS = 36_500
"""The longest that the audit log can be told to be kept for, short of for ever."""


class Operator(AbstractUser):
    """Somebody who signs in to the console."""

    class Meta(AbstractUser.Meta):
        verbose_name = "operator"


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


class Scope(models.TextChoices):
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


def read_and_write() -> list[str]:
    return [Scope.READ, Scope.WRITE]


class ApiKey(Record):
    """A project's credential: a prefix to find it by and an HMAC of the whole. The key itself is never kept."""

    PREFIX = "key"

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=24, db_index=True, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    pepper_id = models.CharField(max_length=20, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices), default=read_and_write)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    requests_per_minute = limit_field("Empty: as the project says for its keys.")

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        constraints = [
            models.UniqueConstraint("digest", name="api_key_digest_is_unique"),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=[s.value for s in Scope]) & Q(scopes__len__gt=0),
                name="api_key_scopes_are_known",
            ),
            models.CheckConstraint(
                condition=Q(requests_per_minute__isnull=True) | Q(requests_per_minute__gte=1),
                name="api_key_limit_is_positive",
            ),
        ]
        indexes = [models.Index(F("project"), F("id").desc(), name="api_key_by_project")]

    # What the request needs to treat a key as the one who calls.
    is_authenticated = True

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Membership(Record):
    """What an operator may do in a live project and in its test twin. The rights of a role are in `projects.roles`."""

    PREFIX = "mbr"

    class Role(models.TextChoices):
        VIEWER = "viewer"
        SUPPORT = "support"
        ADMIN = "admin"

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=Role.choices, default=Role.VIEWER)
    reads_words = models.BooleanField(
        default=False, help_text="Of a viewer: sees what people said, and what came of it. The other roles do anyway."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("project", "operator", name="membership_is_one_a_project")]

    def __str__(self) -> str:
        return f"{self.operator.get_username()}, {self.role} of {self.project}"


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


from memos.projects.sealing import models as sealing  # noqa: E402, F401  what is here it needs, and Django looks here
