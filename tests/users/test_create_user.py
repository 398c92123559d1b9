"""POST /v1/users"""

import pytest

from graphs.models import Entity, Graph
from memos.projects.models import AuditEntry
from tests.processes import at_once
from tests.world import Api, World, bad_fields, problem
from users import services
from users.models import User


def test_it_answers_as_the_contract_says(api: Api) -> None:
    response = api.post("/v1/users", {"externalId": "user_clerk_abc", "email": "alice@acme.com", "firstName": "Alice"})
    assert response.status_code == 201
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == [
        "id", "externalId", "email", "firstName", "lastName", "metadata", "graphId", "createdAt"
    ]  # fmt: skip
    user = User.objects.get()
    assert body == {
        "id": user.ref,
        "externalId": "user_clerk_abc",
        "email": "alice@acme.com",
        "firstName": "Alice",
        "lastName": None,
        "metadata": {},
        "graphId": user.graph.ref,
        "createdAt": user.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert user.ref.startswith("usr_")
    assert user.graph.ref.startswith("grph_")


def test_every_field_is_optional(api: Api) -> None:
    body = api.new_user()
    assert [body[name] for name in ("externalId", "email", "firstName", "lastName", "metadata")] == [None] * 4 + [{}]


def test_a_user_without_external_id_has_no_duplicate(api: Api) -> None:
    assert api.new_user(email="a@b.co")["id"] != api.new_user(email="a@b.co")["id"]


def test_metadata_comes_back_exactly_as_it_was_sent(api: Api) -> None:
    metadata = {"plan_name": "pro", "planName": 1, "": None, "nested": {"a_b": [1, 2.5, "ü", {"x": False}]}, "😀": "😀"}
    made = api.new_user(metadata=metadata)
    assert made["metadata"] == metadata
    assert api.get(f"/v1/users/{made['id']}").json()["metadata"] == metadata


def test_metadata_may_hold_16_kib_and_no_more(api: Api) -> None:
    assert len(api.new_user(metadata={"a": "x" * (16 * 1024 - 9)})["metadata"]["a"]) == 16 * 1024 - 9
    assert bad_fields(api.post("/v1/users", {"metadata": {"a": "x" * (16 * 1024 - 8)}})) == {"metadata"}


def test_the_graph_is_made_with_its_subject(api: Api) -> None:
    body = api.new_user(firstName="Alice")
    graph = Graph.objects.for_project(api.project).get()
    assert (graph.ref, graph.kind) == (body["graphId"], Graph.Kind.USER)
    assert list(Entity.objects.filter(graph=graph).values_list("name", "is_subject")) == [("Alice", True)]


def test_a_duplicate_external_id_is_a_conflict_that_names_the_existing_user(api: Api) -> None:
    first = api.new_user(externalId="user_clerk_abc")
    document = problem(api.post("/v1/users", {"externalId": "user_clerk_abc"}), 409, "USER_EXISTS")
    assert document["id"] == first["id"]
    assert document["title"] == "Conflict"
    assert document["detail"] == "A user with externalId 'user_clerk_abc' exists."
    assert (User.objects.count(), Graph.objects.count(), Entity.objects.count()) == (1, 1, 1)


def test_the_same_external_id_may_stand_in_every_project(world: World) -> None:
    made = {who.new_user(externalId="same")["id"] for who in (world.owner, world.twin, world.outsider)}
    assert len(made) == 3


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_makes_the_user_and_nineteen_are_told_its_id(api: Api) -> None:
    def create(number: int) -> tuple[int, str]:
        response = Api(api.secret).post("/v1/users", {"externalId": "raced", "firstName": f"No {number}"})
        return response.status_code, response.json()["id"]

    answers = at_once(20, create)
    assert sorted(status for status, _ in answers) == [201] + [409] * 19
    assert {id_ for _, id_ in answers} == {User.objects.get().ref}
    assert (Graph.objects.count(), Entity.objects.count()) == (1, 1)


def test_no_graph_stays_behind_when_the_user_cannot_be_kept(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services.audit, "record", refuse)
    problem(api.post("/v1/users", {"externalId": "x"}), 500, "INTERNAL")
    assert (User.objects.count(), Graph.objects.count(), Entity.objects.count()) == (0, 0, 0)


def test_it_is_audit_logged_without_personal_data(api: Api) -> None:
    body = api.new_user(externalId="secret-id", email="alice@acme.com", firstName="Alice")
    entry = AuditEntry.objects.for_project(api.project).get(action="user.created")
    assert (entry.target_id, entry.actor, entry.detail) == (body["id"], AuditEntry.Actor.KEY, {})
    assert entry.actor_id == api.key.ref
