"""Scores every episode and every memory of graphs for a question: weighted sums of levers, each a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from graphs.dates import DateSpan
from graphs.embedders.base import LATE_INTERACTION, VECTORS, WORDS_ONLY
from graphs.search import late, lexical, weights
from graphs.search.beliefs import Beliefs, Pairs
from graphs.search.index import GraphIndex
from graphs.search.outline import ROLES, Outline
from graphs.search.question import Question

MAX_LATE = 200
"""Windows that get the dear score: in a larger graph the best of the cheap scores, which know their neighbours."""
DAY = 86400.0
_AFTERMATH = 31 * DAY

Column = NDArray[np.floating[Any]]
Levers = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: which episodes and memories of a graph, and the episodes that its memories rest on."""

    index: GraphIndex
    episodes: NDArray[np.bool_]
    memories: NDArray[np.bool_]
    sources: Pairs


@dataclass(frozen=True, slots=True)
class Ranked:
    """The scores of one graph's episodes and memories, minus infinity for what is out of the scope or rests on nothing
    within it. The levers are the parts that they are the sums of. ``step`` says what meaning was measured by: late
    interaction, vectors, or nothing; ``stems`` are those of the words that were looked for."""

    scope: Scope
    episodes: NDArray[np.float64]
    memories: NDArray[np.float64]
    episode_levers: Levers
    memory_levers: Levers
    step: str
    stems: lexical.Stems


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was measured of one graph: the raw columns of the great levers, and the small levers as they count."""

    scope: Scope
    words: Column
    meaning: Column
    step: str
    stems: lexical.Stems
    small: Levers
    memory_words: NDArray[np.float64]
    memory_meaning: Column


def rank(scopes: Sequence[Scope], question: Question) -> list[Ranked]:
    """One for each graph, in their order. The z-scores are taken over all of them together, so that the best of a small
    graph is not the best of all."""
    measured = [_measure(scope, question) for scope in scopes]
    columns = zip(
        measured,
        _pooled_z([one.words for one in measured]),
        _pooled_z([one.meaning for one in measured]),
        _pooled_z([one.memory_words for one in measured]),
        _pooled_z([one.memory_meaning for one in measured]),
        strict=True,
    )
    return [_ranked(one, question, *zs) for one, *zs in columns]


def _ranked(one: _Measured, question: Question, *zs: Column) -> Ranked:
    words, meaning, memory_words, memory_meaning = zs
    scope, beliefs = one.scope, one.scope.index.beliefs
    levers: Levers = {"words": weights.WORDS * words, "meaning": weights.MEANING[one.step] * meaning} | one.small
    scores = np.where(scope.episodes, _sum(levers), -np.inf)
    over = _over(beliefs, question)
    own: Levers = {
        "source": np.where(scope.memories, beliefs.best_of(scores, scope.sources), -np.inf),
        "words": weights.MEMORY_WORDS * memory_words,
        "meaning": weights.MEMORY_MEANING * memory_meaning,
    }
    own["heir"] = weights.HEIR * _inherited(beliefs.heirs, over, _sum(own))
    own["over"] = weights.OVER * over
    return Ranked(scope, scores, _sum(own), levers, own, one.step, one.stems)


def _measure(scope: Scope, question: Question) -> _Measured:
    index = scope.index
    outline, episodes, memories = index.outline, index.episodes, index.memories
    named = named_speakers(index, question)
    own_words = {word for name in named for word in name.lower().split()}
    words = [word for word in dict.fromkeys(question.encoded.words) if word not in own_words]
    stems = lexical.stems_of(words, outline.languages)
    lexis = lexical.score_windows(episodes, outline, stems)
    small = _small_levers(index, question, named)
    cosines = episodes.cosines(question.encoded.vector)
    cheap = _sum(small) + weights.WORDS * _z(lexis.scores) + 2 * weights.COSINE * _z(cosines)
    places = np.argsort(-np.where(scope.episodes, cheap, -np.inf), kind="stable")[:MAX_LATE]
    rarity = dict.fromkeys(own_words, 0.0) | lexis.rarity
    found = late.score(episodes, outline, places, question.encoded, rarity)
    own = (lexical.score_sentences(memories, stems), memories.cosines(question.encoded.vector))
    if not found.any():  # no token vectors: a remote embedder made these, or none
        step = VECTORS if cosines.any() else WORDS_ONLY
        return _Measured(scope, lexis.scores, cosines, step, stems, small, *own)
    meaning = np.full(len(outline), found.min())
    meaning[places] = found
    return _Measured(scope, lexis.scores, meaning, LATE_INTERACTION, stems, small, *own)


def _small_levers(index: GraphIndex, question: Question, named: dict[str, int]) -> Levers:
    outline = index.outline
    return {
        "speaker": weights.SPEAKER * _speaker(outline, named),
        "time": weights.TIME * _time(outline, question.spans),
        "entity": weights.ENTITY * _entity(index, question),
        "role": weights.ROLE * (outline.roles == ROLES.index("user")),
        "question": weights.QUESTION * outline.is_question,
        "when": weights.WHEN * (outline.has_date & question.asks_when),
    }


def _sum(levers: Levers) -> NDArray[np.float64]:
    return np.sum(list(levers.values()), axis=0)


def _z(values: Column) -> NDArray[np.float64]:
    return _pooled_z([values])[0]


def _pooled_z(columns: Sequence[Column]) -> list[NDArray[np.float64]]:
    """How many standard deviations each value lies above the mean of all columns together; zero where all are alike."""
    whole = np.concatenate(columns)
    spread = float(whole.std()) if len(whole) else 0.0
    return [(column - whole.mean()) / spread if spread > 1e-9 else np.zeros(len(column)) for column in columns]


def named_speakers(index: GraphIndex, question: Question) -> dict[str, int]:
    """Name → the code by which the outline knows the speaker. The unnamed speaker is the graph's subject."""
    speakers = index.outline.names
    if "" in speakers:
        speakers = speakers | dict.fromkeys(index.beliefs.subject_names, speakers[""])
    return {name: code for name, code in speakers.items() if name and _is_named(name, question)}


