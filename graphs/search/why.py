"""Why something was found: what each lever added to its score, read from the very ranking that found it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from graphs.dates import DateSpan
from graphs.models import Entity, Episode, Memory, Relation
from graphs.search import weights
from graphs.search.in_graph import Hit, InGraph
from graphs.search.outline import places_of
from graphs.search.question import Question
from graphs.search.rank import Levers, Ranked, named_speakers
from graphs.search.texts import Texts

EPISODE = {
    "words": weights.WORDS,
    "speaker": weights.SPEAKER,
    "time": weights.TIME,
    "entity": weights.ENTITY,
    "role": weights.ROLE,
    "question": weights.QUESTION,
    "when": weights.WHEN,
}
"""The weights of an episode's levers, but for that of meaning, which depends on what measured it."""
MEMORY = {"words": weights.MEMORY_WORDS, "meaning": weights.MEMORY_MEANING, "heir": weights.HEIR, "over": weights.OVER}
"""Those of a memory's own, beside the score of its best episode."""


@dataclass(frozen=True, slots=True)
class Lever:
    """``part`` is what it adds: ``weight`` times what was measured. A memory's own levers are ``own_…``."""

    name: str
    part: float
    weight: float

    @property
    def measured(self) -> float:
        return self.part / self.weight


@dataclass(frozen=True, slots=True)
class Why:
    """The sum of the levers' parts makes the ``score``: squashed to 0 to 1 for what a question found, as it is for what
    stands without one; what an entity that is ``named`` then lacks of 1 is halved.

    ``words`` are those of the question that stand in it, ``around`` those that only its neighbours hold. ``behind`` is
    the episode that lends a memory its score, ``through`` the memory that lends an entity its own.
    """

    levers: tuple[Lever, ...]
    score: float
    words: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    behind: UUID | None = None
    through: UUID | None = None
    named: bool = False

    @property
    def total(self) -> float:
        return sum(lever.part for lever in self.levers)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was understood: the words that were looked for, the times, the speakers and the entities that it
    names, and what meaning was measured by."""

    words: tuple[str, ...]
    spans: tuple[DateSpan, ...]
    asks_when: bool
    speakers: tuple[str, ...]
    entities: tuple[UUID, ...]
    steps: frozenset[str]


class Reasons:
    """Why the hits of one graph have the scores that they have."""

    def __init__(self, graph: InGraph, question: Question):
        self._graph = graph
        self._ranked = graph.ranked
        self._names = question.names
        self._asked = question.encoded.words

    def of(self, hit: Hit) -> Why:
        beliefs = self._ranked.scope.index.beliefs
        match hit.record:
            case Episode():
                place = int(self._ranked.scope.index.outline.places([hit.record.pk])[0])
                return self._episode(place, hit.score)
            case Memory():
                return self._memory(_place(beliefs.ids, hit.record.pk), hit.score)
            case Entity():
                return self._entity(_place(beliefs.entities, hit.record.pk), hit.score)
            case Relation():
                return self._memory(_place(beliefs.ids, hit.record.memory_id), hit.score)

    def _episode(self, place: int, score: float) -> Why:
        words, around = self._spoken(place)
        return Why(self._episode_levers(place), score, words, around, behind=self._episode_id(place))

    def _memory(self, place: int, score: float) -> Why:
        best = self._best_episode(place)
        own = {name: column for name, column in self._ranked.memory_levers.items() if name in MEMORY}
        levers = (*self._episode_levers(best), *_levers(own, MEMORY, place, "own_"))
        spoken, around = self._spoken(best)
        words = _ordered(self._asked, {*self._in_memories[place], *spoken})
        return Why(levers, score, words, _ordered(around, set(around) - set(words)), behind=self._episode_id(best))

    def _entity(self, place: int, score: float) -> Why:
        beliefs = self._ranked.scope.index.beliefs
        best, _ = self._graph.spoken_of()
        memory = best[place]
        lent = self._memory(memory, score)
        named = place in beliefs.named(self._names)
        return Why(lent.levers, score, lent.words, lent.around, lent.behind, beliefs.uuid(memory), named)

    def _best_episode(self, memory: int) -> int:
        sources = self._ranked.scope.sources
        episodes = sources[sources[:, 0] == memory, 1]
        return int(episodes[np.argmax(self._ranked.episodes[episodes])])

    def _episode_levers(self, place: int) -> tuple[Lever, ...]:
        known = {**EPISODE, "meaning": weights.MEANING[self._ranked.step]}
        return _levers(self._ranked.episode_levers, known, place)

    def _episode_id(self, place: int) -> UUID:
        return self._ranked.scope.index.outline.uuid(place)

    def _spoken(self, place: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words that an episode holds, and those that only the episodes around it do."""
        outline = self._ranked.scope.index.outline
        near = outline.neighbours[place][outline.reach[place] > 0].tolist()
        here = self._in_episodes[place]
        around = {word for one in near for word in self._in_episodes[one]} - here
        return _ordered(self._asked, here), _ordered(self._asked, around)

    @cached_property
    def _in_episodes(self) -> "_Words":
        return _Words(self._ranked.scope.index.episodes, self._ranked)

    @cached_property
    def _in_memories(self) -> "_Words":
        return _Words(self._ranked.scope.index.memories, self._ranked)


class _Words:
    """Which words of the question each text holds, in whatever form."""

    def __init__(self, texts: Texts, ranked: Ranked):
        self._held = {word: texts.frequencies(stems).sum(axis=1) for word, stems in ranked.stems.items()}

    def __getitem__(self, place: int) -> set[str]:
        return {word for word, held in self._held.items() if held[place] > 0}


def reading(question: Question, ranked: Sequence[Ranked]) -> Reading:
    found = [(one.scope.index, one) for one in ranked]
    looked_for = {word for one in ranked for word in one.stems}
    speakers = [name for index, _ in found for name in named_speakers(index, question)]
    return Reading(
        words=_ordered(question.encoded.words, looked_for),
        spans=question.spans,
        asks_when=question.asks_when,
        speakers=tuple(dict.fromkeys(speakers)),
        entities=tuple(
            index.beliefs.entity(place) for index, _ in found for place in sorted(index.beliefs.named(question.names))
        ),
        steps=frozenset(one.step for index, one in found if len(index.outline)),
    )


def _levers(columns: Levers, known: dict[str, float], place: int, prefix: str = "") -> tuple[Lever, ...]:
    return tuple(Lever(prefix + name, float(column[place]), known[name]) for name, column in columns.items())


def _ordered(words: Iterable[str], kept: set[str]) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(words) if word in kept)


def _place(ids: NDArray[np.bytes_], key: UUID) -> int:
    return int(places_of(ids, np.array([key.bytes], dtype="S16"))[0])
