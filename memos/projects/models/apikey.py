"""What a project is called with."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from memos.projects.models.tenancy import Record, RecordQuerySet, limit_field


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
