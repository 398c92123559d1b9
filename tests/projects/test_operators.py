"""What changes about an operator is in the audit log, belongs to no project and tells nothing personal."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from memos.projects import operators
from memos.projects.audit import Caretaker
from memos.projects.management.commands import bootstrap
from memos.projects.models import AuditEntry, Operator
from tests.console.conftest import admin_operator, console
from tests.factories import OperatorFactory

__all__ = ["admin_operator", "console"]

pytestmark = pytest.mark.django_db


def test_what_somebody_may_do_stands_in_the_entry_and_what_they_are_called_does_not(console: Client) -> None:
    other = OperatorFactory(username="bob", first_name="Bob", is_superuser=True)
    page = f"/admin/projects/operator/{other.pk}/change/"
    console.post(page, {"username": "bob", "first_name": "Robert", "email": "bob@acme.com", "is_active": "on"})
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.project) == ("operator.updated", f"operator_{other.pk}", None)
    assert entry.detail == {"fields": ["first_name", "email", "is_superuser"], "is_superuser": False}


def test_what_is_saved_as_it_was_is_no_change(console: Client) -> None:
    other = OperatorFactory(username="bob", is_superuser=False)
    form = {"username": "bob", "first_name": "", "email": other.email, "is_active": "on"}
    console.post(f"/admin/projects/operator/{other.pk}/change/", form)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("typed", ["short", "another long password that is repeated wrongly"])
def test_a_password_that_is_refused_is_no_change(console: Client, typed: str) -> None:
    other = OperatorFactory()
    form = {"password1": typed, "password2": typed[:10], "usable_password": "true"}
    console.post(f"/admin/projects/operator/{other.pk}/password/", form)
    console.post("/admin/password_change/", {"old_password": "wrong", "new_password1": typed, "new_password2": typed})
    assert [entry.action for entry in AuditEntry.objects.all()] == ["operator.signin_failed"]


def test_djangos_own_log_is_not_kept_beside_ours(console: Client) -> None:
    other = OperatorFactory()
    new = {"password1": "another long password", "password2": "another long password"}
    console.post("/admin/projects/operator/add/", {"username": "eve", **new})
    console.post(f"/admin/projects/operator/{other.pk}/change/", {"username": "bob", "is_active": "on"})
    console.post(f"/admin/projects/operator/{other.pk}/password/", {**new, "usable_password": "true"})
    assert AuditEntry.objects.count() == 3
    assert not LogEntry.objects.exists()


def test_an_operator_whom_another_process_has_recorded_is_not_recorded_again() -> None:
    with operators.newcomers_recorded(Caretaker.from_command("createsuperuser")):
        operators.save_operator(by=Caretaker.from_command("tests"), operator=Operator(username="eve"))
        OperatorFactory(username="bob")
    found = AuditEntry.objects.order_by("pk").values_list("target_id", "actor_id")
    refs = {name: f"operator_{Operator.objects.get(username=name).pk}" for name in ("eve", "bob")}
    assert list(found) == [(refs["eve"], "tests"), (refs["bob"], "createsuperuser")]


def test_the_first_operator_is_in_the_log() -> None:
    bootstrap.first_steps({})
    bootstrap.first_steps({})
    entry = AuditEntry.objects.get(action="operator.created")
    assert (entry.actor_id, entry.detail) == ("bootstrap", {"is_superuser": True})


def test_an_entry_of_no_project_has_its_page(console: Client) -> None:
    OperatorFactory()
    console.post("/admin/projects/operator/add/", {"username": "x", "password1": "y" * 20, "password2": "y" * 20})
    entry = AuditEntry.objects.get()
    for page in ("/admin/", "/admin/projects/auditentry/", f"/admin/projects/auditentry/{entry.ref}/change/"):
        assert entry.target_id in console.get(page).content.decode()
