"""How many statements an endpoint costs the database: the table in `tests.endpoints` says the most, and a list costs
the same however many rows it shows."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ingest import services
from tests.api.conftest import request_of, things_of
from tests.conftest import Drain
from tests.endpoints import ENDPOINTS, Endpoint
from tests.world import Api

LISTS = [endpoint for endpoint in ENDPOINTS if any(field.name == "cursor" for field in endpoint.query)]
GRAPHS = [e for e in ENDPOINTS if e.path.endswith(("/context", "/search"))]
LAZY = ("/context", "{group}/search")
"""They fetch what they do not have yet: of few memories the episodes are the hits that were fetched already."""
PARTS = {"/context": {"query": "thing", "groups": "acme"}}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_an_endpoint_needs_no_more_statements_than_the_table_says(
    api: Api, drain: Drain, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SUMMARY_WAIT_SECONDS", 0.0)
    things = things_of(api)
    _fill(api, things, 2)
    drain()
    assert _cost(api, endpoint, things) <= endpoint.queries


@pytest.mark.parametrize("endpoint", [*LISTS, *GRAPHS], ids=str)
def test_it_costs_the_same_with_more_rows(api: Api, drain: Drain, endpoint: Endpoint) -> None:
    things = things_of(api)
    _fill(api, things, 2)
    drain()
    few = _cost(api, endpoint, things)
    _fill(api, things, 12)
    drain()
    most = endpoint.queries if endpoint.path.endswith(LAZY) else few
    assert few <= _cost(api, endpoint, things) <= most


def _fill(api: Api, things: dict[str, str], rows: int) -> None:
    """As many users, threads, groups, documents, messages and memories."""
    for number in range(rows):
        api.new_user()
        api.new_thread({"id": things["user"]})
        api.new_group(f"group-{rows}-{number}")
        api.state("acme", f"Thing {rows} {number} is blue.")
        api.give({"graphId": things["graph"]}, f"likes thing {rows} {number}", name=f"Notes {number}")
    api.say({"id": things["thread"]}, *(f"likes thing {rows} {number}" for number in range(rows)))


def _cost(api: Api, endpoint: Endpoint, things: dict[str, str]) -> int:
    path, body = request_of(api, endpoint, things)
    query: dict[str, Any] = PARTS.get("/" + path.rpartition("/")[2], {})
    with CaptureQueriesContext(connection) as captured:
        response = api.send(endpoint.method, path, body, content_type=endpoint.media, **query)
    assert response.status_code in (200, 201, 202, 503), response.content
    return sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in captured.captured_queries)
