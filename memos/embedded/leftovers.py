"""Ends what a supervisor that was killed has left behind."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from memos.embedded.errors import EmbeddedError

MARK = "MEMOS_SUPERVISED"
"""Every process of ours carries the data folder under this name in its environment."""


def stop_marked(data_dir: Path) -> int:
    """Kill the Python processes of an earlier run of `data_dir`: what they were at is in rows and is taken up again."""
    found = [process for process in psutil.process_iter() if _is_marked(process, str(data_dir))]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=5)
    return len(found)


def _is_marked(process: psutil.Process, data_dir: str) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == data_dir
    except (psutil.Error, OSError):
        return False


def stop_server(pid_file: Path, program: str, signals: tuple[signal.Signals, ...]) -> bool:
    """Stop the server that `pid_file` names if it is a `program` that works in the folder of that file.

    A pid file whose number now belongs to another program is removed: PostgreSQL would refuse to start.
    """
    process = _process_in(pid_file)
    if process is None:
        return False
    if not _serves(process, program, pid_file.parent):
        pid_file.unlink(missing_ok=True)
        return False
    for number in signals:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        if not psutil.wait_procs([process], timeout=5)[1]:
            return True
    raise EmbeddedError(f"{program} of an earlier run (process {process.pid}) does not stop: end it by hand.")


def _process_in(pid_file: Path) -> psutil.Process | None:
    try:
        return psutil.Process(int(pid_file.read_text().split()[0]))
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        return None


def _serves(process: psutil.Process, program: str, folder: Path) -> bool:
    try:
        return process.name().startswith(program) and os.path.samefile(process.cwd(), folder)
    except (psutil.Error, OSError):
        return False
