"""No embedder: nothing has vectors, and search goes by words, time and who said it."""

from collections.abc import Sequence

import numpy as np

from graphs.embedders.base import WORDS_ONLY, Encoded, EncodedQuery, by_words


class NoEmbedder:
    model = ""
    step = WORDS_ONLY

    def check(self) -> None:
        """Nothing is needed."""

    def reach(self) -> None:
        """Nobody is asked."""

    def embed(self, texts: Sequence[str]) -> list[Encoded]:
        return [Encoded(np.zeros(0, np.float32), np.zeros((0, 0), np.int8)) for _ in texts]

    def embed_query(self, text: str) -> EncodedQuery:
        return by_words(text)
