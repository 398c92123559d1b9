"""What can be told from words without writing anything: vectors, facts, and the vectors of facts. Slow; holds no
transaction."""

import logging
from collections.abc import Sequence
from functools import cache

from django.db import OperationalError

from graphs import embedders, indexing
from graphs.embedders import Encoded
from graphs.models import Embedding, Episode
from ingest.extractors.base import SPEAKER, Extractor, Fact, Utterance, sane
from ingest.extractors.local import LocalExtractor

INSTALLATION_FAULTS = (embedders.ModelMissing, embedders.EmbedderUnavailable, OperationalError)
"""What no job is to blame for: a model file is missing, a remote embedder or the database went away."""

log = logging.getLogger(__name__)


@cache
def extractor() -> Extractor:
    """The extractor of this installation, loaded on first use."""
    return LocalExtractor()


def index(episodes: Sequence[Episode]) -> list[Embedding]:
    """Fill what search needs and return the vectors, unsaved. An episode that can't be indexed is kept without vectors,
    recallable by its words, and holds up nobody else."""
    try:
        return indexing.index_episodes(episodes)
    except INSTALLATION_FAULTS:
        raise
    except Exception:
        if len(episodes) > 1:
            return [vector for episode in episodes for vector in index([episode])]
        log.exception("episode %s is kept without vectors", episodes[0].ref)
        episodes[0].excerpt = episodes[0].content
        return []


def facts_of(utterances: Sequence[Utterance]) -> "list[list[Fact] | Exception]":
    """The facts of each utterance, or why there are none; one that fails does not fail the others."""
    try:
        return [[fact for fact in map(sane, facts) if fact] for facts in extract(utterances)]
    except INSTALLATION_FAULTS:
        raise
    except Exception as error:
        if len(utterances) > 1:
            return [read for utterance in utterances for read in facts_of([utterance])]
        return [error]


def extract(utterances: Sequence[Utterance]) -> list[list[Fact]]:
    return extractor().extract(utterances)


def encode(found: "Sequence[list[Fact] | Exception]") -> list[list[Encoded]]:
    """The vectors of all facts in one go, in the shape of ``found``."""
    read = [facts if isinstance(facts, list) else [] for facts in found]
    codes = iter(embedders.current().embed([_sentence(fact) for facts in read for fact in facts]))
    return [[next(codes) for _ in facts] for facts in read]


def _sentence(fact: Fact) -> str:
    return fact.content.replace(SPEAKER, "The user")
