"""Runs a command against servers of its own that are gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memos.embedded.errors import EmbeddedError
from memos.embedded.folder import DataFolder
from memos.embedded.interrupt import Interrupt
from memos.embedded.options import Options
from memos.embedded.servers import Servers


def run(options: Options, command: list[str]) -> int:
    """The exit status of `command`, which finds the servers in DATABASE_URL and REDIS_URL."""
    interrupt = Interrupt()
    interrupt.listen()
    with _folder() as folder, folder.held():
        servers = Servers(
            folder,
            database_url=options.database_url,
            redis_url=options.redis_url,
            durable=False,
            pause=interrupt.pause,
        )
        try:
            servers.start()
            return _run(command, _environment(options, folder, servers), interrupt)
        finally:
            servers.stop()


@contextmanager
def _folder() -> Iterator[DataFolder]:
    path = Path(tempfile.mkdtemp(prefix="memos-"))
    try:
        folder = DataFolder(path)
        folder.prepare()
        yield folder
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _environment(options: Options, folder: DataFolder, servers: Servers) -> dict[str, str]:
    """With a data folder of its own, so that no secret of the real one is read or made."""
    return options.environment | {
        "DATABASE_URL": servers.endpoints.database_url,
        "REDIS_URL": servers.endpoints.redis_url,
        "MEMOS_DATA_DIR": str(folder.path),
    }


def _run(command: list[str], environment: dict[str, str], interrupt: Interrupt) -> int:
    """In our own process group: a debugger in it can read the terminal, and Ctrl-C reaches it without us."""
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        raise EmbeddedError(f"{command[0]} cannot be run: {error.strerror}.") from error
    told = 0
    while process.poll() is None:
        interrupt.sleep(0.05)
        if interrupt.times > told:
            told = interrupt.times
            if not os.isatty(0):
                process.terminate()
    return process.returncode if process.returncode >= 0 else 128 - process.returncode
