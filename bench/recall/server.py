"""A running Memos as a system to be measured."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import sha256
from typing import Any

from bench.recall.client import Api, Refused
from bench.recall.corpus import Conversation, Question
from bench.recall.ingestion import Ingestion
from bench.recall.journal import Journal
from bench.recall.metrics import tokens
from bench.recall.systems import Block, Ranking

SEARCH_LIMIT = 80
"""An item may name several turns, and several items the same one: enough for ten different turns."""


class Memos:
    """``told`` keeps the conversations that are complete, ``begun`` the users of all that were ever begun.

    ``run`` tells the users of one output folder from those of others.
    """

    name = "memos"

    def __init__(self, api: Api, told: Journal, begun: Journal, *, run: str, parallel: int, patience: float):
        self.api = api
        self.told = told
        self.begun = begun
        self.run = run
        self.parallel = parallel
        self.ingestion = Ingestion(api, patience=patience)

    def tell(self, conversations: Sequence[Conversation]) -> None:
        missing = [one for one in conversations if not self._is_told(one)]
        for one in missing:
            if self._external_id(one) not in self.begun:
                self.begun.append({"externalId": self._external_id(one), "conversation": one.id})
        pool = ThreadPoolExecutor(self.parallel)
        try:
            for sent in as_completed([pool.submit(self._send, one) for one in missing]):
                self.told.append(sent.result())
        except BaseException:
            self.ingestion.stop.set()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def _is_told(self, conversation: Conversation) -> bool:
        """And was not deleted since."""
        if conversation.id not in self.told:
            return False
        try:
            self.api.get(f"/v1/users/{self.told[conversation.id]['user']}")
        except Refused as refusal:
            if refusal.status != 404:
                raise
            return False
        return True

    def _send(self, conversation: Conversation) -> dict[str, Any]:
        return self.ingestion.send(conversation, self._external_id(conversation))

    def _external_id(self, conversation: Conversation) -> str:
        return f"recall-{self.run}-{sha256(conversation.id.encode()).hexdigest()[:16]}"

    def rank(self, conversation: Conversation, question: Question) -> Ranking:
        told = self.told[conversation.id]
        started = time.perf_counter()
        body = {"query": question.text, "limit": SEARCH_LIMIT}
        items = self.api.search(f"/v1/users/{told['user']}/search", body)["items"]
        seconds = time.perf_counter() - started
        return Ranking(_turns(items, told["messages"]), seconds)

    def block(self, conversation: Conversation, question: Question, budget: int) -> Block:
        """Asked for with the budget as ``maxTokens``; again with less where the scorer counts more than the server.

        The first call alone is timed.
        """
        told = self.told[conversation.id]
        path, asked = f"/v1/users/{told['user']}/context", budget
        started = time.perf_counter()
        answer = self.api.get(path, query=question.text, maxTokens=asked)
        seconds = time.perf_counter() - started
        while (used := tokens(answer["context"])) > budget and asked > 1:
            asked = max(1, int(asked * budget / used * 0.98))
            answer = self.api.get(path, query=question.text, maxTokens=asked)
        return Block(answer["context"], frozenset(_turns(answer["items"], told["messages"])), seconds)

    def forget(self) -> int:
        """Delete the users that this run made; how many there were."""
        found = [self.api.get("/v1/users", externalId=each["externalId"])["users"] for each in self.begun.values()]
        for user in (user for users in found for user in users):
            self.api.delete(f"/v1/users/{user['id']}")
        return sum(map(len, found))


def _turns(items: Sequence[dict[str, Any]], turn_of: dict[str, str]) -> list[str]:
    return [turn_of[id_] for item in items for id_ in item["messageIds"] if id_ in turn_of]
