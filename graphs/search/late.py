"""Late interaction (Khattab and Zaharia, ColBERT, 2020) over the token vectors of windows.

Each piece of the query looks for its best match in an episode, and in the episodes around it for less; what it finds
counts by how rare its word is in the graph.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from graphs.embedders import EncodedQuery
from graphs.search.outline import Outline
from graphs.search.texts import Texts

COMMON_WORD = 0.5
"""The weight of a query word that is a stop word or stands nowhere in the graph: low, but its meaning may match."""


def score(
    texts: Texts, outline: Outline, places: NDArray[np.int64], query: EncodedQuery, rarity: Mapping[str, float]
) -> NDArray[np.float64]:
    """The score of the episodes at ``places``, in that order, 0 to 1; all zeros where nothing has token vectors."""
    weights = np.array([rarity.get(word, COMMON_WORD) for word in query.words])
    heard = weights > 0
    if not len(query.tokens) or not heard.any() or query.tokens.shape[-1] != texts.tokens.shape[1]:
        return np.zeros(len(places))
    around = np.unique(outline.neighbours[places])
    best = _best_matches(texts, around[around >= 0], query.tokens[heard])
    reach = outline.reach[places].astype(np.float32)
    matches = np.max([reach[:, [c]] * best[outline.neighbours[places, c]] for c in range(5)], axis=0)
    return matches @ weights[heard] / weights[heard].sum()


def _best_matches(texts: Texts, places: NDArray[np.int64], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """(texts + 1 × query pieces): the best squared similarity; the last row is nobody's and zero."""
    found = np.zeros((len(texts) + 1, len(query)), dtype=np.float32)
    places = places[texts.pieces[places] > 0]
    pieces = texts.pieces[places]
    if not len(places):
        return found
    ends = np.cumsum(pieces)
    rows = np.arange(ends[-1]) + np.repeat(texts.starts[places] - (ends - pieces), pieces)
    similar = texts.tokens[rows].astype(np.float32) @ (query.T / 127)
    best = np.maximum.reduceat(similar, ends - pieces, axis=0)
    found[places] = np.clip(best, 0, 1) ** 2
    return found
