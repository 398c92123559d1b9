"""PATCH and DELETE /v1/groups/:name"""

from typing import Any

import pytest

from graphs import indexing
from graphs.models import Episode, Graph, Memory
from ingest import pipeline
from memos.projects.models import AuditEntry
from tests import factories as make
from tests.api.conftest import rows
from tests.conftest import Drain
from tests.meanwhile import meanwhile
from tests.processes import at_once
from tests.world import Api, World, problem
from users.models import Group


def change(api: Api, group: str, **changes: Any) -> dict[str, Any]:
    response = api.patch(f"/v1/groups/{group}", changes)
    assert response.status_code == 200, response.content
    return response.json()


def test_a_new_name_is_the_only_one_it_goes_by(api: Api, user: dict[str, Any]) -> None:
    made = api.new_group("acme", metadata={"a_b": 1})
    api.state("acme", "The office closes at six.")
    changed = change(api, "acme", name="acme.com")
    assert changed == {**made, "name": "acme.com", "stats": {"memories": 1, "entities": 0}}
    assert api.get("/v1/groups/acme.com").json() == changed
    problem(api.get("/v1/groups/acme"), 404, "GROUP_NOT_FOUND")
    block = api.get(f"/v1/users/{user['id']}/context", groups="acme.com").json()["context"]
    assert "The office closes at six." in block
    assert api.new_group("acme")["id"] != made["id"]


def test_metadata_comes_back_as_it_was_sent(api: Api) -> None:
    made = api.new_group("acme", metadata={"a": 1})
    assert change(api, "acme", metadata={"a": True, "x_y": {}}) == {**made, "metadata": {"a": True, "x_y": {}}}


def test_only_what_changes_is_audited(api: Api) -> None:
    made = api.new_group("acme")
    change(api, "acme", name="acme", metadata={})
    change(api, "acme")
    assert not AuditEntry.objects.filter(action="group.updated").exists()
    change(api, "acme", name="acme", metadata={"a": "secret"})
    entry = AuditEntry.objects.get(action="group.updated")
    assert (entry.target_id, entry.detail) == (made["id"], {"fields": ["metadata"]})


def test_a_name_that_is_taken_is_a_conflict_that_names_its_group(api: Api) -> None:
    first = api.new_group("acme")
    api.new_group("beta")
    document = problem(api.patch("/v1/groups/beta", {"name": "acme", "metadata": {"a": 1}}), 409, "GROUP_EXISTS")
    assert document["id"] == first["id"]
    assert api.get("/v1/groups/beta").json()["metadata"] == {}


def test_a_name_of_another_project_is_free(world: World) -> None:
    world.twin.new_group("acme")
    world.owner.new_group("beta")
    assert change(world.owner, "beta", name="acme")["name"] == "acme"


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_gets_the_name(api: Api) -> None:
    for number in range(10):
        api.new_group(f"group-{number}")
    answers = at_once(10, lambda number: Api(api.secret).patch(f"/v1/groups/group-{number}", {"name": "raced"}))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert {answer.json()["id"] for answer in answers} == {Group.objects.get(name="raced").ref}


def test_deleting_it_leaves_no_row_of_it_and_every_other_alone(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon", "lives_in Porto")
    api.new_group("beta")
    api.state("beta", "The office closes at six.")
    drain()
    before = rows()
    made = api.new_group("acme")
    memory = api.state("acme", "The office closes at six.")
    api.state("acme", "The office is blue.")
    api.patch(f"/v1/memories/{memory['id']}", {"content": "The office closes at five."})
    group = Group.objects.get(name="acme")
    make.DocumentFactory(graph=group.graph)
    make.EntityFactory(graph=group.graph)
    drain()

    response = api.delete("/v1/groups/acme")

    assert (response.status_code, response.json()) == (200, {"deleted": True, "id": made["id"]})
    audited = before["AuditEntry"] + 5
    assert rows() == {**before, "AuditEntry": audited}


def test_it_is_audit_logged_with_counts_alone(api: Api) -> None:
    made = api.new_group("acme")
    api.state("acme", "The safe's code is 4711.")
    response = api.delete("/v1/groups/acme")
    entry = AuditEntry.objects.get(action="group.deleted")
    assert (entry.target_id, entry.actor_id) == (made["id"], api.key.ref)
    assert entry.request_id == response["X-Request-Id"]
    assert (entry.detail["rows"]["memory"], entry.detail["rows"]["episode"]) == (1, 1)
    assert "4711" not in str(entry.detail)


def test_its_name_is_free_and_it_is_gone_for_everybody(api: Api, user: dict[str, Any]) -> None:
    made = api.new_group("acme")
    memory = api.state("acme", "The office closes at six.")
    api.delete("/v1/groups/acme")
    problem(api.delete("/v1/groups/acme"), 404, "GROUP_NOT_FOUND")
    problem(api.get(f"/v1/memories/{memory['id']}"), 404, "NOT_FOUND")
    problem(api.get(f"/v1/users/{user['id']}/context", groups="acme"), 404, "GROUP_NOT_FOUND")
    assert api.new_group("acme")["id"] != made["id"]
    assert AuditEntry.objects.filter(action="group.deleted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_work_that_is_running_writes_nothing_afterwards(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.new_group("acme")
    api.state("acme", "The office closes at six.")
    graph, at = Graph.objects.get(), (indexing, "index_episodes")
    with meanwhile(lambda: api.delete("/v1/groups/acme").status_code, monkeypatch, at=at) as answers:
        assert pipeline.run(graph.pk) is False
    assert answers == [200]
    assert (Graph.objects.count(), Memory.objects.count(), Episode.objects.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_stated_meanwhile_is_kept_or_not_found_but_never_left_behind(api: Api) -> None:
    api.new_group("acme")

    def call(number: int) -> int:
        client = Api(api.secret)
        if number == 3:
            return client.delete("/v1/groups/acme").status_code
        return client.post("/v1/groups/acme/memories", {"content": f"Room {number} is blue."}).status_code

    answers = at_once(8, call)
    assert answers.pop(3) == 200
    assert set(answers) <= {201, 404}
    assert (Graph.objects.count(), Memory.objects.count(), Episode.objects.count()) == (0, 0, 0)
