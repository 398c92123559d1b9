"""Real processes and real threads for the tests that need them."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

T = TypeVar("T")


class Worker:
    """A Celery worker with its beat in a process of its own, on the test's database and broker."""

    def __init__(self, broker: str, **environment: str):
        self.environment = os.environ | {
            "DATABASE_URL": _test_database(),
            "REDIS_URL": broker,
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Worker":
        command = (
            "celery -A tests.worker_app worker -B --concurrency 1 --without-gossip --without-mingle --loglevel WARNING"
        )
        schedule = Path(tempfile.mkdtemp(prefix="memos-beat-")) / "schedule"  # beat replaces a file that it can't read
        command += f" --schedule {schedule} --hostname tests@{os.getpid()}"
        self.process = subprocess.Popen(  # in a group of its own: a kill takes the pool's processes too
            [sys.executable, "-m", *command.split()], env=self.environment, start_new_session=True
        )
        return self

    def kill(self) -> None:
        """As the kernel does it when memory runs out."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Web:
    """A web server in a process of its own, on the test's database and broker, as `make run` starts it."""

    def __init__(self, broker: str):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.listening.getsockname()
        self.url = "http://{}:{}".format(*self.address)
        self.environment = os.environ | {"DATABASE_URL": _test_database(), "REDIS_URL": broker, "DATABASE_POOL": "4"}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Web":
        bind = f"--bind fd://{self.listening.fileno()} --worker-class gthread --workers 1 --threads 4"
        command = f"gunicorn memos.wsgi:application {bind} --no-control-socket --graceful-timeout 1 --log-level warning"
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command.split()],
            env=self.environment,
            pass_fds=[self.listening.fileno()],
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )
        return self

    def stop(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.listening.close()


def wait_until(condition: Callable[[], Any], *, seconds: float = 60) -> Any:
    """What ``condition`` returns once it is true. Fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def _test_database() -> str:
    parts = urlsplit(settings.DATABASE_URL)
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


def at_once(times: int, call: Callable[[int], T]) -> list[T]:
    """What ``call(0)`` … ``call(times - 1)`` return, run at the same time, each with a connection of its own."""

    def run(number: int) -> T:
        try:
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
