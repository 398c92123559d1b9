"""Telling a conversation to a server, and waiting until all of it can be recalled."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Event
from typing import Any

from bench.recall.client import Api, Refused
from bench.recall.corpus import Conversation, Turn
from bench.recall.errors import BenchError

BATCH_MESSAGES = 200
BATCH_CHARACTERS = 1_000_000
MOST_CHARACTERS = 100_000
"""A message may not be longer; the rest of a turn is left out."""
LOOK_AGAIN_SECONDS = 0.2
OTHERS_TO_FIND = 16
OTHERS_SECONDS = 60.0


class Stopped(BenchError):
    pass


class Ingestion:
    """Sends conversations; ``stop`` ends every wait, ``patience`` is how long no job may come to its end (seconds)."""

    def __init__(self, api: Api, *, patience: float):
        self.api = api
        self.patience = patience
        self.stop = Event()

    def send(self, conversation: Conversation, external_id: str) -> dict[str, Any]:
        """A user of its own, whatever an earlier run left of it thrown away. ``messages``: the turn of each message."""
        began = time.time()
        user = self._new_user(conversation, external_id)
        turn_of: dict[str, str] = {}
        jobs: list[str] = []
        unseen: list[tuple[str, str, Turn]] = []
        for turns in conversation.threads():
            thread = self.api.post(f"/v1/users/{user}/threads", {"name": turns[0].thread[:200] or None})["id"]
            for batch in batches(turns):
                sent = self.api.post(f"/v1/threads/{thread}/messages", {"messages": [message(turn) for turn in batch]})
                ids = [each["id"] for each in sent["messages"]]
                turn_of |= {id_: turn.id for id_, turn in zip(ids, batch, strict=True)}
                jobs += [each["jobId"] for each in sent["ingested"]]
                unseen += [(thread, id_, turn) for id_, turn in zip(ids, batch, strict=True) if turn.role != "user"]
        self._wait_for_jobs(jobs, conversation.id)
        self._wait_for_others(user, unseen[-OTHERS_TO_FIND:])
        return {
            "conversation": conversation.id,
            "user": user,
            "messages": turn_of,
            "began": began,
            "ended": time.time(),
        }

    def _new_user(self, conversation: Conversation, external_id: str) -> str:
        body = {"externalId": external_id, "firstName": conversation.first_name}
        try:
            return str(self.api.post("/v1/users", body)["id"])
        except Refused as refusal:
            if refusal.document.get("code") != "USER_EXISTS":
                raise
            self.api.delete(f"/v1/users/{refusal.document['id']}")
            return str(self.api.post("/v1/users", body)["id"])

    def _wait_for_jobs(self, jobs: Sequence[str], conversation: str) -> None:
        for job in jobs:
            if not self._until(partial(self._ended, job), self.patience):
                raise BenchError(
                    f"{job} of {conversation} has not ended for {self.patience:.0f} s: does a worker of this Memos run?"
                )

    def _ended(self, job: str) -> bool:
        found = self.api.get(f"/v1/jobs/{job}")
        if found["status"] == "failed":
            error = found["error"] or {}
            raise BenchError(f"{job} failed, {error.get('code')}: {error.get('detail')}")
        return bool(found["status"] == "done")

    def _wait_for_others(self, user: str, unseen: Sequence[tuple[str, str, Turn]]) -> None:
        """Messages of other roles have no job: the last of them are searched for until they are found, or a minute."""
        deadline = time.monotonic() + OTHERS_SECONDS
        for thread, id_, turn in unseen:
            body = {"query": turn.text[:300], "limit": 100, "kinds": ["episode"], "filters": {"threadId": thread}}
            self._until(partial(self._finds, user, body, id_), deadline - time.monotonic())

    def _finds(self, user: str, body: dict[str, Any], message_id: str) -> bool:
        items = self.api.search(f"/v1/users/{user}/search", body)["items"]
        return any(message_id in item["messageIds"] for item in items)

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            if self.stop.wait(LOOK_AGAIN_SECONDS):
                raise Stopped("stopped")
        return True


def message(turn: Turn) -> dict[str, Any]:
    said = {
        "role": turn.role,
        "content": turn.text.replace("\0", "")[:MOST_CHARACTERS],
        "createdAt": f"{turn.said_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    return said | ({"name": turn.name} if turn.name else {})


def batches(turns: Sequence[Turn]) -> Iterator[list[Turn]]:
    batch: list[Turn] = []
    for turn in turns:
        full = len(batch) == BATCH_MESSAGES or sum(len(each.text) for each in batch) > BATCH_CHARACTERS
        if full:
            yield batch
            batch = []
        batch.append(turn)
    yield batch
