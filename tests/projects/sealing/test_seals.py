"""Closed ranges of the audit log are sealed, each chain in one line; the database keeps what is sealed as it is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from memos import ids
from memos.projects import tasks
from memos.projects.models import AuditEntry, AuditSeal, Project
from memos.projects.sealing import chain, digests
from tests.factories import AuditEntryFactory, ProjectFactory
from tests.processes import at_once
from tests.projects.sealing.conftest import Verify, Write, seal

pytestmark = pytest.mark.django_db


def test_what_was_written_is_sealed_in_the_order_of_its_ids(
    acme: Project, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "MOST", 3)
    entries = write(7)
    assert seal(acme) == 7
    seals = list(AuditSeal.objects.order_by("number"))
    assert [(one.number, one.count, one.total) for one in seals] == [(1, 3, 3), (2, 3, 6), (3, 1, 7)]
    assert [one.first_id for one in seals] == [entries[0].pk, entries[3].pk, entries[6].pk]
    assert (seals[0].starts, seals[0].ends) == (entries[0].at, entries[2].at)
    assert [bytes(one.previous) for one in seals] == [digests.GENESIS, *(bytes(one.digest) for one in seals[:2])]
    assert list(digests.unpacked(bytes(seals[0].entries))) == [entry.pk for entry in entries[:3]]
    assert seal(acme) == 0


def test_a_seal_covers_every_column_of_an_entry() -> None:
    """A column that is added is sealed, too: put it at the end of COLUMNS and keep it null where it was not there."""
    assert set(digests.COLUMNS) == {field.name for field in AuditEntry._meta.concrete_fields}
    assert AuditEntry._meta.get_field("project").__class__ is ForeignKey


def test_each_project_has_a_chain_and_so_has_the_installation(acme: Project, write: Write) -> None:
    for project in (acme, ProjectFactory(), None):
        write(2, project=project)
    write(1, project=acme)
    assert set(chain.waiting(timezone.now())) == {*AuditEntry.objects.values_list("project", flat=True)}
    assert chain.seal_all() == 7
    assert set(AuditSeal.objects.values_list("number", "count")) == {(1, 2), (1, 3)}
    assert chain.waiting(timezone.now()) == []


def test_what_may_still_grow_is_not_sealed(acme: Project, write: Write) -> None:
    write(1, ago=timedelta(minutes=4))
    tasks.seal_audit()
    assert not AuditSeal.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert chain.seal_all() == 0, "the clock of the database counts, too"


def test_looking_for_what_waits_costs_the_same_for_many_projects(write: Write) -> None:
    for number in range(3):
        write(1, project=ProjectFactory(name=f"P{number}"))
    with CaptureQueriesContext(connection) as queries:
        assert len(chain.waiting(timezone.now())) == 3
    assert len(queries) == 3


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_a_transaction_that_has_written(write: Write) -> None:
    before = chain.horizon()

    def hold(number: int) -> None:
        with transaction.atomic():
            ProjectFactory(name="held")
            held = timezone.now()
            later = at_once(1, lambda _: chain.horizon())[0]
            assert later is not None
            assert before is not None
            assert before < later < held - chain.MARGIN

    at_once(1, hold)


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain(
    acme: Project, write: Write, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "MOST", 2)
    write(21)
    at_once(4, lambda _: chain.seal_all())
    assert list(AuditSeal.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 12))
    assert verify()[0] == 0
    assert AuditSeal.objects.newest()[0].total == 21


def test_a_sealer_that_is_killed_leaves_nothing_half_done(
    acme: Project, write: Write, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*args: object, **options: object) -> None:
        raise Killed

    monkeypatch.setattr(chain, "MOST", 2)
    write(4)
    assert chain.seal_next(acme.pk, timezone.now()) == 2
    with monkeypatch.context() as patched:
        patched.setattr(AuditSeal.objects.__class__, "bulk_create", kill)
        with pytest.raises(Killed):
            chain.seal_next(acme.pk, timezone.now())
    assert seal(acme) == 2
    assert verify()[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE projects_auditseal SET count = 1",
        "UPDATE projects_auditseal SET pruned_at = CURRENT_TIMESTAMP, pruning = '\\x00'",
        "DELETE FROM projects_auditseal",
    ],
)
def test_the_database_refuses_to_change_a_seal(acme: Project, write: Write, change: str) -> None:
    write(2)
    seal(acme)
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_an_entry_that_comes_late_is_put_behind_what_is_sealed(acme: Project, write: Write, verify: Verify) -> None:
    """Of a machine whose clock is slow; or whose clock was fast and is right again."""
    write(2)
    fast = datetime(2199, 1, 1, tzinfo=UTC)
    AuditEntryFactory(id=ids.first_at(fast), project=acme)
    seal(acme, before=fast + timedelta(days=1))
    late = write(3, ago=timedelta(days=2))
    moved = AuditEntry.objects.filter(pk__gt=ids.first_at(fast))
    assert sorted(moved.values_list("at", flat=True)) == [entry.at for entry in late]
    assert not AuditEntry.objects.filter(pk__in=[entry.pk for entry in late]).exists()
    assert verify() == (0, verify()[1])
    seal(acme, before=fast + timedelta(days=1))
    assert "5 entries in 2 seals" not in verify()[1]
    assert "6 entries in 2 seals" in verify()[1]
