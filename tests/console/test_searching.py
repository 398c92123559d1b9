"""One box finds any row by its id, and whatever has the words, as far as the operator may see it."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ingest.models import IngestJob
from memos import ids
from memos.projects.console.base import ConsoleAdmin
from memos.projects.models import AuditEntry, Project
from memos.webhooks.models import Delivery
from tests import factories as make
from tests.console.conftest import make_job, signed_in

pytestmark = pytest.mark.django_db

SEARCH = "/admin/search/"
REQUEST = "req_01M8BT8VSCAGNPP1WY1WAWGV0P"
PAGES = [page for page in admin.site._registry.values() if isinstance(page, ConsoleAdmin)]


def bob_in(project: Project, role: str = "viewer", **given: Any) -> Client:
    bob = make.OperatorFactory(username="bob", is_superuser=False)
    make.MembershipFactory(project=project, operator=bob, role=role, **given)
    return signed_in(Client(), bob)


def found(client: Client, term: str) -> list[str]:
    """Where it leads, or the headings of what it shows."""
    response = client.get(SEARCH, {"q": term})
    if response.status_code == 302:
        return [response["Location"]]
    return [row.called for place in response.context["places"] for row in place.rows]


def label(page: ConsoleAdmin) -> str:
    return page.opts.label


def row_of(page: ConsoleAdmin, job: IngestJob) -> Any:
    rows = page.model._default_manager.order_by("pk")
    return job.project if page.model is Project else rows.filter(project=job.project).first()


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_any_id_leads_to_its_row(console: Client, job: IngestJob, page: ConsoleAdmin) -> None:
    row = row_of(page, job)
    path = f"/admin/{page.opts.app_label}/{page.opts.model_name}/{row.ref}/change/"

    assert found(console, row.ref) == [path]
    assert found(console, f"  {row.ref.upper().replace(row.PREFIX.upper(), row.PREFIX)} ") == [path]


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_no_id_of_another_project_is_found(job: IngestJob, page: ConsoleAdmin) -> None:
    bob = bob_in(job.project, "admin")
    other = row_of(page, make_job())

    response = bob.get(SEARCH, {"q": other.ref})

    assert response.status_code == 200
    assert "Nothing is found" in response.content.decode()


@pytest.mark.parametrize("model", ["graphs.memory", "graphs.entity", "graphs.episode", "users.summary"])
def test_a_viewer_is_led_to_no_words(job: IngestJob, model: str) -> None:
    page = next(page for page in PAGES if page.opts.label_lower == model)

    assert found(bob_in(job.project), row_of(page, job).ref) == []


def test_a_viewer_with_the_id_of_a_message_is_led_to_its_job(job: IngestJob) -> None:
    assert found(bob_in(job.project), job.message.ref) == [job.ref]


def test_words_lead_to_what_has_them(console: Client) -> None:
    user = make.UserFactory(first_name="Nadia", last_name="Kessler", email="nadia@example.com")
    make.EntityFactory(graph=user.graph, name="Kessler Motors")
    make.MemoryFactory(graph=user.graph, content="The user founded Kessler Motors.")

    assert found(console, "kessler") == ["Nadia Kessler", "The user founded Kessler Motors.", "Kessler Motors"]
    assert found(console, "nadia kessler") == ["Nadia Kessler"]
    assert found(console, "nadia@example.com") == ["Nadia Kessler"]
    assert found(console, "ssl") == ["Nadia Kessler"]
    assert found(console, "na")[0] == "Nadia Kessler"


def test_words_of_those_whose_words_one_may_not_read_are_not_found(job: IngestJob) -> None:
    user = make.UserFactory(project=job.project, first_name="Nadia", last_name="Kessler")
    make.EntityFactory(graph=user.graph, name="Kessler Motors")
    make.MemoryFactory(graph=user.graph, content="The user founded Kessler Motors.")
    make.ThreadFactory(user=user, name="Kessler Motors")
    make.UserFactory(first_name="Nobody", last_name="Kessler")

    assert found(bob_in(job.project), "kessler") == ["Nadia Kessler"]


def test_a_request_leads_to_its_entries_and_jobs(console: Client, job: IngestJob) -> None:
    IngestJob.objects.filter(pk=job.pk).update(request_id=REQUEST)
    make.AuditEntryFactory(project=job.project, request_id=REQUEST, action="message.created", target_id="msg_1")

    assert found(console, REQUEST) == ["message.created msg_1", job.ref]


def test_a_request_may_have_the_id_that_its_caller_chose(console: Client, job: IngestJob) -> None:
    make.AuditEntryFactory(project=job.project, request_id="trace-7/a", action="message.created", target_id="msg_1")

    assert found(console, "trace-7/a") == ["message.created msg_1"]


def test_an_event_leads_to_its_deliveries(console: Client, job: IngestJob) -> None:
    delivery = Delivery.objects.get()

    assert found(console, ids.encode("evt", delivery.event_id)) == [delivery.ref]


def test_what_is_gone_is_still_in_the_audit_log(console: Client) -> None:
    gone = ids.encode("usr", ids.new_id())
    make.AuditEntryFactory(action="user.deleted", target_id=gone)

    assert found(console, gone) == [f"user.deleted {gone}"]


def test_a_key_is_found_by_its_beginning(console: Client) -> None:
    key, _ = make.ApiKeyFactory(), make.ApiKeyFactory()

    assert found(console, key.prefix) == [f"/admin/projects/apikey/{key.ref}/change/"]


def test_it_says_where_nothing_is_found(console: Client) -> None:
    for term in ("usr_01HXYZ00000000000000000000", "usr_bogus", "no such words", "\0", "<b>", "x" * 3000):
        page = console.get(SEARCH, {"q": term})
        assert page.status_code == 200
        assert ("Nothing is found" in page.content.decode()) == (term != "\0")
    assert "Nothing is found" not in console.get(SEARCH).content.decode()


def test_every_page_has_the_box(console: Client, job: IngestJob) -> None:
    for page in ("/admin/", "/admin/users/user/", f"/admin/users/user/{job.user.ref}/change/", "/admin/account/"):
        assert '<form action="/admin/search/" method="get" role="search"' in console.get(page).content.decode()


def test_looking_is_audited_where_the_project_says_so(console: Client) -> None:
    user = make.UserFactory(last_name="Kessler")
    Project.objects.filter(pk=user.project_id).update(audit_reads=True)

    console.get(SEARCH, {"q": "kessler"})

    assert list(AuditEntry.objects.values_list("action", "target_id")) == [("users.read", user.project.ref)]


def test_nobody_searches_who_is_not_signed_in(client: Client) -> None:
    assert client.get(SEARCH, {"q": "x"})["Location"].startswith("/admin/login/")


def test_it_costs_the_same_with_more_rows(console: Client) -> None:
    costs = []
    for _ in range(2):
        for _ in range(4):
            user = make.UserFactory(last_name="Kessler")
            make.MemoryFactory(graph=user.graph, content="The user knows Kessler.")
        with CaptureQueriesContext(connection) as captured:
            console.get(SEARCH, {"q": "kessler"})
        costs.append(len(captured))
    assert costs[0] == costs[1]
