import json
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from memos.embedded import backups, endpoints, restored, secrets, stamp
from memos.embedded.errors import EmbeddedError
from memos.embedded.folder import DataFolder
from memos.embedded.servers import Servers
from tests.embedded.conftest import keep, rows


def kept_in(folder: DataFolder) -> list[int]:
    servers = Servers(folder)
    try:
        servers.start()
        return rows(servers)
    finally:
        servers.stop()


@pytest.fixture
def saved(servers: Servers, tmp_path: Path) -> Path:
    """A backup that was made while the servers ran, of one row and a pepper."""
    keep(servers, 42)
    secrets.load_or_create(servers.folder.path, "key_pepper")
    endpoints.write(servers.folder.path, servers.endpoints)
    backups.backup(servers.folder, tmp_path / "saved.memos")
    servers.stop()
    return tmp_path / "saved.memos"


def test_a_backup_comes_back_with_its_secrets_in_an_empty_folder(
    saved: Path, folder: DataFolder, tmp_path: Path
) -> None:
    new = DataFolder(tmp_path / "elsewhere")
    assert backups.restore(new, saved) is None
    assert kept_in(new) == [42]
    pepper = new.path / "secrets/key_pepper"
    assert pepper.read_text() == (folder.path / "secrets/key_pepper").read_text()
    assert stat.S_IMODE(pepper.stat().st_mode) == 0o600
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_a_backup_needs_no_running_memos_and_replaces_no_other(saved: Path, folder: DataFolder, tmp_path: Path) -> None:
    assert backups.backup(folder, tmp_path / "second.memos") > 0
    with pytest.raises(EmbeddedError, match=r"saved\.memos exists"):
        backups.backup(folder, saved)
    with pytest.raises(EmbeddedError, match="cannot be written"):
        backups.backup(folder, tmp_path / "no/such/folder/file")


def test_a_restore_asks_before_it_replaces_and_keeps_what_was_there(saved: Path, folder: DataFolder) -> None:
    with pytest.raises(EmbeddedError, match="holds data: add --force"):
        backups.restore(folder, saved)
    servers = Servers(folder)
    servers.start()
    keep(servers, 43)
    servers.stop()
    (folder.path / stamp.FILE).write_text("as of before")
    before = backups.restore(folder, saved, replace=True)
    assert kept_in(folder) == [42]
    assert before
    assert not (folder.path / stamp.FILE).exists()
    assert (folder.path / restored.FILE).exists()
    before.joinpath("logs").mkdir()
    before.joinpath("run").mkdir()
    assert kept_in(DataFolder(before)) == [42, 43]


def test_a_restore_refuses_a_running_memos(saved: Path, folder: DataFolder) -> None:
    with folder.held(), pytest.raises(EmbeddedError, match="in use by another Memos"):
        backups.restore(folder, saved, replace=True)


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "missing"])
def test_a_damaged_backup_changes_nothing(saved: Path, folder: DataFolder, damage: str) -> None:
    whole = saved.read_bytes()
    if damage == "cut":
        saved.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        place = whole.index(b"PGDMP") + 500
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    elif damage == "foreign":
        saved.write_bytes(b"PK\x03\x04 something else")
    else:
        saved.unlink()
    with pytest.raises(EmbeddedError, match=r"is not a backup of Memos|does not exist"):
        backups.restore(folder, saved, replace=True)
    assert kept_in(folder) == [42]
    assert not (folder.path / "restoring").exists()


def test_a_dump_that_does_not_restore_changes_nothing(
    saved: Path, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise EmbeddedError("pg_restore failed, and nothing was changed: why.")

    monkeypatch.setattr(backups, "_run", fail)
    with pytest.raises(EmbeddedError, match="pg_restore failed"):
        backups.restore(folder, saved, replace=True)
    assert kept_in(folder) == [42]


def test_an_archive_cannot_write_outside_its_place(tmp_path: Path) -> None:
    evil = tmp_path / "evil.memos"
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "postgres": "18", "sha256": {}}))
    with tarfile.open(evil, "w") as archive:
        archive.add(tmp_path / "manifest.json", "../../outside")
    with pytest.raises(EmbeddedError, match="is not a backup"):
        backups.restore(DataFolder(tmp_path / "a/b/data"), evil)
    assert not (tmp_path / "a/outside").exists()


def test_nothing_to_back_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="There is no embedded database"):
        backups.backup(DataFolder(tmp_path / "data"), tmp_path / "file")
    assert not (tmp_path / "data").exists()


def manage(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "MEMOS_DATA_DIR": str(data), "MEMOS_ENV_FILE": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_work_while_memos_is_not_running(saved: Path, folder: DataFolder, tmp_path: Path) -> None:
    done = manage(folder.path, "backup", str(tmp_path / "by-hand.memos"))
    assert done.returncode == 0, done.stderr
    assert "It holds secrets" in done.stdout
    done = manage(tmp_path / "elsewhere", "restore", str(tmp_path / "by-hand.memos"))
    assert done.returncode == 0, done.stderr
    assert kept_in(DataFolder(tmp_path / "elsewhere")) == [42]
    assert "before" not in done.stdout  # nothing was there
    assert not list((tmp_path / "elsewhere").glob("before-restore-*"))
    done = manage(tmp_path / "elsewhere", "restore", str(tmp_path / "by-hand.memos"))
    assert done.returncode == 1
    assert done.stderr.strip().endswith("add --force to replace it; it is kept beside the new.")


def test_a_command_that_finds_no_memos_leaves_nothing_behind(tmp_path: Path) -> None:
    done = manage(tmp_path / "nowhere", "demo")
    assert done.returncode == 1
    assert "MEMOS_DATA_DIR as it was set there" in done.stderr
    assert not (tmp_path / "nowhere").exists()
