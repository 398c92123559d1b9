"""Who sees and changes what, by their roles."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from ingest.models import IngestJob
from memos.projects import operators
from memos.projects.audit import Caller
from memos.projects.models import ApiKey, AuditEntry, Identified, Membership, Operator, Project
from memos.webhooks.models import Delivery, Webhook
from tests import factories as make
from tests.console.conftest import make_job
from tests.console.test_pages import path

pytestmark = pytest.mark.django_db

SignIn = Callable[..., Client]
RECORDS = sorted(
    (model for model in admin.site._registry if issubclass(model, Identified)), key=lambda model: model._meta.label
)
OPEN = {
    "projects.Project", "projects.ApiKey", "projects.AuditEntry", "projects.AuditSeal", "projects.Membership",
    "users.User", "users.Group", "threads.Thread", "graphs.Graph", "ingest.IngestJob",
    "ingest.Operation", "webhooks.Webhook", "webhooks.Delivery",
}  # fmt: skip
"""What a viewer sees who may not read what people said."""


@pytest.fixture
def sign_in(job: IngestJob) -> SignIn:
    """As bob, with a role in the project of the job and nowhere else."""

    def signed_in(role: str, **given: Any) -> Client:
        operator = make.OperatorFactory(username="bob", is_superuser=False)
        operators.give_role(caller=caller(job.project), operator=operator, role=role, **given)
        client = Client()
        client.force_login(operator)
        return client

    return signed_in


def caller(project: Project) -> Caller:
    return Caller.from_command(project, "tests")


def label(model: Any) -> str:
    return model._meta.label


def given(model: Any) -> int:
    return 403 if label(model) not in OPEN else 200


@pytest.mark.parametrize("model", RECORDS, ids=label)
def test_a_viewer_sees_no_page_with_what_people_said(sign_in: SignIn, job: IngestJob, model: Any) -> None:
    viewer = sign_in("viewer")
    row = model.objects.first()
    assert viewer.get(path(model)).status_code == given(model)
    assert viewer.get(path(model, f"{row.ref}/change/")).status_code == given(model)


def test_no_page_that_a_viewer_sees_has_words(sign_in: SignIn, job: IngestJob) -> None:
    job.message.content = job.user.summary.text = "abracadabra"
    job.message.save()
    job.user.summary.save()
    IngestJob.objects.update(error_detail="abracadabra")
    Delivery.objects.update(payload={"data": "abracadabra"})
    viewer = sign_in("viewer")
    reader = Client()
    reader.force_login(make.OperatorFactory())
    told = 0
    for model in RECORDS:
        if label(model) in OPEN:
            for row in model.objects.all()[:3]:
                for page in (path(model), path(model, f"{row.ref}/change/")):
                    assert "abracadabra" not in viewer.get(page).content.decode()
                    told += "abracadabra" in reader.get(page).content.decode()
    assert told > 3


@pytest.mark.parametrize("model", RECORDS, ids=label)
def test_a_viewer_who_may_read_words_sees_every_page(sign_in: SignIn, job: IngestJob, model: Any) -> None:
    viewer = sign_in("viewer", reads_words=True)
    assert viewer.get(path(model)).status_code == 200
    assert viewer.get(path(model, f"{model.objects.filter(**of(model, job)).first().ref}/change/")).status_code == 200


def of(model: Any, job: IngestJob) -> dict[str, Any]:
    return {"pk": job.project_id} if model is Project else {"project": job.project}


@pytest.mark.parametrize("model", RECORDS, ids=label)
@pytest.mark.parametrize("role", Membership.Role.values)
def test_nobody_sees_another_project(sign_in: SignIn, job: IngestJob, role: str, model: Any) -> None:
    client = sign_in(role, reads_words=True)
    other = make_job()
    operators.give_role(caller=caller(other.project), operator=make.OperatorFactory(), role="viewer")
    elsewhere = model.objects.filter(**of(model, other)).first()

    shown = client.get(path(model))
    assert elsewhere.pk not in [row.pk for row in shown.context["cl"].result_list]
    assert client.get(path(model), {"q": elsewhere.ref}).context["cl"].result_count == 0
    response = client.get(path(model, f"{elsewhere.ref}/change/"))
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_a_role_counts_in_the_test_twin(sign_in: SignIn, job: IngestJob) -> None:
    twin = make_job(project=job.project.test_twin)
    client = sign_in("support")
    assert client.get(path(IngestJob, f"{twin.ref}/change/")).status_code == 200


CHANGES: dict[str, tuple[str, Callable[[IngestJob], str]]] = {
    "delete a user": ("support", lambda job: path(type(job.user), f"{job.user.ref}/delete/")),
    "delete a message": ("support", lambda job: path(type(job.message), f"{job.message.ref}/delete/")),
    "retry a job": ("support", lambda job: path(IngestJob, f"{failed(job).ref}/retry/")),
    "replay a delivery": ("support", lambda job: path(Delivery, f"{Delivery.objects.get().ref}/replay/")),
    "rename a project": ("admin", lambda job: path(Project, f"{job.project.ref}/change/")),
    "make a key": ("admin", lambda job: path(ApiKey, "add/")),
    "rotate a key": ("admin", lambda job: path(ApiKey, f"{ApiKey.objects.get().ref}/rotate/")),
    "limit a key": ("admin", lambda job: path(ApiKey, f"{ApiKey.objects.get().ref}/limit/")),
    "revoke a key": ("admin", lambda job: path(ApiKey, f"{ApiKey.objects.get().ref}/revoke/")),
    "make a webhook": ("admin", lambda job: path(Webhook, "add/")),
    "change a webhook": ("admin", lambda job: path(Webhook, f"{Webhook.objects.get().ref}/change/")),
    "delete a webhook": ("admin", lambda job: path(Webhook, f"{Webhook.objects.get().ref}/delete/")),
    "give a role": ("admin", lambda job: path(Membership, "add/")),
    "take a role": ("admin", lambda job: path(Membership, f"{Membership.objects.latest('pk').ref}/delete/")),
    "make a project": ("superuser", lambda job: path(Project, "add/")),
    "make an operator": ("superuser", lambda job: path(Operator, "add/")),
    "see operators": ("superuser", lambda job: path(Operator)),
}
ORDER = ["viewer", "support", "admin", "superuser"]


def failed(job: IngestJob) -> IngestJob:
    IngestJob.objects.filter(pk=job.pk).update(status="failed")
    return job


@pytest.mark.parametrize("role", Membership.Role.values)
@pytest.mark.parametrize("change", CHANGES)
def test_a_role_allows_what_it_is_for(sign_in: SignIn, job: IngestJob, role: str, change: str) -> None:
    client = sign_in(role, reads_words=True)
    least, page = CHANGES[change]
    allowed = ORDER.index(role) >= ORDER.index(least)
    entries = AuditEntry.objects.count()

    shown = client.get(page(job))
    assert shown.status_code == (200 if allowed or change in ("rename a project", "change a webhook") else 403)
    if not allowed:
        assert client.post(page(job), {"name": "x"}).status_code == 403
        assert AuditEntry.objects.count() == entries


def test_an_admin_makes_keys_in_their_projects_only(sign_in: SignIn, job: IngestJob) -> None:
    admin_of_one = sign_in("admin")
    other = make.ProjectFactory()
    for project, made in ((other, 0), (job.project, 1)):
        before = ApiKey.objects.count()
        form = {"of": str(project.pk), "name": "k", "scopes": ["read"], "expires_in": ""}
        assert admin_of_one.post(path(ApiKey, "add/"), form).status_code == (302 if made else 200)
        assert ApiKey.objects.count() == before + made


def test_a_role_is_given_changed_and_taken_in_the_console(console: Client) -> None:
    project, bob = make.ProjectFactory(), make.OperatorFactory(is_superuser=False)
    console.post(path(Membership, "add/"), {"of": str(project.pk), "operator": bob.pk, "role": "viewer"})
    row = Membership.objects.get(operator=bob)
    console.post(path(Membership, f"{row.ref}/change/"), {"role": "support", "reads_words": "on"})
    row.refresh_from_db()
    assert (row.role, row.reads_words, row.project) == ("support", True, project)
    console.post(path(Membership, f"{row.ref}/delete/"))

    assert not Membership.objects.exists()
    entries = AuditEntry.objects.for_project(project).order_by("pk")
    assert list(entries.values_list("action", flat=True)) == ["role.given", "role.given", "role.taken"]
    assert entries[1].detail["before"] == {"role": "viewer", "reads_words": False}


def test_a_role_is_given_once_and_in_the_live_project(console: Client) -> None:
    project, bob = make.ProjectFactory(), make.OperatorFactory(is_superuser=False)
    form = {"of": str(project.test_twin.pk), "operator": bob.pk, "role": "viewer"}
    assert "choose the live project" in console.post(path(Membership, "add/"), form).content.decode()
    form["of"] = str(project.pk)
    console.post(path(Membership, "add/"), form)
    assert "already" in console.post(path(Membership, "add/"), form).content.decode()
    assert Membership.objects.count() == 1
    with pytest.raises(ValidationError):
        operators.give_role(caller=caller(project.test_twin), operator=bob, role="viewer")


def test_a_role_is_given_and_taken_by_command(db: None) -> None:
    project, bob = make.ProjectFactory(name="Acme"), make.OperatorFactory(username="bob", is_superuser=False)
    call_command("set_role", "bob", "Acme", "viewer", "--words")
    assert bob.has_perm("graphs.view_memory", project.test_twin)
    bob = Operator.objects.get(pk=bob.pk)
    call_command("set_role", "bob", "Acme", "none")
    assert not bob.has_perm("graphs.view_memory", project)
    for wrong in (("bob", "Acme", "none"), ("eve", "Acme", "viewer"), ("bob", "Other", "viewer")):
        with pytest.raises(CommandError):
            call_command("set_role", *wrong)


def test_the_sidebar_has_what_one_may_open(sign_in: SignIn) -> None:
    groups = sign_in("viewer").get(path(Project)).context["sidebar_navigation"]
    links = {str(item["link"]) for group in groups for item in group["items"]}
    assert {"/admin/", path(Project), path(Membership), path(IngestJob)} <= links
    assert not links & {path(Operator), "/admin/threads/message/", "/admin/graphs/memory/"}


def test_somebody_who_is_not_active_has_no_rights(job: IngestJob) -> None:
    bob = make.OperatorFactory(is_superuser=False)
    operators.give_role(caller=caller(job.project), operator=bob, role="admin")
    assert Operator.objects.get(pk=bob.pk).has_perm("projects.view_apikey", job.project)
    Operator.objects.filter(pk=bob.pk).update(is_active=False)
    assert not Operator.objects.get(pk=bob.pk).has_perm("projects.view_apikey", job.project)
