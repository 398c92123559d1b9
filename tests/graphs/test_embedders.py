"""Remote vectors, and none: the same memories, found by what there is."""

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings

from graphs import embedders
from graphs.embedders import EmbedderUnavailable, remote
from graphs.embedders.none import NoEmbedder
from graphs.embedders.remote import RemoteEmbedder
from graphs.models import Embedding, Graph, Memory
from ingest.models import IngestJob
from ingest.pipeline import run
from tests.conftest import Drain
from tests.embeddings_server import DIMENSIONS, EmbeddingsServer, serving
from tests.world import Api


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingsServer]:
    monkeypatch.setattr(remote, "PAUSES_SECONDS", (0.0, 0.0, 0.0))
    with serving() as known:
        yield known


@pytest.fixture
def far(server: EmbeddingsServer) -> RemoteEmbedder:
    return RemoteEmbedder(base_url=server.url, api_key="sesame", name="letters")


@pytest.fixture
def used(far: RemoteEmbedder, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> RemoteEmbedder:
    """The remote embedder as the installation's."""
    settings.EMBEDDER = "remote"
    monkeypatch.setattr(embedders, "current", lambda: far)
    return far


def episodes_found(api: Api, user: dict[str, Any], query: str) -> list[str]:
    response = api.post(f"/v1/users/{user['id']}/search", {"query": query, "kinds": ["episode"]})
    assert response.status_code == 200, response.content
    return [item["text"] for item in response.json()["items"]]


def test_vectors_come_in_the_order_of_the_texts_and_of_unit_length(
    server: EmbeddingsServer, far: RemoteEmbedder
) -> None:
    one, other = far.embed(["aaaa", "zzzz"])
    assert [row.vector.shape for row in (one, other)] == [(DIMENSIONS,)] * 2
    assert one.vector.argmax() == ord("a") % DIMENSIONS
    assert np.isclose(np.linalg.norm(other.vector), 1)
    assert len(one.tokens) == 0
    assert server.keys == ["Bearer sesame"]
    assert server.requests == [{"model": "letters", "input": ["aaaa", "zzzz"], "encoding_format": "float"}]


def test_many_texts_go_in_batches(server: EmbeddingsServer, far: RemoteEmbedder) -> None:
    assert len(far.embed(["tea"] * (remote.BATCH + 1))) == remote.BATCH + 1
    assert [len(request["input"]) for request in server.requests] == [remote.BATCH, 1]


def test_fewer_dimensions_are_asked_for_and_are_another_model(server: EmbeddingsServer) -> None:
    short = RemoteEmbedder(base_url=server.url, api_key="", name="letters", dimensions=DIMENSIONS)
    short.embed(["tea"])
    assert short.model == f"letters/{DIMENSIONS}"
    assert (server.requests[0]["dimensions"], server.keys) == (DIMENSIONS, [None])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_fault_that_may_pass_is_asked_again(server: EmbeddingsServer, far: RemoteEmbedder, status: int) -> None:
    server.faults = [(status, {"Retry-After": "0"}), (status, {})]
    assert len(far.embed(["tea"])) == 1
    assert len(server.requests) == 3


def test_retry_after_says_how_long_to_wait(
    server: EmbeddingsServer, far: RemoteEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    own_clock = SimpleNamespace(monotonic=time.monotonic, sleep=waited.append)  # threads of other tests may sleep, too
    monkeypatch.setattr(remote, "time", own_clock)
    server.faults = [(429, {"Retry-After": "7"}), (429, {"Retry-After": "3600"})]
    far.embed(["tea"])
    assert waited == [7.0, remote.LONGEST_PAUSE_SECONDS]


def test_a_refusal_is_not_asked_again_and_is_told_without_the_key(
    server: EmbeddingsServer, far: RemoteEmbedder
) -> None:
    server.faults = [(401, {})]
    with pytest.raises(EmbedderUnavailable, match="answered 401") as refused:
        far.embed(["tea"])
    assert len(server.requests) == 1
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize(
    "answer",
    [
        {"nothing": "here"},
        {"data": [{"index": 0, "embedding": [0.0, 0.0]}]},
        {"data": [{"index": 0, "embedding": ["a"]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0]}]},
        {"data": [7]},
    ],
    ids=["none", "zero", "words", "too many", "numbers"],
)
def test_an_answer_that_holds_no_vectors_is_a_fault(server: EmbeddingsServer, far: RemoteEmbedder, answer: Any) -> None:
    server.answer = answer
    with pytest.raises(EmbedderUnavailable, match="did not answer with vectors"):
        far.embed(["tea"])


@pytest.mark.django_db
def test_memories_and_episodes_have_remote_vectors_and_are_found_by_them(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, used: RemoteEmbedder
) -> None:
    api.say(thread, "likes tea", "lives_in Lisbon")
    drain()
    assert set(Embedding.objects.values_list("model", "pieces")) == {("letters", 0)}
    assert Embedding.objects.filter(memory__isnull=False).count() == Memory.objects.count() == 2
    assert Graph.objects.get(user__isnull=False).embedding_model == "letters"
    assert episodes_found(api, user, "Lsibno")[0] == "lives_in Lisbon"


@pytest.mark.django_db
def test_when_it_does_not_answer_jobs_wait_and_nothing_is_lost(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, used: RemoteEmbedder, server: EmbeddingsServer
) -> None:
    api.say(thread, "likes tea")
    server.faults = [(503, {})] * 4
    assert run(Graph.objects.get(user__isnull=False).pk) is False
    job = IngestJob.objects.get()
    assert (job.status, job.attempts) == (IngestJob.Status.QUEUED, 0)
    assert "answered 503" in job.error_detail
    drain()
    assert Memory.objects.count() == 1


@pytest.mark.django_db
def test_a_search_goes_by_words_while_it_does_not_answer(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, used: RemoteEmbedder, server: EmbeddingsServer
) -> None:
    api.say(thread, "likes tea", "lives_in Lisbon")
    drain()
    server.faults = [(503, {})]
    assert episodes_found(api, user, "Where is Lisbon?")[0] == "lives_in Lisbon"
    asked = len(server.requests)
    assert episodes_found(api, user, "Where is Lisbon?")[0] == "lives_in Lisbon"
    assert len(server.requests) == asked  # it is left alone for a while


@pytest.mark.django_db
def test_without_an_embedder_everything_is_found_by_its_words(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedders, "current", NoEmbedder)
    api.say(thread, "likes tea", "lives_in Lisbon")
    drain()
    assert not Embedding.objects.exists()
    assert Memory.objects.count() == 2
    assert episodes_found(api, user, "Where is Lisbon?")[0] == "lives_in Lisbon"
    block = api.get(f"/v1/users/{user['id']}/context", query="Where is Lisbon?")
    assert "Lisbon" in block.json()["context"]
