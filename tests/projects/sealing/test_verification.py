"""`manage.py verify_audit` names the first entry or seal that is not as it was sealed."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.utils import timezone

from memos import ids
from memos.projects import tasks
from memos.projects.models import AuditCheck, AuditEntry, AuditSeal, Project
from memos.projects.sealing import chain, checks, verification
from tests.factories import AuditEntryFactory
from tests.projects.sealing.conftest import Verify, Write, behind_the_databases_back, seal

pytestmark = pytest.mark.django_db

TABLE = "projects_auditseal"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three entries a seal, and few at a time."""
    monkeypatch.setattr(chain, "MOST", 3)
    monkeypatch.setattr(verification, "ENTRIES", 7)


@pytest.fixture
def entries(acme: Project, write: Write) -> list[AuditEntry]:
    """Twelve of them in four seals."""
    made = write(12)
    seal(acme)
    return made


def test_it_says_how_much_holds_and_what_waits(acme: Project, entries: list[AuditEntry], verify: Verify) -> None:
    AuditEntryFactory(project=acme)
    code, told = verify()
    until = entries[-1].at.strftime("%Y-%m-%d %H:%MZ")
    assert code == 0
    assert f"{acme.ref} (Acme): holds: 12 entries in 4 seals, until {until}. 1 entry waits for a seal." in told
    assert "installation: holds: 0 entries in 0 seals. 0 entries wait for a seal." in told


@pytest.mark.parametrize(
    "column", ["at = at + interval '1 microsecond'", "actor = 'system'", "actor_id = 'x'", "actor_label = 'x'",
               "action = 'x'", "target_id = 'x'", "detail = '{\"x\": 1}'", "request_id = 'x'"]
)  # fmt: skip
def test_it_names_the_first_entry_that_was_changed(entries: list[AuditEntry], verify: Verify, column: str) -> None:
    with behind_the_databases_back() as execute:
        keys = [entries[4].pk, entries[8].pk]
        execute(f"UPDATE projects_auditentry SET {column} WHERE id = ANY(%s)", [keys])  # noqa: S608
    code, told = verify()
    second = AuditSeal.objects.get(number=2)
    assert code == 1
    assert f"BROKEN. Entry {entries[4].ref} of seal 2 ({second.ref}) was changed." in told
    assert "what was sealed holds: 3 entries in 1 seal, until" in told


@pytest.mark.parametrize("missing", [0, 4, 11])
def test_it_names_an_entry_that_is_missing(entries: list[AuditEntry], verify: Verify, missing: int) -> None:
    with behind_the_databases_back() as execute:
        execute("DELETE FROM projects_auditentry WHERE id = %s", [entries[missing].pk])
    code, told = verify()
    assert code == 1
    assert f"Entry {entries[missing].ref} of seal {missing // 3 + 1} " in told
    assert "is missing." in told


@pytest.mark.parametrize("place", [0, 4, 6, 11])
def test_it_names_an_entry_that_was_added(acme: Project, entries: list[AuditEntry], verify: Verify, place: int) -> None:
    """Also between two seals, and before the first."""
    at = entries[place].at - timedelta(milliseconds=500)
    with behind_the_databases_back():
        keys = [ids.first_at(at + timedelta(milliseconds=number)) for number in range(9)]
        added = [AuditEntryFactory(id=key, at=at, project=acme) for key in keys]
    code, told = verify()
    assert code == 1
    assert f"Entry {added[0].ref} was added to seal {place // 3 + 1} " in told


def test_an_entry_that_was_moved_to_another_project_is_missing(
    globex: Project, entries: list[AuditEntry], verify: Verify
) -> None:
    with behind_the_databases_back() as execute:
        execute("UPDATE projects_auditentry SET project_id = %s WHERE id = %s", [globex.pk, entries[2].pk])
    assert f"Entry {entries[2].ref} of seal 1" in verify()[1]


@pytest.mark.parametrize(
    "change",
    ["count = count + 1", "total = total + 7", "sealed_at = sealed_at + interval '1 s'", "digest = previous",
     "entries = entries || entries", "previous = digest", "ends = ends + interval '1 s'", "id = first_id",
     "last_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff'", "pruned_at = now(), pruning = digest"],
)  # fmt: skip
def test_it_names_a_seal_that_was_changed(entries: list[AuditEntry], verify: Verify, change: str) -> None:
    with behind_the_databases_back(TABLE) as execute:
        execute(f"UPDATE projects_auditseal SET {change} WHERE number = 2")  # noqa: S608
    code, told = verify()
    assert code == 1
    assert f"Seal 2 ({AuditSeal.objects.get(number=2).ref}) " in told
    assert "3 entries in 1 seal, until" in told


