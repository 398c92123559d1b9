"""A whole Memos, as `make run` starts it, on a free port and with data that are gone afterwards."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

PATIENCE = 180.0
"""Seconds for the start."""


@dataclass(frozen=True)
class Running:
    base: str
    key: str
    environment: dict[str, str]
    """What a command needs to find it."""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def running(**environment: str) -> Iterator[Running]:
    port, key = _free_port(), "mos_live_" + secrets.token_hex(20)
    with tempfile.TemporaryDirectory(prefix="memos-bench-", ignore_cleanup_errors=True) as folder:
        given = {"MEMOS_ENV_FILE": "", "MEMOS_DATA_DIR": folder, "MEMOS_BOOTSTRAP_KEY": key, "PORT": str(port)}
        given |= environment | {"DATABASE_URL": "", "REDIS_URL": ""}
        process = subprocess.Popen(
            [sys.executable, "-m", "memos.embedded", "run"], env=os.environ | given, stdout=subprocess.DEVNULL
        )
        try:
            _wait(f"http://127.0.0.1:{port}", process)
            yield Running(f"http://127.0.0.1:{port}", key, given)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{base}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit("Memos did not start.")
