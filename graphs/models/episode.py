from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from graphs.models.document import Document
from graphs.models.graph import Graph
from memos.projects.models import Record, RecordQuerySet


class EpisodeQuerySet(RecordQuerySet["Episode"]):
    def with_document_names(self) -> Self:
        named = Document.objects.filter(pk=OuterRef("source_id")).values("name")
        return self.annotate(document_name=Subquery(named))


class Episode(Record):
    """What was said or given, word for word, in pieces small enough to be recalled.

    Its stream is a thread or a document; ``position`` is its dense place there. ``source_kind`` and ``source_id`` name
    what it was cut from. ``indexed_at`` NULL is the queue of what can't be searched yet: indexing fills the language,
    the traits that ranking uses, the full-text vector, and ``excerpt``, the words as a block quotes them (without
    filler, with "yesterday" resolved).
    """

    PREFIX = "epi"

    class SourceKind(models.TextChoices):
        MESSAGE = "message"
        DOCUMENT = "document"
        STATEMENT = "statement"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="episodes", db_index=False)
    source_kind = models.CharField(max_length=9, choices=SourceKind.choices)
    source_id = models.UUIDField()
    stream = models.UUIDField()
    position = models.BigIntegerField()
    role = models.CharField(max_length=9, blank=True)
    speaker = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=3, default="en")
    content = models.TextField()
    said_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    words = models.PositiveIntegerField(default=0, editable=False)
    is_question = models.BooleanField(default=False, editable=False)
    has_date = models.BooleanField(default=False, editable=False)
    excerpt = models.TextField(blank=True, editable=False)
    tsv = SearchVectorField(null=True, editable=False)
    indexed_at = models.DateTimeField(null=True, editable=False)

    document_name: str | None = None
    """What the document is called that it was cut from; only `with_document_names` fetches it."""

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("graph", "stream", "position", name="episode_has_its_own_place"),
        ]
        indexes = [
            GinIndex(fields=["graph", "tsv"], name="episode_full_text"),
            models.Index("graph", "said_at", name="episode_by_time"),
            models.Index("source_id", name="episode_by_source"),
            models.Index("graph", "created_at", condition=Q(indexed_at=None), name="episode_not_indexed"),
        ]
