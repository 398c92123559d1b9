"""PATCH /v1/users/:id"""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from graphs.models import Entity, Graph
from ingest import summaries
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.processes import at_once
from tests.world import Api, World, problem
from users.models import Summary, User


def change(api: Api, user: dict[str, Any], **changes: Any) -> dict[str, Any]:
    response = api.patch(f"/v1/users/{user['id']}", changes)
    assert response.status_code == 200, response.content
    return response.json()


def subject() -> tuple[str, list[str]]:
    return Entity.objects.values_list("name", "aliases").get(is_subject=True)


def block(api: Api, user: dict[str, Any]) -> str:
    return api.get(f"/v1/users/{user['id']}/context").json()["context"]


NEW = {"externalId": "b", "email": "b@beta.org", "firstName": "Bea", "lastName": "Baker", "metadata": {"a_b": [1]}}


def test_it_changes_every_field_and_answers_as_a_get(api: Api, user: dict[str, Any]) -> None:
    before = api.get(f"/v1/users/{user['id']}").json()
    changed = change(api, user, **NEW)
    assert changed == {**before, **NEW} == api.get(f"/v1/users/{user['id']}").json()


@pytest.mark.parametrize("name", NEW)
def test_what_is_not_given_stays(api: Api, user: dict[str, Any], name: str) -> None:
    before = api.get(f"/v1/users/{user['id']}").json()
    assert change(api, user, **{name: NEW[name]}) == {**before, name: NEW[name]}


def test_null_takes_away_what_is_there(api: Api) -> None:
    user = api.new_user(**NEW)
    gone = dict.fromkeys(("externalId", "email", "firstName", "lastName"))
    assert change(api, user, **gone).items() >= {**gone, "metadata": NEW["metadata"]}.items()
    assert api.new_user(externalId="b")["id"] != user["id"]


def test_it_may_be_named_by_the_external_id_that_it_loses(api: Api, user: dict[str, Any]) -> None:
    response = api.patch("/v1/users/ext:alice", {"externalId": "ann"})
    assert (response.status_code, response.json()["id"]) == (200, user["id"])
    problem(api.get("/v1/users/ext:alice"), 404, "NOT_FOUND")
    assert api.get("/v1/users/ext:ann").json()["id"] == user["id"]


def test_only_what_changes_is_written_and_audited(api: Api, user: dict[str, Any]) -> None:
    change(api, user, externalId="alice", email="new@acme.com", firstName="Alice", lastName="Secret", metadata={})
    entry = AuditEntry.objects.get(action="user.updated")
    assert (entry.target_id, entry.detail) == (user["id"], {"fields": ["email", "last_name"]})
    with CaptureQueriesContext(connection) as queries:
        change(api, user, externalId="alice", email="new@acme.com", firstName="Alice", metadata={})
        change(api, user)
    assert not any(one["sql"].startswith(("UPDATE", "INSERT")) for one in queries.captured_queries)
    assert AuditEntry.objects.filter(action="user.updated").count() == 1


def test_metadata_that_is_only_equal_to_python_is_another(api: Api) -> None:
    user = api.new_user(metadata={"a": 1})
    for value in (True, 1.0, 1):
        kept = change(api, user, metadata={"a": value})["metadata"]["a"]
        assert (kept, type(kept)) == (value, type(value))


def test_an_external_id_that_is_taken_is_a_conflict_that_names_its_user(api: Api, user: dict[str, Any]) -> None:
    other = api.new_user()
    document = problem(
        api.patch(f"/v1/users/{other['id']}", {"externalId": "alice", "email": "x@y.zz"}), 409, "USER_EXISTS"
    )
    assert (document["id"], document["detail"]) == (user["id"], "A user with externalId 'alice' exists.")
    assert api.get(f"/v1/users/{other['id']}").json()["email"] is None
    assert not AuditEntry.objects.filter(action="user.updated").exists()


def test_another_projects_external_id_is_free(world: World, user: dict[str, Any]) -> None:
    other = world.twin.new_user()
    assert change(world.twin, other, externalId="alice")["externalId"] == "alice"


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_gets_the_external_id(api: Api) -> None:
    users = [api.new_user() for _ in range(10)]

    def take(number: int) -> Any:
        return Api(api.secret).patch(f"/v1/users/{users[number]['id']}", {"externalId": "raced"})

    answers = at_once(10, take)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert {answer.json()["id"] for answer in answers} == {User.objects.get(external_id="raced").ref}


