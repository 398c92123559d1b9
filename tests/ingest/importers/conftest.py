from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.importers.formats import FORMATS
from ingest.importers.report import Report
from ingest.importers.shape import Options, Record

FILES = Path(__file__).with_name("files")


def read(source: str, *paths: Path, **options: Any) -> tuple[list[Record], Report]:
    """What a format makes of files, without a database."""
    report = Report()
    return list(FORMATS[source](paths, Options(**options), report)), report


Saved = Callable[..., Path]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Write a text or bytes into a file of that name."""

    def save(content: str | bytes, name: str = "chat.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return save
