"""Rate limits are set by commands and in the console; each change is audited with what it was before."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.test import Client

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.models import ApiKey, AuditEntry, Project
from tests.console.conftest import admin_operator, console, onlooker
from tests.factories import ApiKeyFactory
from tests.projects.test_commands import run

__all__ = ["admin_operator", "console", "onlooker"]

pytestmark = pytest.mark.django_db


def entries() -> list[tuple[str, Any, Any]]:
    rows = AuditEntry.objects.order_by("id")
    return [(entry.action, entry.detail.get("before"), entry.detail.get("after")) for entry in rows]


def test_a_command_sets_what_it_names_and_leaves_the_rest(acme: Project) -> None:
    run("set_limits", "Acme", "--requests-per-minute", "600")
    out, _ = run("set_limits", acme.ref, "--key-requests-per-minute", "60")
    assert out.splitlines() == ["requests per minute: 600", "key requests per minute: 60"]
    run("set_limits", "Acme", "--requests-per-minute", "none", "--key-requests-per-minute", "60")
    acme.refresh_from_db()
    assert (acme.requests_per_minute, acme.key_requests_per_minute) == (None, 60)
    assert entries() == [
        ("project.limits_changed", {"requests_per_minute": None}, {"requests_per_minute": 600}),
        ("project.limits_changed", {"key_requests_per_minute": None}, {"key_requests_per_minute": 60}),
        ("project.limits_changed", {"requests_per_minute": 600}, {"requests_per_minute": None}),
    ]


def test_the_test_twin_has_limits_of_its_own(acme: Project) -> None:
    run("set_limits", "Acme", "--test", "--requests-per-minute", "5")
    assert list(Project.objects.order_by("mode").values_list("requests_per_minute", flat=True)) == [None, 5]


def test_a_key_is_made_with_a_limit_which_its_successor_has_too(acme: Project) -> None:
    run("create_key", "Acme", "--requests-per-minute", "30")
    run("rotate_key", ApiKey.objects.get().ref)
    assert list(ApiKey.objects.values_list("requests_per_minute", flat=True)) == [30, 30]


def test_the_limit_of_a_key_is_set_and_taken_away(acme: Project) -> None:
    key = ApiKeyFactory(project=acme)
    run("set_key_limit", key.ref, "30")
    run("set_key_limit", key.prefix, "none")
    run("set_key_limit", key.prefix, "none")
    key.refresh_from_db()
    assert key.requests_per_minute is None
    assert entries() == [
        ("key.limits_changed", {"requests_per_minute": None}, {"requests_per_minute": 30}),
        ("key.limits_changed", {"requests_per_minute": 30}, {"requests_per_minute": None}),
    ]


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "many", "", "99999999999"])
def test_what_is_no_limit_is_told(acme: Project, wrong: str) -> None:
    key = ApiKeyFactory(project=acme)
    for words in (
        ["set_limits", "Acme", f"--requests-per-minute={wrong}"],
        ["set_key_limit", key.ref, "--", wrong],
        ["create_key", "Acme", f"--requests-per-minute={wrong}"],
    ):
        with pytest.raises(CommandError, match="is no limit: give a whole number"):
            run(*words)
    assert entries() == []


def test_a_command_without_a_limit_says_what_is_missing(acme: Project) -> None:
    with pytest.raises(CommandError, match="Say which limit"):
        run("set_limits", "Acme")


def test_neither_a_service_nor_the_database_takes_less_than_one(acme: Project) -> None:
    key, caller = ApiKeyFactory(project=acme), Caller.from_command(acme, "tests")
    with pytest.raises(ValidationError):
        services.set_limits(caller=caller, key_requests_per_minute=0)
    with pytest.raises(ValidationError):
        services.set_key_limit(caller=caller, key=key, requests_per_minute=0)
    with pytest.raises(ValidationError):
        services.create_key(caller=caller, name="x", scopes=["read"], requests_per_minute=0)
    for rows in (ApiKey.objects.filter(pk=key.pk), Project.objects.filter(pk=acme.pk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(requests_per_minute=0)


def test_a_projects_page_sets_its_limits(console: Client, acme: Project) -> None:
    page = f"/admin/projects/project/{acme.ref}/change/"
    console.post(page, {"name": "Acme", "requests_per_minute": "600", "key_requests_per_minute": ""})
    console.post(page, {"name": "Acme Corp", "requests_per_minute": "0", "key_requests_per_minute": "5"})
    acme.refresh_from_db()
    assert (acme.name, acme.requests_per_minute, acme.key_requests_per_minute) == ("Acme", 600, None)
    assert entries() == [("project.limits_changed", {"requests_per_minute": None}, {"requests_per_minute": 600})]
    assert AuditEntry.objects.get().actor_label == "ann"


def test_the_page_of_a_test_twin_sets_limits_and_no_name(console: Client, acme: Project) -> None:
    twin = acme.test_twin
    console.post(f"/admin/projects/project/{twin.ref}/change/", {"name": "Other", "requests_per_minute": "7"})
    twin.refresh_from_db()
    assert (twin.name, twin.requests_per_minute) == ("Acme", 7)
    assert [entry[0] for entry in entries()] == ["project.limits_changed"]


def test_a_keys_page_sets_its_limit(console: Client, acme: Project) -> None:
    key = ApiKeyFactory(project=acme)
    page = f"/admin/projects/apikey/{key.ref}/limit/"
    assert "Requests per minute" in console.get(page).content.decode()
    assert console.post(page, {"requests_per_minute": "0"}).status_code == 200
    assert console.post(page, {"requests_per_minute": "9"}).status_code == 302
    key.refresh_from_db()
    assert key.requests_per_minute == 9
    assert entries() == [("key.limits_changed", {"requests_per_minute": None}, {"requests_per_minute": 9})]
    assert "9" in console.get(f"/admin/projects/apikey/{key.ref}/change/").content.decode()


def test_a_new_key_may_have_a_limit(console: Client, acme: Project) -> None:
    form = {"of": acme.pk, "name": "web", "scopes": ["read"], "requests_per_minute": "12"}
    console.post("/admin/projects/apikey/add/", form)
    assert ApiKey.objects.get().requests_per_minute == 12


def test_an_onlooker_sets_no_limit(onlooker: Client, acme: Project) -> None:
    key = ApiKeyFactory(project=acme)
    assert onlooker.post(f"/admin/projects/apikey/{key.ref}/limit/", {"requests_per_minute": "9"}).status_code == 403
    assert onlooker.post(f"/admin/projects/project/{acme.ref}/change/", {"name": "x"}).status_code == 403
    assert entries() == []
