"""Keys, projects and operators are managed in the console; each change is the operator's in the audit log."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from memos.projects import authentication
from memos.projects.models import ApiKey, AuditEntry, Operator, Project
from tests.factories import PASSWORD, ApiKeyFactory, OperatorFactory, ProjectFactory

KEYS = "/admin/projects/apikey/"
PROJECTS = "/admin/projects/project/"
OPERATORS = "/admin/projects/operator/"

pytestmark = pytest.mark.django_db


def secret_in(page: str) -> str:
    return re.findall(r"mos_(?:live|test)_[A-Za-z0-9]{40}", page)[0]


def audited() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "actor", "actor_label"))


def test_a_new_key_is_shown_once_and_works(console: Client) -> None:
    project = ProjectFactory()
    form = {"of": project.test_twin.pk, "name": "web", "scopes": ["read"], "expires_in": "30d"}

    response = console.post(f"{KEYS}add/", form, follow=True)

    secret = secret_in(response.content.decode())
    key = ApiKey.objects.get()
    assert authentication.find(secret) == key
    assert (key.project, key.scopes) == (project.test_twin, ["read"])
    assert timedelta(days=29) < key.expires_at - timezone.now() < timedelta(days=30)
    assert "no-store" in response["Cache-Control"]
    assert audited() == [("key.created", "operator", "ann")]
    for later in (KEYS, f"{KEYS}{key.ref}/change/", "/admin/", f"/admin/projects/auditentry/?q={key.ref}"):
        assert secret not in console.get(later).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"of": ""}, "required"),
        ({"scopes": []}, "required"),
        ({"scopes": ["root"]}, "not one of the available choices"),
        ({"expires_in": "soon"}, "is no duration"),
        ({"expires_in": "0s"}, "as it is made"),
    ],
    ids=str,
)
def test_a_wrong_form_makes_no_key(console: Client, wrong: dict[str, object], sentence: str) -> None:
    form = {"of": ProjectFactory().pk, "name": "web", "scopes": ["read"], "expires_in": "30d"}

    response = console.post(f"{KEYS}add/", {**form, **wrong})

    assert sentence in response.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_rotated_with_a_grace(console: Client) -> None:
    old = ApiKeyFactory()
    assert console.get(f"{KEYS}{old.ref}/rotate/").status_code == 200

    response = console.post(f"{KEYS}{old.ref}/rotate/", {"grace": "2h"}, follow=True)

    new = authentication.find(secret_in(response.content.decode()))
    old.refresh_from_db()
    assert new is not None
    assert new.scopes == sorted(old.scopes)
    assert timedelta(minutes=119) < old.expires_at - timezone.now() < timedelta(hours=2)
    assert [entry[0] for entry in audited()] == ["key.created", "key.rotated"]


def test_what_stands_against_a_rotation_is_told(console: Client) -> None:
    key = ApiKeyFactory(revoked_at=timezone.now())

    assert "is revoked" in console.post(f"{KEYS}{key.ref}/rotate/", {"grace": "2h"}).content.decode()
    assert "is no duration" in console.post(f"{KEYS}{key.ref}/rotate/", {"grace": "2"}).content.decode()
    assert ApiKey.objects.count() == 1


def test_a_key_is_revoked_after_a_question(console: Client) -> None:
    key = ApiKeyFactory()
    console.get(f"{KEYS}{key.ref}/revoke/")
    key.refresh_from_db()
    assert key.revoked_at is None

    console.post(f"{KEYS}{key.ref}/revoke/")

    key.refresh_from_db()
    assert key.revoked_at is not None
    assert audited() == [("key.revoked", "operator", "ann")]


def test_a_key_that_is_not_there_is_told(console: Client) -> None:
    for page in ("rotate", "revoke"):
        assert console.get(f"{KEYS}key_01HXYZ00000000000000000000/{page}/").status_code == 404


def test_a_pasted_key_finds_its_row(console: Client) -> None:
    key, _ = ApiKeyFactory(), ApiKeyFactory()

    found = console.get(KEYS, {"q": key.secret}).context["cl"].result_list

    assert [row.pk for row in found] == [key.pk]


def test_a_project_is_made_with_its_twin_and_renamed_with_it(console: Client) -> None:
    console.post(f"{PROJECTS}add/", {"name": "Initech"})
    live = Project.objects.get(mode="live")
    console.post(f"{PROJECTS}{live.ref}/change/", {"name": "Initrode"})

    assert list(Project.objects.order_by("mode").values_list("name", "mode")) == [
        ("Initrode", "live"),
        ("Initrode", "test"),
    ]
    assert audited() == [("project.created", "operator", "ann"), ("project.renamed", "operator", "ann")]


def test_a_name_that_is_taken_is_told(console: Client) -> None:
    ProjectFactory(name="Acme")

    page = console.post(f"{PROJECTS}add/", {"name": " Acme "}).content.decode()

    assert "There is a project" in page
    assert Project.objects.count() == 2


def test_a_test_twin_is_not_renamed_alone(console: Client) -> None:
    twin = ProjectFactory().test_twin

    console.post(f"{PROJECTS}{twin.ref}/change/", {"name": "Other"})

    assert not Project.objects.filter(name="Other").exists()


def test_an_operator_is_made_and_can_sign_in(console: Client, client: Client) -> None:
    form = {"username": "bob", "password1": PASSWORD, "password2": PASSWORD, "is_superuser": "on"}
    console.post(f"{OPERATORS}add/", form)

    made = Operator.objects.get(username="bob")
    assert (made.is_staff, made.is_superuser) == (True, True)
    assert Client().login(username="bob", password=PASSWORD)


def test_passwords_are_changed(console: Client, admin_operator: Operator) -> None:
    other = OperatorFactory()
    new = "another long password"
    console.post(f"{OPERATORS}{other.pk}/password/", {"password1": new, "password2": new, "usable_password": "true"})
    console.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    for operator in (other, admin_operator):
        operator.refresh_from_db()
        assert operator.check_password(new)


def test_nobody_locks_themselves_out(console: Client, admin_operator: Operator) -> None:
    console.post(f"{OPERATORS}{admin_operator.pk}/change/", {"username": "ann"})

    admin_operator.refresh_from_db()
    assert (admin_operator.is_active, admin_operator.is_superuser) == (True, True)
    assert console.get(f"{OPERATORS}{admin_operator.pk}/delete/").status_code == 403
