"""Scores every episode of a graph for a question: a weighted sum of levers, each a column over the outline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from graphs.dates import DateSpan
from graphs.models import Entity, Graph, Source
from graphs.search import late, lexical, outline, weights
from graphs.search.outline import Outline
from graphs.search.question import Question

MAX_LATE = 700
"""Episodes that get the dear score: in a larger graph the best of the cheap scores, which know their neighbours."""
DAY = 86400.0
_AFTERMATH = 31 * DAY

Levers = dict[str, NDArray[np.floating[Any]]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """``scores`` has one entry an episode of the outline; ``levers`` the parts that it is the sum of."""

    outline: Outline
    scores: NDArray[np.float64]
    levers: Levers

    def best(self, limit: int) -> list[tuple[UUID, float]]:
        order = np.lexsort((self.outline.ids, -self.scores))[:limit]
        return [(self.outline.uuid(place), float(self.scores[place])) for place in order]

    def of(self, ids: list[UUID]) -> NDArray[np.float64]:
        """The scores of those episodes; minus infinity for one that is not indexed."""
        places = self.outline.places(ids)
        return np.where(places >= 0, np.append(self.scores, -np.inf)[places], -np.inf)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was measured of one graph: the raw columns of the two great levers, and the small levers as they count."""

    outline: Outline
    lexical: NDArray[np.float64]
    meaning: NDArray[np.float64]
    meaning_weight: float
    small: Levers


def rank(graphs: Sequence[Graph], question: Question, model: str) -> list[Ranked]:
    """One for each graph, in their order. The z-scores are taken over all of them together, so that the best of a small
    graph is not the best of all."""
    measured = [_measure(graph, question, model) for graph in graphs]
    lexical_z = _pooled_z([one.lexical for one in measured])
    meaning_z = _pooled_z([one.meaning for one in measured])
    return [
        _ranked(one, weights.LEXICAL * words, one.meaning_weight * meaning)
        for one, words, meaning in zip(measured, lexical_z, meaning_z, strict=True)
    ]


def _ranked(one: _Measured, words: NDArray[np.float64], meaning: NDArray[np.float64]) -> Ranked:
    levers = {"lexical": words, "meaning": meaning} | one.small
    return Ranked(one.outline, _sum(levers), levers)


def _measure(graph: Graph, question: Question, model: str) -> _Measured:
    outlined = outline.load(graph.pk, model, question.encoded)
    named = _named_speakers(graph, question)
    words = [word for word in dict.fromkeys(question.encoded.words) if word not in _words_of(named)]
    lexis = lexical.score(graph.pk, outlined, words)
    small: Levers = {
        "speaker": weights.SPEAKER * _speaker(outlined, named),
        "time": weights.TIME * _time(outlined, question.spans),
        "entity": weights.ENTITY * _entity(graph, outlined, question),
        "role": weights.ROLE * outlined.is_user,
        "question": weights.QUESTION * outlined.is_question,
        "when": weights.WHEN * (outlined.has_date & question.asks_when),
    }
    rarity = dict.fromkeys(_words_of(named), 0.0) | lexis.rarity
    cheap = _sum(small) + weights.LEXICAL * _z(lexis.scores) + 2 * weights.DENSE * _z(outlined.cosines)
    places = np.argsort(-cheap, kind="stable")[:MAX_LATE]
    found = late.score(outlined, places, question.encoded, model, rarity)
    if not found.any():  # no token vectors: a remote embedder made these, or none
        return _Measured(outlined, lexis.scores, outlined.cosines, weights.DENSE, small)
    meaning = np.full(len(outlined), found.min())
    meaning[places] = found
    return _Measured(outlined, lexis.scores, meaning, weights.LATE, small)


def _sum(levers: Levers) -> NDArray[np.float64]:
    return np.sum(list(levers.values()), axis=0)


def _z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return _pooled_z([values])[0]


def _pooled_z(columns: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """How many standard deviations each value lies above the mean of all columns together; zero where all are alike."""
    whole = np.concatenate(columns)
    spread = float(whole.std()) if len(whole) else 0.0
    return [(column - whole.mean()) / spread if spread > 1e-9 else np.zeros(len(column)) for column in columns]


def _named_speakers(graph: Graph, question: Question) -> dict[str, int]:
    """Name → the hash by which the outline knows the speaker. The unnamed speaker is the graph's subject."""
    with connection.cursor() as cursor:
        sql = "SELECT DISTINCT speaker, hashtext(speaker) FROM graphs_episode WHERE graph_id = %s"
        cursor.execute(sql, [graph.pk])
        speakers = dict(cursor.fetchall())
    subject = Entity.objects.filter(graph=graph, is_subject=True).first()
    if subject and "" in speakers:
        speakers |= dict.fromkeys((subject.name, *subject.aliases), speakers[""])
    return {name: code for name, code in speakers.items() if name and _is_named(name, question)}


def _is_named(name: str, question: Question) -> bool:
    whole = name.casefold().split()
    return bool(whole) and (" ".join(whole) in question.names or whole[0] in question.names)


def _words_of(names: dict[str, int]) -> set[str]:
    return {word for name in names for word in name.lower().split()}


def _speaker(outlined: Outline, named: dict[str, int]) -> NDArray[np.float64]:
    if not named:
        return np.full(len(outlined), 0.5)
    return np.isin(outlined.speakers, list(named.values())).astype(float)


def _time(outlined: Outline, spans: tuple[DateSpan, ...]) -> NDArray[np.float64]:
    score = np.zeros(len(outlined))
    for span in spans:
        starts = span.starts.timestamp() if span.starts else -np.inf
        ends = span.ends.timestamp() if span.ends else np.inf
        said = outlined.said_at
        after = np.where((said >= ends) & (said < ends + _AFTERMATH), 0.4, 0.0)
        score = np.maximum(score, np.where((said >= starts) & (said < ends), 1.0, after))
    return score


def _entity(graph: Graph, outlined: Outline, question: Question) -> NDArray[np.float64]:
    found = np.zeros(len(outlined))
    episodes = Source.objects.filter(
        graph=graph,
        role=Source.Role.SUPPORTS,
        memory__retired_at=None,
        memory__mentions__entity__key__in=question.names,
        memory__mentions__entity__is_subject=False,
    )
    places = outlined.places(list(episodes.values_list("episode_id", flat=True)))
    found[places[places >= 0]] = 1.0
    return found
