"""What ranking needs to know of every episode of a graph, as columns.

PostgreSQL sends each column as one string of bytes, so that a graph of some thousand episodes becomes NumPy arrays in a
few milliseconds, without a Python object a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from graphs.embedders import EncodedQuery

SESSION_GAP_SECONDS = 3600.0

_COLUMNS = """
SELECT string_agg(uuid_send(e.id), '' ORDER BY e.id),
       string_agg(uuid_send(e.stream), '' ORDER BY e.id),
       string_agg(int8send(e.position), '' ORDER BY e.id),
       string_agg(float8send(extract(epoch FROM e.said_at)::float8), '' ORDER BY e.id),
       string_agg(int4send(e.words), '' ORDER BY e.id),
       string_agg(int4send(e.is_question::int + 2 * e.has_date::int + 4 * (e.role = 'user')::int), '' ORDER BY e.id),
       string_agg(int4send(hashtext(e.speaker)), '' ORDER BY e.id),
       string_agg(float8send(coalesce(1 - (v.vector <=> %(vector)s::halfvec), 0)), '' ORDER BY e.id),
       array_agg(DISTINCT e.language)
  FROM graphs_episode e
  LEFT JOIN graphs_embedding v ON v.episode_id = e.id AND v.memory_id IS NULL AND v.model = %(model)s
 WHERE e.graph_id = %(graph)s AND e.indexed_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Outline:
    """One entry an episode, in the order of ``ids``. Times are seconds since the epoch, ``cosines`` −1 to 1.

    ``neighbours`` is (episodes × 5): the places of the episodes two before to two after in the same session, −1 where
    there is none; the middle column is the episode itself.
    """

    ids: NDArray[np.bytes_]
    said_at: NDArray[np.float64]
    words: NDArray[np.int32]
    is_question: NDArray[np.bool_]
    has_date: NDArray[np.bool_]
    is_user: NDArray[np.bool_]
    speakers: NDArray[np.int32]
    cosines: NDArray[np.float64]
    neighbours: NDArray[np.int64]
    languages: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: Sequence[UUID]) -> NDArray[np.int64]:
        """Where those episodes stand; −1 for one that is not here."""
        return self.rows(np.array([key.bytes for key in ids], dtype="S16"))

    def rows(self, ids: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """As `places`, of ids as the 16 bytes that they are."""
        if not len(self.ids):
            return np.full(len(ids), -1)
        found = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[found] == ids, found, -1)

    def uuid(self, place: int) -> UUID:
        return UUID(bytes=self.ids[place].ljust(16, b"\0"))


def load(graph_id: UUID, model: str, query: EncodedQuery) -> Outline:
    with connection.cursor() as cursor:
        vector = "[" + (",".join(f"{x:.5g}" for x in query.vector) or "0") + "]"
        cursor.execute(_COLUMNS, {"graph": graph_id, "model": model, "vector": vector})
        *columns, languages = cursor.fetchone()
    blobs = [bytes(column or b"") for column in columns]
    flags = np.frombuffer(blobs[5], ">i4")
    said_at = np.frombuffer(blobs[3], ">f8").astype(float)
    return Outline(
        ids=np.frombuffer(blobs[0], "S16"),
        said_at=said_at,
        words=np.frombuffer(blobs[4], ">i4").astype(np.int32),
        is_question=(flags & 1) > 0,
        has_date=(flags & 2) > 0,
        is_user=(flags & 4) > 0,
        speakers=np.frombuffer(blobs[6], ">i4").astype(np.int32),
        cosines=np.frombuffer(blobs[7], ">f8").astype(float),
        neighbours=_neighbours(np.frombuffer(blobs[1], "S16"), np.frombuffer(blobs[2], ">i8"), said_at),
        languages=tuple(languages or ()),
    )


def _neighbours(
    streams: NDArray[np.bytes_], positions: NDArray[np.int64], said_at: NDArray[np.float64]
) -> NDArray[np.int64]:
    """A session is a run of a stream in which no gap between two episodes is longer than an hour."""
    count = len(streams)
    order = np.lexsort((positions, streams))
    breaks = np.ones(count, dtype=bool)
    if count:
        gap = np.abs(np.diff(said_at[order])) > SESSION_GAP_SECONDS
        breaks[1:] = gap | (streams[order][1:] != streams[order][:-1])
    sessions = np.cumsum(breaks)
    found = np.full((count, 5), -1)
    for column, offset in enumerate(range(-2, 3)):
        here = np.arange(count)
        there = here + offset
        inside = (there >= 0) & (there < count)
        same = inside & (sessions[np.clip(there, 0, max(count - 1, 0))] == sessions)
        found[order[same], column] = order[there[same]]
    return found
