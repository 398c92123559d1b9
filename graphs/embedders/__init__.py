"""Text as vectors, behind one protocol."""

from functools import cache

from graphs.embedders.base import Embedder, Encoded, EncodedQuery, ModelMissing
from graphs.embedders.minilm import MiniLM

__all__ = ["Embedder", "Encoded", "EncodedQuery", "ModelMissing", "current"]


@cache
def current() -> Embedder:
    """The embedder of this installation."""
    return MiniLM()
