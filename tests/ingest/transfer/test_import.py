"""POST /v1/users/import: who comes, who is there already, and what nobody can send."""

from typing import Any

import numpy as np
import pytest

from graphs import embedders
from graphs.embedders import Encoded
from graphs.embedders.none import NoEmbedder
from graphs.models import Embedding, Episode, Graph, Memory
from ingest import tasks
from ingest.models import IngestJob
from memos.projects.models import AuditEntry
from tests.api.conftest import rows
from tests.conftest import Drain
from tests.ingest.transfer.files import export, imported, joined, parted, renewed, take_back
from tests.processes import at_once
from tests.world import Api, World, bad_fields, problem
from users.models import User


@pytest.fixture
def raw(exported: bytes) -> bytes:
    return exported


def test_it_answers_with_the_user_and_what_came(world: World, lived: dict[str, Any]) -> None:
    raw = export(world.owner, lived)
    made = imported(world.outsider, raw)
    assert made.pop("imported") == parted(raw)[-1]["counts"]
    new = {name: renewed(world.outsider, lived[name]) for name in ("id", "graphId")}
    assert made == lived | new


def test_it_is_audited_and_rung(world: World, raw: bytes, monkeypatch: Any) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(tasks, "ring_graph", rung.append)
    made = imported(world.outsider, raw)
    entry = AuditEntry.objects.get(action="user.imported")
    assert (entry.project, entry.target_id) == (world.outsider.project, made["id"])
    assert entry.detail == {"records": sum(made["imported"].values())}
    assert [Graph(pk=key).ref for key in rung] == [made["graphId"]]


def test_the_same_user_comes_once(world: World, raw: bytes) -> None:
    made = imported(world.outsider, raw)
    before = rows()
    assert problem(take_back(world.outsider, raw), 409, "USER_EXISTS")["id"] == made["id"]
    assert rows() == before
    assert imported(world.twin, raw)["id"] != made["id"]


def test_two_imports_at_once_make_one_user(transactional_db: None, world: World) -> None:
    raw = export(world.owner, world.owner.new_user())
    answers = at_once(2, lambda _: take_back(world.outsider, raw))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    made = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    assert {answer.json()["id"] for answer in answers} == {made}


def test_an_external_id_that_is_taken_is_named(world: World, raw: bytes) -> None:
    taken = world.outsider.new_user(externalId="alice")
    before = rows()
    assert problem(take_back(world.outsider, raw), 409, "USER_EXISTS")["id"] == taken["id"]
    assert rows() == before


def test_a_user_who_was_deleted_can_come_again(world: World, raw: bytes) -> None:
    made = imported(world.outsider, raw)
    question = {"query": "tea", "limit": 5}
    found = world.outsider.post(f"/v1/users/{made['id']}/search", question).json()
    before = Graph.objects.by_ref(made["graphId"]).get().search_version
    assert world.outsider.delete(f"/v1/users/{made['id']}").status_code == 200
    assert imported(world.outsider, raw)["id"] == made["id"]
    assert Graph.objects.by_ref(made["graphId"]).get().search_version > before  # no process takes it for the old one
    assert world.outsider.post(f"/v1/users/{made['id']}/search", question).json() == found


def test_nobody_reads_into_a_project_without_its_key(world: World, raw: bytes) -> None:
    made = imported(world.outsider, raw)
    problem(world.owner.get(f"/v1/users/{made['id']}"), 404, "NOT_FOUND")
    assert User.objects.for_project(world.outsider.project).count() == 1


def test_another_content_type_is_refused(api: Api) -> None:
    for media in ("application/json", "text/plain", "", "multipart/form-data"):
        answer = problem(api.send("POST", "/v1/users/import", b"{}", content_type=media), 415, "UNSUPPORTED_MEDIA_TYPE")
        assert "application/x-ndjson" in answer["detail"]


