"""Any endpoint that speaks OpenAI's `/embeddings`: OpenAI, Azure, Ollama, vLLM, llama.cpp and others."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from graphs.embedders.base import VECTORS, EmbedderUnavailable, Encoded, EncodedQuery, no_token_rows, words

BATCH = 64
LONGEST_TEXT = 8_000
"""Characters of a text that are sent: endpoints refuse a whole batch for one that is longer than their model reads."""
TIMEOUT_SECONDS = 30.0
QUERY_TIMEOUT_SECONDS = 3.0
PAUSES_SECONDS = (0.5, 1.0, 2.0)
LONGEST_PAUSE_SECONDS = 10.0
"""What a `Retry-After` may ask for; whoever asks for more is asked again with the job."""
REMEMBERED_SECONDS = 60.0
SILENT_SECONDS = 5.0
"""For how long queries go by words after a fault, without asking."""
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


@dataclass
class RemoteEmbedder:
    """``dimensions`` is sent where the model can shorten its vectors; 0 leaves them as they are."""

    base_url: str
    api_key: str
    name: str
    dimensions: int = 0
    step: str = VECTORS
    _known: tuple[float, str] = field(default=(float("-inf"), ""), repr=False)
    """When it was last asked for vectors, and what was wrong."""

    def __post_init__(self) -> None:
        self.model = f"{self.name}/{self.dimensions}" if self.dimensions else self.name

    def check(self) -> None:
        """There is no file to miss."""

    def reach(self) -> None:
        asked, wrong = self._known
        if time.monotonic() - asked > REMEMBERED_SECONDS:
            self._ask(["ok"], QUERY_TIMEOUT_SECONDS)
        elif wrong:
            raise EmbedderUnavailable(wrong)

    def embed(self, texts: Sequence[str]) -> list[Encoded]:
        batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
        return [Encoded(row, np.zeros((0, 0), np.int8)) for batch in batches for row in self._insist(batch)]

    def embed_query(self, text: str) -> EncodedQuery:
        """Asks once: whoever searches does not wait for an embedder that is down."""
        asked, wrong = self._known
        if wrong and time.monotonic() - asked < SILENT_SECONDS:
            raise EmbedderUnavailable(wrong)
        return EncodedQuery(self.model, self._ask([text], QUERY_TIMEOUT_SECONDS)[0], no_token_rows(), words(text))

    def _insist(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Ask again where the fault may pass, after the pause that the endpoint asks for or a longer one each time."""
        for pause in PAUSES_SECONDS:
            try:
                return self._ask(texts, TIMEOUT_SECONDS)
            except _Passing as fault:
                time.sleep(min(fault.retry_after or pause, LONGEST_PAUSE_SECONDS))
        return self._ask(texts, TIMEOUT_SECONDS)

    def _ask(self, texts: Sequence[str], timeout: float) -> NDArray[np.float32]:
        try:
            found = self._vectors(texts, timeout)
        except EmbedderUnavailable as error:
            self._known = (time.monotonic(), str(error))
            raise
        self._known = (time.monotonic(), "")
        return found

    def _vectors(self, texts: Sequence[str], timeout: float) -> NDArray[np.float32]:
        """(texts × dimensions), each of unit length."""
        sent = [text[:LONGEST_TEXT] or " " for text in texts]
        body: dict[str, Any] = {"model": self.name, "input": sent, "encoding_format": "float"}
        if self.dimensions:
            body["dimensions"] = self.dimensions
        answer = self._post(body, timeout)
        try:
            entries = sorted(answer.json()["data"], key=lambda entry: entry["index"])
            return _unit(np.array([entry["embedding"] for entry in entries], np.float32), len(texts))
        except (ValueError, KeyError, TypeError) as error:
            raise EmbedderUnavailable(f"{self.base_url} did not answer with vectors: {error}"[:500]) from error

    def _post(self, body: dict[str, Any], timeout: float) -> httpx.Response:
        try:
            answer = self._client.post("embeddings", json=body, timeout=timeout)
        except httpx.HTTPError as error:
            raise _Passing(f"{self.base_url} does not answer: {error or type(error).__name__}") from error
        if answer.status_code in _PASSING:
            raise _Passing(f"{self.base_url} answered {answer.status_code}.", _seconds(answer))
        if not answer.is_success:
            raise EmbedderUnavailable(f"{self.base_url} answered {answer.status_code}: {answer.text[:300]}")
        return answer

    @cached_property
    def _client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        return httpx.Client(base_url=self.base_url, headers=headers)


class _Passing(EmbedderUnavailable):
    """It may go well when asked again. ``retry_after`` is in seconds, 0 where it was not said."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def _seconds(answer: httpx.Response) -> float:
    """What `Retry-After` says in seconds; as a date it is left to the pauses."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdecimal() else 0.0


def _unit(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    if rows.ndim != 2 or len(rows) != count:
        raise ValueError(f"{count} vectors of one length were asked for, and {rows.shape} came")
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not norms.all():
        raise ValueError("a vector is zero or not finite")
    return rows / norms
