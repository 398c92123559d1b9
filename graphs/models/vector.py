from django.db import models
from django.db.models import Q
from pgvector.django import HalfVectorField

from graphs.models.episode import Episode
from graphs.models.graph import Graph
from graphs.models.memory import Memory
from memos.projects.models import Record, RecordQuerySet


class Embedding(Record):
    """A vector of an episode or of a memory, made by one model.

    ``tokens`` are the token vectors of an episode, reduced to int8 (pieces × dimensions, row-major); ``pieces`` is how
    many there are. Both are empty where the embedder shows no token states.
    """

    PREFIX = "emb"

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="+", db_index=False)
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, null=True, related_name="embeddings", db_index=False)
    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, null=True, related_name="embeddings", db_index=False)
    model = models.CharField(max_length=100)
    vector = HalfVectorField()
    tokens = models.BinaryField(default=b"")
    pieces = models.SmallIntegerField(default=0)

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(episode=None, memory__isnull=False) | Q(episode__isnull=False, memory=None),
                name="embedding_has_one_owner",
            ),
            models.UniqueConstraint("episode", "model", name="embedding_once_an_episode"),
            models.UniqueConstraint("memory", "model", name="embedding_once_a_memory"),
        ]
        indexes = [models.Index("graph", "model", name="embedding_by_graph")]
