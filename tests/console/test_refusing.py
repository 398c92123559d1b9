"""Where the console has nothing to show, it says why in its own look, and shows a way on."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from ingest.models import IngestJob
from memos.projects.models import Project
from tests import factories as make
from tests.console.conftest import make_job, signed_in

pytestmark = pytest.mark.django_db

KEYS = "/admin/projects/apikey/"


def bob_in(*projects: Project, role: str = "viewer") -> Client:
    bob = make.OperatorFactory(username="bob", is_superuser=False)
    for project in projects:
        make.MembershipFactory(project=project, operator=bob, role=role)
    return signed_in(Client(raise_request_exception=False), bob)


def text_of(response: Any) -> str:
    assert response["Content-Type"].startswith("text/html")
    assert "default-src" in response["Content-Security-Policy"]
    page = response.content.decode()
    assert 'href="/admin/"' in page
    return page


def test_who_may_not_is_told_what_is_missing_in_the_project(job: IngestJob) -> None:
    Project.objects.filter(pk=job.project_id).update(name="Acme")
    bob = bob_in(job.project)

    for page in (f"/admin/users/user/{job.user.ref}/delete/", f"/admin/ingest/ingestjob/{job.ref}/cancel/"):
        response = bob.get(page)
        assert response.status_code == 403
        assert "Your role in Acme is viewer; this needs support." in text_of(response)


def test_the_test_twin_is_told_by_its_live_project() -> None:
    live = make.ProjectFactory(name="Acme")
    key = make.ApiKeyFactory(project=live.test_twin)

    page = text_of(bob_in(live).get(f"{KEYS}{key.ref}/revoke/"))

    assert "Your role in Acme is viewer; this needs admin." in page


def test_who_may_not_open_a_list_is_told_of_their_own_roles_only() -> None:
    make.ProjectFactory(name="Secret")
    bob = bob_in(make.ProjectFactory(name="Acme"))

    memories, keys = text_of(bob.get("/admin/graphs/memory/")), text_of(bob.get(f"{KEYS}add/"))

    assert "Your role is viewer in Acme; this needs support, or a viewer who reads words." in memories
    assert "Your role is viewer in Acme; this needs admin." in keys
    assert "Secret" not in memories + keys


def test_who_has_no_role_is_told_so() -> None:
    assert "Your role is none in any project; this needs viewer." in text_of(bob_in().get("/admin/users/user/"))


@pytest.mark.parametrize("page", ["/admin/system/", "/admin/projects/operator/", "/admin/projects/project/add/"])
def test_what_is_for_superusers_says_so(page: str) -> None:
    response = bob_in(make.ProjectFactory(), role="admin").get(page)

    assert response.status_code == 403
    assert "This is for superusers." in text_of(response)


def test_what_is_not_there_has_a_page(job: IngestJob) -> None:
    bob = bob_in(job.project, role="admin")

    for page in ("/admin/nope/", "/admin/users/user/usr_1/delete/", f"{KEYS}key_1/issued/"):
        response = bob.get(page)
        assert response.status_code == 404
        assert "There is nothing here" in text_of(response)


def test_what_is_in_another_project_is_refused_as_what_is_nowhere(job: IngestJob) -> None:
    bob, other = bob_in(job.project, role="admin"), make_job()
    pages = {ref: bob.get(f"/admin/ingest/ingestjob/{ref}/retry/") for ref in (other.ref, IngestJob().ref)}

    token = 'name="csrfmiddlewaretoken" value="[^"]+"'
    texts = [re.sub(f"{ref}|{token}", "", text_of(page)) for ref, page in pages.items()]

    assert [page.status_code for page in pages.values()] == [403, 403]
    assert texts[0] == texts[1]
    assert "in a project that you have no role in" in texts[0]


def test_what_is_not_there_leads_back_to_where_one_came_from(console: Client) -> None:
    page = console.get("/admin/nope/", headers={"Referer": "http://testserver/admin/users/user/"}).content.decode()
    foreign = console.get("/admin/nope/", headers={"Referer": "https://evil.example/"}).content.decode()

    assert 'href="http://testserver/admin/users/user/"' in page
    assert "evil.example" not in foreign


def test_a_form_without_its_token_has_a_page(job: IngestJob) -> None:
    bob = bob_in(job.project)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = bob.cookies

    for client, page in ((strict, f"{KEYS}add/"), (Client(enforce_csrf_checks=True), "/admin/login/")):
        response = client.post(page)
        assert response.status_code == 403
        assert "This page is too old" in text_of(response)


def test_what_failed_has_a_page_even_without_a_database(job: IngestJob) -> None:
    bob = bob_in(job.project)
    with patch("memos.projects.signin.middleware._operator", side_effect=OperationalError("gone")):
        response = bob.get("/admin/")

    assert response.status_code == 500
    assert "This did not work" in text_of(response)
    assert response["X-Request-Id"] in response.content.decode()


def test_outside_the_console_errors_stay_problems(client: Client) -> None:
    response = client.get("/nope")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
