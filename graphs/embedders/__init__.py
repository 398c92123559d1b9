"""Text as vectors, behind one protocol."""

import logging
from collections import Counter
from collections.abc import Iterable
from functools import cache

from django.conf import settings

from graphs.embedders.base import Embedder, EmbedderUnavailable, Encoded, EncodedQuery, ModelMissing, by_words
from graphs.embedders.minilm import MiniLM
from graphs.embedders.none import NoEmbedder
from graphs.embedders.remote import RemoteEmbedder

__all__ = [
    "Embedder",
    "EmbedderUnavailable",
    "Encoded",
    "EncodedQuery",
    "ModelMissing",
    "current",
    "encode_query",
    "model_for",
]

log = logging.getLogger(__name__)


@cache
def current() -> Embedder:
    """The embedder of this installation."""
    if settings.EMBEDDER == "none":
        return NoEmbedder()
    if settings.EMBEDDER == "local":
        return MiniLM()
    return RemoteEmbedder(
        base_url=settings.EMBEDDINGS_BASE_URL,
        api_key=settings.EMBEDDINGS_API_KEY,
        name=settings.EMBEDDINGS_MODEL,
        dimensions=settings.EMBEDDINGS_DIMENSIONS,
    )


def model_for(kept: Iterable[str]) -> str:
    """Whose vectors to look for in graphs that keep to those models: the one that most of them keep to.

    A graph that keeps to another is then searched by its words: while `reembed` is at work, and only beside others.
    """
    named = Counter(model for model in kept if model)
    return named.most_common(1)[0][0] if named else current().model


def encode_query(text: str, model: str) -> EncodedQuery:
    """The query for rows of that model; by its words where nothing here makes such vectors, or it can't be reached."""
    embedder = _maker_of(model)
    try:
        return embedder.embed_query(text) if embedder else by_words(text)
    except EmbedderUnavailable as error:
        log.warning("searching by words: %s", error)
        return by_words(text)


def _maker_of(model: str) -> Embedder | None:
    """What makes vectors of that model. Those on this machine can still be made after a change to remote ones."""
    if current().model == model:
        return current()
    return _local() if settings.EMBEDDER == "remote" and model == MiniLM.model else None


@cache
def _local() -> Embedder:
    return MiniLM()
