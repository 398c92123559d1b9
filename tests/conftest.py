from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import pytest
import redis
from django.conf import LazySettings, settings
from django.db import transaction
from django.utils import timezone

from graphs.models import Graph
from ingest import pipeline, reading
from ingest.models import IngestJob
from memos.celery import app
from memos.figures.models import RequestTally
from memos.figures.requests import counter
from tests.processes import Web, Worker
from tests.scripted import Scripted
from tests.world import Api, World, make_world


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a file sets up is set up in one process, and the whole Memos that a browser looks at in one too."""
    for item in items:
        folder = item.path.parent
        item.add_marker(pytest.mark.xdist_group(str(folder if folder.name == "browser" else item.path)))


@pytest.fixture(scope="session", autouse=True)
def broker(worker_id: str) -> Iterator[str]:
    """A database of the Valkey server for each process that runs tests, so that none hears another's rings."""
    parts = urlsplit(settings.REDIS_URL)
    number = int(parts.path.strip("/") or 0) + 1 + int(worker_id.removeprefix("gw") if worker_id != "master" else 0)
    url = urlunsplit(parts._replace(path=f"/{number % 16}"))
    settings.REDIS_URL = app.conf.broker_url = url
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture(autouse=True)
def quick_passwords(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def only_servers_count() -> None:
    """Some tests ask `memos.wsgi` in this process, which counts requests from its import on, and writes them down
    while other tests run."""
    counter.serving = False


@pytest.fixture
def no_requests_yet(db: None) -> None:
    """Servers that other tests started have written down theirs."""
    RequestTally.objects.all().delete()


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture(scope="module")
def lasting(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For what all tests of a file begin with: fixtures of the module that ask for this may write; what a test writes
    is undone at its end, and all of it at the end of the file. No such test may be one with ``transaction=True``."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def api(world: World) -> Api:
    """The owner's."""
    return world.owner


@pytest.fixture
def user(api: Api) -> dict[str, Any]:
    return api.new_user(externalId="alice", email="alice@acme.com", firstName="Alice")


@pytest.fixture
def thread(api: Api, user: dict[str, Any]) -> dict[str, Any]:
    return api.new_thread(user, name="Onboarding chat")


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Facts from a made-up language instead of from English: see `tests.scripted`."""
    made = Scripted()
    monkeypatch.setattr(reading, "extractor", lambda: made)
    return made


Drain = Callable[[], None]


@pytest.fixture
def drain(scripted: Scripted) -> Drain:
    """Do all that waits, here and now, as a worker would; what waits to be tried again is tried at once."""
    return drain_all


def drain_all() -> None:
    for graph_id in Graph.objects.values_list("pk", flat=True):
        drain_graph(graph_id)


def drain_graph(graph_id: UUID) -> None:
    for _ in range(100):
        IngestJob.objects.unfinished().filter(graph=graph_id).update(run_after=timezone.now())
        if not pipeline.run(graph_id) and not IngestJob.objects.unfinished().filter(graph=graph_id).exists():
            return
    raise AssertionError(f"graph {graph_id} does not come to an end")


@pytest.fixture
def start_worker(transactional_db: None, broker: str) -> Iterator[Callable[..., Worker]]:
    started: list[Worker] = []

    def start(**environment: str) -> Worker:
        started.append(Worker(broker, **environment).start())
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
    with redis.Redis.from_url(broker) as client:
        client.flushdb()


@pytest.fixture(scope="module")
def start_web(django_db_setup: None, broker: str) -> Iterator[Callable[..., Web]]:
    """Start a server that is up; it serves all tests of a file. They have to commit what it is to see."""
    started: list[Web] = []

    def start(**options: Any) -> Web:
        started.append(Web(broker, **options).start())
        return started[-1]

    yield start
    for web in started:
        web.kill()
