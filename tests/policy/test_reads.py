"""Where a project wants its reads audited, every route that reads personal data writes who read what, and only then."""

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from graphs.models import Entity
from ingest import services as ingestion
from ingest.models import IngestJob, Operation
from memos.api import readlog
from memos.projects import audit
from memos.projects.authentication import scope_of
from memos.projects.models import AuditEntry, Project
from memos.urls import API
from tests.api.conftest import things_of
from tests.console.conftest import admin_operator, console, job, make_job
from tests.endpoints import ENDPOINTS, Endpoint
from tests.world import Api, problem
from users.models import Group

__all__ = ["admin_operator", "console", "job"]

NOTHING_PERSONAL = {"/v1/audit", "/v1/audit/export"}
"""What is read there was written by us. A route that is added here has to say so in `reads` of its view."""
READING = [
    e
    for e in ENDPOINTS
    if (e.method == "GET" or e.scope == "read" or e.path.endswith("/summary")) and e.path not in NOTHING_PERSONAL
]
NAMES = {
    "GET /v1/users": "users.read",
    "GET /v1/users/{user}": "user.read",
    "GET /v1/users/{user}/graph": "graph.read",
    "GET /v1/users/{user}/context": "context.read",
    "POST /v1/users/{user}/search": "search.performed",
    "POST /v1/users/{user}/summary": "summary.read",
    "GET /v1/users/{user}/memories": "memories.read",
    "GET /v1/threads/{thread}": "thread.read",
    "GET /v1/threads/{thread}/messages": "messages.read",
    "GET /v1/messages/{message}": "message.read",
    "GET /v1/memories/{memory}": "memory.read",
    "GET /v1/memories/{memory}/history": "history.read",
    "GET /v1/entities/{entity}": "entity.read",
    "GET /v1/graphs/{graph}": "graph.read",
    "GET /v1/groups/{group}": "group.read",
    "GET /v1/jobs/{job}": "job.read",
}


