from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from graphs.kinds import ChangedBy, MemoryKind, Precision
from graphs.models.episode import Episode
from graphs.models.graph import Graph
from graphs.models.then import Then
from graphs.models.thing import Entity
from memos.projects.models import Record, RecordQuerySet

SPEAKER = "\N{OBJECT REPLACEMENT CHARACTER}"


class MemoryQuerySet(RecordQuerySet["Memory"]):
    def believed(self) -> Self:
        return self.filter(retired_at=None)

    def as_of(self, moment: datetime | None) -> Self:
        """What was believed at ``moment``, each memory with the values that it had then; None means now.

        For reading only. Filters, orders and joins speak of then as well: `as_of(t).filter(kind=…).holding(t)`. What
        was recorded at the very moment counts; what was forgotten since is in no moment.
        """
        if moment is None:
            return self.believed()
        rows = self._chain()  # type: ignore[attr-defined]
        alias = rows.query.get_initial_alias()
        rows.query.alias_map[alias] = Then(self.model, alias, moment)
        return rows

    def holding(self, moment: datetime | None = None) -> Self:
        """What is believed and holds now, or at ``moment``: the facts that one would state in the present."""
        return self.believed().filter(Q(valid_to=None) | Q(valid_to__gt=moment or timezone.now()))


class Memory(Record):
    """One current belief, as a sentence in the language it was said in.

    ``content`` holds SPEAKER where ``about`` is meant, so that a change of name rewrites nothing. ``digest`` identifies
    the fact within its graph. ``ends`` are the relations that the fact ends, kept so that an older fact that arrives
    later is closed by it too. ``said_at`` orders facts in the world; ``recorded_at`` is when we came to believe this
    state of it, at first ``created_at``. ``retired_at`` is when it was withdrawn as never having been so.
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
    recorded_at = models.DateTimeField(editable=False)
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
            models.Index("graph", "digest", condition=Q(retired_at__isnull=False), name="memory_retired_by_digest"),
        ]

    def __str__(self) -> str:
        return self.content.replace(SPEAKER, "The user")[:100]

    def save(self, **kwargs: Any) -> None:
        if self._state.adding:
            self.recorded_at = self.recorded_at or self.created_at
        super().save(**kwargs)


class MemoryRevision(Record):
    """An earlier state of a memory, with the span in which it was believed: from ``recorded_from`` until it changed.

    The revisions of a memory and its present state follow each other without a gap. ``changed_by`` and ``reason`` tell
    of the change that ended this state; ``cause`` is the episode that the change rests on, and goes with it. One with
    ``retired_at`` is of a span in which the memory was withdrawn, and nobody believed it.
    """

    PREFIX = "rev"

    ChangedBy = ChangedBy

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+")
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="revisions")
    content = models.TextField()
    kind = models.CharField(max_length=12, choices=MemoryKind.choices, default=MemoryKind.FACT)
    language = models.CharField(max_length=3, default="en")
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    valid_precision = models.CharField(max_length=5, choices=Precision.choices, null=True)
    invalidated_by = models.ForeignKey(Memory, on_delete=models.SET_NULL, null=True, related_name="+")
    metadata = models.JSONField(default=dict)
    recorded_from = models.DateTimeField()
    recorded_to = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=8, choices=ChangedBy.choices)
    reason = models.CharField(max_length=200, blank=True)
    cause = models.ForeignKey(Episode, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(recorded_to__gt=F("recorded_from")), name="revision_lasted"),
            ExclusionConstraint(
                name="revision_follows_the_one_before",
                expressions=[
                    (F("memory"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("recorded_from"),
                            F("recorded_to"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]


class SourceQuerySet(RecordQuerySet["Source"]):
    def supporting(self, moment: datetime | None = None) -> Self:
        """What memories rest on now, or rested on at ``moment``."""
        if moment is None:
            return self.filter(role__in=SUPPORTING)
        roles = (*SUPPORTING, Source.Role.FORMER)
        return self.filter(Q(retired_at=None) | Q(retired_at__gt=moment), role__in=roles, recorded_at__lte=moment)


class Source(Record):
    """Provenance: an episode that a memory rests on, or that it was closed by.

    ``former`` is one that a memory rested on until ``retired_at``, when somebody gave it other words. ``merged`` is one
    of a memory that was merged into this: it says the same in other words, and this one does not outlive its own
    sources by it. ``stated`` is what a supporting episode says by itself, so that the memory can fall back on it should
    the others go.
    """

    PREFIX = "src"

    class Role(models.TextChoices):
        SUPPORTS = "supports"
        CLOSES = "closes"
        FORMER = "former"
        MERGED = "merged"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+")
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="sources", db_index=False)
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="sources")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.SUPPORTS)
    stated = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        constraints = [
            # an episode may be a former source more than once: of words that were taken, put back and taken again
            models.UniqueConstraint(
                "memory", "episode", "role", "retired_at", nulls_distinct=False, name="source_is_named_once"
            )
        ]


SUPPORTING = (Source.Role.SUPPORTS, Source.Role.MERGED)
"""What a memory rests on now, by itself or by what was merged into it."""


class Mention(Record):
    """An entity that a memory speaks of. ``names`` are those by which the memory makes it known."""

    PREFIX = "men"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+")
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="mentions")
    names = ArrayField(models.CharField(max_length=200), default=list, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("memory", "entity", name="mention_is_named_once")]
