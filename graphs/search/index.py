"""What search holds of a graph in memory, and keeps as long as the graph does not change.

A graph's `search_version` counts the changes of what search reads; it is fetched with the graph, so that a question
about a graph that has not changed costs no query for any of this.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from graphs.models import Graph
from graphs.search import beliefs, outline, texts
from graphs.search.beliefs import Beliefs
from graphs.search.outline import Outline
from graphs.search.texts import Texts


@dataclass(frozen=True, slots=True)
class GraphIndex:
    """The columns of a graph's episodes and memories, and their words and vectors by the embedder ``model``."""

    version: int
    outline: Outline
    episodes: Texts
    beliefs: Beliefs
    memories: Texts

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return self.episodes.size + self.memories.size + 250 * (len(self.outline) + len(self.beliefs))


class _Kept:
    """The indexes that were used last, as many as fit in ``SEARCH_MEMORY_BYTES``; threads share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._indexes: OrderedDict[tuple[UUID, str], GraphIndex] = OrderedDict()

    def get(self, key: tuple[UUID, str]) -> GraphIndex | None:
        with self._lock:
            if key in self._indexes:
                self._indexes.move_to_end(key)
            return self._indexes.get(key)

    def put(self, key: tuple[UUID, str], index: GraphIndex) -> None:
        with self._lock:
            self._indexes[key] = index
            self._indexes.move_to_end(key)
            room = settings.SEARCH_MEMORY_BYTES - sum(kept.size for kept in self._indexes.values())
            while room < 0 and len(self._indexes) > 1:
                room += self._indexes.popitem(last=False)[1].size


_kept = _Kept()


def index_of(graph: Graph, model: str) -> GraphIndex:
    """The index of a graph as ``graph`` was read, or newer. After a restore of the database versions may go back."""
    key = (graph.pk, model)
    old = _kept.get(key)
    if old and old.version == graph.search_version:
        return old
    outlined, episode_keys = outline.load(graph.pk, model)
    believed, memory_keys = beliefs.load(graph.pk, model, outlined)
    index = GraphIndex(
        version=graph.search_version,
        outline=outlined,
        episodes=texts.refreshed(old.episodes if old else Texts(), outline.TABLE, episode_keys, model),
        beliefs=believed,
        memories=texts.refreshed(old.memories if old else Texts(), beliefs.TABLE, memory_keys, model),
    )
    _kept.put(key, index)
    return index
