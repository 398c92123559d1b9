from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from graphs.kinds import MemoryKind, Precision
from graphs.models.episode import Episode
from graphs.models.graph import Graph
from graphs.models.thing import Entity
from memos.projects.models import Record, RecordQuerySet

SPEAKER = "\N{OBJECT REPLACEMENT CHARACTER}"


class MemoryQuerySet(RecordQuerySet["Memory"]):
    def believed(self) -> Self:
        return self.filter(retired_at=None)

    def holding(self) -> Self:
        """What is believed and holds now: the facts that one would state in the present."""
        return self.believed().filter(Q(valid_to=None) | Q(valid_to__gt=timezone.now()))


class Memory(Record):
    """One current belief, as a sentence in the language it was said in.

    ``content`` holds SPEAKER where ``about`` is meant, so that a change of name rewrites nothing. ``digest`` identifies
    the fact within its graph. ``ends`` are the relations that the fact ends, kept so that an older fact that arrives
    later is closed by it too. ``said_at`` orders facts in the world; ``recorded_at`` is when we came to believe this
    state of it.
    """

    PREFIX = "mem"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="memories", db_index=False)
    about = models.ForeignKey(Entity, on_delete=models.CASCADE, null=True, blank=True, related_name="memories_about")
    content = models.TextField()
    kind = models.CharField(max_length=12, choices=MemoryKind.choices)
    language = models.CharField(max_length=3, default="en")
    confidence = models.FloatField(default=1.0)
    said_at = models.DateTimeField()
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    valid_precision = models.CharField(max_length=5, choices=Precision.choices, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    invalidated_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="invalidated"
    )
    digest = models.BigIntegerField(editable=False)
    ends = models.JSONField(default=list, editable=False)
    metadata = models.JSONField(default=dict, blank=True)
    tsv = SearchVectorField(null=True, editable=False)

    objects = MemoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "memories"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="memory_ends_after_it_begins"),
            ExclusionConstraint(
                name="memory_is_believed_once",
                expressions=[
                    (F("graph"), RangeOperators.EQUAL),
                    (F("digest"), RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_to"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(retired_at=None),
            ),
        ]
        indexes = [
            GinIndex(fields=["graph", "tsv"], name="memory_full_text"),
            models.Index("graph", F("id").desc(), name="memory_by_graph"),
        ]

    def __str__(self) -> str:
        return self.content.replace(SPEAKER, "The user")[:100]


class MemoryRevision(Record):
    """An earlier state of a memory, with the span in which it was believed."""

    PREFIX = "rev"

    class ChangedBy(models.TextChoices):
        INGEST = "ingest"
        API = "api"
        OPERATOR = "operator"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+")
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="revisions")
    content = models.TextField()
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    valid_precision = models.CharField(max_length=5, choices=Precision.choices, null=True)
    recorded_from = models.DateTimeField()
    recorded_to = models.DateTimeField()
    changed_by = models.CharField(max_length=8, choices=ChangedBy.choices)
    reason = models.CharField(max_length=200, blank=True)

    objects = RecordQuerySet.as_manager()


class Source(Record):
    """Provenance: an episode that a memory rests on, or that it was closed by."""

    PREFIX = "src"

    class Role(models.TextChoices):
        SUPPORTS = "supports"
        CLOSES = "closes"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+")
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="sources", db_index=False)
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="sources")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.SUPPORTS)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("memory", "episode", "role", name="source_is_named_once")]


class Mention(Record):
    """An entity that a memory speaks of."""

    PREFIX = "men"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+")
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="mentions")

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("memory", "entity", name="mention_is_named_once")]
