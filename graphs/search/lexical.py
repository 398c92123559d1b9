"""BM25 over windows (Robertson and Zaragoza, 2009): the words around an episode count too, the nearer the more.

`ts_rank` knows no rarity of words, so the term statistics come from the graph's own rows: GIN finds every episode that
holds a stem of the query, and from those the windows that hold it follow exactly.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from graphs.languages import search_config
from graphs.search.outline import Outline

K1, B = 1.5, 0.75
DECAY = np.array([0.4, 0.7, 1.0, 0.7, 0.4])
WINDOW_WORDS = 150
"""A window that would have more words than that counts its neighbours for less: long messages stand alone."""

_STEMS = """
SELECT word, array_agg(DISTINCT lexeme)
  FROM unnest(%(words)s::text[]) word, unnest(%(configs)s::regconfig[]) config,
       unnest(tsvector_to_array(to_tsvector(config, word))) lexeme
 GROUP BY word
"""
_FREQUENCIES = """
SELECT string_agg(uuid_send(e.id), ''),
       string_agg(int4send(array_position(%(stems)s::text[], t.lexeme)), ''),
       string_agg(int4send(cardinality(t.positions)), '')
  FROM graphs_episode e, unnest(e.tsv) t
 WHERE e.graph_id = %(graph)s AND e.indexed_at IS NOT NULL
   AND e.tsv @@ %(query)s::tsquery AND t.lexeme = ANY(%(stems)s)
"""


@dataclass(frozen=True, slots=True)
class Lexical:
    """``scores`` is the BM25 of each episode's window; ``rarity`` the idf of each word of the query."""

    scores: NDArray[np.float64]
    rarity: dict[str, float]


def score(graph_id: UUID, outline: Outline, words: list[str]) -> Lexical:
    configs = sorted({search_config(language) for language in outline.languages})
    stems = stems_of(words, configs)
    every = sorted({stem for found in stems.values() for stem in found})
    if not every or not len(outline):
        return Lexical(np.zeros(len(outline)), {})
    windows = _windowed(_frequencies(graph_id, outline, every), outline)
    idf = _idf(windows)
    scores = (idf * windows * (K1 + 1) / (windows + K1 * _length_norm(outline)[:, None])).sum(axis=1)
    rarity = {word: max(idf[every.index(stem)] for stem in found) for word, found in stems.items()}
    return Lexical(scores, rarity)


def stems_of(words: list[str], configs: list[str]) -> dict[str, list[str]]:
    """The lexemes of each word; a stop word has none."""
    with connection.cursor() as cursor:
        cursor.execute(_STEMS, {"words": words, "configs": configs})
        return dict(cursor.fetchall())


def _frequencies(graph_id: UUID, outline: Outline, stems: list[str]) -> NDArray[np.float64]:
    """How often each stem stands in each episode: (episodes × stems)."""
    query = " | ".join("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems)
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENCIES, {"graph": graph_id, "stems": stems, "query": query})
        ids, places, counts = (bytes(blob or b"") for blob in cursor.fetchone())
    found = np.zeros((len(outline), len(stems)))
    rows = outline.rows(np.frombuffer(ids, "S16"))
    known = rows >= 0  # an episode may have been indexed since the outline was read
    found[rows[known], np.frombuffer(places, ">i4")[known] - 1] = np.frombuffer(counts, ">i4")[known]
    return found


def _windowed(frequencies: NDArray[np.float64], outline: Outline) -> NDArray[np.float64]:
    weights = window_weights(outline)
    padded = np.vstack([frequencies, np.zeros((1, frequencies.shape[1]))])  # place −1, nobody, is the row of zeros
    return np.sum([weights[:, [c]] * padded[outline.neighbours[:, c]] for c in range(5)], axis=0)


def window_weights(outline: Outline) -> NDArray[np.float64]:
    """What each of the five places counts in a window: (episodes × 5)."""
    padded = np.append(outline.words, 0)
    around = padded[outline.neighbours].sum(axis=1) - outline.words
    room = np.clip(WINDOW_WORDS - outline.words, 0, None)
    share = np.minimum(1.0, room / np.maximum(around, 1))
    weights = DECAY * share[:, None]
    weights[:, 2] = 1.0
    return np.where(outline.neighbours >= 0, weights, 0.0)


def _idf(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    holding = (windows > 0).sum(axis=0)
    return np.log1p((len(windows) - holding + 0.5) / (holding + 0.5))


def _length_norm(outline: Outline) -> NDArray[np.float64]:
    padded = np.append(outline.words, 0)
    lengths = (window_weights(outline) * padded[outline.neighbours]).sum(axis=1)
    return 1 - B + B * lengths / max(lengths.mean(), 1.0)
