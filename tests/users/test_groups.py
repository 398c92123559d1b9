"""/v1/groups"""

import pytest

from graphs.models import Entity, Graph
from memos.projects.models import AuditEntry
from tests.processes import at_once
from tests.world import Api, World, problem
from users.models import Group


def test_a_group_is_created_with_its_graph(api: Api) -> None:
    response = api.post("/v1/groups", {"name": "acme.com_1-a", "metadata": {"a_b": 1}})
    group = Group.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": group.ref,
        "name": "acme.com_1-a",
        "graphId": group.graph.ref,
        "metadata": {"a_b": 1},
        "stats": {"memories": 0, "entities": 0},
        "createdAt": group.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert group.ref.startswith("grp_")
    assert (Graph.objects.get().kind, Entity.objects.count()) == (Graph.Kind.GROUP, 0)
    assert AuditEntry.objects.get(action="group.created").target_id == group.ref


def test_a_name_that_is_taken_is_a_conflict_that_names_the_existing_group(api: Api) -> None:
    first = api.new_group("acme")
    assert problem(api.post("/v1/groups", {"name": "acme"}), 409, "GROUP_EXISTS")["id"] == first["id"]
    assert Graph.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_makes_the_group(api: Api) -> None:
    answers = at_once(10, lambda number: Api(api.secret).post("/v1/groups", {"name": "raced"}))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {answer.json()["id"] for answer in answers} == {Group.objects.get().ref}
    assert Graph.objects.count() == 1


def test_names_differ_by_case(api: Api) -> None:
    assert api.new_group("acme")["id"] != api.new_group("Acme")["id"]


def test_they_are_listed_newest_first_in_pages(api: Api) -> None:
    made = [api.new_group(name) for name in ("a", "b", "c")]
    first = api.get("/v1/groups", limit=2).json()
    second = api.get("/v1/groups", limit=2, cursor=first["nextCursor"]).json()
    assert first["groups"] + second["groups"] == made[::-1]
    assert second["nextCursor"] is None


def test_one_is_shown_with_its_counts(api: Api) -> None:
    group = api.new_group("acme")
    api.state("acme", "The office closes at six.")
    assert api.get("/v1/groups/acme").json() == {**group, "stats": {"memories": 1, "entities": 0}}


def test_a_fact_of_a_group_has_the_time_it_was_given(api: Api) -> None:
    api.new_group("acme")
    given = {
        "validFrom": "2026-01-01T00:00:00+01:00",
        "validTo": "2026-12-31T00:00:00Z",
        "kind": "plan",
    }
    stated = api.state("acme", "The office moves.", **given)
    assert (stated["validFrom"], stated["validTo"]) == ("2025-12-31T23:00:00Z", "2026-12-31T00:00:00Z")
    assert (stated["kind"], stated["graphId"]) == ("plan", api.get("/v1/groups/acme").json()["graphId"])


def test_a_fact_cannot_end_before_it_begins(api: Api) -> None:
    api.new_group("acme")
    body = {"content": "x", "validFrom": "2026-01-02T00:00:00Z", "validTo": "2026-01-01T00:00:00Z"}
    document = problem(api.post("/v1/groups/acme/memories", body), 400, "VALIDATION_ERROR")
    assert [error["field"] for error in document["errors"]] == ["validTo"]


def test_every_project_has_its_own_names(world: World) -> None:
    for who in (world.owner, world.twin, world.outsider):
        who.new_group("acme")
    assert len(world.owner.get("/v1/groups").json()["groups"]) == 1