@pytest.mark.django_db(transaction=True)
def test_two_that_want_each_others_external_id_do_not_wait_in_a_circle(api: Api) -> None:
    users = [api.new_user(externalId=str(number)) for number in range(2)]

    def swap(number: int) -> int:
        path = f"/v1/users/{users[number % 2]['id']}"
        return Api(api.secret).patch(path, {"externalId": str(1 - number % 2)}).status_code

    assert at_once(8, swap) == [409] * 8


def test_whom_the_caller_had_named_is_called_by_the_new_name_everywhere(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea")
    drain()
    summaries.summarise(User.objects.get().pk)
    before = Graph.objects.get()
    change(api, user, firstName="Zora")
    assert [one["content"] for one in api.memories(user)] == ["Zora likes tea."]
    assert "Zora" in block(api, user)
    assert "Alice" not in block(api, user)
    found = api.post(f"/v1/users/{user['id']}/search", {"query": "tea", "kinds": ["memory"]}).json()["items"]
    assert found[0]["text"] == "Zora likes tea."
    after = Graph.objects.get()
    assert (after.version, after.search_version) == (before.version + 1, before.search_version + 1)
    assert subject() == ("Zora", [])


def test_a_summary_that_may_call_them_otherwise_goes_and_is_made_anew(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea")
    drain()
    summaries.summarise(User.objects.get().pk)
    Summary.objects.update(text="Alice likes tea.")
    assert change(api, user, firstName="Zora")["summary"] is None
    assert summaries.due_users(Graph.objects.get().pk) == [User.objects.get().pk]
    summaries.summarise(User.objects.get().pk)
    assert api.get(f"/v1/users/{user['id']}").json()["summary"] == "Likes tea."


def test_other_changes_leave_the_graph_and_the_summary_alone(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea")
    drain()
    summaries.summarise(User.objects.get().pk)
    before = Graph.objects.values().get(), Summary.objects.values().get()
    change(api, user, externalId="b", email="b@beta.org", lastName="Baker", metadata={"a": 1})
    assert (Graph.objects.values().get(), Summary.objects.values().get()) == before


def test_one_that_had_no_name_gets_one_and_loses_it_again(api: Api) -> None:
    user = api.new_user()
    change(api, user, firstName="Zora")
    assert subject() == ("Zora", [])
    change(api, user, firstName=None)
    assert subject() == ("", [])
    assert "Zora" not in block(api, user)


def test_a_name_that_was_said_stays_as_an_alias_and_is_the_name_where_there_is_no_other(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "named Ann")
    drain()
    assert subject() == ("Ann", ["Alice"])
    change(api, user, firstName="Zora")
    assert subject() == ("Zora", ["Ann"])
    change(api, user, firstName=None)
    assert subject() == ("Ann", [])


@pytest.mark.parametrize("message", ["named Alice", {"role": "user", "content": "likes tea", "name": "Alice"}])
def test_a_name_that_was_said_or_spoken_under_too_is_not_forgotten(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain, message: Any
) -> None:
    api.say(thread, message)
    drain()
    change(api, user, firstName="Zora")
    assert subject() == ("Zora", ["Alice"])
    api.say(thread, {"role": "user", "content": "likes milk", "name": "Alice"})
    drain()
    assert Entity.objects.filter(type="person").count() == 1


def test_a_full_name_that_only_the_caller_keeps_goes_with_the_last_name(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    change(api, user, lastName="Miller")
    said = api.say(thread, {"role": "user", "content": "likes tea", "name": "Alice Miller"})
    drain()
    api.delete(f"/v1/messages/{said['messages'][0]['id']}")
    assert subject() == ("Alice", ["Alice Miller"])
    change(api, user, lastName=None)
    assert subject() == ("Alice", [])


def test_who_was_told_apart_from_that_name_goes_by_it_now(api: Api, user: dict[str, Any]) -> None:
    Entity.objects.filter(is_subject=True).update(apart=["zora", "bob"])
    change(api, user, firstName="Zora")
    assert Entity.objects.get(is_subject=True).apart == ["bob"]


def test_a_change_of_one_that_is_gone_is_not_found(api: Api, user: dict[str, Any]) -> None:
    api.delete(f"/v1/users/{user['id']}")
    problem(api.patch(f"/v1/users/{user['id']}", {"firstName": "x"}), 404, "NOT_FOUND")
