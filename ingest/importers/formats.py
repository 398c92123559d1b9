"""The formats by the names that the command knows them by."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ingest.importers import chatgpt, csv, jsonl, mem0, zep
from ingest.importers.report import Report
from ingest.importers.shape import Options, Record

Reader = Callable[[Sequence[Path], Options, Report], Iterator[Record]]

FORMATS: dict[str, Reader] = {
    "zep": zep.read,
    "mem0": mem0.read,
    "chatgpt": chatgpt.read,
    "jsonl": jsonl.read,
    "csv": csv.read,
}
