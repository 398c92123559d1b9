import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.embedded.conftest import gone

ROOT = Path(__file__).parents[2]
OWN = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
OWN["PATH"] = os.defpath  # in a folder of the usual one that is closed to us a command might be, for all that is known


def execute(*command: str, tmp: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "memos.embedded", "exec", "--", *command],
        cwd=ROOT,
        env=OWN | {"TMPDIR": str(tmp)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tmp(tmp_path: Path) -> Path:
    return tmp_path


def test_a_command_finds_both_servers_and_its_status_comes_back(tmp: Path) -> None:
    code = "import os, sys, psycopg, redis\n"
    code += "psycopg.connect(os.environ['DATABASE_URL']); redis.from_url(os.environ['REDIS_URL']).ping(); sys.exit(7)"
    assert execute(sys.executable, "-c", code, tmp=tmp).returncode == 7
    assert list(tmp.iterdir()) == []


def test_a_command_that_does_not_exist_is_named(tmp: Path) -> None:
    done = execute("no-such-command", tmp=tmp)
    assert (done.returncode, done.stderr) == (1, "memos: no-such-command cannot be run: No such file or directory.\n")
    assert list(tmp.iterdir()) == []


def test_nothing_is_left_when_it_is_stopped(tmp: Path) -> None:
    command = [sys.executable, "-m", "memos.embedded", "exec", "--", "sh", "-c", "echo $$; sleep 60"]
    with subprocess.Popen(command, cwd=ROOT, env=OWN | {"TMPDIR": str(tmp)}, stdout=subprocess.PIPE) as running:
        assert running.stdout
        pid = int(running.stdout.readline())
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert running.wait() != 0
    assert time.monotonic() - began < 5
    assert gone(pid)
    assert list(tmp.iterdir()) == []
