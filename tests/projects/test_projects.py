"""A project is made with its test twin, and its audit log can't be rewritten."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry, Project
from tests.factories import AuditEntryFactory

pytestmark = pytest.mark.django_db


def test_a_project_is_made_with_its_test_twin() -> None:
    live = services.create_project(name=" Initech ")

    assert (live.name, live.mode, live.test_twin.mode) == ("Initech", "live", "test")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.actor) == ("project.created", live.ref, "command")


def test_a_name_is_taken_once(acme: Project) -> None:
    with pytest.raises(ValidationError):
        services.create_project(name="Acme")


def test_a_new_name_is_the_twins_too(acme: Project, globex: Project) -> None:
    services.rename_project(caller=Caller.from_command(acme, "rename"), name="Acme Corp")

    assert set(Project.objects.exclude(name="Globex").values_list("name", flat=True)) == {"Acme Corp"}
    assert AuditEntry.objects.get().detail == {"before": "Acme", "after": "Acme Corp"}
    with pytest.raises(ValidationError):
        services.rename_project(caller=Caller.from_command(acme, "rename"), name="Globex")


@pytest.mark.parametrize(
    "statement", ["UPDATE projects_auditentry SET action = 'nothing'", "DELETE FROM projects_auditentry"]
)
def test_the_database_refuses_to_change_the_audit_log(acme: Project, statement: str) -> None:
    AuditEntryFactory(project=acme)

    with pytest.raises(DatabaseError, match="append only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.filter(action="user.created").count() == 1
