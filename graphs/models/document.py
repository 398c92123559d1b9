from django.db import models
from django.db.models import F
from django.utils import timezone

from graphs.models.graph import Graph
from memos.projects.models import Record, RecordQuerySet


class Document(Record):
    """What was given to a graph as a whole, beside any thread: a text, a JSON value, or one message.

    ``content`` is what was given, word for word: the text itself, or JSON as text. Its episodes, of kind `document`,
    are cut from it when it is read; ``pieces`` is how many, NULL before that. ``created_at`` is when it was written or
    said, ``received_at`` when it came.
    """

    PREFIX = "doc"

    class Type(models.TextChoices):
        TEXT = "text"
        JSON = "json", "JSON"
        MESSAGE = "message"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="documents", db_index=False)
    type = models.CharField(max_length=7, choices=Type.choices)
    name = models.CharField(max_length=200, null=True, blank=True)
    content = models.TextField()
    metadata = models.JSONField(default=dict, blank=True)
    pieces = models.PositiveIntegerField(null=True, editable=False)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("graph", F("id").desc(), name="document_by_graph")]

    def __str__(self) -> str:
        return self.name or self.ref
