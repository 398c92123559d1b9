"""The store that memories live in."""

from graphs.models.document import Document
from graphs.models.episode import Episode
from graphs.models.graph import Graph
from graphs.models.memory import Memory, MemoryRevision, Mention, Source
from graphs.models.thing import Entity, EntityRevision, Relation
from graphs.models.vector import Embedding

__all__ = [
    "Document",
    "Embedding",
    "Entity",
    "EntityRevision",
    "Episode",
    "Graph",
    "Memory",
    "MemoryRevision",
    "Mention",
    "Relation",
    "Source",
]
