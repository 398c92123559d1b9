"""Late interaction (Khattab and Zaharia, ColBERT, 2020) over the token vectors of windows.

Each piece of the query looks for its best match in an episode, and in the episodes around it for less; what it finds
counts by how rare its word is in the graph.
"""

from collections.abc import Mapping

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from graphs.embedders import EncodedQuery
from graphs.search.lexical import window_weights
from graphs.search.outline import Outline

COMMON_WORD = 0.5
"""The weight of a query word that is a stop word or stands nowhere in the graph: low, but its meaning may match."""

_TOKENS = """
SELECT string_agg(uuid_send(episode_id), '' ORDER BY episode_id),
       string_agg(int4send(pieces::int), '' ORDER BY episode_id),
       string_agg(tokens, '' ORDER BY episode_id)
  FROM graphs_embedding
 WHERE episode_id = ANY(%(ids)s) AND memory_id IS NULL AND model = %(model)s AND pieces > 0
"""


def score(
    outline: Outline, places: NDArray[np.int64], query: EncodedQuery, model: str, rarity: Mapping[str, float]
) -> NDArray[np.float64]:
    """The score of the episodes at ``places``, in that order, 0 to 1; all zeros where nothing has token vectors."""
    if not len(query.tokens):
        return np.zeros(len(places))
    around = np.unique(outline.neighbours[places])
    best = _best_matches(outline, around[around >= 0], query, model)
    reach = window_weights(outline)[places]
    matches = np.max([reach[:, [c]] * best[outline.neighbours[places, c]] for c in range(5)], axis=0)
    weights = np.array([rarity.get(word, COMMON_WORD) for word in query.words])
    return matches @ weights / max(weights.sum(), 1e-9)


def _best_matches(outline: Outline, places: NDArray[np.int64], query: EncodedQuery, model: str) -> NDArray[np.float32]:
    """(episodes + 1 × query pieces): the best squared similarity; the last row is nobody's and zero."""
    found = np.zeros((len(outline) + 1, len(query.tokens)), dtype=np.float32)
    ids, pieces, tokens = _load([outline.uuid(place) for place in places], model)
    if not len(pieces) or not len(query.tokens):
        return found
    similar = tokens.astype(np.float32) @ (query.tokens.T / 127)
    starts = np.concatenate(([0], np.cumsum(pieces)[:-1]))
    best = np.maximum.reduceat(np.clip(similar, 0, 1) ** 2, starts, axis=0)
    found[np.searchsorted(outline.ids, ids)] = best
    return found


def _load(ids: list[object], model: str) -> tuple[NDArray[np.bytes_], NDArray[np.int32], NDArray[np.int8]]:
    with connection.cursor() as cursor:
        cursor.execute(_TOKENS, {"ids": ids, "model": model})
        keys, pieces, tokens = (bytes(blob or b"") for blob in cursor.fetchone())
    counts = np.frombuffer(pieces, ">i4").astype(np.int32)
    rows = int(counts.sum())
    return np.frombuffer(keys, "S16"), counts, np.frombuffer(tokens, np.int8).reshape(rows, -1 if rows else 1)
