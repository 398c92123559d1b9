"""GET /v1/users"""

from typing import Any

import pytest

from tests.conftest import Drain
from tests.world import Api, World, bad_fields


def test_it_lists_users_with_thread_and_memory_counts(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.new_thread(user)
    api.say(thread, "lives_in Lisbon", "likes tea", "lives_in Porto")
    drain()
    body = api.get("/v1/users").json()
    assert body == {
        "users": [
            {
                "id": user["id"],
                "externalId": "alice",
                "email": "alice@acme.com",
                "firstName": "Alice",
                "lastName": None,
                "metadata": {},
                "graphId": user["graphId"],
                "createdAt": user["createdAt"],
                "stats": {"threads": 2, "memories": 2},
            }
        ],
        "nextCursor": None,
    }


def test_an_empty_project_has_an_empty_list(api: Api) -> None:
    assert api.get("/v1/users").json() == {"users": [], "nextCursor": None}


def test_the_newest_come_first_unless_asked_otherwise(api: Api) -> None:
    made = [api.new_user()["id"] for _ in range(3)]
    assert _ids(api) == made[::-1]
    assert _ids(api, order="asc") == made


def test_it_finds_by_external_id_and_by_email(api: Api) -> None:
    alice, bob = api.new_user(externalId="a/b c", email="alice@acme.com"), api.new_user(email="bob@acme.com")
    assert _ids(api, externalId="a/b c") == [alice["id"]]
    assert _ids(api, email="bob@acme.com") == [bob["id"]]
    assert _ids(api, externalId="a/b c", email="bob@acme.com") == []


@pytest.mark.parametrize(
    "q",
    ["alice", "ACME", "erk_7", "miller", "müller", "MÜLLER", "alice müller", "acme.com clerk", " alice  7 ", "al_ce%"],
)
def test_it_finds_by_words_in_whatever_case(api: Api, q: str) -> None:
    alice = api.new_user(
        externalId="clerk_7", email="alice@acme.com", firstName="Alice al_ce%", lastName="Müller-Miller"
    )
    api.new_user(externalId="bob", email="bob@beta.org", firstName="Bob", lastName="Mueller")
    assert _ids(api, q=q) == [alice["id"]]


@pytest.mark.parametrize("q", ["alice bob", "comalice", "7alice", "c_erk", "alice%", "null", "none", "\\"])
def test_words_that_are_not_all_there_find_nobody(api: Api, q: str) -> None:
    api.new_user(externalId="clerk7", email="alice@acme.com", firstName="Alice")
    api.new_user(firstName="Bob")
    assert _ids(api, q=q) == []


def test_words_narrow_the_other_filters_and_the_other_way_round(api: Api) -> None:
    first, second = api.new_user(externalId="a", firstName="Alice"), api.new_user(externalId="b", firstName="Alice")
    assert _ids(api, q="alice") == [second["id"], first["id"]]
    assert _ids(api, q="alice", externalId="a") == [first["id"]]


def test_another_projects_users_are_not_listed(world: World) -> None:
    world.outsider.new_user(firstName="Alice")
    world.twin.new_user(firstName="Alice")
    assert _ids(world.owner) == []
    assert _ids(world.owner, q="alice") == []


def test_pages_are_stable_while_users_are_added(api: Api) -> None:
    made = [api.new_user()["id"] for _ in range(5)]
    first = api.get("/v1/users", limit=2).json()
    api.new_user()
    second = api.get("/v1/users", limit=2, cursor=first["nextCursor"]).json()
    third = api.get("/v1/users", limit=2, cursor=second["nextCursor"]).json()
    pages = [[one["id"] for one in page["users"]] for page in (first, second, third)]
    assert pages == [made[:2:-1], made[2:0:-1], made[:1]]
    assert third["nextCursor"] is None


def test_a_full_last_page_has_no_next_cursor(api: Api) -> None:
    api.new_user()
    api.new_user()
    assert api.get("/v1/users", limit=2).json()["nextCursor"] is None


def test_a_broken_cursor_is_refused(api: Api) -> None:
    for cursor in ("x", "!!!", "bm90IGFuIGlk", "////", "é", "0" * 200):
        assert bad_fields(api.get("/v1/users", cursor=cursor)) == {"cursor"}


def _ids(api: Api, **query: Any) -> list[str]:
    return [one["id"] for one in api.get("/v1/users", **query).json()["users"]]
