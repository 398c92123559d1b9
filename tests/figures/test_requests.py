"""Requests are counted where they survive: none twice, and at most a few seconds of them lost."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from unittest.mock import patch
from uuid import uuid4

import httpx
import psycopg
import pytest
import time_machine
from django.db import OperationalError, connection

from memos.figures import requests
from memos.figures.models import RequestTally
from memos.figures.requests import Counter, Series
from memos.projects.models import ApiKey
from tests import factories as make
from tests.processes import Web, at_once, wait_until
from tests.world import Api

ROUTE = "/v1/users/<str:user_id>"

pytestmark = pytest.mark.usefixtures("no_requests_yet")


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """One that writes only when it is told to."""
    monkeypatch.setattr(requests, "SECONDS", 3600)
    monkeypatch.setattr(requests.connection, "close", lambda: None)
    made = Counter()
    monkeypatch.setattr(requests, "counter", made)
    made.serving = True
    yield made
    made._begin()


def series(**other: object) -> Series:
    return Series(**{"hour": 480_000, "project": None, "key": None, "method": "GET", "route": ROUTE, "status": 200,
                     **other})  # type: ignore[arg-type]  # fmt: skip


def total() -> int:
    return sum(RequestTally.objects.values_list("count", flat=True))


@time_machine.travel(datetime(2026, 11, 26, 12, 59, tzinfo=UTC), tick=False)
def test_requests_are_counted_by_key_route_and_status(api: Api, counter: Counter) -> None:
    user = api.new_user()
    api.get(f"/v1/users/{user['id']}")
    api.get(f"/v1/users/{user['id']}")
    api.get("/v1/users/usr_unknown")
    Api("mos_live_wrong").get("/v1/users")
    api.client.get("/healthz")
    counter.flush()

    assert api.key
    found = RequestTally.objects.values_list("project", "key", "method", "route", "status", "count")
    mine = (api.project.pk, api.key.pk)
    assert set(found) == {
        (*mine, "POST", "/v1/users", 201, 1),
        (*mine, "GET", ROUTE, 200, 2),
        (*mine, "GET", ROUTE, 404, 1),
        (None, None, "GET", "/v1/users", 401, 1),
    }
    assert all(sum(tally.buckets) == tally.count for tally in RequestTally.objects.all())
    assert {tally.starts_at for tally in RequestTally.objects.all()} == {datetime(2026, 11, 26, 12, tzinfo=UTC)}


@pytest.mark.django_db
def test_what_is_written_again_is_added_to_what_is_there(counter: Counter) -> None:
    for seconds in (0.01, 0.01, 3.0):
        counter.add(series(), seconds)
        counter.flush()
        counter.flush()
    tally = RequestTally.objects.get()
    assert tally.count == 3
    assert sorted(tally.buckets)[-2:] == [1, 2]


def test_nothing_is_counted_where_nobody_is_served(api: Api, counter: Counter) -> None:
    counter.serving = False
    api.get("/v1/users")
    counter.flush()
    assert total() == 0


@pytest.mark.django_db
def test_while_the_database_is_away_they_are_kept(counter: Counter) -> None:
    counter.add(series(), 0.1)
    with patch.object(requests.connection, "ensure_connection", side_effect=OperationalError):
        counter.flush()
    counter.add(series(), 0.1)
    counter.flush()
    assert total() == 2


@pytest.mark.django_db
def test_what_the_database_refused_is_kept(counter: Counter) -> None:
    refusal = OperationalError()
    refusal.__cause__ = psycopg.errors.DeadlockDetected()
    counter.add(series(), 0.1)
    with patch.object(type(RequestTally.objects.all()), "add", side_effect=refusal):
        counter.flush()
    counter.flush()
    assert total() == 1


@pytest.mark.django_db
def test_what_may_have_been_written_is_not_written_again(counter: Counter) -> None:
    """The connection broke, and nobody knows whether before or after the commit."""
    counter.add(series(), 0.1)
    with patch.object(type(RequestTally.objects.all()), "add", side_effect=OperationalError):
        counter.flush()
    counter.flush()
    assert total() == 0


def test_while_the_database_is_away_no_more_are_kept_than_fit(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "MOST", 3)
    for status in range(200, 210):
        counter.add(series(status=status), 0.1)
    assert len(counter._sums) == 3


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_add_up() -> None:
    """In whatever order each of them met its series."""
    many = [series(key=uuid4()) for _ in range(300)]

    def write(number: int) -> None:
        mine = Counter()
        mine._writer = mine._writer or object()  # type: ignore[assignment]  # no thread of its own
        for one in many[:: -1 if number % 2 else 1]:
            mine.add(one, 0.01 * (number + 1))
        mine.flush()

    at_once(4, write)
    assert total() == 4 * 300
    assert set(RequestTally.objects.values_list("count", flat=True)) == {4}
    assert all(sum(tally.buckets) == 4 for tally in RequestTally.objects.all())


def test_a_forked_process_does_not_count_what_its_parent_did(counter: Counter) -> None:
    counter.add(series(), 0.1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(len(counter._sums)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"0"
    assert len(counter._sums) == 1


@pytest.mark.django_db
def test_a_request_costs_microseconds(counter: Counter) -> None:
    key = make.ApiKeyFactory()
    requests.count(key, "GET", ROUTE, 200, 0.02)
    began = time.perf_counter()
    for _ in range(10_000):
        requests.count(key, "GET", ROUTE, 200, 0.02)
    assert (time.perf_counter() - began) / 10_000 < 100e-6


@pytest.mark.django_db(transaction=True)
def test_of_a_server_with_two_workers_nothing_is_lost_at_its_end(start_web: Callable[..., Web]) -> None:
    web, key = start_web(workers=2), make.ApiKeyFactory()
    connection.commit()
    ask_forty_times(web, key)
    wait_until(lambda: total() > 0, seconds=15)
    ask_forty_times(web, key)
    assert web.process
    web.process.terminate()
    web.process.wait(20)
    web.process = None

    assert RequestTally.objects.filter(key=key.pk).exists()
    mine = RequestTally.objects.filter(key=key.pk).classed()
    assert sorted(mine.sums("route", "status_class")) == [
        ("/v1/users", "2xx", 40),
        (ROUTE, "4xx", 40),
    ]


def ask_forty_times(web: Web, key: ApiKey) -> None:
    for number in range(40):
        path = "/v1/users" if number % 2 else "/v1/users/usr_unknown"
        httpx.get(f"{web.url}{path}", headers={"Authorization": f"Bearer {key.secret}"})


@pytest.mark.django_db(transaction=True)
def test_of_a_server_that_is_killed_what_was_written_stays(start_web: Callable[..., Web]) -> None:
    web, key = start_web(), make.ApiKeyFactory()
    for _ in range(10):
        httpx.get(f"{web.url}/v1/users", headers={"Authorization": f"Bearer {key.secret}"})
    wait_until(lambda: total() == 10, seconds=15)
    httpx.get(f"{web.url}/v1/users", headers={"Authorization": f"Bearer {key.secret}"})
    web.kill()
    assert total() in (10, 11)
