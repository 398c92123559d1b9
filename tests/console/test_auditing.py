"""The audit log in the console: searched by filters that combine, exported with them, and seen to be sealed."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from memos import ids
from memos.projects import tasks
from memos.projects.models import AuditCheck, AuditEntry, AuditSeal, Membership, Project
from memos.projects.sealing import chain
from tests.console.conftest import Onlooker
from tests.factories import ApiKeyFactory, AuditEntryFactory, MembershipFactory, ProjectFactory

pytestmark = pytest.mark.django_db

LIST = "/admin/projects/auditentry/"


@pytest.fixture
def acme(db: None) -> Project:
    return ProjectFactory(name="Acme")


def entry(project: Project | None, hours: float = 1, **fields: Any) -> AuditEntry:
    at = timezone.now() - timedelta(hours=hours)
    key = UUID(int=ids.first_at(at).int + ids.new_id().int % 2**80)
    return AuditEntryFactory(id=key, at=at, project=project, **fields)


def seal(project: Project | None) -> AuditSeal:
    key = project.pk if project else None
    assert chain.seal_next(key, timezone.now())
    made = chain.last_seal(key)
    assert made
    return made


def shown(console: Client, **query: Any) -> list[AuditEntry]:
    response = console.get(LIST, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def text(console: Client, **query: Any) -> str:
    return " ".join(console.get(LIST, query).content.decode().split())


def choices(console: Client, name: str) -> list[str]:
    [spec] = [spec for spec in console.get(LIST).context["cl"].filter_specs if spec.title == name]
    return [label for _, label in spec.lookup_choices]


def test_filters_combine(console: Client, acme: Project) -> None:
    one = entry(acme, 3, action="user.deleted", actor_id="key_1", target_id="usr_1", request_id="req_1")
    two = entry(acme, 2, action="user.deleted", actor_id="key_2", target_id="usr_1", request_id="req_2")
    three = entry(None, 1, action="user.created", actor_id="key_1", target_id="usr_2", request_id="req_3")
    assert shown(console, action="user.deleted") == [two, one]
    assert shown(console, by="key_1") == [three, one]
    assert shown(console, target=" usr_1 ") == [two, one]
    assert shown(console, request="req_3") == [three]
    assert shown(console, action="user.deleted", by="key_1", target="usr_1", request="req_1") == [one]
    assert shown(console, action="user.deleted", by="key_1", target="usr_2") == []
    assert shown(console, project__isnull="True") == [three]
    assert shown(console, q="req_2") == [two]


def test_a_span_may_be_of_minutes(console: Client, acme: Project) -> None:
    early, late = entry(acme, 3), entry(acme, 1)
    minute = f"{late.at:%Y-%m-%d %H:%M}"
    assert shown(console, at_from=minute, at_to=minute) == [late]
    assert shown(console, at_from=minute.replace(" ", "T") + "Z") == [late]
    assert shown(console, at_to=f"{early.at:%Y-%m-%d %H:%M}") == [early]


def test_reads_are_hidden_with_one_click(console: Client, acme: Project) -> None:
    change, read = entry(acme, 3), entry(acme, 2, action="context.read")
    search = entry(acme, 1, action="search.performed")
    assert shown(console) == [search, read, change]
    assert 'href="?shown=changes">Hide reads' in text(console)
    assert shown(console, shown="changes") == [change]
    assert shown(console, shown="reads") == [search, read]
    assert "Show reads too" in text(console, shown="changes")


def test_actions_and_actors_can_be_chosen(console: Client, acme: Project) -> None:
    entry(acme, 3, action="user.deleted", actor_id="key_1", actor_label="old name")
    entry(acme, 2, action="user.created", actor_id="key_1", actor_label="backend")
    entry(None, 1, actor="operator", actor_id="7", actor_label="ann")
    assert choices(console, "action") == ["user.created", "user.deleted"]
    assert choices(console, "who")[:2] == ["API key: backend", "Operator: ann"]


def test_an_operator_sees_the_actors_and_the_standing_of_their_projects(onlooker: Onlooker, acme: Project) -> None:
    entry(acme, 2, actor_label="backend", actor_id="key_1")
    seal(acme)
    operator = onlooker.operator
    MembershipFactory(project=acme, operator=operator)
    hidden = ProjectFactory(name="Hidden")
    entry(hidden, 1, actor_label="secret", actor_id="key_2")
    entry(None, 1, actor="operator", actor_label="root", actor_id="9")
    AuditCheck.objects.create(project=hidden, checked_at=timezone.now(), broken="Seal 1 is missing.")
    client = Client()
    client.force_login(operator)
    assert [one.actor_label for one in shown(client)] == ["backend"]
    assert choices(client, "who") == ["API key: backend"]
    assert "All of it is sealed: 1 entry in " in text(client)
    assert "Seal 1 is missing" not in text(client)
    assert shown(client, project__id__exact=hidden.pk) == []


def test_each_entry_says_by_which_seal_it_is_sealed(console: Client, acme: Project) -> None:
    sealed, installation = entry(acme, 3), entry(None, 2)
    own, other = seal(acme), seal(None)
    later = entry(acme, 0.1)
    columns = {one.pk: one.sealed for one in shown(console)}
    assert columns[later.pk] is None
    assert (columns[sealed.pk]["number"], columns[sealed.pk]["id"]) == (1, str(own.pk))
    assert columns[installation.pk]["id"] == str(other.pk)
    assert f"/admin/projects/auditseal/{own.ref}/change/" in text(console)
    assert "not yet" in console.get(f"{LIST}{later.ref}/change/").content.decode()
    page = console.get(f"/admin/projects/auditseal/{own.ref}/change/").content.decode()
    assert bytes(own.digest).hex() in page


def test_what_was_added_between_seals_is_seen(console: Client, acme: Project) -> None:
    entry(acme, 3)
    seal(acme)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE projects_auditentry DISABLE TRIGGER USER")
        entry(acme, 5)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE projects_auditentry ENABLE TRIGGER USER")
    assert "NOT SEALED" in text(console)


def test_the_line_on_top_says_how_the_log_stands(console: Client, acme: Project) -> None:
    assert "Nothing is sealed yet" in text(console)
    entry(acme, 3)
    assert "Are a worker and beat running?" in text(console)
    tasks.seal_audit()
    assert "All of it is sealed" in text(console)
    assert "1 chain not verified yet." in text(console)
    tasks.verify_chain(str(acme.pk))
    assert "as it was sealed." in text(console)
    waits = entry(acme, 0.1)
    assert f"Sealed until {waits.at:%Y-%m-%d %H:%M} UTC" in text(console)
    AuditCheck.objects.update(broken="Entry aud_1 of seal 1 (seal_1) is missing.")
    assert "is not as it was sealed.</strong> Entry aud_1 of seal 1 (seal_1) is missing." in text(console)


def test_both_exports_have_the_filters_of_the_list(console: Client, acme: Project) -> None:
    one = entry(acme, 3, action="user.deleted", actor_label='=cmd|"x"', detail={"read_back": 2})
    entry(acme, 2, action="user.created")
    page = text(console, action="user.deleted")
    assert f"{LIST}export/?action=user.deleted" in page
    assert f"{LIST}export-csv/?action=user.deleted" in page
    lines = console.get(f"{LIST}export/", {"action": "user.deleted"}).getvalue().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [one.ref]
    response = console.get(f"{LIST}export-csv/", {"action": "user.deleted", "request": one.request_id})
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    [row] = csv.DictReader(io.StringIO(response.getvalue().decode()))
    assert (row["id"], row["project"], row["actorLabel"]) == (one.ref, acme.ref, '\'=cmd|"x"')
    assert json.loads(row["detail"]) == {"readBack": 2}
    told = AuditEntry.objects.filter(action="audit.exported").order_by("pk")
    filters = [one.detail["filters"] for one in told]
    assert filters == [["action=user.deleted"], ["action=user.deleted", "request"]]


def test_the_log_of_a_project_tells_who_took_it_away(console: Client, onlooker: Onlooker, acme: Project) -> None:
    MembershipFactory(project=acme, operator=onlooker.operator, role="admin")
    MembershipFactory(project=ProjectFactory(), operator=onlooker.operator)
    hers = Client()
    hers.force_login(onlooker.operator)
    hers.get(f"{LIST}export/")
    console.get(f"{LIST}export-csv/", {"project__id__exact": acme.pk})
    taken = AuditEntry.objects.filter(action="audit.exported", project=acme).order_by("pk")
    assert [(one.target_id, one.actor_label) for one in taken] == [(acme.ref, "bob"), (acme.ref, "ann")]
    assert AuditEntry.objects.filter(action="audit.exported").exclude(project=acme).get().project == acme.test_twin


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("support", 403), ("admin", 200)])
def test_whoever_runs_a_project_exports_its_log(
    client: Client, onlooker: Onlooker, acme: Project, role: Membership.Role, status: int
) -> None:
    MembershipFactory(project=acme, operator=onlooker.operator, role=role)
    seen = ProjectFactory(name="Seen")
    MembershipFactory(project=seen, operator=onlooker.operator, role="viewer")
    own = entry(acme, 2)
    entry(seen, 1)
    client.force_login(onlooker.operator)
    response = client.get(f"{LIST}export/")
    assert response.status_code == status
    if status == 200:
        assert [json.loads(line)["id"] for line in response.getvalue().splitlines()] == [own.ref]


def test_the_retention_is_set_in_the_form(console: Client, acme: Project) -> None:
    ApiKeyFactory(project=acme)
    path = f"/admin/projects/project/{acme.ref}/change/"
    assert console.post(path, {"name": "Acme", "audit_retention_days": "90"}).status_code == 302
    acme.refresh_from_db()
    assert acme.audit_retention_days == 90
    assert console.post(path, {"name": "Acme", "audit_retention_days": "0"}).status_code == 200
    told = AuditEntry.objects.get(action="project.audit_retention_changed")
    assert (told.project, told.actor) == (acme, "operator")


def test_what_is_no_time_is_said_to_be_none(console: Client, acme: Project) -> None:
    told = "“garbage” is no date or time: it narrows nothing."
    page = console.get(LIST, {"at_from": "garbage", "at_to": "2026-11-01 14:30"}).content.decode()
    assert page.count(told) == 2  # above the list, and at its field among the filters
    assert page.count("is no date or time") == 2


@pytest.mark.parametrize("nonsense", ["", "\0", "'", "x" * 5000, "9999-99-99", "%"])
def test_no_filter_breaks_on_what_it_is_given(console: Client, acme: Project, nonsense: str) -> None:
    for name in ("action", "by", "target", "request", "shown", "at_from", "at_to"):
        assert console.get(LIST, {name: nonsense}).status_code == 200
