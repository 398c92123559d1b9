"""Every address of the console, whatever model it is of: what is foreign is not there, and a role is asked first."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from graphs.models import Document, Entity, Episode, Memory, MemoryRevision
from ingest.models import IngestJob
from memos.projects.models import AuditEntry, Identified, Operator, Project
from memos.webhooks.models import Delivery
from tests import factories as make
from tests.console.conftest import make_job, signed_in
from threads.models import Message, Thread
from users.models import Summary

pytestmark = pytest.mark.django_db

SECRET = "abracadabra"
UNTOUCHED = {"Session", "OperatorSession", "ContentType", "AuditEntry"}
"""Tables that merely looking writes to."""
SENT = {
    "confirmed": "yes", "step": "confirm", "content": "other", "name": "other", "role": "admin", "reads_words": "on",
    "sentences": "one\ntwo", "kind": "work", "type": "topic", "grace": "1h", "requests_per_minute": "5", "typed": "",
    "url": "https://example.com/", "scopes": "read",
}  # fmt: skip


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def addresses(model: Any) -> list[str]:
    """What stands behind the path of the list in each address that is about the model, the list itself included."""
    patterns = (str(pattern.pattern) for pattern in admin.site._registry[model].get_urls())
    return [re.sub("<[^>]+>", "{}", pattern) for pattern in patterns]


def routes(model: Any) -> list[str]:
    """Those that name a row, but for the one that only leads on to its page."""
    return [rest for rest in addresses(model) if "{}" in rest and rest != "{}/"]


def address(model: Any, rest: str, row: Any) -> str:
    shown = row.ref if isinstance(row, Identified) else row.pk
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest.format(shown)}"


def state() -> dict[str, list[str]]:
    models = [model for model in apps.get_models() if model.__name__ not in UNTOUCHED]
    return {model.__name__: sorted(map(str, model._default_manager.values_list())) for model in models}


def bob_in(job: IngestJob, role: str, **given: Any) -> Client:
    bob = make.OperatorFactory(username="bob", is_superuser=False)
    make.MembershipFactory(project=job.project, operator=bob, role=role, **given)
    return signed_in(Client(), bob)


def row_of(model: Any, job: IngestJob) -> Any:
    if model is Operator:
        return make.OperatorFactory(username="eve", is_superuser=False)
    if model is Memory:
        return make.MemoryFactory(graph=job.graph)  # its states follow each other
    if model is Project:
        return job.project
    return model._default_manager.filter(project=job.project).order_by("pk").first()


def label(model: Any) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_an_admin_reaches_nothing_of_another_project(job: IngestJob, model: Any) -> None:
    client = bob_in(job, "admin")
    other = make_job()
    IngestJob.objects.update(status="failed")
    row, before, entries = row_of(model, other), state(), AuditEntry.objects.count()
    for rest in routes(model):
        page = address(model, rest, row)
        for response in (client.get(page), client.post(page, SENT)):
            assert response.status_code in (302, 403, 404), page
            assert response.status_code != 302 or response.url in ("/admin/", "../../") or "?q=" in response.url, page
    assert state() == before
    assert AuditEntry.objects.count() == entries


def words_everywhere() -> None:
    for rows in (Message, Episode, Memory, MemoryRevision):
        rows.objects.update(content=SECRET)
    Summary.objects.update(text=SECRET)
    Thread.objects.update(name=SECRET)
    Entity.objects.update(name=SECRET, aliases=[SECRET], key=SECRET)
    Document.objects.update(name=SECRET, content=SECRET)
    IngestJob.objects.update(status="failed", error_detail=SECRET, history=[{"number": 1, "detail": SECRET}])
    Delivery.objects.update(payload={"data": SECRET}, response_excerpt=SECRET)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_viewer_changes_nothing_and_reads_no_words(job: IngestJob, model: Any) -> None:
    client = bob_in(job, "viewer")
    words_everywhere()
    row, before, entries = row_of(model, job), state(), AuditEntry.objects.count()
    for rest in addresses(model):
        page = address(model, rest, row)
        for response in (client.get(page), client.post(page, SENT)):
            assert SECRET not in response.content.decode(), page
    assert state() == before
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_looking_changes_nothing(console: Client, job: IngestJob, model: Any) -> None:
    IngestJob.objects.update(status="failed")
    row, before, entries = row_of(model, job), state(), AuditEntry.objects.count()
    for rest in routes(model):
        page = address(model, rest, row)
        assert console.get(page).status_code in (200, 302, 403, 404), page
    assert state() == before
    assert AuditEntry.objects.count() == entries
