"""What ranking needs to know of a graph's memories and entities, as columns, and how they hang together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from graphs.kinds import MemoryKind
from graphs.search import texts
from graphs.search.outline import Outline, as_uuid, places_of

TABLE = "graphs_memory"
KINDS = [kind.value for kind in MemoryKind]

_MEMORIES = f"""
SELECT string_agg(int4send(array_position(%(kinds)s, t.kind)), '' ORDER BY t.id),
       string_agg(float8send(coalesce(extract(epoch FROM t.valid_to)::float8, 'infinity')), '' ORDER BY t.id),
       string_agg(int4send((t.retired_at IS NULL)::int), '' ORDER BY t.id),
       string_agg(uuid_send(t.id), '' ORDER BY t.valid_to, t.id) FILTER (WHERE t.invalidated_by_id IS NOT NULL),
       string_agg(uuid_send(t.invalidated_by_id), '' ORDER BY t.valid_to, t.id),
       {texts.KEYS}
  {texts.joined(TABLE)}
 WHERE t.graph_id = %(graph)s
"""  # noqa: S608  (constants of ours)
_SOURCES = """
SELECT string_agg(uuid_send(memory_id), '' ORDER BY id), string_agg(uuid_send(episode_id), '' ORDER BY id)
  FROM graphs_source WHERE graph_id = %(graph)s
"""
_NOW = " AND role IN ('supports', 'merged')"
_THEN = """
   AND role IN ('supports', 'merged', 'former') AND recorded_at <= %(moment)s
   AND (retired_at IS NULL OR retired_at > %(moment)s)
"""
_MENTIONS = """
SELECT string_agg(uuid_send(m.memory_id), '' ORDER BY m.id), string_agg(uuid_send(m.entity_id), '' ORDER BY m.id)
  FROM graphs_mention m JOIN graphs_entity e ON e.id = m.entity_id AND NOT e.is_subject
 WHERE m.graph_id = %(graph)s
"""
_RELATIONS = """
SELECT string_agg(uuid_send(id), '' ORDER BY id),
       string_agg(uuid_send(memory_id), '' ORDER BY id),
       string_agg(uuid_send(subject_id), '' ORDER BY id),
       string_agg(uuid_send(object_id), '' ORDER BY id)
  FROM graphs_relation WHERE graph_id = %(graph)s
