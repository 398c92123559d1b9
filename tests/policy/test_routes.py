"""Every route is in the table of `tests.endpoints`, needs the scope that stands there and sees its own project only."""

import re
from datetime import timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone

from graphs.models import Entity
from memos.projects.authentication import scope_of
from memos.projects.models import ApiKey
from memos.urls import API
from tests.api.conftest import rows, things_of
from tests.endpoints import ENDPOINTS, Endpoint
from tests.world import Api, World, api_for, make_world, problem

pytestmark = pytest.mark.django_db

OUTSIDE = {"", "admin", "favicon.ico", "admin/", "schema/", "docs/", "healthz", "readyz", "metrics"}
"""What stands beside /v1. The console asks for an operator, the metrics for this machine or a token; the others tell
nothing of any project."""
KINDS = {"user_id": "user", "thread_id": "thread", "job_id": "job", "name": "group", "message_id": "message",
         "memory_id": "memory", "graph_id": "graph", "entity_id": "entity", "episode_id": "episode",
         "webhook_id": "webhook", "delivery_id": "delivery", "document_id": "document"}  # fmt: skip


@pytest.fixture(scope="module")
def world(lasting: None) -> World:
    return make_world()


@pytest.fixture(scope="module")
def mine(world: World) -> dict[str, str]:
    return things_of(world.owner)


@pytest.fixture(scope="module")
def others(world: World, mine: dict[str, str]) -> list[tuple[Api, dict[str, str]]]:
    """The twin and the outsider with what is theirs, a group of a name that the owner does not use as well."""
    found = [(who, things_of(who)) for who in (world.twin, world.outsider)]
    for who, _ in found:
        who.new_group("theirs")
    return found


def test_every_route_is_in_the_table_with_its_scope() -> None:
    found = {
        (method.upper(), "/" + re.sub(r"<str:(\w+)>", lambda m: "{" + KINDS[m[1]] + "}", str(route.pattern))): scope_of(
            route.callback.cls, action, method.upper()
        )
        for route in API
        for method, action in route.callback.actions.items()
        if method != "head"  # added by the framework wherever there is a GET
    }
    assert found == {(endpoint.method, endpoint.path): endpoint.scope for endpoint in ENDPOINTS}


def test_nothing_else_is_served() -> None:
    served = {str(pattern.pattern) for pattern in get_resolver().url_patterns}
    assert served - {str(route.pattern) for route in API} == OUTSIDE


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.names], ids=str)
def test_what_belongs_to_another_project_is_not_found(
    world: World, mine: dict[str, str], others: list[tuple[Api, dict[str, str]]], endpoint: Endpoint
) -> None:
    for _, theirs in others:
        ref = "theirs" if endpoint.names == "group" else theirs[endpoint.names or ""]
        before = rows()
        answer = problem(
            world.owner.send(endpoint.method, endpoint.at(ref, mine), endpoint.valid),
            404,
            "GROUP_NOT_FOUND" if endpoint.names == "group" else "NOT_FOUND",
        )
        unknown = mine[endpoint.names or ""][:4] + "0" * 26
        nothing = world.owner.send(endpoint.method, endpoint.at(unknown, mine), endpoint.valid).json()
        assert answer["detail"].replace(ref, "…") == nothing["detail"].replace(unknown, "…")
        assert rows() == before


LISTS = [e for e in ENDPOINTS if e.names is None and any(field.name == "cursor" for field in e.query)]


@pytest.mark.parametrize("endpoint", LISTS, ids=str)
@pytest.mark.usefixtures("mine", "others")
def test_a_list_shows_its_own_project_and_nothing_of_its_twin(world: World, endpoint: Endpoint) -> None:
    assert [str(who.secret)[:9] for who in (world.owner, world.twin)] == ["mos_live_", "mos_test_"]
    shown = []
    for who in (world.owner, world.twin, world.outsider):
        [rows] = [value for value in who.get(endpoint.path).json().values() if isinstance(value, list)]
        shown.append({row["id"] for row in rows})
    assert all(shown)
    assert len(set().union(*shown)) == sum(map(len, shown))


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.names == "user"], ids=str)
def test_an_external_id_of_another_project_is_not_found(world: World, endpoint: Endpoint) -> None:
    for who in (world.twin, world.outsider):
        who.new_user(externalId="theirs")
    before = rows()
    problem(world.owner.send(endpoint.method, endpoint.at("ext:theirs"), endpoint.valid), 404, "NOT_FOUND")
    assert rows() == before


def test_an_id_of_another_project_in_a_body_or_a_query_is_not_found(
    world: World, mine: dict[str, str], others: list[tuple[Api, dict[str, str]]]
) -> None:
    for who, theirs in others:
        who.new_group(f"theirs-{who.project.mode}")
        path = f"/v1/users/{mine['user']}"
        problem(world.owner.get(f"{path}/context", threadId=theirs["thread"]), 404, "NOT_FOUND")
        unknown = f"acme,theirs-{who.project.mode}"
        document = problem(world.owner.get(f"{path}/context", groups=unknown), 404, "GROUP_NOT_FOUND")
        assert f"theirs-{who.project.mode}" in document["detail"]
        body = {"query": "x", "groups": [f"theirs-{who.project.mode}"]}
        problem(world.owner.post(f"{path}/search", body), 404, "GROUP_NOT_FOUND")
        [entity] = Entity.objects.filter(project=who.project)
        problem(world.owner.get(f"{path}/memories", entityId=entity.ref), 404, "NOT_FOUND")
        for query in ({"userId": theirs["user"]}, {"threadId": theirs["thread"]}):
            problem(world.owner.get("/v1/jobs", **query), 404, "NOT_FOUND")
        body = {"query": "x", "filters": {"threadId": theirs["thread"]}}
        problem(world.owner.post(f"{path}/search", body), 404, "NOT_FOUND")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_a_key_without_the_scope_is_refused(world: World, mine: dict[str, str], endpoint: Endpoint) -> None:
    path = endpoint.at(mine[endpoint.names], mine) if endpoint.names else endpoint.path
    poor = api_for(world.owner.project, *({"read", "write", "admin"} - {endpoint.scope}))
    before = rows()
    document = problem(poor.send(endpoint.method, path, endpoint.valid), 403, "FORBIDDEN")
    assert f"'{endpoint.scope}'" in document["detail"]
    assert rows() == before


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)
def test_without_a_good_key_nothing_is_told(world: World, mine: dict[str, str], endpoint: Endpoint) -> None:
    """The same whether the thing exists or not."""
    past = timezone.now() - timedelta(seconds=1)
    revoked, expired = api_for(world.owner.project), api_for(world.owner.project)
    ApiKey.objects.filter(pk=revoked.key.pk).update(revoked_at=past)
    ApiKey.objects.filter(pk=expired.key.pk).update(expires_at=past)
    before = rows()
    for ref in (mine[endpoint.names], "usr_01HXY000000000000000000000") if endpoint.names else ("",):
        for who, code in ((Api(None), "UNAUTHENTICATED"), (revoked, "KEY_REVOKED"), (expired, "KEY_EXPIRED")):
            response = who.send(endpoint.method, endpoint.at(ref, mine), endpoint.valid)
            problem(response, 401, code)
            assert response["WWW-Authenticate"] == 'Bearer realm="memos"'
    assert rows() == before
