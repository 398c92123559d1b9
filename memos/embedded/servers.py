"""Both servers of one data folder, started side by side."""

import time
from collections.abc import Callable

from memos.embedded import secrets
from memos.embedded.child import Child
from memos.embedded.endpoints import Endpoints
from memos.embedded.errors import EmbeddedError
from memos.embedded.folder import DataFolder
from memos.embedded.interrupt import wait_until
from memos.embedded.postgres import Postgres
from memos.embedded.valkey import Valkey

_START_SECONDS = 120
"""Recovery after a crash replays at most `max_wal_size`, which takes seconds, on a slow disk a minute."""


class Servers:
    """Starts those of the two that are not given by a URL."""

    def __init__(
        self,
        folder: DataFolder,
        *,
        database_url: str | None = None,
        redis_url: str | None = None,
        durable: bool = True,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.folder = folder
        self.given = (database_url, redis_url)
        self.pause = pause
        self.postgres = None if database_url else self._postgres(durable)
        self.valkey = None if redis_url else self._valkey(durable)

    def _postgres(self, durable: bool) -> Postgres:
        if not self.folder.empty and not (self.folder.path / secrets.FOLDER / "postgres").exists():
            raise EmbeddedError(
                f"The password of the database is missing in {self.folder.path / secrets.FOLDER}: "
                "put back the folder from your backup."
            )
        password = secrets.load_or_create(self.folder.path, "postgres")
        return Postgres(self.folder.postgres, self.folder.log("postgres"), password, durable=durable)

    def _valkey(self, durable: bool) -> Valkey:
        password = secrets.load_or_create(self.folder.path, "valkey")
        return Valkey(self.folder.valkey, self.folder.log("valkey"), password, durable=durable)

    @property
    def running(self) -> list[Postgres | Valkey]:
        return [server for server in (self.postgres, self.valkey) if server]

    @property
    def children(self) -> list[Child]:
        return [server.child for server in self.running]

    @property
    def endpoints(self) -> Endpoints:
        database_url, redis_url = self.given
        return Endpoints(
            database_url or (self.postgres.url if self.postgres else ""),
            redis_url or (self.valkey.url if self.valkey else ""),
        )

    def start(self) -> None:
        """Returns when both accept connections; raises EmbeddedError with the reason where one does not."""
        for server in self.running:
            server.prepare()
            server.start()
        for server in self.running:
            if not wait_until(server.ready, seconds=_START_SECONDS, pause=self.pause):
                raise EmbeddedError(
                    f"{server.child.name} is not ready after {_START_SECONDS} s (see {server.child.log})."
                )

    def stop(self, *, by: float | None = None) -> None:
        """A PostgreSQL that is killed in its last checkpoint recovers at the next start: nothing is lost."""
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop(by=by or time.monotonic() + 5)
