import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from memos.embedded.folder import DataFolder
from memos.embedded.servers import Servers


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder whose servers were started once and stopped."""
    folder = DataFolder(tmp_path_factory.mktemp("made") / "data")
    folder.prepare()
    servers = Servers(folder, durable=False)
    servers.start()
    servers.stop()
    return folder


@pytest.fixture
def folder(made: DataFolder, tmp_path: Path) -> DataFolder:
    """A copy of it, to break or to write to."""
    shutil.copytree(made.path, tmp_path / "data", copy_function=copy_with_owner)
    adopt(made.path, tmp_path / "data")
    return DataFolder(tmp_path / "data")


def copy_with_owner(source: str, target: str) -> str:
    shutil.copy2(source, target)
    own_alike(Path(source), Path(target))
    return target


def adopt(source: Path, target: Path) -> None:
    for path in [source, *source.rglob("*")]:
        own_alike(path, target / path.relative_to(source))


def own_alike(source: Path, target: Path) -> None:
    owner = source.stat()
    shutil.chown(target, owner.st_uid, owner.st_gid)


@pytest.fixture
def servers(folder: DataFolder) -> Iterator[Servers]:
    """Both running on `folder`, as durable as they are for real."""
    running = Servers(folder)
    running.start()
    yield running
    running.stop()


def rows(servers: Servers) -> list[int]:
    with psycopg.connect(servers.endpoints.database_url) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM kept ORDER BY n")]


def keep(servers: Servers, *numbers: int) -> None:
    with psycopg.connect(servers.endpoints.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        for number in numbers:
            connection.execute("INSERT INTO kept VALUES (%s)", [number])


def gone(pid: int, *, seconds: float = 5) -> bool:
    """Whether the process ends within `seconds`; a zombie has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False
