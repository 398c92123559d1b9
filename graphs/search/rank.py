"""Scores every episode of a graph for a question: a weighted sum of levers, each a column over the outline."""

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


def rank(graph: Graph, question: Question, model: str) -> Ranked:
    outlined = outline.load(graph.pk, model, question.encoded)
    if not len(outlined):
        return Ranked(outlined, np.zeros(0), {})
    named = _named_speakers(graph, question)
    words = [word for word in dict.fromkeys(question.encoded.words) if word not in _words_of(named)]
    lexis = lexical.score(graph.pk, outlined, words)
    levers: Levers = {
        "lexical": weights.LEXICAL * _z(lexis.scores),
        "speaker": weights.SPEAKER * _speaker(outlined, named),
        "time": weights.TIME * _time(outlined, question.spans),
        "entity": weights.ENTITY * _entity(graph, outlined, question),
        "role": weights.ROLE * outlined.is_user,
        "question": weights.QUESTION * outlined.is_question,
        "when": weights.WHEN * (outlined.has_date & question.asks_when),
    }
    rarity = dict.fromkeys(_words_of(named), 0.0) | lexis.rarity
    levers["meaning"] = _meaning(outlined, _sum(levers), question, model, rarity)
    return Ranked(outlined, _sum(levers), levers)


def _meaning(
    outlined: Outline, cheap: NDArray[np.float64], question: Question, model: str, rarity: dict[str, float]
) -> NDArray[np.float64]:
    """Late interaction where there are token vectors, the cosine where there are none."""
    dense = weights.DENSE * _z(outlined.cosines)
    places = np.argsort(-(cheap + 2 * dense), kind="stable")[:MAX_LATE]
    found = late.score(outlined, places, question.encoded, model, rarity)
    if not found.any():
        return dense
    scores = np.full(len(outlined), found.min())
    scores[places] = found
    return weights.LATE * _z(scores)


def _sum(levers: Levers) -> NDArray[np.float64]:
    return np.sum(list(levers.values()), axis=0)


def _z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))


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
