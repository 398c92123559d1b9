"""A key and a project have so many requests a minute, whoever serves them; every answer tells what is left."""

import logging
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from unittest.mock import patch

import httpx
import pytest
import redis
from django.conf import LazySettings

from memos.api import ratelimits
from memos.projects.models import ApiKey, Project
from tests.processes import Web, at_once
from tests.world import Api, World, api_for, problem


@pytest.fixture(autouse=True)
def nothing_counted(broker: str) -> Iterator[None]:
    with redis.Redis.from_url(broker) as client:
        client.flushdb()
    yield
    ratelimits._counter._silent_until = 0.0


def limit(api: Api, *, key: int | None = None, keys: int | None = None, project: int | None = None) -> None:
    ApiKey.objects.filter(pk=api.key.pk).update(requests_per_minute=key)
    Project.objects.filter(pk=api.project.pk).update(requests_per_minute=project, key_requests_per_minute=keys)


def state(response: httpx.Response | object, name: str) -> tuple[int, int]:
    """What is left of a limit, and in how many seconds there is more."""
    told = response["RateLimit"]  # type: ignore[index]
    found = re.search(rf'"{name}";r=(\d+);t=(\d+)', told)
    assert found, told
    return int(found[1]), int(found[2])


def statuses(api: Api, times: int) -> list[int]:
    return [api.get("/v1/users").status_code for _ in range(times)]


def test_without_a_limit_nothing_is_told_and_valkey_is_not_asked(api: Api) -> None:
    with patch.object(ratelimits, "_client", side_effect=AssertionError):
        response = api.get("/v1/users")
    assert response.status_code == 200
    assert not {"RateLimit", "RateLimit-Policy", "Retry-After"} & set(response.headers)


def test_a_key_has_its_own_limit_and_is_told_what_is_left(api: Api) -> None:
    limit(api, key=3, keys=100)
    left = [state(api.get("/v1/users"), "key") for _ in range(3)]
    assert [one for one, _ in left] == [2, 1, 0]
    assert all(1 <= seconds <= 60 for _, seconds in left)
    assert api.get("/v1/users")["RateLimit-Policy"] == '"key";q=3;w=60'


def test_too_many_requests_are_refused_with_the_time_to_wait(api: Api) -> None:
    limit(api, key=1)
    api.get("/v1/users")
    response = api.post("/v1/users", {"externalId": "x"})
    document = problem(response, 429, "RATE_LIMITED")
    assert "1 a minute of this key" in document["detail"]
    assert 1 <= int(response["Retry-After"]) <= 60
    assert state(response, "key") == (0, int(response["Retry-After"]))


def test_a_key_without_its_own_limit_has_that_of_its_project(api: Api) -> None:
    limit(api, keys=2)
    other = api_for(api.project)
    assert statuses(api, 3) == [200, 200, 429]
    assert statuses(other, 3) == [200, 200, 429]


def test_all_keys_of_a_project_share_its_limit(api: Api) -> None:
    limit(api, project=3)
    other = api_for(api.project)
    assert statuses(api, 2) + statuses(other, 2) + statuses(api, 1) == [200, 200, 200, 429, 429]


def test_both_limits_are_told_and_a_request_that_one_refuses_is_not_counted_by_the_other(api: Api) -> None:
    limit(api, key=2, project=10)
    assert statuses(api, 5) == [200, 200, 429, 429, 429]
    response = api_for(api.project).get("/v1/users")
    assert state(response, "project")[0] == 7
    refused = api.get("/v1/users")
    assert refused["RateLimit-Policy"] == '"key";q=2;w=60, "project";q=10;w=60'
    assert (state(refused, "key")[0], state(refused, "project")[0]) == (0, 7)


def test_nobody_elses_requests_are_counted(world: World) -> None:
    for who in (world.owner, world.twin, world.outsider):
        limit(who, project=1)
    assert [statuses(who, 2) for who in (world.owner, world.twin, world.outsider)] == [[200, 429]] * 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/users", 200),
        ("POST", "/v1/users", 201),
        ("GET", "/v1/users/nobody", 404),
        ("GET", "/v1/users?nonsense=1", 400),
        ("PUT", "/v1/users", 405),
    ],
)
def test_every_answer_to_a_key_tells_what_is_left(api: Api, method: str, path: str, status: int) -> None:
    limit(api, key=5)
    response = api.send(method, path)
    assert response.status_code == status
    assert state(response, "key")[0] == 4


