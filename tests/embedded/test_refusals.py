"""What keeps Memos from starting is told in one sentence, and nothing is harmed."""

import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memos.embedded import ports
from memos.embedded.errors import EmbeddedError
from memos.embedded.folder import DataFolder
from memos.embedded.servers import Servers
from tests.embedded.conftest import keep, rows


def why_not(folder: DataFolder) -> str:
    with pytest.raises(EmbeddedError) as caught, stopping(folder) as servers:
        servers.start()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@contextmanager
def stopping(folder: DataFolder) -> Iterator[Servers]:
    servers = Servers(folder)
    try:
        yield servers
    finally:
        servers.stop()


def test_a_taken_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(EmbeddedError, match=f"^Port {port} of 127.0.0.1 is taken .* set PORT"):
            ports.claim("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_a_host_that_is_not_ours(host: str) -> None:
    with pytest.raises(EmbeddedError, match=f"^HOST '{host}' is not an address of this machine"):
        ports.claim(host, ports.free_port())


def test_a_folder_in_use_by_another_instance(folder: DataFolder) -> None:
    code = "import sys; from memos.embedded.folder import DataFolder; from pathlib import Path\n"
    code += "with DataFolder(Path(sys.argv[1])).held(): print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        expected = rf"in use by another Memos \(process {other.pid}\).*MEMOS_DATA_DIR"
        with pytest.raises(EmbeddedError, match=expected), folder.held():
            pass
        other.kill()
    with folder.held():
        pass


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(EmbeddedError, match=r"data cannot be made or written .*MEMOS_DATA_DIR"):
        DataFolder(tmp_path / "data").prepare()


def test_a_full_disk(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")(100 << 30, 100 << 30, 3 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(EmbeddedError, match=r"^The disk that holds .* is full: 3 MB are free"):
        folder.prepare()


def test_data_of_another_major_version(folder: DataFolder) -> None:
    (folder.postgres / "PG_VERSION").write_text("16\n")
    assert "was made by PostgreSQL 16 and this Memos runs PostgreSQL 18" in why_not(folder)
    assert (folder.postgres / "PG_VERSION").read_text() == "16\n"


@pytest.mark.parametrize("part", ["PG_VERSION", "global/pg_control"])
def test_a_broken_data_folder(folder: DataFolder, part: str) -> None:
    (folder.postgres / part).unlink()
    before = sorted(folder.postgres.rglob("*"))
    assert f"is broken ({part} is missing)" in why_not(folder)
    assert sorted(folder.postgres.rglob("*")) == before


def test_data_that_postgresql_itself_refuses(folder: DataFolder) -> None:
    (folder.postgres / "global/pg_control").write_bytes(b"")
    assert "PostgreSQL does not start on" in why_not(folder)


def test_a_broken_broker_folder(folder: DataFolder) -> None:
    (folder.valkey / "appendonlydir").mkdir(exist_ok=True)
    for manifest in (folder.valkey / "appendonlydir").glob("*.manifest"):
        manifest.unlink()
    (folder.valkey / "appendonlydir/appendonly.aof.manifest").write_text("nonsense")
    assert "Valkey does not start on" in why_not(folder)


def test_secrets_that_are_missing(folder: DataFolder) -> None:
    shutil.rmtree(folder.path / "secrets")
    assert "The password of the database is missing" in why_not(folder)
    assert not (folder.path / "secrets").exists()


def test_what_was_refused_starts_once_it_is_put_right(folder: DataFolder) -> None:
    servers = Servers(folder)
    servers.start()
    keep(servers, 1)
    servers.stop()
    (folder.postgres / "PG_VERSION").write_text("17\n")
    why_not(folder)
    (folder.postgres / "PG_VERSION").write_text("18\n")
    servers.start()
    assert rows(servers) == [1]
    servers.stop()
