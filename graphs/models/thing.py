from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from graphs.kinds import ChangedBy, EntityType
from graphs.models.graph import Graph
from memos.projects.models import Record, RecordQuerySet


class Entity(Record):
    """A person, a place, an organisation, a thing. Each user's graph has one subject: the user.

    ``names`` are the keys of its name and aliases, by which it is found. ``apart`` are the keys of names that it was
    told apart from: they never mean it by resemblance again. ``merged`` is what was merged into it, each with its state
    and with what came from it, so that a merge can be undone.
    """

    PREFIX = "ent"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="entities", db_index=False)
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200, editable=False)
    type = models.CharField(max_length=12, choices=EntityType.choices)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    names = ArrayField(models.CharField(max_length=200), default=list, editable=False)
    apart = ArrayField(models.CharField(max_length=200), default=list, editable=False)
    merged = models.JSONField(default=list, editable=False)
    is_subject = models.BooleanField(default=False, editable=False)
    summary = models.TextField(blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entities"
        constraints = [
            models.UniqueConstraint("graph", condition=Q(is_subject=True), name="graph_has_one_subject"),
        ]
        indexes = [
            models.Index("graph", "key", name="entity_by_key"),
            GinIndex(fields=["graph", "names"], name="entity_by_any_name"),
            models.Index("graph", models.F("id").desc(), name="entity_by_graph"),
        ]

    def __str__(self) -> str:
        return self.name


class EntityRevision(Record):
    """What an entity was called until ``recorded_at``, when somebody renamed it, merged others into it or split it.

    ``entity_id`` is no foreign key: an entity that was merged into another has no row until it is split off again, and
    has its history then. ``others`` are the entities that were merged into it, or that it was split into.
    """

    PREFIX = "erv"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+")
    entity_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=12, choices=EntityType.choices)
    aliases = ArrayField(models.CharField(max_length=200), default=list)
    summary = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_by = models.CharField(max_length=8, choices=ChangedBy.choices)
    reason = models.CharField(max_length=200)
    others = ArrayField(models.UUIDField(), default=list)

    objects = RecordQuerySet.as_manager()


class Relation(Record):
    """Subject → predicate → object, asserted by a memory and valid as long as it is."""

    PREFIX = "rel"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="relations", db_index=False)
    memory = models.ForeignKey("graphs.Memory", on_delete=models.CASCADE, related_name="relations", db_index=False)
    subject = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="relations_from")
    predicate = models.CharField(max_length=50)
    object = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="relations_to")

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("memory", "subject", "predicate", "object", name="relation_is_asserted_once"),
        ]
        indexes = [models.Index("graph", "predicate", name="relation_by_predicate")]
