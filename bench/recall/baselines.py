"""What every figure is to be compared with: BM25 of single turns, and turns drawn at random."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
import numpy.typing as npt
import Stemmer

from bench.recall.corpus import Conversation, Question
from bench.recall.metrics import STOP_WORDS
from bench.recall.systems import Block, Ranking, packed

K1, B = 1.5, 0.75
_WORD = re.compile(r"\w\w+")
_stemmer = Stemmer.Stemmer("english")


def terms(text: str) -> list[str]:
    return list(_stemmer.stemWords([word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]))


class Index:
    """BM25 in Lucene's form over "speaker: text" of each turn (Robertson and Zaragoza, 2009)."""

    def __init__(self, texts: Sequence[str]):
        counts = [Counter(terms(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        self.norms = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0))
        self.postings: dict[str, list[tuple[int, int]]] = {}
        for place, count in enumerate(counts):
            for term, times in count.items():
                self.postings.setdefault(term, []).append((place, times))

    def scores(self, query: str) -> npt.NDArray[np.float64]:
        scores = np.zeros(len(self.norms))
        for term in terms(query):
            rows = self.postings.get(term, ())
            idf = log(1 + (len(scores) - len(rows) + 0.5) / (len(rows) + 0.5))
            for place, times in rows:
                scores[place] += idf * times / (times + self.norms[place])
        return scores


class Turns:
    """A system that quotes whole turns in the order of :meth:`order`."""

    def rank(self, conversation: Conversation, question: Question) -> Ranking:
        return Ranking([conversation.turns[place].id for place in self.order(conversation, question)])

    def block(self, conversation: Conversation, question: Question, budget: int) -> Block:
        return packed(conversation.turns, self.order(conversation, question), budget)

    def order(self, conversation: Conversation, question: Question) -> list[int]:
        raise NotImplementedError


class Bm25(Turns):
    name = "bm25"

    def tell(self, conversations: Sequence[Conversation]) -> None:
        self.indexes = {one.id: Index([f"{turn.speaker}: {turn.text}" for turn in one.turns]) for one in conversations}

    def order(self, conversation: Conversation, question: Question) -> list[int]:
        return [int(place) for place in np.argsort(-self.indexes[conversation.id].scores(question.text), kind="stable")]


class Random(Turns):
    """The floor: answers have words that stand in any block."""

    name = "random"

    def __init__(self, seed: int):
        self.seed = seed

    def tell(self, conversations: Sequence[Conversation]) -> None:
        """There is nothing to prepare."""

    def order(self, conversation: Conversation, question: Question) -> list[int]:
        places = list(range(len(conversation.turns)))
        random.Random(f"{self.seed} {question.id}").shuffle(places)
        return places
