"""What a run has done so far, in a folder: it survives being killed at any point."""

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.recall.errors import BenchError


class Journal:
    """JSON Lines, one record a line under ``key``; what is appended is on the disk when :meth:`append` returns."""

    def __init__(self, path: Path, key: str):
        self.path = path
        self.key = key
        self._records = {record[key]: record for record in _whole_lines(path)}

    def append(self, record: dict[str, Any]) -> None:
        with self.path.open("ab") as file:
            file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._records[record[self.key]] = record

    def __contains__(self, key: str) -> bool:
        return key in self._records

    def __getitem__(self, key: str) -> dict[str, Any]:
        return self._records[key]

    def __len__(self) -> int:
        return len(self._records)

    def values(self) -> list[dict[str, Any]]:
        return list(self._records.values())


def _whole_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file; a last line that a kill cut off is taken away."""
    if not path.exists():
        return []
    written = path.read_bytes()
    whole = written[: written.rfind(b"\n") + 1]
    if len(whole) < len(written):
        os.truncate(path, len(whole))
    return [json.loads(line) for line in whole.splitlines()]


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """The folder for one process alone. Raises BenchError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BenchError(f"Another run is at work in {folder}.") from None
        yield


def settle(path: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Keep a configuration, with an id of its own; one that is kept already must be the same. Raises BenchError."""
    if not path.exists():
        kept = config | {"id": uuid.uuid4().hex[:12]}
        write_json(path, kept)
        return kept
    kept = json.loads(path.read_text(encoding="utf-8"))
    if changed := [name for name, value in config.items() if kept.get(name) != value]:
        told = "; ".join(f"{name} was {kept.get(name)} and is {config[name]} now" for name in changed)
        raise BenchError(f"{path} is of another configuration: {told}. Give another --out.")
    return dict(kept)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
