"""The whole of `python -m memos.embedded run`, with real processes and real kills."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg
import pytest

from memos.embedded import endpoints, ports
from memos.embedded.interrupt import wait_until
from memos.embedded.leftovers import MARK
from tests.embedded.conftest import gone

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(300)  # a start takes seconds, unless many share the machine
KEY = "mos_live_" + "k" * 24
BOOTSTRAP = {"MEMOS_BOOTSTRAP_KEY": KEY, "MEMOS_BOOTSTRAP_OPERATOR": "ada:correct horse"}


class Run:
    """One start of Memos on `data`, with what it says in `said`."""

    all: ClassVar[list["Run"]] = []

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = int(settings.setdefault("PORT", str(ports.free_port())))
        own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.output = data.with_name(f"{data.name}-{self.port}.out")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "memos.embedded", "run"],
                cwd=ROOT,
                env=own | {"MEMOS_DATA_DIR": str(data), "MEMOS_ENV_FILE": ""} | settings,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        Run.all.append(self)

    @property
    def said(self) -> str:
        return self.output.read_text()

    def until(self, condition: Callable[[], object], *, seconds: float = 120) -> None:
        def so_or_ended() -> bool:
            return bool(condition()) or self.process.poll() is not None

        assert wait_until(so_or_ended, seconds=seconds), self.said
        assert condition(), self.said

    def up(self) -> "Run":
        self.until(lambda: "Memos is running" in self.said)
        return self

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        began = time.monotonic()
        self.process.send_signal(number)
        assert self.process.wait(timeout=10) == 0, self.said
        return time.monotonic() - began

    def child(self, pattern: str) -> psutil.Process:
        for process in psutil.Process(self.process.pid).children():
            if re.search(pattern, " ".join(process.cmdline())):
                return process
        raise AssertionError(f"no {pattern} among the processes")

    def operators(self) -> list[str]:
        found: list[str] = []

        def read() -> bool:
            running = endpoints.read(self.data)
            if running is None:
                return False
            try:
                with psycopg.connect(running.database_url) as connection:
                    found.extend(row[0] for row in connection.execute("SELECT username FROM projects_operator"))
            except psycopg.OperationalError:  # it still starts, or recovers
                return False
            return True

        assert wait_until(read, seconds=10), self.said
        return found


def processes_of(data: Path) -> list[psutil.Process]:
    """Those with our mark, and the servers that work in the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(data) or process.cwd().startswith(str(data)):
                found.append(process)
        except psutil.Error:
            continue
    return found


def nothing_runs(data: Path, *, seconds: float) -> bool:
    return wait_until(lambda: not processes_of(data), seconds=seconds)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """A data folder that was started for the first time and stopped; what was said; the seconds that stopping took."""
    data = tmp_path_factory.mktemp("supervised") / "my data"
    run = Run(data, **BOOTSTRAP)
    try:
        run.up()
        assert run.operators() == ["ada"]
        return data, run.said, run.stop()
    finally:
        run.process.kill()


@pytest.fixture
def data(first: tuple[Path, str, float]) -> Path:
    return first[0]


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """A test that failed leaves nothing behind either."""
    yield
    for run in Run.all:
        run.process.kill()
        run.process.wait()
        for process in processes_of(run.data):
            process.kill()
    Run.all.clear()


def test_a_first_start_tells_how_to_begin_and_stops_within_five_seconds(first: tuple[Path, str, float]) -> None:
    data, said, seconds = first
    assert KEY in said
    assert "operator ada, password correct horse" in said
    assert len(re.findall(r"^(?:U=|T=|for ).*curl ", said, re.MULTILINE)) == 3
    assert seconds < 5
    assert nothing_runs(data, seconds=0)
    assert KEY not in "".join(log.read_text(errors="replace") for log in (data / "logs").iterdir())


def test_a_second_start_is_quick_shows_no_secret_and_ends_on_sigterm(data: Path) -> None:
    run = Run(data, **BOOTSTRAP).up()
    assert "bringing the database up to date" not in run.said  # the seconds that make the difference
    assert "mos_live_k" not in run.said
    assert "password" not in run.said
    assert run.operators() == ["ada"]
    assert run.stop(signal.SIGTERM) < 5
    assert nothing_runs(data, seconds=0)


def test_a_killed_supervisor_leaves_nothing_running_and_loses_nothing(data: Path) -> None:
    run = Run(data).up()
    run.process.kill()
    run.process.wait()
    assert nothing_runs(data, seconds=8), processes_of(data)
    again = Run(data).up()
    assert again.operators() == ["ada"]
    again.stop()


def test_a_start_right_after_a_kill_deals_with_what_is_left(data: Path) -> None:
    run = Run(data).up()
    run.process.kill()
    again = Run(data).up()
    assert again.operators() == ["ada"]
    again.stop()
    assert nothing_runs(data, seconds=0)


@pytest.mark.parametrize(("name", "pattern"), [("PostgreSQL", "bin/postgres "), ("worker", "celery .* worker")])
def test_a_killed_child_is_started_again(data: Path, name: str, pattern: str) -> None:
    run = Run(data).up()
    killed = run.child(pattern).pid
    os.kill(killed, signal.SIGKILL)
    run.until(lambda: f"{name} was killed by SIGKILL; it is started again in 1 s" in run.said)
    assert gone(killed)
    run.until(lambda: has(run, pattern))
    assert run.operators() == ["ada"]
    assert run.stop() < 5


def has(run: Run, pattern: str) -> bool:
    try:
        return run.child(pattern).is_running()
    except (AssertionError, psutil.Error):
        return False


def test_two_instances_do_not_share_a_folder_or_a_port(data: Path, tmp_path: Path) -> None:
    run = Run(data).up()
    same_folder = Run(data)
    assert same_folder.process.wait(timeout=10) == 1
    assert f"in use by another Memos (process {run.process.pid})" in same_folder.said
    same_port = Run(tmp_path / "data", PORT=str(run.port))
    assert same_port.process.wait(timeout=10) == 1
    assert same_port.said == f"memos: Port {run.port} of 127.0.0.1 is taken by another program: " + (
        "stop it, or set PORT to a free one.\n"
    )
    run.stop()


def test_ctrl_c_during_the_start_stops_it_too(tmp_path: Path) -> None:
    run = Run(tmp_path / "data")
    run.until(lambda: "bringing the database up to date" in run.said)
    assert run.stop() < 5
    assert nothing_runs(tmp_path / "data", seconds=0)


def test_a_wrong_value_stops_the_start_and_names_itself(tmp_path: Path) -> None:
    run = Run(tmp_path / "data", WEB_THREADS="many")
    assert run.process.wait(timeout=10) == 1
    assert run.said == "memos: WEB_THREADS has to be a whole number from 1 to 256, not 'many'.\n"
    assert not (tmp_path / "data").exists()


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    run = Run(tmp_path / "data", DATABASE_URL=f"postgres://memos:pw@127.0.0.1:{ports.free_port()}/memos")
    assert run.process.wait(timeout=30) == 1
    assert "The database of DATABASE_URL cannot be used" in run.said
    assert "Traceback" not in run.said
    assert "pw@" not in run.said
