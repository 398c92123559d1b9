from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from memos.projects.models import Record, RecordQuerySet

ENOUGH_CHANGED = 5
"""Changes of a graph after which its user's summary is made anew without being asked for."""
SUMMARY_DUE = Q(kind="user", version__gt=0) & (
    Q(summarised_version=0) | Q(version__gte=F("summarised_version") + ENOUGH_CHANGED)
)


class Graph(Record):
    """The store of one user's memories, or of those that a group shares.

    ``lease_token`` is the fence: whoever takes the lease raises it, and writes only while it is still theirs.
    ``version`` counts the changes of what is believed, ``summarised_version`` is the one that the summary was made
    from, and 0 where there is none or where it may say what has ended. ``search_version`` counts the changes of
    whatever search reads. ``embedding_model`` is the one whose vectors search looks for, empty until there is a vector;
    only `reembed` changes it, once all rows have those of another.
    """

    PREFIX = "grph"

    class Kind(models.TextChoices):
        USER = "user"
        GROUP = "group"

    kind = models.CharField(max_length=5, choices=Kind.choices, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.BigIntegerField(default=0, editable=False)
    summarised_version = models.BigIntegerField(default=0, editable=False)
    search_version = models.BigIntegerField(default=0, editable=False)
    embedding_model = models.CharField(max_length=100, blank=True, editable=False)
    lease_token = models.BigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("project"), F("id").desc(), name="graph_by_project"),
            models.Index("id", condition=SUMMARY_DUE, name="graph_summary_due"),
        ]
