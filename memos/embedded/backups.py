"""One file with all that the embedded data is: the database, and the secrets without which its keys are useless."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from memos.embedded import binaries, endpoints, restored, secrets, stamp
from memos.embedded.errors import EmbeddedError
from memos.embedded.folder import DataFolder
from memos.embedded.postgres import MAJOR, NAME
from memos.embedded.servers import Servers

FORMAT = 1
_DUMP = "memos.dump"
_MANIFEST = "manifest.json"
_NAMES = re.compile(rf"{re.escape(_MANIFEST)}|{re.escape(_DUMP)}|{secrets.FOLDER}/[a-z0-9][a-z0-9_.-]*")
_MOVED = ("postgres", "valkey", secrets.FOLDER)


def backup(folder: DataFolder, target: Path) -> int:
    """Write `target`, mode 0600, and return its size in bytes. Memos may be running; the state is that of the start."""
    if target.exists():
        raise EmbeddedError(f"{target} exists: name a new file, a backup never replaces another.")
    if folder.empty:
        raise EmbeddedError(f"There is no embedded database in {folder.path}: there is nothing to back up.")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.absolute().parent) as work:
            dump = Path(work) / _DUMP
            with _database_url(folder) as url:
                _run(url, "pg_dump", "--format=custom", f"--file={dump}")
            _pack(Path(work) / "packed", dump, folder.path / secrets.FOLDER).replace(target)
    except OSError as error:
        raise EmbeddedError(f"{target} cannot be written: {error.strerror}.") from error
    return target.stat().st_size


def restore(folder: DataFolder, source: Path, *, replace: bool = False) -> Path | None:
    """Put the data of `source` into `folder`, and return where the data from before went.

    The new database is complete before the old one is touched, and the old one is moved, never removed.
    """
    folder.prepare()
    with folder.held():
        if not folder.empty and not replace:
            raise EmbeddedError(f"{folder.path} holds data: add --force to replace it; it is kept beside the new.")
        new = folder.path / "restoring"
        shutil.rmtree(new, ignore_errors=True)
        try:
            _build(DataFolder(new), source)
            return _swap(folder.path, new)
        finally:
            shutil.rmtree(new, ignore_errors=True)


@contextmanager
def _database_url(folder: DataFolder) -> Iterator[str]:
    """The running database; one that is started for the backup alone where Memos is not running."""
    running = endpoints.read(folder.path)
    if running:
        yield running.database_url
        return
    folder.prepare()
    with folder.held(), _postgres(folder) as url:
        yield url


@contextmanager
def _postgres(folder: DataFolder) -> Iterator[str]:
    servers = Servers(folder, redis_url="redis://none-is-needed")
    try:
        servers.start()
        yield servers.endpoints.database_url
    finally:
        servers.stop()


def _pack(packed: Path, dump: Path, kept: Path) -> Path:
    files = {_DUMP: dump} | {f"{secrets.FOLDER}/{path.name}": path for path in sorted(kept.iterdir())}
    manifest = dump.with_name(_MANIFEST)
    sums = {name: _sha256(path) for name, path in files.items()}
    manifest.write_text(json.dumps({"format": FORMAT, "postgres": MAJOR, "made": time.time(), "sha256": sums}))
    with os.fdopen(os.open(packed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name, path in ({_MANIFEST: manifest} | files).items():
                archive.add(path, name)
        file.flush()
        os.fsync(file.fileno())
    return packed


def _build(new: DataFolder, source: Path) -> None:
    new.prepare()
    made = _unpack(source, new.path)
    with _postgres(new) as url:
        _run(url, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={NAME}", str(new.path / _DUMP))
    (new.path / _DUMP).unlink()
    restored.leave(new.path, made)


def _unpack(source: Path, into: Path) -> float:
    """Only what the manifest names, each with the sum that stands there. Return when the backup was made."""
    broken = EmbeddedError(f"{source} is not a backup of Memos, or it is damaged: nothing was changed.")
    try:
        (into / secrets.FOLDER).mkdir(mode=0o700)
        with tarfile.open(source, mode="r:") as archive:
            for member in archive:
                _take_out(archive, member, into)
        manifest = json.loads((into / _MANIFEST).read_text())
        if any(_sha256(into / name) != expected for name, expected in manifest["sha256"].items()):
            raise broken
    except FileNotFoundError as error:
        raise (broken if source.exists() else EmbeddedError(f"{source} does not exist.")) from error
    except (tarfile.TarError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise broken from error
    except OSError as error:
        raise EmbeddedError(f"{source} cannot be unpacked in {into}: {error.strerror}.") from error
    if manifest.get("format") != FORMAT or int(manifest["postgres"]) > int(MAJOR):
        raise EmbeddedError(f"{source} was made by a newer Memos: restore it with that one.")
    return float(manifest.get("made") or 0)


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    """Whatever is in the archive, nothing is written but plain files of our names, for their owner alone."""
    content = archive.extractfile(member)
    if content is None or not member.isfile() or not _NAMES.fullmatch(member.name):
        raise tarfile.TarError(f"{member.name} does not belong into a backup")
    with content, os.fdopen(os.open(into / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)


def _swap(data: Path, new: Path) -> Path | None:
    """Undone as a whole when a part of it fails."""
    before = data / f"before-restore-{time.strftime('%Y%m%d-%H%M%S')}"
    moves = [(data / name, before / name) for name in _MOVED if (data / name).exists()]
    moves += [(new / name, data / name) for name in _MOVED if (new / name).exists()]
    before.mkdir(mode=0o700)
    done: list[tuple[Path, Path]] = []
    try:
        for old_place, new_place in moves:
            old_place.rename(new_place)
            done.append((old_place, new_place))
    except OSError as error:
        for old_place, new_place in reversed(done):
            new_place.rename(old_place)
        raise EmbeddedError(f"{data} cannot be changed ({error.strerror}): it is as it was.") from error
    stamp.forget(data)
    if any(before.iterdir()):
        return before
    before.rmdir()
    return None


def _run(url: str, program: str, *arguments: str) -> None:
    """The password goes by the environment, where the list of processes does not show it."""
    parts = urlsplit(url)
    server = {"PGHOST": str(parts.hostname), "PGPORT": str(parts.port), "PGUSER": NAME, "PGDATABASE": NAME}
    done = subprocess.run(
        [binaries.postgres_bin() / program, *arguments],
        env=os.environ | server | {"PGPASSWORD": unquote(parts.password or "")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise EmbeddedError(f"{program} failed, and nothing was changed: {reason.rstrip('.')}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
