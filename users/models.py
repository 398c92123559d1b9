"""Who is remembered: users, and the groups whose graphs many users share."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Upper
from django.utils import timezone

from graphs.models import Graph
from memos.projects.models import Record, RecordQuerySet

EXTERNAL = "ext:"
"""What a path puts before the id that the caller has for a user."""
WORDS = Concat("external_id", Value(" "), "email", Value(" "), "first_name", Value(" "), "last_name")
"""What a user is looked up by, as one text."""


class UserQuerySet(RecordQuerySet["User"]):
    def by_path(self, ref: str) -> Self:
        """The user whom a path names, by our id or, behind ``ext:``, by the caller's; none where it can be neither."""
        if not ref.startswith(EXTERNAL):
            return self.by_ref(ref)
        external_id = ref.removeprefix(EXTERNAL)
        return self.filter(external_id=external_id) if _can_be_kept(external_id) else self.none()

    def with_words(self, text: str) -> Self:
        """Those whose external id, e-mail address or names hold each of the words somewhere, in whatever case."""
        rows = self.alias(words=WORDS)
        for word in text.split():
            rows = rows.filter(words__icontains=word)
        return rows


def _can_be_kept(text: str) -> bool:
    """PostgreSQL takes neither a NUL nor half of a surrogate pair, not even to look for it."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


class User(Record):
    """The end person remembered. Never the console's login."""

    PREFIX = "usr"

    external_id = models.CharField(max_length=255, null=True, blank=True)
    email = models.CharField(max_length=320, null=True, blank=True)
    first_name = models.CharField(max_length=100, null=True, blank=True)
    last_name = models.CharField(max_length=100, null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    graph = models.OneToOneField(Graph, on_delete=models.CASCADE, related_name="user", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("project", "external_id", name="user_external_id_is_unique")]
        indexes = [
            models.Index(F("project"), F("id").desc(), name="user_by_project"),
            models.Index("project", "email", name="user_by_email"),
            GinIndex(F("project"), OpClass(Upper(WORDS), name="gin_trgm_ops"), name="user_by_words"),
        ]


class Group(Record):
    """A named graph that many users share: a company, a product's manual."""

    PREFIX = "grp"

    name = models.CharField(max_length=64)
    metadata = models.JSONField(default=dict, blank=True)
    graph = models.OneToOneField(Graph, on_delete=models.CASCADE, related_name="group", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("project", "name", name="group_name_is_unique")]
        indexes = [models.Index(F("project"), F("id").desc(), name="group_by_project")]

    def __str__(self) -> str:
        return self.name


ASKED_FOR = Q(requested_at__gt=F("generated_at")) | Q(requested_at__isnull=False, generated_at=None)


class Summary(Record):
    """A user's short biography, with the memories it rests on and the state of the graph that it was made from.

    ``requested_at`` later than ``generated_at`` means that somebody waits for a new one.
    """

    PREFIX = "sum"

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="summary")
    text = models.TextField(blank=True)
    memory_ids = ArrayField(models.UUIDField(), default=list, editable=False)
    memory_count = models.IntegerField(default=0, editable=False)
    graph_version = models.BigIntegerField(default=0, editable=False)
    requested_at = models.DateTimeField(null=True, editable=False)
    generated_at = models.DateTimeField(null=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "summaries"
        indexes = [models.Index("requested_at", condition=ASKED_FOR, name="summary_asked_for")]
