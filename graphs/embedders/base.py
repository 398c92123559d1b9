"""What an embedder is: text in, a vector out, and token vectors beside it where the model shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as vectors. ``vector`` is of unit length, float32. ``tokens`` is (pieces × dimensions) int8: unit token
    vectors, projected and scaled by 127; without rows where the model shows no token states."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query as vectors. ``words`` names for each row of ``tokens`` the word that the piece belongs to."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    words: tuple[str, ...]


class ModelMissing(Exception):
    """A model file is not there or is not the one expected. The message names the file."""


class Embedder(Protocol):
    model: str
    """Names the model and what its vectors depend on; vectors of two models are never compared."""

    def check(self) -> None:
        """Raise ModelMissing where the model could not be loaded; loads nothing."""
        ...

    def embed(self, texts: Sequence[str]) -> list[Encoded]: ...

    def embed_query(self, text: str) -> EncodedQuery: ...
