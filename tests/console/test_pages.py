"""Every page of every model answers, with few queries, however many rows there are."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ingest.models import IngestJob
from memos.projects.models import ApiKey, AuditEntry, Identified, Membership, Operator, Project
from memos.webhooks.models import Webhook
from tests.console.conftest import make_job

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
RECORDS = [model for model in MODELS if issubclass(model, Identified)]
ADDED = [Project, ApiKey, Membership, Webhook, Operator]
CHANGED = [Project, Membership, Webhook]
DELETED = [
    "users.User", "users.Group", "threads.Thread", "threads.Message", "graphs.Memory", "graphs.Document",
    "webhooks.Webhook", "projects.Membership",
]  # fmt: skip
MOST_LIST_QUERIES = {AuditEntry: 14}  # it says how it is sealed and whom it can be narrowed to
LIST_QUERIES, PAGE_QUERIES, HOME_QUERIES = 9, 23, 25

pytestmark = pytest.mark.django_db


def name(model: Any) -> str:
    return model._meta.label


def path(model: Any, rest: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_list_answers_with_few_queries_however_long_it_is(console: Client, job: IngestJob, model: Any) -> None:
    console.get(path(model))
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert console.get(path(model)).status_code == 200
    for _ in range(5):
        make_job()
    with CaptureQueriesContext(connection) as many:
        assert console.get(path(model)).status_code == 200

    most = MOST_LIST_QUERIES.get(model, LIST_QUERIES)
    assert len(many) <= max(len(few), most)
    assert len(many) <= most


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_row_has_a_page(console: Client, job: IngestJob, model: Any) -> None:
    for row in model.objects.all()[:3]:
        shown = row.ref if isinstance(row, Identified) else row.pk
        with CaptureQueriesContext(connection) as queries:
            response = console.get(path(model, f"{shown}/change/"))

        assert response.status_code == 200
        assert str(shown) in response.content.decode()
        assert len(queries) <= PAGE_QUERIES


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_a_search_by_the_shown_id_finds_the_row_and_nothing_else(console: Client, job: IngestJob, model: Any) -> None:
    make_job()
    row = model.objects.first()

    response = console.get(path(model), {"q": f" {row.ref} "})

    assert [found.pk for found in response.context["cl"].result_list] == [row.pk]
    assert path(model, f"{row.ref}/change/") in response.content.decode()


@pytest.mark.parametrize("model", ADDED, ids=name)
def test_the_button_with_the_plus_has_words(console: Client, model: Any) -> None:
    assert f'aria-label="Add {model._meta.verbose_name}"' in console.get(path(model)).content.decode()


def test_an_empty_list_of_groups_says_how_to_make_one(console: Client) -> None:
    assert "POST /v1/groups makes one" in console.get("/admin/users/group/").content.decode()


@pytest.mark.parametrize("model", ADDED, ids=name)
def test_what_can_be_made_here_has_a_form(console: Client, model: Any) -> None:
    assert console.get(path(model, "add/")).status_code == 200


@pytest.mark.parametrize("model", [model for model in MODELS if model not in ADDED], ids=name)
def test_what_ingestion_writes_is_not_made_here(console: Client, model: Any) -> None:
    assert console.get(path(model, "add/")).status_code == 403


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_what_people_told_and_what_came_of_it_is_deleted_here(console: Client, job: IngestJob, model: Any) -> None:
    response = console.get(path(model, f"{model.objects.first().ref}/delete/"))

    assert response.status_code == (200 if name(model) in DELETED else 403)


@pytest.mark.parametrize("model", [model for model in RECORDS if model not in CHANGED], ids=name)
def test_a_fact_is_not_changed_here(console: Client, job: IngestJob, model: Any) -> None:
    row = model.objects.first()
    before = model.objects.values().get(pk=row.pk)

    response = console.post(path(model, f"{row.ref}/change/"), {"content": "other", "action": "other", "name": "other"})

    assert response.status_code == 403
    assert model.objects.values().get(pk=row.pk) == before


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_no_term_breaks_a_search(console: Client, job: IngestJob, model: Any) -> None:
    for term in ("", "Acme", "usr_01HXYZ00000000000000000000", "'; --", "&|!()", "x" * 5000, "\N{SNOWMAN}", "%", "a\0"):
        assert console.get(path(model), {"q": term}).status_code == 200


def test_the_home_page_shows_what_is_there_and_what_waits(console: Client, job: IngestJob) -> None:
    console.get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        response = console.get("/admin/")

    counts = {card["title"]: card["count"] for card in response.context["cards"]}
    assert counts == {
        "Projects": "1", "Users": "1", "Messages": "1", "Memories": "1", "Waiting jobs": "1", "Failed jobs": "0",
        "Failure rate": "–",
    }  # fmt: skip
    assert len(queries) <= HOME_QUERIES


def test_no_page_fetches_anything_from_elsewhere(console: Client, job: IngestJob) -> None:
    for page in ("/admin/", path(type(job)), path(type(job), f"{job.ref}/change/"), path(ApiKey, "add/")):
        text = console.get(page).content.decode()
        assert 'src="http' not in text
        assert 'href="http' not in text
        assert 'src="//' not in text


def test_nobody_gets_in_without_signing_in(client: Client, job: IngestJob) -> None:
    for model in MODELS:
        assert client.get(path(model)).status_code == 302
