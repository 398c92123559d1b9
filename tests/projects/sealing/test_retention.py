"""A project's log is kept as long as it says: what is older goes in sealed ranges, and the chain still holds."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from memos.projects import services, tasks
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry, AuditSeal, Project
from memos.projects.sealing import chain, retention, verification
from tests.processes import at_once
from tests.projects.sealing.conftest import Verify, Write, behind_the_databases_back, seal

pytestmark = pytest.mark.django_db

OLD = timedelta(days=40)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST", 3)


@pytest.fixture
def log(acme: Project, write: Write) -> list[AuditEntry]:
    """Seven old entries in three seals, and four newer ones in two."""
    entries = write(7, ago=OLD)
    seal(acme)
    entries += write(4)
    seal(acme)
    return entries


def keep(project: Project, days: int | None) -> None:
    Project.objects.filter(pk=project.pk).update(audit_retention_days=days)


def test_old_ranges_go_and_the_chain_still_holds(
    acme: Project, log: list[AuditEntry], verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    keep(acme, 30)
    tasks.prune_audit()
    assert list(AuditEntry.objects.exclude(action="audit.pruned").order_by("pk")) == log[7:]
    told = AuditEntry.objects.filter(action="audit.pruned").order_by("pk")
    assert [(entry.actor, entry.detail["entries"], entry.detail["seals"]) for entry in told] == [
        ("system", 6, 2), ("system", 1, 1)
    ]  # fmt: skip
    assert AuditSeal.objects.filter(pruned_at__isnull=False).count() == 3
    code, said = verify("--project", "Acme")
    assert code == 0
    assert "4 entries in 5 seals" in said
    assert "7 more pruned by retention" in said
    tasks.prune_audit()
    assert told.count() == 2


def test_what_is_not_sealed_stays_however_old(acme: Project, write: Write) -> None:
    write(5, ago=OLD)
    keep(acme, 1)
    tasks.prune_audit()
    assert AuditEntry.objects.count() == 5


def test_without_a_retention_everything_stays(acme: Project, log: list[AuditEntry]) -> None:
    assert retention.due() == []
    assert retention.prune(acme.pk) == 0
    assert AuditEntry.objects.count() == 11


def test_another_projects_log_stays(acme: Project, globex: Project, log: list[AuditEntry], write: Write) -> None:
    write(3, ago=OLD, project=globex)
    seal(globex)
    keep(acme, 30)
    tasks.prune_audit()
    assert AuditEntry.objects.filter(project=globex).count() == 3


@pytest.mark.parametrize("days", [None, 30])
def test_nobody_else_can_delete_an_entry(acme: Project, log: list[AuditEntry], days: int | None) -> None:
    keep(acme, days)
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        AuditEntry.objects.filter(pk=log[0].pk).delete()
    assert AuditEntry.objects.count() == 11


@pytest.mark.django_db(transaction=True)
def test_a_range_that_was_pruned_takes_no_entry_with_it_later(acme: Project, log: list[AuditEntry]) -> None:
    """The mark lets through what its own transaction deletes."""
    keep(acme, 30)
    assert retention.prune(acme.pk) == 7
    with behind_the_databases_back(), transaction.atomic():
        AuditEntry.objects.bulk_create([log[0]])
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        AuditEntry.objects.filter(pk=log[0].pk).delete()


def test_no_mark_without_a_retention_that_it_is_older_than(acme: Project, log: list[AuditEntry]) -> None:
    mark = "UPDATE projects_auditseal SET pruned_at = CURRENT_TIMESTAMP, pruning = digest WHERE number = 5"
    for days in (None, 30):
        keep(acme, days)
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(mark)


def test_whoever_marks_a_seal_without_the_key_is_found(acme: Project, log: list[AuditEntry], verify: Verify) -> None:
    keep(acme, 30)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_auditseal SET pruned_at = CURRENT_TIMESTAMP, pruning = digest WHERE number = 1")
    AuditEntry.objects.filter(pk__lte=log[2].pk).delete()
    code, said = verify()
    assert code == 1
    assert "lost its entries, and not by retention" in said


def test_an_entry_in_a_pruned_range_is_named(acme: Project, log: list[AuditEntry], verify: Verify) -> None:
    keep(acme, 30)
    tasks.prune_audit()
    with behind_the_databases_back():
        AuditEntry.objects.bulk_create([log[1]])
    assert f"Entry {log[1].ref} was added to seal 1" in verify()[1]


def test_retention_may_come_while_it_is_verified(
    acme: Project, log: list[AuditEntry], verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(acme, 30)
    read = verification.Walk._entries_of

    def prune_before(walk: verification.Walk, seals: list[AuditSeal]) -> object:
        tasks.prune_audit()
        return read(walk, seals)

    monkeypatch.setattr(verification.Walk, "_entries_of", prune_before)
    code, said = verify("--project", "Acme")
    assert (code, "4 entries in 5 seals" in said) == (0, True)


def test_a_kill_in_between_leaves_whole_ranges(
    acme: Project, log: list[AuditEntry], verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*args: object, **detail: object) -> None:
        raise Killed

    keep(acme, 30)
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    with monkeypatch.context() as patched:
        patched.setattr("memos.projects.audit.record", kill)
        with pytest.raises(Killed), transaction.atomic():
            tasks.prune_audit()
    assert (AuditEntry.objects.count(), AuditSeal.objects.filter(pruned_at=None).count()) == (11, 5)
    tasks.prune_audit()
    assert verify()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_delete_nothing_twice(acme: Project, log: list[AuditEntry], verify: Verify) -> None:
    keep(acme, 30)
    assert sum(at_once(3, lambda _: retention.prune(acme.pk))) == 7
    assert AuditEntry.objects.filter(action="audit.pruned").count() == 1
    assert verify()[0] == 0


def test_it_is_set_by_a_command_and_in_the_log(acme: Project) -> None:
    call_command("set_audit_retention", "Acme", "90")
    call_command("set_audit_retention", "Acme", "90")
    acme.refresh_from_db()
    assert acme.audit_retention_days == 90
    entry = AuditEntry.objects.get(action="project.audit_retention_changed")
    assert (entry.actor_id, entry.detail) == (
        "set_audit_retention", {"before": {"audit_retention_days": None}, "after": {"audit_retention_days": 90}}
    )  # fmt: skip
    call_command("set_audit_retention", "Acme", "none")
    acme.refresh_from_db()
    assert acme.audit_retention_days is None


def test_less_than_a_day_and_more_than_a_century_are_refused(acme: Project) -> None:
    for days in (0, -1, 36_501):
        with pytest.raises(ValidationError):
            services.set_audit_retention(caller=Caller.from_command(acme, "tests"), days=days)
    with pytest.raises(CommandError):
        call_command("set_audit_retention", "Acme", "0")
