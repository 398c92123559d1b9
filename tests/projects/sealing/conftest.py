from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from memos import ids
from memos.projects.models import AuditEntry, Project
from memos.projects.sealing import chain
from tests.factories import AuditEntryFactory, ProjectFactory

Write = Callable[..., list[AuditEntry]]
Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def acme(db: None) -> Project:
    return ProjectFactory(name="Acme")


@pytest.fixture
def globex(db: None) -> Project:
    return ProjectFactory(name="Globex")


@pytest.fixture
def write(acme: Project) -> Write:
    """Entries of a project, a second after the other, the last of them so long ago."""

    def made(count: int, *, ago: timedelta = timedelta(hours=1), project: Project | None = acme) -> list[AuditEntry]:
        times = [timezone.now() - ago - timedelta(seconds=count - number) for number in range(count)]
        return [AuditEntryFactory(id=ids.first_at(at), at=at, project=project) for at in times]

    return made


@pytest.fixture
def verify() -> Verify:
    """The command's exit code and what it says."""

    def told(*options: str) -> tuple[int, str]:
        stdout = StringIO()
        try:
            call_command("verify_audit", *options, stdout=stdout, stderr=StringIO())
        except CommandError as error:
            return error.returncode, stdout.getvalue()
        return 0, stdout.getvalue()

    return told


def seal(project: Project | None, before: datetime | None = None) -> int:
    """All that there is, in as many seals as it takes."""
    sealed = 0
    while made := chain.seal_next(project.pk if project else None, before or timezone.now()):
        sealed += made
    return sealed


@contextmanager
def behind_the_databases_back(table: str = "projects_auditentry") -> Iterator[Callable[..., None]]:
    """As somebody who owns the database may do it: without the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
