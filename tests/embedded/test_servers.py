import os
import signal
import stat
import threading
import time
from pathlib import Path

import psycopg
import pytest
import redis

from memos.embedded import endpoints
from memos.embedded.folder import DataFolder
from memos.embedded.servers import Servers
from tests.embedded.conftest import gone, keep, rows

EXTENSIONS = ("vector", "pg_trgm", "btree_gist", "unaccent")


def test_they_start_stop_and_find_their_data_again(folder: DataFolder) -> None:
    servers = Servers(folder)
    servers.start()
    keep(servers, 1, 2)
    pids = [child.pid for child in servers.children]
    servers.stop()
    assert all(gone(pid, seconds=0.1) for pid in pids if pid)
    servers.start()
    assert rows(servers) == [1, 2]
    servers.stop()


def test_the_database_has_what_memos_needs(servers: Servers) -> None:
    with psycopg.connect(servers.endpoints.database_url) as connection:
        for name in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        lowered = connection.execute("SELECT lower('ÄÉ'), current_setting('timezone')").fetchone()
    assert lowered == ("äé", "UTC")


def test_neither_lets_anybody_in_without_the_password(servers: Servers) -> None:
    assert servers.postgres
    assert servers.valkey
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(servers.endpoints.database_url.replace(servers.postgres.password, "wrong"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=servers.valkey.port).ping()
    assert redis.from_url(servers.endpoints.redis_url).ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody to drop to")
def test_root_runs_no_server_as_root(servers: Servers) -> None:
    for child in servers.children:
        assert Path(f"/proc/{child.pid}").stat().st_uid != 0


def test_any_folder_will_do(tmp_path: Path) -> None:
    """Long, with spaces, a quote and letters beyond ASCII, and below a folder that only its owner enters."""
    locked = tmp_path / "only mine"
    locked.mkdir(mode=0o700)
    folder = DataFolder(locked / ("lang & naïve 'ö' " * 8) / ("x" * 120) / "data")
    folder.prepare()
    servers = Servers(folder, durable=False)
    servers.start()
    keep(servers, 7)
    assert rows(servers) == [7]
    servers.stop()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_an_acknowledged_row_outlives_the_death_of_the_postmaster(servers: Servers) -> None:
    acknowledged: list[int] = []
    keep(servers)
    writer = threading.Thread(target=write_until_it_fails, args=(servers.endpoints.database_url, acknowledged))
    writer.start()
    while len(acknowledged) < 200:
        time.sleep(0.01)
    assert servers.postgres
    assert servers.postgres.child.process
    servers.postgres.child.process.send_signal(signal.SIGKILL)
    writer.join()
    servers.start()
    assert set(acknowledged) <= set(rows(servers))


def write_until_it_fails(url: str, acknowledged: list[int]) -> None:
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for number in range(1_000_000):
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
                acknowledged.append(number)
    except psycopg.OperationalError:
        pass


def test_a_second_start_ends_servers_that_a_killed_supervisor_left(servers: Servers) -> None:
    keep(servers, 1)
    left = [child.pid for child in servers.children]
    second = Servers(servers.folder)
    second.start()
    assert all(gone(pid, seconds=0.1) for pid in left if pid)
    assert rows(second) == [1]
    second.stop()


def test_a_pid_file_whose_number_belongs_to_another_program_is_no_hindrance(folder: DataFolder) -> None:
    (folder.postgres / "postmaster.pid").write_text(f"{os.getppid()}\n/elsewhere\n1\n5432\n\n127.0.0.1\n")
    servers = Servers(folder)
    servers.start()
    servers.stop()
    os.kill(os.getppid(), 0)


def test_an_interrupted_first_start_is_begun_anew(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    (folder.path / "postgres.new").mkdir()
    (folder.path / "postgres.new/PG_VERSION").write_text("18")
    servers = Servers(folder, durable=False)
    servers.start()
    servers.stop()
    assert not (folder.path / "postgres.new").exists()


def test_the_endpoints_are_found_only_while_they_answer(servers: Servers) -> None:
    assert endpoints.read(servers.folder.path) is None
    endpoints.write(servers.folder.path, servers.endpoints)
    assert endpoints.read(servers.folder.path) == servers.endpoints
    assert stat.S_IMODE((servers.folder.path / endpoints.FILE).stat().st_mode) == 0o600
    servers.stop()
    assert endpoints.read(servers.folder.path) is None