def test_entries_that_go_with_their_seal_leave_a_gap(entries: list[AuditEntry], verify: Verify) -> None:
    with behind_the_databases_back() as execute, behind_the_databases_back(TABLE):
        execute("DELETE FROM projects_auditentry WHERE id = ANY(%s)", [[entry.pk for entry in entries[3:6]]])
        execute("DELETE FROM projects_auditseal WHERE number = 2")
    assert verify()[0] == 1
    assert "BROKEN. Seal 2 is missing." in verify()[1]


def test_an_end_that_was_cut_off_is_missed_by_who_has_seen_it(
    acme: Project, entries: list[AuditEntry], verify: Verify
) -> None:
    """The last verification has, and so has whoever kept a digest elsewhere."""
    stdout = StringIO()
    call_command("verify_audit", "--head", "--project", "Acme", stdout=stdout)
    [kept, *named] = stdout.getvalue().split()
    assert named[:4] == ["seal", "4", "of", acme.ref]
    code, told = verify("--expect", kept)
    assert (code, f"{kept} is there: seal 4 of {acme.ref}" in told) == (0, True)
    with behind_the_databases_back() as execute, behind_the_databases_back(TABLE):
        execute("DELETE FROM projects_auditentry WHERE id = ANY(%s)", [[entry.pk for entry in entries[9:]]])
        execute("DELETE FROM projects_auditseal WHERE number = 4")
    assert "Seal 4 is missing: there were 4." in verify()[1]
    AuditCheck.objects.all().delete()
    assert verify()[0] == 0
    code, told = verify("--expect", kept)
    assert (code, f"{kept} is in no chain that holds." in told) == (1, True)


def test_a_chain_that_was_made_anew_is_another_one(acme: Project, entries: list[AuditEntry], verify: Verify) -> None:
    assert verify()[0] == 0
    with behind_the_databases_back(TABLE) as execute:
        execute("DELETE FROM projects_auditseal")
    seal(acme)
    assert "Seal 4 (" in verify()[1]
    assert "is not the one that was there before." in verify()[1]


def test_keys_can_change_and_one_that_is_missing_is_told(
    acme: Project, entries: list[AuditEntry], write: Write, verify: Verify, settings: LazySettings
) -> None:
    old = settings.AUDIT_KEYS
    settings.AUDIT_KEYS = ["another key", *old]
    write(3, ago=timedelta(0))
    assert seal(acme) == 3
    assert verify()[0] == 0
    settings.AUDIT_KEYS = ["another key"]
    code, told = verify()
    assert code == 1
    assert "Seal 1 was made with a key (" in told
    assert "MEMOS_AUDIT_KEY" in told


def test_the_first_broken_one_of_each_chain_is_named(
    acme: Project, globex: Project, entries: list[AuditEntry], write: Write, verify: Verify
) -> None:
    [other] = write(1, project=globex)
    seal(globex)
    with behind_the_databases_back() as execute:
        execute("DELETE FROM projects_auditentry WHERE id = ANY(%s)", [[entries[1].pk, other.pk]])
    told = verify()[1]
    assert entries[1].ref in told
    assert other.ref in told
    assert other.ref not in verify("--project", "Acme")[1]


def test_the_daily_verification_goes_on_where_it_was_left(
    acme: Project, entries: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "STEP_SECONDS", -1.0)
    steps = 1
    while checks.step(acme.pk):
        steps += 1
        assert AuditCheck.objects.get().checked_at is None
    check = AuditCheck.objects.get()
    assert steps == 5
    assert (check.seals, check.entries, check.until, check.broken) == (4, 12, entries[-1].at, "")
    assert bytes(check.head) == bytes(AuditSeal.objects.get(number=4).digest)
    assert check.underway is None


def test_each_chain_is_verified_once_a_day(
    acme: Project, entries: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(tasks, "ring", lambda task, key: rung.append(key))
    tasks.verify_audit()
    assert rung == [str(acme.pk)]
    tasks.verify_chain(rung[0])
    tasks.verify_audit()
    assert len(rung) == 1
    AuditCheck.objects.update(checked_at=timezone.now() - timedelta(days=1))
    with behind_the_databases_back(TABLE) as execute:
        execute("DELETE FROM projects_auditseal")
    tasks.verify_audit()
    assert rung == [str(acme.pk)] * 2, "a chain whose seals are all gone"


def test_what_is_newly_broken_is_loud_and_in_the_log(
    acme: Project, entries: list[AuditEntry], caplog: pytest.LogCaptureFixture
) -> None:
    with behind_the_databases_back() as execute:
        execute("UPDATE projects_auditentry SET action = 'nothing' WHERE id = %s", [entries[4].pk])
    tasks.verify_chain(str(acme.pk))
    tasks.verify_chain(str(acme.pk))
    told = AuditEntry.objects.get(action="audit.broken")
    assert (told.project, told.actor, told.detail) == (acme, "system", {"seal": 2})
    assert entries[4].ref in AuditCheck.objects.get().broken
    assert [record.levelname for record in caplog.records if "is broken" in record.message] == ["ERROR"] * 2