def _is_named(name: str, question: Question) -> bool:
    whole = name.casefold().split()
    return bool(whole) and (" ".join(whole) in question.names or whole[0] in question.names)


def _speaker(outline: Outline, named: dict[str, int]) -> NDArray[np.float64]:
    if not named:
        return np.full(len(outline), 0.5)
    return np.isin(outline.speakers, list(named.values())).astype(float)


def _time(outline: Outline, spans: tuple[DateSpan, ...]) -> NDArray[np.float64]:
    score = np.zeros(len(outline))
    for span in spans:
        starts = span.starts.timestamp() if span.starts else -np.inf
        ends = span.ends.timestamp() if span.ends else np.inf
        said = outline.said_at
        after = np.where((said >= ends) & (said < ends + _AFTERMATH), 0.4, 0.0)
        score = np.maximum(score, np.where((said >= starts) & (said < ends), 1.0, after))
    return score


def _entity(index: GraphIndex, question: Question) -> NDArray[np.float64]:
    """1 where a memory that rests on the episode speaks of an entity that the question names, less for one linked."""
    beliefs = index.beliefs
    found = np.zeros(len(index.outline))
    named = list(beliefs.named(question.names))
    if not named:
        return found
    entities = np.zeros(len(beliefs.entities))
    entities[beliefs.linked(named)] = weights.LINKED
    entities[named] = 1.0
    memories = np.zeros(len(beliefs))
    np.maximum.at(memories, beliefs.mentions[:, 0], entities[beliefs.mentions[:, 1]])
    np.maximum.at(found, beliefs.sources[:, 1], (memories * beliefs.believed)[beliefs.sources[:, 0]])
    return found


def _over(beliefs: Beliefs, question: Question) -> NDArray[np.float64]:
    """1 where a memory no longer holds, unless the question asks for a time."""
    if question.asks_when:
        return np.zeros(len(beliefs))
    return (beliefs.valid_to <= (question.as_of or timezone.now()).timestamp()).astype(float)


def _inherited(heirs: Pairs, over: Column, scores: Column) -> Column:
    """What the scores of memories lack of the scores of those that they ended, or that these had ended before."""
    raised = scores.copy()
    for ended, heir in heirs[over[heirs[:, 0]] > 0].tolist():
        if np.isfinite(raised[heir]):
            raised[heir] = max(raised[heir], raised[ended])
    return np.subtract(raised, scores, out=np.zeros(len(scores)), where=np.isfinite(scores))