def test_a_body_over_the_limit_is_too_large(world: World, raw: bytes, settings: Any) -> None:
    settings.MAX_IMPORT_BYTES = len(raw) - 1
    before = rows()
    problem(take_back(world.outsider, raw), 413, "PAYLOAD_TOO_LARGE")
    assert rows() == before
    settings.MAX_IMPORT_BYTES = len(raw)
    imported(world.outsider, raw)


def test_a_body_that_says_less_than_it_has_is_cut_there(world: World, raw: bytes) -> None:
    answer = take_back(world.outsider, raw, headers={"Content-Length": str(len(raw) - 10)})
    problem(answer, 400, "VALIDATION_ERROR")


def test_an_empty_body_is_refused(api: Api) -> None:
    assert bad_fields(take_back(api, b"")) == {"body"}


class Other(NoEmbedder):
    """Another model, of two dimensions."""

    model = "other"

    def embed(self, texts: Any) -> list[Encoded]:
        return [Encoded(np.array([1, len(text)], np.float32), np.zeros((0, 0), np.int8)) for text in texts]


def test_vectors_of_another_model_are_made_anew(
    world: World, raw: bytes, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedders, "current", Other)
    made = imported(world.outsider, raw)
    graph = Graph.objects.by_ref(made["graphId"]).get()
    assert "embedding" not in made["imported"]
    assert not Embedding.objects.filter(graph=graph).exists()
    assert graph.embedding_model == ""
    path = f"/v1/users/{made['id']}"
    assert world.outsider.post(f"{path}/search", {"query": "tea"}).status_code == 200
    assert "likes tea" in world.outsider.get(f"{path}/context").json()["context"]  # what stands out needs no vectors
    drain()
    _assert_whole(graph, "other")
    found = world.outsider.post(f"{path}/search", {"query": "tea", "kinds": ["memory"]}).json()
    assert "Alice likes tea." in [item["text"] for item in found["items"]]


def test_vectors_that_were_left_out_are_made_anew(world: World, lived: dict[str, Any], drain: Drain) -> None:
    made = imported(world.outsider, export(world.owner, lived, vectors="false"))
    graph = Graph.objects.by_ref(made["graphId"]).get()
    drain()
    _assert_whole(graph, embedders.current().model)


def _assert_whole(graph: Graph, model: str) -> None:
    graph.refresh_from_db()
    assert graph.embedding_model == model
    assert not Episode.objects.filter(graph=graph, indexed_at=None).exists()
    owners = Embedding.objects.filter(graph=graph, model=model)
    assert owners.filter(memory=None).count() == Episode.objects.filter(graph=graph).count()
    assert owners.filter(episode=None).count() == Memory.objects.filter(graph=graph).count()


def test_without_an_embedder_words_alone_are_searched(
    world: World, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedders, "current", NoEmbedder)
    made = imported(world.outsider, raw)
    assert not Episode.objects.filter(graph__project=world.outsider.project, indexed_at=None).exists()
    found = world.outsider.post(f"/v1/users/{made['id']}/search", {"query": "journey", "kinds": ["memory"]}).json()
    assert found["items"][0]["text"] == "Alice plans a journey."


def test_a_failed_job_stays_as_it_is(world: World, thread: dict[str, Any], user: dict[str, Any], drain: Drain) -> None:
    world.owner.say(thread, "poison")
    IngestJob.objects.update(attempts=8)
    drain()
    imported(world.outsider, export(world.owner, user))
    states = IngestJob.objects.values_list("status", "attempts", "error_code", "finished_at")
    assert len(states) == 2
    assert len(set(states)) == 1


def test_a_digest_that_is_of_no_known_making_is_kept(world: World, raw: bytes) -> None:
    lines = parted(raw)
    memory = next(line for line in lines if line["record"] == "memory")
    memory["digest"] = "-9223372036854775808"
    imported(world.outsider, joined(lines))
    assert Memory.objects.filter(project=world.outsider.project, digest=-(2**63)).count() == 1
