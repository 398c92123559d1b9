"""BM25 (Robertson and Zaragoza, 2009) with the term statistics of the graph's own texts, which `ts_rank` knows not.

Of episodes it is that of windows: the words around an episode count too, the nearer the more.
"""

from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from graphs.languages import search_config
from graphs.search.outline import Outline
from graphs.search.texts import Texts

K1, B = 1.5, 0.75

_STEMS = """
SELECT word, array_agg(DISTINCT lexeme)
  FROM unnest(%(words)s::text[]) word, unnest(%(configs)s::regconfig[]) config,
       unnest(tsvector_to_array(to_tsvector(config, word))) lexeme
 GROUP BY word
"""
Stems = dict[str, list[str]]
"""The lexemes of each word, in all languages of the graph; a stop word has none."""


@dataclass(frozen=True, slots=True)
class Lexical:
    """``scores`` is the BM25 of each episode's window; ``rarity`` the idf of each word of the query."""

    scores: NDArray[np.float64]
    rarity: dict[str, float]


def stems_of(words: list[str], languages: tuple[str, ...]) -> Stems:
    configs = sorted({search_config(language) for language in languages})
    if not words or not configs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STEMS, {"words": words, "configs": configs})
        return dict(cursor.fetchall())


def score_windows(texts: Texts, outline: Outline, stems: Stems) -> Lexical:
    every = _every(stems)
    if not every or not len(texts):
        return Lexical(np.zeros(len(texts)), {})
    windows = _windowed(texts.frequencies(every), outline)
    idf = _idf(windows)
    rarity = {word: float(max(idf[every.index(stem)] for stem in found)) for word, found in stems.items()}
    return Lexical(_bm25(windows, idf, outline.lengths), rarity)


def score_sentences(texts: Texts, stems: Stems) -> NDArray[np.float64]:
    """The BM25 of each text by itself. Memories are sentences of like length: it does not count."""
    every = _every(stems)
    if not every or not len(texts):
        return np.zeros(len(texts))
    frequencies = texts.frequencies(every)
    return _bm25(frequencies, _idf(frequencies), np.ones(len(texts)))


def _every(stems: Stems) -> list[str]:
    return sorted({stem for found in stems.values() for stem in found})


def _bm25(frequencies: NDArray[np.float64], idf: NDArray[np.float64], lengths: NDArray[np.float64]) -> NDArray:
    norm = 1 - B + B * lengths / max(lengths.mean(), 1.0)
    return (frequencies * (K1 + 1) / (frequencies + K1 * norm[:, None])) @ idf


def _windowed(frequencies: NDArray[np.float64], outline: Outline) -> NDArray[np.float64]:
    padded = np.vstack([frequencies, np.zeros((1, frequencies.shape[1]))])  # place −1, nobody, is the row of zeros
    return np.sum([outline.reach[:, [c]] * padded[outline.neighbours[:, c]] for c in range(5)], axis=0)


def _idf(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    holding = (frequencies > 0).sum(axis=0)
    return np.log1p((len(frequencies) - holding + 0.5) / (holding + 0.5))
