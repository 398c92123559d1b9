"""`ext:<externalId>` stands wherever a path takes the id of a user."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.endpoints import ENDPOINTS, Endpoint
from tests.world import Api, World, problem
from users.models import User

OF_A_USER = [endpoint for endpoint in ENDPOINTS if endpoint.names == "user"]
STRANGE = [
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "",
    "x" * 256,
    "x" * 5000,
    "%F0%9F%98%80",
    "usr_",
    "'",
    "%25",
    "..",
    "ext:",
]


def ext(external_id: str) -> str:
    return "ext:" + quote(external_id, safe="")


@pytest.mark.parametrize("endpoint", OF_A_USER, ids=str)
def test_every_route_of_a_user_takes_it(api: Api, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.services.SUMMARY_WAIT_SECONDS", 0.0)
    made = api.new_user(externalId="clerk|a b%c")
    api.new_user(externalId=made["id"])
    response = api.send(endpoint.method, endpoint.at(ext("clerk|a b%c")), endpoint.valid)
    assert response.status_code in (200, 201, 503), response.content
    if endpoint.path == "/v1/users/{user}":
        assert response.json()["id"] == made["id"]


@pytest.mark.parametrize("endpoint", OF_A_USER, ids=str)
def test_one_that_no_user_of_the_project_has_is_not_found(world: World, endpoint: Endpoint) -> None:
    world.twin.new_user(externalId="theirs")
    world.outsider.new_user(externalId="theirs")
    world.owner.new_user(externalId="mine")
    for ref in (ext("theirs"), ext("MINE"), *(f"ext:{strange}" for strange in STRANGE)):
        problem(world.owner.send(endpoint.method, endpoint.at(ref), endpoint.valid), 404, "NOT_FOUND")
    assert User.objects.count() == 3


@pytest.mark.parametrize("external_id", ["alice", "clerk|a b%c", "Ünal 😀", "ext:ext:", "usr_01HXY", "a?b#c&d=e+f"])
def test_whatever_a_caller_calls_a_user_is_found_percent_encoded(api: Api, external_id: str) -> None:
    made = api.new_user(externalId=external_id)
    assert api.get(f"/v1/users/{ext(external_id)}").json()["id"] == made["id"]


def test_an_external_id_with_a_slash_is_found_by_the_filter(api: Api) -> None:
    made = api.new_user(externalId="org/7")
    problem(api.get("/v1/users/ext:org/7"), 404, "NOT_FOUND")
    problem(api.get("/v1/users/ext:org%2F7"), 404, "NOT_FOUND")
    assert [one["id"] for one in api.get("/v1/users", externalId="org/7").json()["users"]] == [made["id"]]


def test_half_of_a_surrogate_pair_is_nobodys_id(api: Api, user: dict[str, Any]) -> None:
    assert not User.objects.by_path("ext:\ud800").exists()
    assert not User.objects.by_path("ext:alice\0").exists()
    assert User.objects.by_path("ext:alice").get().ref == user["id"]
