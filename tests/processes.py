"""Real processes and real threads for the tests that need them."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
from django.conf import settings
from django.db import connection

T = TypeVar("T")


class Process:
    """A process of its own on the test's database and broker."""

    def __init__(self, broker: str, **environment: str):
        self.environment = os.environ | {
            "DATABASE_URL": _test_database(),
            "REDIS_URL": broker,
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def _run(self, command: Sequence[str], **options: Any) -> None:
        """In a group of its own: a kill takes its children too."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], env=self.environment, start_new_session=True, **options
        )

    def kill(self) -> None:
        """As the kernel does it when memory runs out."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Worker(Process):
    """A Celery worker with its beat."""

    def start(self) -> "Worker":
        command = (
            "celery -A tests.worker_app worker -B --concurrency 1 --without-gossip --without-mingle --loglevel WARNING"
        )
        schedule = Path(tempfile.mkdtemp(prefix="memos-beat-")) / "schedule"  # beat replaces a file that it can't read
        command += f" --schedule {schedule} --hostname tests@{os.getpid()}"
        self._run(command.split())
        return self


class Web(Process):
    """The web server as `make run` starts it. ``url`` and ``address`` are where it listens."""

    def __init__(self, broker: str, *, workers: int = 1, **environment: str):
        super().__init__(broker, DATABASE_POOL="4", **environment)
        self.workers = workers

    def start(self) -> "Web":
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.address: tuple[str, int] = listening.getsockname()
            self.url = "http://{}:{}".format(*self.address)
            command = f"gunicorn tests.web_app:application --bind fd://{listening.fileno()} --workers {self.workers}"
            command += " --worker-class memos.server.Worker --threads 4 --no-control-socket --log-level warning"
            self._run(command.split(), pass_fds=[listening.fileno()], cwd=settings.BASE_DIR)
        wait_until(self._answers)
        return self

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False


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
