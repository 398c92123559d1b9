"""A graph of a given size with made-up words and vectors, and any number of copies of it beside."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection

from graphs import embedders
from graphs.indexing import changed, write_memory_text
from graphs.kinds import EntityType, MemoryKind
from graphs.models import Embedding, Entity, Episode, Graph, Memory, Mention, Source
from ingest import facts
from memos import ids
from memos.projects.audit import Caller
from users.models import User
from users.services import create_user

WORDS = 5_000
PIECES = 40
ENTITIES = 300
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
_COPIED = ("graphs_episode", "graphs_memory", "graphs_source", "graphs_embedding")
_KEYS = {"id", "episode_id", "memory_id", "source_id", "stream"}
"""Columns that get an id of their own in a copy."""


@dataclass
class Crowd:
    """Words fall as they do in speech: the n-th most frequent about 1/n as often as the first (Zipf)."""

    caller: Caller
    seed: int = 1
    rng: random.Random = field(init=False)
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        made = {"".join(self.rng.choices(_SYLLABLES, k=self.rng.randint(2, 4))) for _ in range(2 * WORDS)}
        self.words = sorted(made)[:WORDS]
        self.rng.shuffle(self.words)

    def text(self, length: int) -> str:
        weights = [1 / (place + 1) for place in range(len(self.words))]
        return " ".join(self.rng.choices(self.words, weights, k=length)).capitalize() + "."

    def user(self, *, episodes: int, memories: int) -> User:
        """A user whose graph has that many of each; two memories rest on an episode, and most speak of an entity."""
        user = create_user(caller=self.caller, first_name="Ada")
        graph = user.graph
        said = self._episodes(graph, episodes)
        known = self._memories(graph, memories)
        Source.objects.bulk_create(
            [
                Source(project_id=graph.project_id, graph=graph, memory=memory, episode=said[place // 2 % len(said)])
                for place, memory in enumerate(known)
            ],
            batch_size=1000,
        )
        self._mentions(graph, known)
        self._embed(graph, said, known)
        Graph.objects.filter(pk=graph.pk).update(embedding_model=embedders.current().model)
        changed(graph.pk)
        return User.objects.select_related("graph").get(pk=user.pk)

    def _episodes(self, graph: Graph, count: int) -> list[Episode]:
        stream = ids.new_id()
        rows = [
            Episode(
                project_id=graph.project_id,
                graph=graph,
                source_kind=Episode.SourceKind.MESSAGE,
                source_id=ids.new_id(),
                stream=stream,
                position=place,
                role="user" if place % 2 else "assistant",
                content=self.text(25),
                words=25,
                said_at=START + timedelta(minutes=10 * place, days=place // 20),
                indexed_at=START,
            )
            for place in range(count)
        ]
        for row in rows:
            row.excerpt = row.content
        Episode.objects.bulk_create(rows, batch_size=1000)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE graphs_episode SET tsv = to_tsvector('english', content) WHERE graph_id = %s", [graph.pk]
            )
        return rows

    def _memories(self, graph: Graph, count: int) -> list[Memory]:
        about = Entity.objects.get(graph=graph, is_subject=True)
        kinds = list(MemoryKind)
        rows = []
        for place in range(count):
            content = self.text(9)
            rows.append(
                Memory(
                    project_id=graph.project_id,
                    graph=graph,
                    about=about,
                    content=content,
                    kind=kinds[place % len(kinds)],
                    said_at=START,
                    recorded_at=START,
                    digest=facts.digest(content, place, None),  # type: ignore[arg-type]
                )
            )
        Memory.objects.bulk_create(rows, batch_size=1000)
        write_memory_text(rows)
        return rows

    def _mentions(self, graph: Graph, memories: list[Memory]) -> None:
        things = [
            Entity(
                project_id=graph.project_id,
                graph=graph,
                name=word.capitalize(),
                key=word,
                names=[word],
                type=EntityType.TOPIC,
                first_seen_at=START,
                last_seen_at=START,
            )
            for word in self.words[:ENTITIES]
        ]
        Entity.objects.bulk_create(things)
        rows = [
            Mention(project_id=graph.project_id, graph=graph, memory=memory, entity=self.rng.choice(things))
            for memory in memories[: len(memories) * 2 // 3]
        ]
        Mention.objects.bulk_create(rows, batch_size=1000)

    def _embed(self, graph: Graph, episodes: list[Episode], memories: list[Memory]) -> None:
        random_numbers = np.random.default_rng(self.seed)
        owner = {"project_id": graph.project_id, "graph": graph, "model": embedders.current().model}
        rows = [Embedding(episode=each, tokens=_tokens(random_numbers), pieces=PIECES, **owner) for each in episodes]
        rows += [Embedding(memory=each, **owner) for each in memories]
        for row in rows:
            row.vector = _unit(random_numbers.standard_normal(384))
        Embedding.objects.bulk_create(rows, batch_size=500)


def copy(graph_id: UUID, times: int) -> None:
    """Put ``times`` graphs beside it, with all its rows under other ids; the words and vectors are the same."""
    with connection.cursor() as cursor:
        for number in range(times):
            other = ids.new_id()
            _copy_rows(cursor, "graphs_graph", graph_id, other, number, {"id": "%(other)s"}, "id")
            for table in _COPIED:
                _copy_rows(cursor, table, graph_id, other, number, {"graph_id": "%(other)s"}, "graph_id")
        cursor.execute("ANALYZE")


def _copy_rows(
    cursor: object, table: str, graph_id: UUID, other: UUID, number: int, given: dict[str, str], scope: str
) -> None:
    with connection.cursor() as described:
        columns = [column.name for column in connection.introspection.get_table_description(described, table)]
    own = {name: f"uuid_in(md5({name}::text || %(number)s)::cstring)" for name in columns if name in _KEYS}
    values = ", ".join((own | given | {"about_id": "NULL"}).get(name, name) for name in columns)
    names = ", ".join(columns)
    cursor.execute(  # type: ignore[attr-defined]
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {scope} = %(graph)s",
        {"graph": graph_id, "other": other, "number": str(number)},
    )


def _tokens(random_numbers: np.random.Generator) -> bytes:
    rows = random_numbers.standard_normal((PIECES, 96))
    return np.rint(127 * rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.int8).tobytes()


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
