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

from graphs.search import texts

SESSION_GAP_SECONDS = 3600.0
ROLES = ("user", "assistant", "system", "tool")
DECAY = np.array([0.4, 0.7, 1.0, 0.7, 0.4])
"""What an episode's neighbours count in its window, from two before to two after."""
WINDOW_WORDS = 150
"""A window that would have more words than that counts its neighbours for less: long messages stand alone."""

TABLE = "graphs_episode"
_VOID = """
t.source_kind = 'statement' AND coalesce((
    SELECT bool_and(s.role = 'former' OR m.retired_at IS NOT NULL)
      FROM graphs_source s JOIN graphs_memory m ON m.id = s.memory_id WHERE s.episode_id = t.id), false)
"""
_COLUMNS = f"""
SELECT string_agg(uuid_send(t.stream), '' ORDER BY t.id),
       string_agg(int8send(t.position), '' ORDER BY t.id),
       string_agg(float8send(extract(epoch FROM t.said_at)::float8), '' ORDER BY t.id),
       string_agg(float8send(extract(epoch FROM t.created_at)::float8), '' ORDER BY t.id),
       string_agg(int4send(t.words), '' ORDER BY t.id),
       string_agg(int4send(t.is_question::int + 2 * t.has_date::int + 4 * ({_VOID})::int), '' ORDER BY t.id),
       string_agg(int4send(coalesce(array_position(%(roles)s, t.role), 0)), '' ORDER BY t.id),
       string_agg(int4send(hashtext(t.speaker)), '' ORDER BY t.id),
       {texts.KEYS},
       array_agg(DISTINCT t.language)
  {texts.joined(TABLE)}
 WHERE t.graph_id = %(graph)s AND t.indexed_at IS NOT NULL
"""  # noqa: S608  (constants of ours)
_SPEAKERS = "SELECT DISTINCT speaker, hashtext(speaker) FROM graphs_episode WHERE graph_id = %s"


@dataclass(frozen=True, slots=True)
class Outline:
    """One entry an episode, in the order of their ids. Times are seconds since the epoch.

    ``neighbours`` is (episodes × 5): the places of the episodes two before to two after in the same session, −1 where
    there is none; the middle column is the episode itself. ``reach`` is what each of them counts, ``lengths`` the words
    of the window by those weights. ``roles`` are places in ROLES, −1 for none; ``speakers`` the values of ``names``.
    """

    ids: NDArray[np.bytes_]
    streams: NDArray[np.bytes_]
    said_at: NDArray[np.float64]
    created_at: NDArray[np.float64]
    is_question: NDArray[np.bool_]
    has_date: NDArray[np.bool_]
    is_void: NDArray[np.bool_]
    """Statements that nothing rests on any more: nobody said them but whoever took them back, or changed them."""
    roles: NDArray[np.int32]
    speakers: NDArray[np.int32]
    names: dict[str, int]
    languages: tuple[str, ...]
    neighbours: NDArray[np.int64]
    reach: NDArray[np.float64]
    lengths: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: Sequence[UUID]) -> NDArray[np.int64]:
        """Where those episodes stand; −1 for one that is not here."""
        return places_of(self.ids, np.array([key.bytes for key in ids], dtype="S16"))

    def uuid(self, place: int) -> UUID:
        return as_uuid(self.ids[place])


def load(graph_id: UUID, model: str) -> tuple[Outline, NDArray[np.bytes_]]:
    """The outline, and the keys under which the texts of its episodes are kept."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, {"graph": graph_id, "model": model, "roles": list(ROLES)})
        *columns, languages = cursor.fetchone()
        cursor.execute(_SPEAKERS, [graph_id])
        names = dict(cursor.fetchall())
    streams, positions, said, made, words, flags, roles, speakers, keys = (bytes(each or b"") for each in columns)
    said_at = np.frombuffer(said, ">f8").astype(float)
    stream_of = np.frombuffer(streams, "S16")
    neighbours = _neighbours(stream_of, np.frombuffer(positions, ">i8"), said_at)
    counts = np.frombuffer(words, ">i4").astype(np.int32)
    reach = _reach(counts, neighbours)
    traits = np.frombuffer(flags, ">i4")
    key_of = np.frombuffer(keys, texts.Key)
    outline = Outline(
        ids=key_of.astype("S16"),
        streams=stream_of,
        said_at=said_at,
        created_at=np.frombuffer(made, ">f8").astype(float),
        is_question=(traits & 1) > 0,
        has_date=(traits & 2) > 0,
        is_void=(traits & 4) > 0,
        roles=np.frombuffer(roles, ">i4").astype(np.int32) - 1,
        speakers=np.frombuffer(speakers, ">i4").astype(np.int32),
        names=names,
        languages=tuple(languages or ()),
        neighbours=neighbours,
        reach=reach,
        lengths=(reach * np.append(counts, 0)[neighbours]).sum(axis=1),
    )
    return outline, key_of


def places_of(ids: NDArray[np.bytes_], wanted: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """Where each of ``wanted`` stands in ``ids``, which are sorted; −1 for one that is not among them."""
    if not len(ids):
        return np.full(len(wanted), -1)
    found = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[found] == wanted, found, -1)


def as_uuid(key: bytes) -> UUID:
    return UUID(bytes=key.ljust(16, b"\0"))


def _reach(words: NDArray[np.int32], neighbours: NDArray[np.int64]) -> NDArray[np.float64]:
    around = np.append(words, 0)[neighbours].sum(axis=1) - words
    room = np.clip(WINDOW_WORDS - words, 0, None)
    share = np.minimum(1.0, room / np.maximum(around, 1))
    reach = DECAY * share[:, None]
    reach[:, 2] = 1.0
    return np.where(neighbours >= 0, reach, 0.0)


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
