"""What an embedder is: text in, a vector out, and token vectors beside it where the model shows them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LATE_INTERACTION = "late interaction"
VECTORS = "vectors"
WORDS_ONLY = "words only"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as vectors. ``vector`` is of unit length, float32; empty where there is no embedder, and then nothing is
    kept. ``tokens`` is (pieces × dimensions) int8: unit token vectors, projected and scaled by 127; without rows where
    the model shows no token states."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query as vectors, to be compared with the rows of ``model`` and no others.

    ``words`` names for each row of ``tokens`` the word that the piece belongs to. Without token vectors ``tokens`` has
    no rows, and ``words`` are those of the query in their order. Without any vector ``vector`` is empty too, and
    ``model`` is the empty string, which no row has.
    """

    model: str
    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    words: tuple[str, ...]


class ModelMissing(Exception):
    """A model file is not there or is not the one expected. The message names the file."""


class EmbedderUnavailable(Exception):
    """A remote embedder did not answer, or not with vectors. The message says why, without the key."""


class Embedder(Protocol):
    model: str
    """Names the model and what its vectors depend on; vectors of two models are never compared. At most 100 signs;
    empty where no vectors are made."""
    step: str
    """How far search can go with it: LATE_INTERACTION, VECTORS or WORDS_ONLY."""

    def check(self) -> None:
        """Raise ModelMissing where the model could not be loaded; loads nothing and asks nobody."""
        ...

    def reach(self) -> None:
        """Raise EmbedderUnavailable where a remote one does not answer; what it said holds for a minute."""
        ...

    def embed(self, texts: Sequence[str]) -> list[Encoded]:
        """Raises EmbedderUnavailable. May take long and ask the network: call it outside of transactions."""
        ...

    def embed_query(self, text: str) -> EncodedQuery:
        """Raises EmbedderUnavailable, within a few seconds."""
        ...


def by_words(text: str) -> EncodedQuery:
    """A query that has no vectors."""
    return EncodedQuery("", np.zeros(0, np.float32), no_token_rows(), words(text))


def words(text: str) -> tuple[str, ...]:
    """The words of a query in lower case, in their order."""
    return tuple(re.findall(r"[^\W_]+", text.lower()))


def no_token_rows() -> NDArray[np.float32]:
    return np.zeros((0, 0), np.float32)