def test_what_cannot_be_rendered_and_what_is_forbidden_is_counted_too(api: Api) -> None:
    poor = api_for(api.project, "write")
    limit(api, keys=5)
    assert state(problem_of(poor.get("/v1/users"), 403), "key")[0] == 4
    unreadable = api.send("GET", "/v1/users", headers={"Accept": "text/html"})
    assert state(problem_of(unreadable, 406), "key")[0] == 4


def problem_of(response: object, status: int) -> object:
    assert response.status_code == status  # type: ignore[attr-defined]
    return response


def test_who_is_not_known_is_not_counted(api: Api) -> None:
    limit(api, project=1)
    for who in (Api(None), Api(f"{api.secret}x")):
        response = who.get("/v1/users")
        problem(response, 401, "UNAUTHENTICATED")
        assert "RateLimit" not in response.headers
    assert api.get("/v1/users").status_code == 200


def test_after_a_minute_there_is_more(api: Api, broker: str) -> None:
    limit(api, key=2)
    statuses(api, 2)
    with redis.Redis.from_url(broker) as client:
        name = f"memos:requests:{api.key.ref}"
        assert 0 < client.ttl(name) <= 60
        [(second, count)] = client.hgetall(name).items()
        client.hdel(name, second)
        client.hset(name, int(second) - 59, count)
        assert api.get("/v1/users").status_code == 429
        client.hset(name, int(second) - 60, count)
        client.hdel(name, int(second) - 59)
    response = api.get("/v1/users")
    assert (response.status_code, state(response, "key")[0]) == (200, 1)


def test_the_limit_of_a_minute_takes_no_more_room_than_its_seconds(api: Api, broker: str) -> None:
    limit(api, key=1_000_000)
    with redis.Redis.from_url(broker) as client:
        name = f"memos:requests:{api.key.ref}"
        client.hset(name, mapping={str(second): 1 for second in range(500)})
        api.get("/v1/users")
        assert client.hlen(name) == 1


def test_a_lower_limit_holds_at_once(api: Api) -> None:
    limit(api, key=10)
    statuses(api, 4)
    limit(api, key=2)
    response = api.get("/v1/users")
    problem(response, 429, "RATE_LIMITED")
    assert state(response, "key")[0] == 0


def test_without_valkey_requests_pass_and_it_is_said_once(
    api: Api, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    limit(api, key=1)
    settings.REDIS_URL = "redis://127.0.0.1:1"
    ratelimits._client.cache_clear()
    try:
        with caplog.at_level(logging.WARNING, logger=ratelimits.__name__):
            responses = [api.get("/v1/users") for _ in range(3)]
    finally:
        ratelimits._client.cache_clear()
    assert [response.status_code for response in responses] == [200] * 3
    assert [response["RateLimit-Policy"] for response in responses] == ['"key";q=1;w=60'] * 3
    assert [record.message for record in caplog.records if "not counted" in record.message] == [caplog.messages[0]]


def test_a_valkey_that_does_not_answer_is_asked_once_and_then_left_alone(api: Api, settings: LazySettings) -> None:
    limit(api, key=1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.1)
        settings.REDIS_URL = "redis://{}:{}".format(*silent.getsockname())
        ratelimits._client.cache_clear()
        try:
            assert statuses(api, 5) == [200] * 5
        finally:
            ratelimits._client.cache_clear()
        silent.accept()
        with pytest.raises(TimeoutError):
            silent.accept()


def test_when_valkey_is_back_requests_are_counted_again(api: Api, settings: LazySettings) -> None:
    limit(api, key=1)
    with patch.object(ratelimits, "_client", side_effect=redis.ConnectionError):
        assert statuses(api, 2) == [200, 200]
    ratelimits._counter._silent_until = 0.0
    assert statuses(api, 2) == [200, 429]


def test_of_many_requests_to_two_servers_at_once_exactly_as_many_pass(
    start_web: Callable[[], Web], transactional_db: None, world: World
) -> None:
    api = world.owner
    servers = [start_web(), start_web()]
    limit(api, key=40, project=25)
    headers = {"Authorization": f"Bearer {api.secret}"}

    def ask(number: int) -> list[int]:
        with httpx.Client(base_url=servers[number % 2].url, headers=headers, timeout=60) as client:
            return [client.get("/v1/users").status_code for _ in range(10)]

    answers = Counter(status for found in at_once(8, ask) for status in found)
    assert answers == {200: 25, 429: 55}
