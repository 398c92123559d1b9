"""A list is narrowed by what it offers, and by no other column: a count would tell what stands in it."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from ingest.models import IngestJob
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.narrowing import SCOPES
from memos.webhooks.models import Delivery
from tests import factories as make
from tests.console.conftest import signed_in
from tests.console.test_pages import path
from threads.admin import message
from threads.models import Message, Thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(job: IngestJob) -> Client:
    """May not read what people said."""
    return signed_in(Client(), make.MembershipFactory(project=job.project).operator)


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (IngestJob, "error_detail__contains=abra"),
        (IngestJob, "history__0__detail__startswith=abra"),
        (Delivery, "payload__data__icontains=abra"),
        (Delivery, "response_excerpt__startswith=abra"),
    ],
)
def test_a_viewer_guesses_no_words_by_their_count(viewer: Client, job: IngestJob, model: Any, query: str) -> None:
    IngestJob.objects.update(error_detail="abracadabra", history=[{"number": 1, "detail": "abracadabra"}])
    Delivery.objects.update(payload={"data": "abracadabra"}, response_excerpt="abracadabra")
    assert viewer.get(f"{path(model)}?{query}").status_code == 400


@pytest.mark.parametrize("how", ["regex=(", "iregex=(a*)*b", "icontains=f", "gt=a", "length=3", "id__lt=1"])
def test_what_is_offered_is_chosen_and_not_searched(viewer: Client, how: str) -> None:
    assert viewer.get(f"{path(IngestJob)}?status__{how}").status_code == 400


CONSOLE = [model for model, page in admin.site._registry.items() if isinstance(page, ConsoleAdmin)]


@pytest.mark.parametrize("model", CONSOLE, ids=lambda model: model._meta.label)
def test_no_list_is_narrowed_by_a_column_that_it_does_not_offer(console: Client, job: IngestJob, model: Any) -> None:
    page = admin.site._registry[model]
    offered = {one[0] if isinstance(one, tuple) else getattr(one, "parameter_name", one) for one in page.list_filter}
    for field in model._meta.get_fields():
        asked = console.get(path(model), {f"{field.name}__isnull": "False"})
        assert (asked.status_code == 400) == (field.name not in {*SCOPES, *offered}), field.name


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("projects.apikey.project", 200), ("projects.membership.project", 200), ("webhooks.webhook.project", 200),
        ("threads.thread.user", 403), ("graphs.source.memory", 403), ("ingest.ingestjob.thread", 403),
    ],
)  # fmt: skip
def test_what_forms_complete_are_projects_alone(console: Client, job: IngestJob, field: str, status: int) -> None:
    asked = dict(zip(("app_label", "model_name", "field_name"), field.split("."), strict=True))
    response = console.get("/admin/autocomplete/", {**asked, "term": job.user.email})
    assert response.status_code == status


@pytest.mark.parametrize("lookup", ["status__exact", "error_code", "graph"])
def test_a_nul_in_a_filter_is_refused(console: Client, job: IngestJob, lookup: str) -> None:
    assert console.get(path(IngestJob), {lookup: "a\0b"}).status_code == 400


def test_what_others_say_does_not_hide_what_is_said_here(
    console: Client, job: IngestJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message, "MOST_FOUND", 1)
    bob = make.MembershipFactory(project=job.project, reads_words=True).operator
    Message.objects.update(content="abracadabra")
    for said in (job.message, make.MessageFactory(content="abracadabra")):
        make.EpisodeFactory(message=said, content="abracadabra")
    here = {"project__id__exact": str(job.project_id)}
    for client, query in ((signed_in(Client(), bob), {}), (console, here)):
        found = client.get(path(Message), {"q": "abracadabra", **query}).context["cl"].result_list
        assert [row.pk for row in found] == [job.message.pk]


def test_a_viewer_does_not_look_for_the_name_of_a_thread(viewer: Client, console: Client, job: IngestJob) -> None:
    Thread.objects.update(name="abracadabra")
    for client, found in ((viewer, 0), (console, 1)):
        for term, count in (("abra", found), (job.thread.ref, 1)):
            assert client.get(path(Thread), {"q": term}).context["cl"].result_count == count
