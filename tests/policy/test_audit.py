"""Whatever changes something through the API, the console or a command writes its entry, in the same transaction."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from graphs.models import Entity, Memory
from ingest import services as ingestion
from ingest.models import IngestJob
from memos.projects import audit
from memos.projects.models import AuditEntry, Operator
from memos.projects.signin.models import Attempts, OperatorSession, RecoveryCodes, SecondFactor
from tests.api.conftest import models, request_of, things_of
from tests.conftest import Drain
from tests.console.conftest import admin_operator, console, job
from tests.endpoints import ENDPOINTS, Endpoint
from tests.factories import PASSWORD, ApiKeyFactory, EntityFactory, MemoryFactory, OperatorFactory
from tests.world import Api, problem

__all__ = ["admin_operator", "console", "job"]

CHANGING = [endpoint for endpoint in ENDPOINTS if endpoint.method != "GET" and endpoint.scope != "read"]


class Broken(Exception):
    """The audit log can't be written."""


@pytest.fixture
def break_the_log(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def refuse(*args: object, **detail: object) -> None:
        raise Broken

    return lambda: monkeypatch.setattr(audit, "record", refuse)


@pytest.fixture
def prepare(api: Api, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> Callable[[Endpoint], Callable[[], Any]]:
    """A call that changes something, ready to be sent."""
    monkeypatch.setattr(ingestion, "SUMMARY_WAIT_SECONDS", 0.0)
    things = things_of(api)
    api.say({"id": things["thread"]}, "likes tea", "likes milk")
    drain()

    def ready(endpoint: Endpoint) -> Callable[[], Any]:
        path, body = request_of(api, endpoint, things)
        return lambda: api.send(endpoint.method, path, body, content_type=endpoint.media)

    return ready


def state() -> dict[str, list[str]]:
    """Every row of every table of the product."""
    return {model.__name__: sorted(map(str, model._default_manager.values_list())) for model in models()}


@pytest.mark.parametrize("endpoint", CHANGING, ids=str)
def test_a_change_through_the_api_is_in_the_log_with_its_request(
    api: Api, prepare: Callable[[Endpoint], Callable[[], Any]], endpoint: Endpoint
) -> None:
    response = prepare(endpoint)()
    assert response.status_code in (200, 201, 202, 503), response.content
    entries = AuditEntry.objects.filter(request_id=response["X-Request-Id"])
    assert {(entry.actor, entry.actor_id, entry.project) for entry in entries} == {("key", api.key.ref, api.project)}


@pytest.mark.parametrize("endpoint", CHANGING, ids=str)
def test_a_change_that_cannot_be_logged_does_not_happen(
    prepare: Callable[[Endpoint], Callable[[], Any]], break_the_log: Callable[[], None], endpoint: Endpoint
) -> None:
    send = prepare(endpoint)
    before = state()
    break_the_log()
    problem(send(), 500, "INTERNAL")
    assert state() == before


def mending(row: Memory | Entity, page: str) -> str:
    return f"/admin/graphs/{row._meta.model_name}/{row.ref}/{page}/"


def operator_page(rest: str) -> str:
    return f"/admin/projects/operator/{rest}"


NEW = "another long password"
CONSOLE: dict[str, Callable[[IngestJob, Operator], tuple[str, dict[str, Any]]]] = {
    "operator.created": lambda job, other: (
        operator_page("add/"), {"username": "eve", "password1": NEW, "password2": NEW, "is_superuser": "on"}
    ),
    "operator.updated": lambda job, other: (
        operator_page(f"{other.pk}/change/"), {"username": other.username, "is_active": "on"}
    ),
    "operator.password_changed": lambda job, other: (
        operator_page(f"{other.pk}/password/"), {"password1": NEW, "password2": NEW, "usable_password": "true"}
    ),
    "operator.password_changed of one's own": lambda job, other: (
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    ),
    "operator.second_factor_reset": lambda job, other: (
        operator_page(f"{with_second_factor(other).pk}/reset-second-factor/"), {}
    ),
    "operator.second_factor_removed": lambda job, other: (
        own_page("two-factor/remove/"),
        {"password": PASSWORD},
    ),
    "operator.recovery_codes_renewed": lambda job, other: (
        own_page("recovery-codes/"),
        {"password": PASSWORD},
    ),
    "operator.sessions_ended": lambda job, other: (operator_page(f"{with_session(other).pk}/end-sessions/"), {}),
    "operator.unlocked": lambda job, other: (operator_page(f"{with_failures(other).pk}/unlock/"), {}),
    "operator.signed_out": lambda job, other: ("/admin/logout/", {}),
    "project.created": lambda job, other: ("/admin/projects/project/add/", {"name": "Initech"}),
    "project.renamed": lambda job, other: (
        f"/admin/projects/project/{job.project.ref}/change/", {"name": "Initech"}
    ),
    "project.limits_changed": lambda job, other: (
        f"/admin/projects/project/{job.project.ref}/change/",
        {"name": job.project.name, "requests_per_minute": "5"},
    ),
    "project.audit_retention_changed": lambda job, other: (
        f"/admin/projects/project/{job.project.ref}/change/",
        {"name": job.project.name, "audit_retention_days": "90"},
    ),
    "key.created": lambda job, other: (
        "/admin/projects/apikey/add/", {"of": job.project.pk, "name": "web", "scopes": ["read"]}
    ),
    "key.rotated": lambda job, other: (f"/admin/projects/apikey/{_key(job)}/rotate/", {"grace": "1h"}),
    "key.limits_changed": lambda job, other: (
        f"/admin/projects/apikey/{_key(job)}/limit/", {"requests_per_minute": "5"}
    ),
    "key.revoked": lambda job, other: (f"/admin/projects/apikey/{_key(job)}/revoke/", {}),
    "user.deleted": lambda job, other: (f"/admin/users/user/{job.user.ref}/delete/", {}),
    "thread.deleted": lambda job, other: (f"/admin/threads/thread/{job.thread.ref}/delete/", {}),
    "message.deleted": lambda job, other: (f"/admin/threads/message/{job.message.ref}/delete/", {}),
    "memory.deleted": lambda job, other: (f"/admin/graphs/memory/{job.graph.memories.get().ref}/delete/", {}),
    "memory.edited": lambda job, other: (mending(_memory(job), "correct"), {"content": "Acme is big.", "kind": "work"}),
    "memory.closed": lambda job, other: (mending(_memory(job), "close"), {}),
    "memory.retired": lambda job, other: (mending(_memory(job), "withdraw"), {}),
    "memory.merged": lambda job, other: (
        mending(_memory(job), "merge"), {"chosen": [MemoryFactory(graph=job.graph).ref]}
    ),
    "memory.split": lambda job, other: (mending(_memory(job), "split"), {"sentences": "Acme is big.\nAcme is old."}),
    "entity.updated": lambda job, other: (mending(_entity(job), "correct"), {"name": "Initech", "type": "topic"}),
    "entity.merged": lambda job, other: (
        mending(_entity(job), "merge"), {"chosen": [EntityFactory(graph=job.graph).ref]}
    ),
    "entity.split": lambda job, other: (mending(_entity(job), "split"), {"name": "Initech", "type": "topic"}),
}  # fmt: skip
"""The action of the entry → what an operator sends."""


def with_second_factor(operator: Operator) -> Operator:
    SecondFactor.new(operator, SecondFactor.new_salt()).save()
    RecoveryCodes.for_operator(operator).add(["abcdefghjk"])
    return operator


def own_page(rest: str) -> str:
    """Of somebody who has a second factor."""
    with_second_factor(Operator.objects.get(username="ann"))
    return f"/admin/account/{rest}"


def with_session(operator: Operator) -> Operator:
    OperatorSession.objects.create(operator=operator)
    return operator


def with_failures(operator: Operator) -> Operator:
    Attempts.objects.create(digest="x", operator=operator)
    return operator


def _memory(job: IngestJob) -> Memory:
    """One whose states follow each other."""
    return MemoryFactory(graph=job.graph)


def _entity(job: IngestJob) -> Entity:
    return job.graph.entities.get(is_subject=False)


def _key(job: IngestJob) -> str:
    return ApiKeyFactory(project=job.project).ref


@pytest.mark.parametrize("action", CONSOLE)
def test_a_change_in_the_console_is_in_the_log_with_its_operator(console: Client, job: IngestJob, action: str) -> None:
    path, form = CONSOLE[action](job, OperatorFactory())
    before = AuditEntry.objects.count()
    response = console.post(path, {**form, "step": "confirm"})
    entry = AuditEntry.objects.get(action=action.split()[0])
    assert (entry.actor, entry.actor_label, entry.request_id) == ("operator", "ann", response["X-Request-Id"])
    assert (entry.project is None) == action.startswith("operator.")
    assert AuditEntry.objects.count() - before == (2 if action == "key.rotated" else 1)


@pytest.mark.parametrize("action", CONSOLE)
def test_a_change_in_the_console_that_cannot_be_logged_does_not_happen(
    console: Client, job: IngestJob, break_the_log: Callable[[], None], action: str
) -> None:
    path, form = CONSOLE[action](job, OperatorFactory())
    before = state()
    break_the_log()
    with pytest.raises(Broken):
        console.post(path, {**form, "step": "confirm"})
    assert state() == before


COMMANDS: dict[str, Callable[[Api], list[str]]] = {
    "project.created": lambda api: ["create_project", "Initech"],
    "project.limits_changed": lambda api: ["set_limits", api.project.ref, "--requests-per-minute", "5"],
    "project.audit_retention_changed": lambda api: ["set_audit_retention", api.project.ref, "90"],
    "key.created": lambda api: ["create_key", api.project.ref],
    "key.rotated": lambda api: ["rotate_key", api.key.ref],
    "key.limits_changed": lambda api: ["set_key_limit", api.key.ref, "5"],
    "key.revoked": lambda api: ["revoke_key", api.key.ref],
    "operator.created": lambda api: ["createsuperuser", "--noinput", "--username", "eve", "--email", "eve@acme.com"],
    "operator.second_factor_reset": lambda api: ["reset_two_factor", with_second_factor(OperatorFactory()).username],
    "operator.sessions_ended": lambda api: ["end_sessions", with_session(OperatorFactory()).username],
    "operator.unlocked": lambda api: ["unlock_operator", with_failures(OperatorFactory()).username],
    "operator.password_changed": lambda api: ["changepassword", OperatorFactory(username="bob").username],
}


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody types who is asked for a password."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
    monkeypatch.setattr("getpass.getpass", lambda prompt="": NEW)


@pytest.mark.parametrize("action", COMMANDS)
def test_a_change_by_a_command_is_in_the_log_with_its_name(api: Api, typed: None, action: str) -> None:
    words = COMMANDS[action](api)
    known = list(AuditEntry.objects.values_list("pk", flat=True))
    call_command(*words, stdout=StringIO(), stderr=StringIO())
    entry = AuditEntry.objects.exclude(pk__in=known).get(action=action)
    assert (entry.actor, entry.actor_id, entry.actor_label) == ("command", words[0], f"manage.py {words[0]}")


@pytest.mark.parametrize("action", COMMANDS)
def test_a_change_by_a_command_that_cannot_be_logged_does_not_happen(
    api: Api, typed: None, break_the_log: Callable[[], None], action: str
) -> None:
    words = COMMANDS[action](api)
    before = state()
    break_the_log()
    with pytest.raises(Broken):
        call_command(*words, stdout=StringIO(), stderr=StringIO())
    assert state() == before