"""
_ENTITIES = "SELECT id, names, is_subject FROM graphs_entity WHERE graph_id = %(graph)s ORDER BY id"

Pairs = NDArray[np.int64]
"""(pairs × 2): places of what belongs together."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """``ids``, ``kinds`` (places in KINDS), ``valid_to`` (seconds since the epoch, infinite where open) and
    ``believed`` have an entry a memory, in the order of their ids; ``entities`` are the ids of entities.

    ``sources`` are pairs of a memory and an episode that supports it, ``mentions`` of a memory and an entity that it
    speaks of, without the subject, ``heirs`` of a memory and the one that ended it, what ended first before the others.
    ``relations`` are the ids of relations; ``asserted`` has a row for each: the memory that asserts it, its subject and
    its object. ``names`` has the entities of each name, without the subject's.
    """

    ids: NDArray[np.bytes_]
    kinds: NDArray[np.int32]
    valid_to: NDArray[np.float64]
    believed: NDArray[np.bool_]
    entities: NDArray[np.bytes_]
    sources: Pairs
    mentions: Pairs
    heirs: Pairs
    relations: NDArray[np.bytes_]
    asserted: NDArray[np.int64]
    subjects: NDArray[np.int64]
    names: dict[str, list[int]]
    subject_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def uuid(self, place: int) -> UUID:
        return as_uuid(self.ids[place])

    def entity(self, place: int) -> UUID:
        return as_uuid(self.entities[place])

    def named(self, names: frozenset[str]) -> set[int]:
        """The entities that go by one of those names."""
        return {place for name in names & self.names.keys() for place in self.names[name]}

    def linked(self, entities: list[int]) -> NDArray[np.int64]:
        """The entities that a relation links to one of those, and those; what everything hangs on, the subject, links
        nothing."""
        ends = self.asserted[:, 1:]
        ends = ends[~np.isin(ends, self.subjects).any(axis=1)]
        return np.unique(ends[np.isin(ends, entities).any(axis=1)])

    def among(self, ids: Iterable[UUID]) -> NDArray[np.bool_]:
        """Which memories have one of those ids."""
        return np.isin(self.ids, np.array([key.bytes for key in ids], dtype="S16"))

    def best_of(self, scores: NDArray[np.float64], sources: Pairs) -> NDArray[np.float64]:
        """For each memory the best score of its episodes; minus infinity where there is none."""
        found = np.full(len(self), -np.inf)
        np.maximum.at(found, sources[:, 0], scores[sources[:, 1]])
        return found


def load(graph_id: UUID, model: str, outline: Outline) -> tuple[Beliefs, NDArray[np.bytes_]]:
    """The beliefs, and the keys under which the texts of the memories are kept."""
    values: dict[str, Any] = {"graph": graph_id, "model": model, "kinds": KINDS}
    kinds, ends, believed, ended, heirs, keys = _columns(_MEMORIES, values)
    key_of = np.frombuffer(keys, texts.Key)
    ids = key_of.astype("S16")
    with connection.cursor() as cursor:
        cursor.execute(_ENTITIES, values)
        rows = cursor.fetchall()
    entities = np.array([key.bytes for key, _, _ in rows], dtype="S16")
    names: dict[str, list[int]] = {}
    for place, (_, called, is_subject) in enumerate(rows):
        for name in () if is_subject else called:
            names.setdefault(name, []).append(place)
    relations, asserted = _relations(_columns(_RELATIONS, values), ids, entities)
    beliefs = Beliefs(
        ids=ids,
        kinds=np.frombuffer(kinds, ">i4").astype(np.int32) - 1,
        valid_to=np.frombuffer(ends, ">f8").astype(float),
        believed=np.frombuffer(believed, ">i4") > 0,
        entities=entities,
        sources=_pairs(_columns(_SOURCES + _NOW, values), ids, outline.ids),
        mentions=_pairs(_columns(_MENTIONS, values), ids, entities),
        heirs=_pairs([ended, heirs], ids, ids),
        relations=relations,
        asserted=asserted,
        subjects=np.array([place for place, (_, _, is_subject) in enumerate(rows) if is_subject], dtype=np.int64),
        names=names,
        subject_names=tuple(name for _, called, is_subject in rows if is_subject for name in called),
    )
    return beliefs, key_of


def sources_then(graph_id: UUID, beliefs: Beliefs, outline: Outline, moment: datetime) -> Pairs:
    """As ``sources`` were at a moment."""
    columns = _columns(_SOURCES + _THEN, {"graph": graph_id, "moment": moment})
    return _pairs(columns, beliefs.ids, outline.ids)


def _columns(sql: str, values: dict[str, Any]) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [bytes(column or b"") for column in cursor.fetchone()]


def _relations(
    columns: list[bytes], memories: NDArray[np.bytes_], entities: NDArray[np.bytes_]
) -> tuple[NDArray[np.bytes_], NDArray[np.int64]]:
    key, memory, subject, object_ = (np.frombuffer(column, "S16") for column in columns)
    found = [places_of(memories, memory), places_of(entities, subject), places_of(entities, object_)]
    rows = np.stack(found, axis=1)
    known = (rows >= 0).all(axis=1)
    return key[known], rows[known]


def _pairs(columns: list[bytes], lefts: NDArray[np.bytes_], rights: NDArray[np.bytes_]) -> Pairs:
    left, right = (np.frombuffer(column, "S16") for column in columns)
    pairs = np.stack([places_of(lefts, left), places_of(rights, right)], axis=1)
    return pairs[(pairs >= 0).all(axis=1)]
