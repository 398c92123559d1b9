"""The words and vectors of a graph's texts in memory: dear to fetch, and unchanged once they are indexed.

What is new is fetched and added, so that a graph that grows by a message does not cost the whole of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

SLICE = 2000
"""Texts that are fetched at once: what bounds the memory that it takes."""
MOST_GONE = 0.5
"""Texts that are gone, for each that is there, after which everything is fetched anew."""

Key = np.dtype("S24")
"""A text's id, and the transactions that wrote it and its vectors last: another key, another text."""
KEYS = "string_agg(uuid_send(t.id) || xidsend(t.xmin) || coalesce(xidsend(v.xmin), '\\x00000000'), '' ORDER BY t.id)"
OWNERS = {"graphs_episode": "episode_id", "graphs_memory": "memory_id"}

_VECTORS = """
SELECT string_agg(coalesce(halfvec_send(v.vector), ''), '' ORDER BY n),
       string_agg(int4send(coalesce(vector_dims(v.vector), 0)), '' ORDER BY n),
       string_agg(coalesce(v.tokens, ''), '' ORDER BY n),
       string_agg(int4send(coalesce(v.pieces, 0)), '' ORDER BY n)
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY wanted (id, n)
  LEFT JOIN graphs_embedding v ON v.{owner} = wanted.id AND v.model = %(model)s
"""
_TERMS = """
SELECT term.lexeme,
       string_agg(int4send((%(first)s + n - 1)::int) || int4send(coalesce(cardinality(term.positions), 1)), '')
  FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY wanted (id, n) JOIN {table} t USING (id), unnest(t.tsv) term
 GROUP BY term.lexeme
"""


def joined(table: str) -> str:
    """The texts of ``table`` as ``t``, each with the embedding that the model %(model)s made of it as ``v``."""
    return f"FROM {table} t LEFT JOIN graphs_embedding v ON v.{OWNERS[table]} = t.id AND v.model = %(model)s"


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in the order of ``keys``, which is that of their ids.

    ``vectors`` is (texts × dimensions), zero where there is none. The pieces of a text are ``pieces`` rows of
    ``tokens`` from ``starts`` on. ``terms`` has for each lexeme pairs of a text's number and how often it stands there;
    ``places`` has the place of each number, −1 for a text that is gone.
    """

    keys: NDArray[np.bytes_] = field(default_factory=lambda: np.zeros(0, Key))
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    tokens: NDArray[np.int8] = field(default_factory=lambda: np.zeros((0, 0), np.int8))
    starts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    pieces: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    terms: Mapping[str, bytes] = field(default_factory=dict)
    places: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        arrays = (self.keys, self.vectors, self.tokens, self.starts, self.pieces, self.places)
        return sum(array.nbytes for array in arrays) + sum(len(pairs) + 100 for pairs in self.terms.values())

    def frequencies(self, stems: list[str]) -> NDArray[np.float64]:
        """How often each stem stands in each text: (texts × stems)."""
        found = np.zeros((len(self), len(stems)))
        for column, stem in enumerate(stems):
            pairs = np.frombuffer(self.terms.get(stem, b""), ">i4").reshape(-1, 2)
            places = self.places[pairs[:, 0]]
            there = places >= 0
            found[places[there], column] = pairs[there, 1]
        return found

    def cosines(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """With a vector of unit length; zeros where there is none, or the two are not of one length."""
        if not len(vector) or len(vector) != self.vectors.shape[1]:
            return np.zeros(len(self), np.float32)
        return self.vectors @ vector


def refreshed(old: Texts, table: str, keys: NDArray[np.bytes_], model: str) -> Texts:
    """The texts with those keys, which are sorted; what ``old`` has of them is taken over."""
    known = np.isin(keys, old.keys)
    if len(old.places) > (1 + MOST_GONE) * max(int(known.sum()), SLICE):
        old, known = Texts(), np.zeros(len(keys), dtype=bool)
    if len(known) == len(old) and known.all():
        return old
    new = keys[~known]
    for start in range(0, len(new), SLICE):
        old = _with(old, table, new[start : start + SLICE], model)
    return _selected(old, keys)


def _with(old: Texts, table: str, keys: NDArray[np.bytes_], model: str) -> Texts:
    """``old`` with more texts behind its own; `_selected` puts them in their order."""
    ids = [key.ljust(Key.itemsize, b"\0")[:16].hex() for key in keys.tolist()]
    values: dict[str, Any] = {"ids": ids, "model": model, "first": len(old.places)}
    with connection.cursor() as cursor:
        cursor.execute(_VECTORS.format(owner=OWNERS[table]), values)
        vectors, dimensions, tokens, pieces = (bytes(column or b"") for column in cursor.fetchone())
        cursor.execute(_TERMS.format(table=table), values)
        terms = dict(old.terms)
        for stem, pairs in cursor:
            terms[stem] = terms.get(stem, b"") + bytes(pairs)
    counts, widths = (np.frombuffer(column, ">i4").astype(np.int64) for column in (pieces, dimensions))
    rows = int(counts.sum())
    return Texts(
        keys=np.concatenate([old.keys, keys]),
        vectors=_stacked(old.vectors, _vectors(vectors, widths, old.vectors.shape[1] or int(widths.max(initial=0)))),
        tokens=_stacked(old.tokens, np.frombuffer(tokens, np.int8).reshape(rows, -1 if rows else 0)),
        starts=np.concatenate([old.starts, len(old.tokens) + np.cumsum(counts) - counts]),
        pieces=np.concatenate([old.pieces, counts]),
        terms=terms,
        places=np.concatenate([old.places, len(old.keys) + np.arange(len(keys))]),
    )


def _selected(grown: Texts, keys: NDArray[np.bytes_]) -> Texts:
    order = np.argsort(grown.keys)
    rows = order[np.searchsorted(grown.keys, keys, sorter=order)]
    moved = np.full(len(grown.keys) + 1, -1)
    moved[rows] = np.arange(len(keys))
    return Texts(
        keys=keys,
        vectors=grown.vectors[rows],
        tokens=grown.tokens,
        starts=grown.starts[rows],
        pieces=grown.pieces[rows],
        terms=grown.terms,
        places=moved[grown.places],  # what was gone, −1, finds the last entry, which is −1
    )


def _vectors(blob: bytes, dimensions: NDArray[Any], width: int) -> NDArray[np.float32]:
    """Vectors as `halfvec_send` writes them: the number of dimensions, two empty bytes, and the halves. One that has
    another width than ``width`` is left out: an endpoint may have changed what it answers under one name."""
    found = np.zeros((len(dimensions), width), np.float32)
    lengths = np.where(dimensions > 0, dimensions + 2, 0)
    fits = (dimensions == width) & (dimensions > 0)
    starts = np.cumsum(lengths)[fits] - width
    found[fits] = np.frombuffer(blob, ">f2")[starts[:, None] + np.arange(width)]
    return found


def _stacked(old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
    """One below the other; one without columns takes the other's."""
    if not old.shape[1]:
        old = np.zeros((len(old), new.shape[1]), new.dtype)
    if not new.shape[1]:
        new = np.zeros((len(new), old.shape[1]), old.dtype)
    return np.concatenate([old, new])
