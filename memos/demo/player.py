"""A small client: create a user, append a conversation, wait until it is remembered, ask."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from memos.demo.conversations import Conversation

BATCH = 200


class ServerRefused(Exception):
    """The server could not be reached or answered with a problem. The message is its sentence."""


@dataclass
class Player:
    """Speaks to the API at ``url`` with ``key``."""

    url: str
    key: str

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=60)

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = self.http.request(method, path, **options)
        except httpx.HTTPError as error:
            hint = "Is Memos running there? Set PORT as for `make run`, or give --url."
            raise ServerRefused(f"{self.url} does not answer: {error}. {hint}") from error
        if response.is_error:
            problem = response.json()
            raise ServerRefused(f"{method} {path}: {problem.get('code')}: {problem.get('detail')}")
        return response.json()

    def new_user(self, conversation: Conversation) -> str:
        """Their id. It is somebody new each time, and an external id is nobody else's."""
        body = {"externalId": f"demo-{secrets.token_hex(3)}", "metadata": {"demo": conversation.name}}
        named = {"firstName": conversation.first_name} if conversation.first_name else {}
        return self.call("POST", "/v1/users", json={**body, **named})["id"]

    def append(self, thread_id: str, messages: list[dict[str, Any]], sent: Callable[[int], None]) -> list[str]:
        """Append in batches and return the ids of the jobs; ``sent`` hears how many messages each batch had."""
        jobs: list[str] = []
        for start in range(0, len(messages), BATCH):
            batch = messages[start : start + BATCH]
            answer = self.call("POST", f"/v1/threads/{thread_id}/messages", json={"messages": batch})
            jobs += [entry["jobId"] for entry in answer["ingested"]]
            sent(len(batch))
        return jobs

    def finished(self, jobs: list[str]) -> Iterator[dict[str, Any]]:
        """Each job once it is done or has failed, in the order given."""
        for job_id in jobs:
            job = self.call("GET", f"/v1/jobs/{job_id}")
            while job["status"] in ("queued", "running"):
                time.sleep(0.1)
                job = self.call("GET", f"/v1/jobs/{job_id}")
            yield job
