"""A key belongs to one project, and only a whole, living key opens it."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from memos.projects.models import ApiKey
from tests.world import Api, World, api_for, problem


def test_a_key_opens_its_own_project(world: World) -> None:
    made = world.owner.new_user()
    assert world.owner.secret.startswith("mos_live_")
    assert world.twin.secret.startswith("mos_test_")
    assert [one["id"] for one in world.owner.get("/v1/users").json()["users"]] == [made["id"]]
    assert world.twin.get("/v1/users").json()["users"] == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_may_be_written_in_any_case(api: Api, scheme: str) -> None:
    response = Api(None).send("GET", "/v1/users", headers={"Authorization": f"{scheme} {api.secret}"})
    assert response.status_code == 200


def test_anything_else_is_unauthenticated(api: Api) -> None:
    secret = api.secret
    wrong = [
        "", "Bearer", "Bearer ", secret, f"Basic {secret}", f"Bearer {secret}x", f"Bearer {secret[:-1]}", "Bearer ü",
        f"Bearer {secret.replace('live', 'test')}", f"Bearer {secret} {secret}", f"Bearer {secret}\0",
        "Bearer " + "x" * 5000,
        f"Bearer {secret[:17]}" + "A" * 40, "Bearer mos_live_' OR 1=1 --",
    ]  # fmt: skip
    for given in wrong:
        response = Api(None).send("GET", "/v1/users", headers={"Authorization": given})
        problem(response, 401, "UNAUTHENTICATED")
        assert secret not in response.content.decode()


def test_a_key_is_good_until_it_expires(api: Api) -> None:
    other = api_for(api.project)
    ApiKey.objects.filter(pk=other.key.pk).update(expires_at=timezone.now() + timedelta(minutes=1))
    assert other.get("/v1/users").status_code == 200
    ApiKey.objects.filter(pk=other.key.pk).update(expires_at=timezone.now())
    problem(other.get("/v1/users"), 401, "KEY_EXPIRED")


def test_the_use_of_a_key_is_noted_at_most_once_a_minute(api: Api) -> None:
    api.get("/v1/users")
    first = ApiKey.objects.get(pk=api.key.pk).last_used_at
    api.get("/v1/users")
    assert ApiKey.objects.get(pk=api.key.pk).last_used_at == first
    ApiKey.objects.filter(pk=api.key.pk).update(last_used_at=first - timedelta(seconds=61))
    api.get("/v1/users")
    assert ApiKey.objects.get(pk=api.key.pk).last_used_at > first


def test_no_key_is_written_to_the_log(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        api.post("/v1/users", {"email": 5})
        Api(api.secret + "x").get("/v1/users")
    assert api.secret not in caplog.text
