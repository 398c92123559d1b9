"""The HTTP API, as an integrator speaks to it."""

import time
from typing import Any

import httpx

from bench.recall.errors import BenchError

TRIES = 5
NOT_DONE = {429, 503}
"""The server says with them that it did not do what it was asked for."""


class Refused(BenchError):
    """An answer that is an error; ``document`` is the problem document."""

    def __init__(self, status: int, document: dict[str, Any], what: str):
        super().__init__(f"{what} was answered with {status} {document.get('code', '')}: {document.get('detail', '')}")
        self.status = status
        self.document = document


class Api:
    def __init__(self, url: str, key: str, *, pause: float = 0.5):
        self.url = url
        self.pause = pause
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._call("GET", path, repeatable=True, params=query)

    def search(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, repeatable=True, json=body)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, repeatable=False, json=body)

    def delete(self, path: str) -> dict[str, Any]:
        return self._call("DELETE", path, repeatable=True)

    def _call(self, method: str, path: str, *, repeatable: bool, **given: Any) -> dict[str, Any]:
        """What may have been done already is not asked for again: the run begins that conversation anew."""
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                answer = self.http.request(method, path, **given)
            except httpx.TransportError as error:
                if last or not (repeatable or isinstance(error, httpx.ConnectError)):
                    raise BenchError(f"No Memos answers at {self.url} ({error}).") from error
                time.sleep(self.pause * 2**attempt)
                continue
            if answer.status_code not in NOT_DONE or last:
                break
            time.sleep(_seconds(answer, self.pause * 2**attempt))
        return _document(answer, f"{method} {path}")


def _seconds(answer: httpx.Response, otherwise: float) -> float:
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isdigit() else otherwise


def _document(answer: httpx.Response, what: str) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = {"detail": answer.text[:200]}
    if answer.is_success and isinstance(document, dict):
        return document
    raise Refused(answer.status_code, document if isinstance(document, dict) else {}, what)