@pytest.fixture
def watched(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The owner, whose project wants to know who reads."""
    monkeypatch.setattr(ingestion, "_wait_for_summary", lambda user, asked: ingestion.Summary(user=user))
    Project.objects.filter(pk=api.project.pk).update(audit_reads=True)
    return api


def read(api: Api, endpoint: Endpoint, things: dict[str, str], **query: Any) -> Any:
    response = api.send(endpoint.method, endpoint.at(things.get(endpoint.names or "", "")), endpoint.valid, **query)
    assert response.status_code == 200, response.content
    return response


def entries_of(response: Any) -> list[AuditEntry]:
    found = AuditEntry.objects.filter(request_id=response["X-Request-Id"])
    return [entry for entry in found if entry.action.endswith((".read", ".performed"))]


@pytest.mark.parametrize("endpoint", READING, ids=str)
def test_a_read_writes_who_read_what(watched: Api, endpoint: Endpoint) -> None:
    things = things_of(watched)
    [entry] = entries_of(read(watched, endpoint, things))
    ref = things.get(endpoint.names or "", watched.project.ref)
    expected = Group.objects.get(name=ref).ref if endpoint.names == "group" else ref
    assert (entry.target_id, entry.actor_id, entry.project) == (expected, watched.key.ref, watched.project)
    assert entry.action == NAMES.get(str(endpoint), entry.action)
    assert entry.detail == {}


@pytest.mark.parametrize("endpoint", READING, ids=str)
def test_otherwise_nothing_is_written(api: Api, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint) -> None:
    monkeypatch.setattr(ingestion, "_wait_for_summary", lambda user, asked: ingestion.Summary(user=user))
    assert entries_of(read(api, endpoint, things_of(api))) == []


@pytest.mark.parametrize("endpoint", [e for e in READING if e.method == "GET"], ids=str)
def test_a_read_costs_one_statement_more(api: Api, endpoint: Endpoint) -> None:
    things = things_of(api)
    costs = []
    for audited in (False, False, True):
        Project.objects.filter(pk=api.project.pk).update(audit_reads=audited)
        with CaptureQueriesContext(connection) as captured:
            read(api, endpoint, things)
            costs.append(len(captured))
    assert costs[2] == costs[1] + 1


def test_every_route_that_reads_is_named_or_said_to_read_nothing_personal() -> None:
    unnamed = set()
    for route in API:
        view = route.callback.cls
        for method, action in route.callback.actions.items():
            reads = method == "get" or scope_of(view, action, method.upper()) == "read"
            if reads and readlog.action_of(view, action, method.upper(), str(route.pattern)) is None:
                unnamed.add("/" + str(route.pattern))
    assert unnamed == NOTHING_PERSONAL


def test_what_was_refused_or_not_found_was_not_read(watched: Api) -> None:
    things = things_of(watched)
    known = AuditEntry.objects.count()
    watched.get("/v1/users/usr_00000000000000000000000000")
    watched.get(f"/v1/users/{things['user']}", nonsense="1")
    watched.post(f"/v1/users/{things['user']}/search", {"query": ""})
    assert AuditEntry.objects.count() == known


def test_a_change_is_no_read(watched: Api) -> None:
    assert entries_of(watched.post("/v1/users")) == []


def test_what_is_asked_is_not_in_the_log(watched: Api) -> None:
    user = things_of(watched)["user"]
    watched.post(f"/v1/users/{user}/search", {"query": "secretword", "groups": ["acme"]})
    watched.get(f"/v1/users/{user}/context", query="secretword")
    watched.get("/v1/users", externalId="secretword")
    assert "secretword" not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("ref", ["ext:alice@acme.com", "alice@acme.com", "Alice", "", "a_b"])
def test_a_name_of_the_callers_never_stands_in_the_log(api: Api, ref: str) -> None:
    """Where a view forgets to say what it found, the entry names the project."""
    view = SimpleNamespace(target=None, project=api.project)
    assert readlog.target_of(view, {"user_id": ref}) == api.project.ref


def test_a_read_that_cannot_be_logged_is_not_answered(watched: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    user = watched.new_user(firstName="Alice")

    def refuse(*args: object, **detail: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", refuse)
    response = watched.get(f"/v1/users/{user['id']}")
    problem(response, 500, "INTERNAL")
    assert "Alice" not in response.content.decode()


def test_a_command_and_the_console_turn_it_on_and_off(api: Api, console: Client) -> None:
    project = api.project
    call_command("set_audit_reads", project.ref, "on", stderr=StringIO())
    call_command("set_audit_reads", project.ref, "on", stderr=StringIO())
    call_command("set_audit_reads", project.ref, "on", "--test", stderr=StringIO())
    console.post(f"/admin/projects/project/{project.ref}/change/", {"name": project.name})
    changes = AuditEntry.objects.filter(action="project.audit_reads_changed").order_by("pk")
    assert [(entry.project.mode, entry.actor, entry.detail["after"]["audit_reads"]) for entry in changes] == [
        ("live", "command", True),
        ("test", "command", True),
        ("live", "operator", False),
    ]


PAGES = [model for model in admin.site._registry if hasattr(model, "PREFIX")]
PERSONAL = [model for model in PAGES if model._meta.app_label != "projects" and model is not Operation]


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model.__name__)
def test_an_operator_who_looks_at_a_page_is_in_the_log(console: Client, job: IngestJob, model: Any) -> None:
    row = model._default_manager.first()
    page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.ref}/change/"
    console.get(page)
    assert not AuditEntry.objects.filter(action__endswith=".read").exists()
    Project.objects.update(audit_reads=True)
    response = console.get(page)
    entry = AuditEntry.objects.get(action__endswith=".read")
    assert (entry.target_id, entry.actor_label, entry.project) == (row.ref, "ann", job.project)
    assert entry.request_id == response["X-Request-Id"]


def read_by(console: Client, page: str, **query: str) -> list[tuple[str, str]]:
    """The action and the target of each entry that looking at a page leaves."""
    known = list(AuditEntry.objects.values_list("pk", flat=True))
    response = console.get(page, query)
    assert response.status_code == 200
    entries = AuditEntry.objects.exclude(pk__in=known)
    assert {(entry.actor_label, entry.request_id) for entry in entries} <= {("ann", response["X-Request-Id"])}
    return sorted((entry.action, entry.target_id) for entry in entries)


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model.__name__)
def test_an_operator_who_looks_at_a_list_is_in_the_log_of_each_project(
    console: Client, job: IngestJob, model: Any
) -> None:
    page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    make_job()
    assert read_by(console, page) == []
    Project.objects.filter(pk=job.project_id).update(audit_reads=True)
    [(action, target)] = read_by(console, page)
    assert (action.endswith("s.read"), target) == (True, job.project.ref)
    assert read_by(console, page, q="nothing is called so") == []


def test_what_a_page_finds_as_one_types_is_a_read_too(console: Client, job: IngestJob) -> None:
    Project.objects.update(audit_reads=True)
    IngestJob.objects.filter(pk=job.pk).update(status="failed")
    name = Entity.objects.filter(graph=job.graph, is_subject=False).get().name
    found = read_by(console, f"/admin/graphs/graph/{job.graph.ref}/drawing/find/", q=name)
    assert found == [("entities.read", job.project.ref)]
    assert read_by(console, "/admin/users/user/playground/") == [("users.read", job.project.ref)]
    assert read_by(console, f"/admin/ingest/ingestjob/{job.ref}/retry/") == [("job.read", job.ref)]


def test_pages_about_projects_keys_and_the_log_are_no_reads(console: Client, job: IngestJob) -> None:
    Project.objects.update(audit_reads=True)
    for model in set(PAGES) - set(PERSONAL):
        row = model._default_manager.first()
        console.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/")
        console.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.ref}/change/")
    assert not AuditEntry.objects.filter(action__endswith=".read").exists()
