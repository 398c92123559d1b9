from django.db import models
from django.db.models import F
from django.utils import timezone

from memos.projects.models import Record, RecordQuerySet


class Graph(Record):
    """The store of one user's memories, or of those that a group shares.

    ``lease_token`` is the fence: whoever takes the lease raises it, and writes only while it is still theirs.
    ``version`` counts the changes of what is believed; a summary remembers the version that it was made from.
    """

    PREFIX = "grph"

    class Kind(models.TextChoices):
        USER = "user"
        GROUP = "group"

    kind = models.CharField(max_length=5, choices=Kind.choices, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.BigIntegerField(default=0, editable=False)
    lease_token = models.BigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(F("project"), F("id").desc(), name="graph_by_project")]
