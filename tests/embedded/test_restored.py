"""Data that was restored says so in its own audit log, once, however often the start is tried."""

from pathlib import Path

import pytest

from memos.embedded import restored
from memos.projects.management.commands import bootstrap
from memos.projects.models import AuditEntry


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    return tmp_path


def test_the_next_start_writes_it_into_the_log(db: None, data: Path) -> None:
    restored.leave(data, 1_790_000_000.0)
    bootstrap._record_restore(data)
    bootstrap._record_restore(data)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_label, entry.project) == ("installation.restored", "manage.py restore", None)
    assert entry.detail == {"backup_made": "2026-09-21T14:13:20+00:00"}
    assert not (data / restored.FILE).exists()


def test_a_start_that_was_killed_before_it_could_forget_the_note_writes_no_second_entry(
    db: None, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored.leave(data, 0.0)
    monkeypatch.setattr(restored, "forget", lambda folder: None)
    bootstrap._record_restore(data)
    bootstrap._record_restore(data)
    assert AuditEntry.objects.count() == 1
