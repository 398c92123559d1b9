"""Makes episodes and memories recallable: language, full text, traits for ranking, excerpt, vectors."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import F, TextField, Value
from django.db.models.functions import Replace
from django.utils import timezone

from graphs import embedders, languages
from graphs.dates import resolve_dates
from graphs.excerpts import condense
from graphs.models import Embedding, Episode, Graph, Memory
from graphs.models.memory import SPEAKER
from graphs.sentences import count_words, is_question

_WRITE = """
UPDATE graphs_episode episode
   SET language = read.language, words = read.words, is_question = read.is_question, has_date = read.has_date,
       excerpt = read.excerpt, tsv = to_tsvector(read.config::regconfig, episode.content), indexed_at = %(now)s
  FROM unnest(%(id)s::uuid[], %(language)s::text[], %(config)s::text[], %(words)s::int[], %(is_question)s::bool[],
              %(has_date)s::bool[], %(excerpt)s::text[])
       AS read (id, language, config, words, is_question, has_date, excerpt)
 WHERE episode.id = read.id
"""
"""One statement for all: `bulk_update` builds a CASE for every column of every row, and the database reads them all."""
_READ = ("id", "language", "words", "is_question", "has_date", "excerpt")


def index_episodes(episodes: Sequence[Episode]) -> list[Embedding]:
    """Fill what can be told from the words alone and return the vectors, unsaved. Slow; holds no transaction."""
    for episode in episodes:
        _read(episode)
    return embed_episodes(episodes)


def embed_episodes(episodes: Sequence[Episode]) -> list[Embedding]:
    """The vectors alone, unsaved; none where there is no embedder."""
    embedder = embedders.current()
    encoded = embedder.embed([_as_spoken(episode) for episode in episodes])
    return [
        Embedding(
            project_id=episode.project_id,
            graph_id=episode.graph_id,
            episode=episode,
            model=embedder.model,
            vector=code.vector,
            tokens=code.tokens.tobytes(),
            pieces=len(code.tokens),
        )
        for episode, code in zip(episodes, encoded, strict=True)
        if len(code.vector)
    ]


def save_index(episodes: Sequence[Episode], vectors: Sequence[Embedding]) -> None:
    """Write what `index_episodes` found. Call it in a transaction that holds the graph's lease."""
    _write(episodes)
    Embedding.objects.bulk_create(vectors, ignore_conflicts=True)
    keep_to_model(vectors)
    for graph in {episode.graph_id for episode in episodes}:
        changed(graph)


def changed(graph_id: UUID) -> None:
    """Say that what search reads of a graph has changed. Whoever changes an episode, a memory, what they rest on or
    speak of, or an entity, says so in the same transaction."""
    Graph.objects.filter(pk=graph_id).update(search_version=F("search_version") + 1)


def keep_to_model(vectors: Sequence[Embedding]) -> None:
    """The first vectors of a graph settle whose vectors search looks for."""
    for graph_id, model in {(vector.graph_id, vector.model) for vector in vectors}:
        Graph.objects.filter(pk=graph_id, embedding_model="").update(embedding_model=model)


def index_memories(memories: Sequence[Memory]) -> list[Embedding]:
    """The vectors of memories, unsaved; full text is written with the memory itself."""
    embedder = embedders.current()
    encoded = embedder.embed([memory.content.replace(SPEAKER, "The user") for memory in memories])
    return [
        Embedding(
            project_id=memory.project_id,
            graph_id=memory.graph_id,
            memory=memory,
            model=embedder.model,
            vector=code.vector,
        )
        for memory, code in zip(memories, encoded, strict=True)
        if len(code.vector)
    ]


def full_text_of(memory: Memory) -> SearchVector:
    """The full-text vector of a memory as an expression, to be inserted together with it."""
    text = Value(memory.content.replace(SPEAKER, ""), output_field=TextField())
    return SearchVector(text, config=languages.search_config(memory.language))


def write_memory_text(memories: Sequence[Memory]) -> None:
    """Fill the full-text vector of memories that were just saved."""
    for language, group in groupby(sorted(memories, key=lambda m: m.language), key=lambda m: m.language):
        text = Replace(F("content"), Value(SPEAKER), Value(""), output_field=TextField())
        vector = SearchVector(text, config=languages.search_config(language))
        Memory.objects.filter(pk__in=[memory.pk for memory in group]).update(tsv=vector)


def write_full_text(graph_id: UUID) -> None:
    """Fill the full-text vectors of a whole graph whose rows were written without."""
    memories, episodes = (model.objects.filter(graph=graph_id) for model in (Memory, Episode))
    said = Replace(F("content"), Value(SPEAKER), Value(""), output_field=TextField())
    for language, config in languages.CONFIGS.items():
        memories.filter(language=language).update(tsv=SearchVector(said, config=config))
        episodes.filter(language=language).update(tsv=SearchVector("content", config=config))
    simple = languages.search_config("")
    memories.exclude(language__in=languages.CONFIGS).update(tsv=SearchVector(said, config=simple))
    episodes.exclude(language__in=languages.CONFIGS).update(tsv=SearchVector("content", config=simple))


def _write(episodes: Sequence[Episode]) -> None:
    columns = {name: [getattr(episode, name) for episode in episodes] for name in _READ}
    configs = [languages.search_config(episode.language) for episode in episodes]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {**columns, "config": configs, "now": timezone.now()})


def _read(episode: Episode) -> None:
    episode.language = languages.detect(episode.content)
    episode.words = count_words(episode.content)
    episode.is_question = is_question(episode.content)
    episode.has_date = bool(resolve_dates(episode.content, episode.said_at))
    episode.excerpt = condense(episode.content, episode.said_at)


def _as_spoken(episode: Episode) -> str:
    return f"{episode.speaker}: {episode.content}" if episode.speaker else episode.content
