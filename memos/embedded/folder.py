"""The data folder: made, checked, and held by one instance at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from memos.embedded.errors import EmbeddedError

MB = 1 << 20
_NEEDED = {"first": 250 * MB, "later": 64 * MB}


@dataclass(frozen=True)
class DataFolder:
    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    @property
    def empty(self) -> bool:
        return not self.postgres.exists()

    def prepare(self) -> None:
        """Make the folder where it is missing; raises EmbeddedError where Memos cannot live in it."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in ("logs", "run"):
                (self.path / part).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(
                f"The data folder {self.path} cannot be made or written ({error.strerror}): "
                "set MEMOS_DATA_DIR to a folder that can."
            ) from error
        self._check_space()

    def _check_space(self) -> None:
        free, needed = shutil.disk_usage(self.path).free, _NEEDED["first" if self.empty else "later"]
        if free < needed:
            raise EmbeddedError(
                f"The disk that holds {self.path} is full: {free // MB} MB are free and Memos needs {needed // MB} MB "
                "to start; make room, or set MEMOS_DATA_DIR to another disk."
            )

    @contextmanager
    def held(self) -> Iterator[None]:
        """No second instance gets in; the kernel lets go of it however we end."""
        with self._open_lock() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = file.read().strip() or "unknown"
                raise EmbeddedError(
                    f"The data folder {self.path} is in use by another Memos (process {holder}): "
                    "stop that one, or set MEMOS_DATA_DIR to another folder."
                ) from error
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def _open_lock(self) -> TextIO:
        try:
            return os.fdopen(os.open(self.path / "run/lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
        except OSError as error:
            raise EmbeddedError(f"{self.path / 'run/lock'} cannot be written: {error.strerror}.") from error
