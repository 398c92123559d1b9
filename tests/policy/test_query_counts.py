"""How many statements an endpoint costs the database: the table in `tests.endpoints` says the most, and a list costs
the same however many rows it shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from graphs.search import index
from ingest import reading, services
from memos.projects.models import ApiKey
from tests.api.conftest import request_of, things_of
from tests.conftest import drain_all
from tests.endpoints import ENDPOINTS, Endpoint
from tests.scripted import Scripted
from tests.world import Api, make_world

pytestmark = pytest.mark.django_db

LISTS = [endpoint for endpoint in ENDPOINTS if any(field.name == "cursor" for field in endpoint.query)]
GRAPHS = [e for e in ENDPOINTS if e.path.endswith(("/context", "/search"))]
SAME = [*LISTS, *GRAPHS]
LAZY = ("/context", "{group}/search")
"""They fetch what they do not have yet: of few memories the episodes are the hits that were fetched already."""
PARTS = {"/context": {"query": "thing", "groups": "acme"}}


@dataclass(frozen=True)
class Filled:
    """A caller, and something of each kind that is theirs."""

    api: Api
    things: dict[str, str]


@pytest.fixture(scope="module")
def filled(lasting: None) -> Iterator[Filled]:
    """With two rows of each kind. That its key was used is noted once a minute, and not while it is counted here."""
    with patch.object(reading, "extractor", Scripted), patch.object(services, "SUMMARY_WAIT_SECONDS", 0.0):
        api = make_world().owner
        ApiKey.objects.filter(pk=api.key.pk).update(last_used_at=timezone.now() + timedelta(hours=1))
        made = Filled(api, things_of(api))
        _fill(made, 2)
        yield made


@pytest.fixture(scope="module")
def costs(filled: Filled) -> dict[str, tuple[int, int]]:
    """Of each that is to cost the same: with these rows, and with some more. Each has search's memory to itself."""
    memories = {str(endpoint): index._Kept() for endpoint in SAME}
    with transaction.atomic():
        few = {str(endpoint): _cost(filled, endpoint, memories[str(endpoint)]) for endpoint in SAME}
        _fill(filled, 12)
        many = {str(endpoint): _cost(filled, endpoint, memories[str(endpoint)]) for endpoint in SAME}
        transaction.set_rollback(True)
    return {name: (few[name], many[name]) for name in few}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_an_endpoint_needs_no_more_statements_than_the_table_says(filled: Filled, endpoint: Endpoint) -> None:
    assert _cost(filled, endpoint, index._Kept()) <= endpoint.queries


@pytest.mark.parametrize("endpoint", SAME, ids=str)
def test_it_costs_the_same_with_more_rows(costs: dict[str, tuple[int, int]], endpoint: Endpoint) -> None:
    few, many = costs[str(endpoint)]
    most = endpoint.queries if endpoint.path.endswith(LAZY) else few
    assert few <= many <= most


def _fill(filled: Filled, rows: int) -> None:
    """As many users, threads, groups, documents, messages and memories."""
    api, things = filled.api, filled.things
    for number in range(rows):
        api.new_user()
        api.new_thread({"id": things["user"]})
        api.new_group(f"group-{rows}-{number}")
        api.state("acme", f"Thing {rows} {number} is blue.")
        api.give({"graphId": things["graph"]}, f"likes thing {rows} {number}", name=f"Notes {number}")
    api.say({"id": things["thread"]}, *(f"likes thing {rows} {number}" for number in range(rows)))
    drain_all()


def _cost(filled: Filled, endpoint: Endpoint, memory: Any) -> int:
    """``memory`` is what search remembers of graphs."""
    path, body = request_of(filled.api, endpoint, filled.things)
    query: dict[str, Any] = PARTS.get("/" + path.rpartition("/")[2], {})
    with patch.object(index, "_kept", memory), CaptureQueriesContext(connection) as captured:
        response = filled.api.send(endpoint.method, path, body, content_type=endpoint.media, **query)
    assert response.status_code in (200, 201, 202, 503), response.content
    return sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in captured.captured_queries)
