"""One process that we start, watch and stop, with its output in a log file."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from memos.embedded.account import Account

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 10_000_000
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


@dataclass
class Child:
    name: str
    command: list[str]
    log: Path
    cwd: Path | str = "/"
    env: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGTERM
    """What the kernel sends it when we are gone without having stopped it (Linux)."""
    account: Account = field(default_factory=Account)
    pass_fds: tuple[int, ...] = ()
    tells: str = r"\b(ERROR|CRITICAL)\b"
    """Lines of its log that begin like this are worth the terminal."""
    process: subprocess.Popen[bytes] | None = None
    log_start: int = 0
    asked: bool = False

    def start(self, stdin: bytes | None = None) -> None:
        self.asked = False
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.env,
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=self.pass_fds,
                process_group=0,  # so that Ctrl-C reaches us alone, and we stop them in order
                preexec_fn=_when_we_die(self.orphan_signal),
                **self.account.popen(),
            )
        if stdin is not None and self.process.stdin:
            with self.process.stdin as pipe:
                pipe.write(stdin)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def killed(self) -> bool:
        return self.process is not None and self.process.returncode == -signal.SIGKILL

    def ask_to_stop(self) -> None:
        self.asked = True
        if self.alive and self.process:
            self.process.send_signal(self.stop_signal)

    def signal_group(self, number: signal.Signals) -> None:
        """Also reaches what the process has forked, even after it has gone itself."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):  # macOS: EPERM for a group of zombies
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        self.signal_group(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def stop(self, *, by: float) -> None:
        """Ask, wait until the monotonic time `by`, then kill. Asking twice would make some of them hurry."""
        if not self.asked:
            self.ask_to_stop()
        while self.alive and time.monotonic() < by:
            time.sleep(0.01)
        self.kill()

    def said(self) -> str:
        """What it has written since its start, the last 64 kB of it."""
        with self.log.open("rb") as log:
            log.seek(max(self.log_start, os.fstat(log.fileno()).st_size - 65_536))
            return log.read().decode(errors="replace")

    def how_it_ended(self) -> str:
        code = self.process.returncode if self.process else None
        if code is None:
            return "is still running"
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def _when_we_die(number: signal.Signals) -> Callable[[], None] | None:
    """Runs after the change of user, which would clear it. Safe in a process without threads, as the supervisor is."""
    if _libc is None:
        return None
    prctl, parent = _libc.prctl, os.getpid()

    def ask_the_kernel() -> None:
        signal.signal(number, signal.SIG_DFL)  # a shell that starts us with & leaves some ignored, for children too
        prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask_the_kernel


def rotate(log: Path) -> None:
    """Keep one older log beside it. The writer appends, so the file can be cut while it is being written."""
    try:
        if log.stat().st_size > _LOG_LIMIT:
            with log.open("rb") as source, log.with_suffix(".log.1").open("wb") as older:
                while block := source.read(1 << 20):
                    older.write(block)
            os.truncate(log, 0)
    except OSError:  # a log is never worth a stop
        pass
