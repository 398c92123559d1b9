from collections.abc import Callable
from typing import Any

import pytest

from graphs.models import Graph, Memory
from memos.projects.audit import Caller
from tests.conftest import Drain
from tests.factories import OperatorFactory
from tests.scripted import Scripted
from tests.world import Api

QUESTIONS = ["Where does Alice live?", "tea", "Acme", "Lisbon"]
Tell = Callable[[str, int], None]


@pytest.fixture(autouse=True)
def made_up(scripted: Scripted) -> None:
    """Every test here speaks the scripted language."""


@pytest.fixture
def caller(api: Api) -> Caller:
    return caller_in(api)


def caller_in(api: Api) -> Caller:
    return Caller.from_operator(api.project, OperatorFactory(), "req_1")


@pytest.fixture
def graph(user: dict[str, Any]) -> Graph:
    return Graph.objects.get()


@pytest.fixture
def tell(api: Api, thread: dict[str, Any], drain: Drain) -> Tell:
    """Say something in a year, and wait until it is read."""

    def say(content: str, year: int) -> None:
        api.say(thread, {"role": "user", "content": content, "createdAt": f"{year}-01-01T00:00:00Z"})
        drain()

    return say


def about(words: str) -> Memory:
    return Memory.objects.get(content__contains=words)


def answers(api: Api, user: dict[str, Any]) -> Any:
    """What an agent would be given, and what the API lists."""
    path = f"/v1/users/{user['id']}"
    yield api.memories(user, includeInvalidated="true", limit="200")
    for question in QUESTIONS:
        yield api.get(f"{path}/context", query=question).json()["context"]
        yield api.post(f"{path}/search", {"query": question, "limit": 50}).json()
    yield api.get(f"{path}/context").json()["context"]
    yield api.get(f"{path}/graph").json()


def blocks(api: Api, user: dict[str, Any]) -> list[str]:
    """Memories that are retired are among those by which the words of a question are weighed: scores may differ."""
    return [one for one in answers(api, user) if isinstance(one, str)]
